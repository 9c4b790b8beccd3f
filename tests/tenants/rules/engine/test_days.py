"""Days beyond the tiers: documents, ceremonies, a missing punch that stands for minutes."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from tenants.rules.engine import DayObservation, NoRuleFor, RuleSet, classify_day, event_codes, load_rule_set
from tests.tenants.rules.engine.golden_cases import golden, ready, tree

STARTS = datetime(2024, 3, 5, 0, 0, tzinfo=UTC)
ENDS = STARTS + timedelta(hours=8)


def observed(**more: object) -> DayObservation:
    values = {
        "date": date(2024, 3, 5),
        "starts_at": STARTS,
        "ends_at": ENDS,
        "first_in": STARTS,
        "last_out": ENDS,
        **more,
    }
    return DayObservation(**values)  # type: ignore[arg-type]  # the test names its fields


def test_a_missing_punch_may_stand_for_minutes() -> None:
    (event,) = classify_day(ready("other_kinds"), observed(first_in=None))
    assert (event.code, event.minutes, event.node_id) == ("TL2", 45, "hadir.lupa")


def test_a_punch_without_a_rule_costs_nothing() -> None:
    assert classify_day(ready("other_kinds"), observed(last_out=None)) == ()


def test_a_missed_ceremony_is_counted_besides_a_lateness() -> None:
    late = observed(first_in=STARTS + timedelta(minutes=5), ceremonies_missed=("APEL",))
    assert [event.code for event in classify_day(ready("other_kinds"), late)] == ["TL1", "APEL"]


@pytest.mark.parametrize("spared", [{"unit_category": "sekolah"}, {"flags": frozenset({"tubel"})}])
def test_who_is_not_called_misses_nothing(spared: dict[str, object]) -> None:
    assert classify_day(ready("other_kinds"), observed(ceremonies_missed=("APEL",), **spared)) == ()


def test_an_unknown_ceremony_is_refused() -> None:
    with pytest.raises(NoRuleFor) as refusal:
        classify_day(ready("other_kinds"), observed(ceremonies_missed=("SENAM",)))
    assert (refusal.value.fact, refusal.value.value) == ("ceremony", "SENAM")


@pytest.mark.parametrize("code", ["XX", "TK"])
def test_a_document_without_a_rule_is_refused(code: str, manado: RuleSet) -> None:
    with pytest.raises(NoRuleFor) as refusal:
        classify_day(manado, observed(document=code))
    assert refusal.value.fact == "document"


def test_a_document_for_the_day_outweighs_its_punches(manado: RuleSet) -> None:
    (event,) = classify_day(manado, observed(first_in=STARTS + timedelta(hours=2), document="TL"))
    assert (event.code, event.minutes) == ("TL", None)


def test_no_punch_on_a_day_excused_at_one_end_is_no_absence(manado: RuleSet) -> None:
    (event,) = classify_day(manado, observed(first_in=None, last_out=None, excused_out=True))
    assert (event.code, event.node_id) == ("TMK3", "disiplin.tanpa_masuk")


def day_events(case: dict[str, Any]) -> RuleSet:
    """The rule set that adds up a day's minutes, or turned into the one with an event for a day late and early."""
    if not case.get("both"):
        return ready("day_events")
    changed = tree("day_events")
    points = changed["nodes"][1]["children"][0]["children"]
    clause = points[0]["clause"]

    def tier(node_id: str, event: str, code: str, **more: Any) -> dict[str, Any]:
        bands = [{"code": code, "label": code, "from": 1, "points": "1"}]
        shared = {"id": node_id, "kind": "event_tier", "label": node_id, "event": event, "clause": clause}
        return {**shared, "bands": bands, **more}

    points[0:1] = [
        tier("hadir.terlambat", "late", "TL", checkpoints=3),
        tier("hadir.pulang", "early_leave", "PC"),
        tier("hadir.keduanya", "late_and_early", "TP"),
    ]
    return load_rule_set(changed)


@pytest.mark.parametrize("case", golden("day_events"), ids=lambda case: case["name"])
def test_a_day_is_judged_at_each_edge_or_as_a_whole(case: dict[str, Any]) -> None:
    back = STARTS + timedelta(hours=5)
    observation = observed(
        first_in=None if case.get("no_in") else STARTS + timedelta(seconds=case.get("late", 0)),
        break_ends_at=None if case.get("no_break") else back,
        back_from_break=None if case.get("no_back") else back + timedelta(seconds=case.get("back", 0)),
        last_out=None if case.get("no_out") else ENDS - timedelta(seconds=case.get("early", 0)),
        excused_middle=case.get("excused_middle", False),
    )
    events = classify_day(day_events(case), observation)
    assert [[event.code, event.minutes, event.node_id] for event in events] == case["events"]


def test_a_rule_set_with_two_checkpoints_does_not_ask_for_the_break(manado: RuleSet) -> None:
    assert classify_day(manado, observed(break_ends_at=STARTS + timedelta(hours=5))) == ()


def test_the_sum_of_a_month_is_no_event_of_a_day() -> None:
    assert set(event_codes(ready("month_rules"))) == {"TL", "TK"}


def test_a_copy_with_other_tiers_is_classified_anew(manado: RuleSet) -> None:
    late = observed(first_in=STARTS + timedelta(minutes=5))
    assert classify_day(manado, late)
    without = manado.model_copy(update={"nodes": tuple(node for node in manado.nodes if node.id != "nilai")})
    assert classify_day(without, late) == ()
