"""Frozen days told in other codes come out as the day itself would, had it been judged by the other rules."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Any

import pytest

from tenants.rules.engine import (
    DayObservation,
    EventDay,
    MonthFacts,
    NoRuleFor,
    RuleSet,
    classify_day,
    count_days,
    load_rule_set,
)
from tenants.tryout.translating import Translation, unseen_by
from tests.tenants.tryout.drafts import Change, changed_text, late_tier_ends_at, node_of

START = datetime(2024, 5, 2, 0, 0, tzinfo=UTC)
END = START + timedelta(hours=9)


def rules(*changes: Change) -> RuleSet:
    return load_rule_set(changed_text(*changes))


def own_code_for_a_missing_punch(tree: dict[str, Any]) -> None:
    for node_id, code in (("disiplin.tanpa_masuk", "TAM"), ("disiplin.tanpa_pulang", "TAP")):
        node = node_of(tree, node_id)
        del node["as_code"]
        node |= {"code": code, "points": "4"}


def minutes_for_a_missing_punch(tree: dict[str, Any]) -> None:
    for node_id in ("disiplin.tanpa_masuk", "disiplin.tanpa_pulang"):
        node = node_of(tree, node_id)
        del node["as_code"]
        node["as_minutes"] = 240


def other_code_for_a_day_away(tree: dict[str, Any]) -> None:
    node_of(tree, "disiplin.tanpa_keterangan")["code"] = "ALPA"


def one_event_for_both(tree: dict[str, Any]) -> None:
    """A day late and early has one event of its own instead of two."""
    tier = node_of(tree, "disiplin.terlambat") | {
        "id": "disiplin.keduanya",
        "label": "Terlambat dan pulang cepat",
        "event": "late_and_early",
        "bands": [
            {"code": "DUA1", "label": "Sampai 60 menit", "from": 1, "to": 60, "points": "3"},
            {"code": "DUA2", "label": "Lebih dari 60 menit", "from": 61, "points": "5"},
        ],
    }
    node_of(tree, "disiplin.nilai")["children"].append(tier)


def minutes_of_a_day_together(tree: dict[str, Any]) -> None:
    """Late and early minutes of a day are added up; there is no tier of their own any more."""
    tier = node_of(tree, "disiplin.terlambat")
    tier |= {"id": "disiplin.sehari", "label": "Menit kurang sehari", "event": "combined_day"}
    children = node_of(tree, "disiplin.nilai")["children"]
    children[:] = [child for child in children if child["id"] != "disiplin.pulang_cepat"]
    minutes_for_a_missing_punch(tree)


def observations() -> list[DayObservation]:
    """Days with every mix of minutes late and early, missing punches, a letter, and nobody there."""
    moments = [0, 1, 10, 20, 31, 45, 61, 200]
    days = []
    for late, early in product([*moments, None], repeat=2):
        first = None if late is None else START + timedelta(minutes=late, seconds=59 if late else 0)
        last = None if early is None else END - timedelta(minutes=early, seconds=59 if early else 0)
        days.append(DayObservation(START.date(), START, END, first, last))
    days.append(DayObservation(START.date(), START, END, document="S"))
    return days


def frozen(rule_set: RuleSet, day: DayObservation) -> MonthFacts:
    events = tuple(EventDay(event.date, event.code, event.minutes) for event in classify_day(rule_set, day))
    return MonthFacts(month="2024-05", working_days=18, status="PNS", kelas=7, days=events, counts=count_days(events))


@pytest.mark.parametrize(
    "changes",
    [
        (),
        (late_tier_ends_at(15),),
        (late_tier_ends_at(45),),
        (own_code_for_a_missing_punch,),
        (minutes_for_a_missing_punch,),
        (other_code_for_a_day_away,),
        (one_event_for_both,),
        (minutes_of_a_day_together,),
        (late_tier_ends_at(15), own_code_for_a_missing_punch, other_code_for_a_day_away),
    ],
)
def test_a_translated_day_is_the_day_judged_anew(changes: tuple[Change, ...]) -> None:
    old, new = rules(), rules(*changes)
    translation = Translation(old, new)
    for day in observations():
        told = translation.of(frozen(old, day))
        expected = frozen(new, day)
        # How many minutes stand for a missing punch with a code of a tier is not known; the code is.
        assert dict(told.counts) == dict(expected.counts), day


def test_events_without_a_day_keep_their_number() -> None:
    facts = MonthFacts(month="2024-05", working_days=18, status="PNS", counts={"S": 2, "TMK1": 1})
    days = (EventDay(date(2024, 5, 2), "TMK1", 20),)
    told = Translation(rules(), rules(late_tier_ends_at(15))).of(
        MonthFacts(month="2024-05", working_days=18, status="PNS", counts={"S": 2, "TMK1": 1}, days=days)
    )
    assert dict(told.counts) == {"S": 2, "TMK2": 1}
    assert dict(Translation(rules(), rules()).of(facts).counts) == {"S": 2, "TMK1": 1}


def test_a_letter_that_the_new_rules_do_not_know_is_refused() -> None:
    def without_sickness(tree: dict[str, Any]) -> None:
        other_code_for_a_day_away(tree)
        children = node_of(tree, "disiplin.nilai")["children"]
        children[:] = [child for child in children if child["id"] != "disiplin.sakit"]

    day = DayObservation(START.date(), START, END, document="S")
    with pytest.raises(NoRuleFor):
        Translation(rules(), rules(without_sickness)).of(frozen(rules(), day))


def test_minutes_that_were_added_up_cannot_be_told_apart() -> None:
    old = rules(minutes_of_a_day_together)
    day = DayObservation(START.date(), START, END, START + timedelta(minutes=21), END - timedelta(minutes=31))
    with pytest.raises(NoRuleFor):
        Translation(old, rules()).of(frozen(old, day))


def test_what_was_never_recorded_is_said() -> None:
    def without_tolerance(tree: dict[str, Any]) -> None:
        node_of(tree, "disiplin.terlambat")["tolerance_seconds"] = 0

    def with_another_assembly(tree: dict[str, Any]) -> None:
        assembly = node_of(tree, "disiplin.upacara") | {"id": "disiplin.apel", "code": "APEL", "label": "Tidak apel"}
        node_of(tree, "disiplin.nilai")["children"].append(assembly)

    assert unseen_by(rules(), rules(late_tier_ends_at(15))) == []
    (about_seconds,) = unseen_by(rules(), rules(without_tolerance))
    assert "59 detik" in about_seconds
    (about_assembly,) = unseen_by(rules(), rules(with_another_assembly))
    assert "Tidak apel" in about_assembly
