"""One day, judged from its facts with the rules of Manado."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta
from functools import cache

import pytest

from tenants.attendance.belonging import date_of
from tenants.attendance.day import (
    DayFacts,
    DocumentFact,
    Event,
    JudgedDay,
    PunchFact,
    Schedule,
    by_day,
    judge,
    next_direction,
)
from tenants.calendars.work_date import work_date
from tenants.rules.engine import RuleSet, load_rule_set, ready_rule_sets

ZONE = "Asia/Makassar"
MONDAY = date(2026, 10, 5)
# 07.30 to 16.00 WITA.
STARTS = datetime(2026, 10, 4, 23, 30, tzinfo=UTC)
ENDS = datetime(2026, 10, 5, 8, 0, tzinfo=UTC)
SHIFT = Schedule.between(STARTS, ENDS)


@cache
def manado() -> RuleSet:
    return load_rule_set(ready_rule_sets()["manado"])


def punch(kind: str, moment: datetime, *, needs_review: bool = False) -> PunchFact:
    return PunchFact(uuid.uuid5(uuid.NAMESPACE_OID, f"{kind}{moment}"), kind, moment, needs_review)


def late(seconds: int) -> PunchFact:
    return punch("in", STARTS + timedelta(seconds=seconds))


def judged(*punches: PunchFact, documents: tuple[DocumentFact, ...] = (), **more: object) -> JudgedDay:
    facts = DayFacts(MONDAY, SHIFT, tuple(punches), documents, **more)  # type: ignore[arg-type]
    return judge(facts, manado(), "digest")


def codes(day: JudgedDay) -> list[tuple[str, int | None]]:
    return [(event.code, event.minutes) for event in day.events]


OUT = punch("out", ENDS)


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (0, []),
        (59, []),
        (60, [("TMK1", 1)]),
        (30 * 60 + 59, [("TMK1", 30)]),
        (31 * 60, [("TMK2", 31)]),
        (60 * 60 + 59, [("TMK2", 60)]),
        (61 * 60, [("TMK3", 61)]),
    ],
)
def test_the_bounds_of_the_tiers_for_being_late(seconds: int, expected: list[tuple[str, int]]) -> None:
    assert codes(judged(late(seconds), OUT)) == expected


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (0, []),
        (59, []),
        (60, [("PKSW1", 1)]),
        (30 * 60 + 59, [("PKSW1", 30)]),
        (31 * 60, [("PKSW2", 31)]),
        (60 * 60 + 59, [("PKSW2", 60)]),
        (61 * 60, [("PKSW3", 61)]),
    ],
)
def test_the_bounds_of_the_tiers_for_leaving_early(seconds: int, expected: list[tuple[str, int]]) -> None:
    assert codes(judged(late(0), punch("out", ENDS - timedelta(seconds=seconds)))) == expected


def test_a_forgotten_check_out_is_counted_and_not_guessed() -> None:
    day = judged(late(0))
    assert day.presence == "hadir"
    assert codes(day) == [("PKSW3", None)]
    assert day.last_out is None


def test_a_forgotten_check_in_is_counted() -> None:
    assert codes(judged(OUT)) == [("TMK3", None)]


def test_a_finished_day_without_anything_is_an_absence() -> None:
    day = judged()
    assert day.presence == "tk"
    assert codes(day) == [("TK", None)]


def test_a_day_that_is_not_over_counts_nothing() -> None:
    day = judged(late(45 * 60), is_finished=False)
    assert day.presence == "berjalan"
    assert day.events == ()
    assert day.is_provisional


def test_of_several_punches_the_first_in_and_the_last_out_count() -> None:
    day = judged(
        late(600), late(-300), punch("out", ENDS - timedelta(hours=2)), OUT, punch("out", ENDS + timedelta(hours=1))
    )
    assert day.first_in == STARTS - timedelta(seconds=300)
    assert day.last_out == ENDS + timedelta(hours=1)
    assert day.events == ()


def test_a_check_out_before_the_check_in_is_not_the_end_of_the_day() -> None:
    day = judged(punch("out", STARTS - timedelta(minutes=5)), late(0))
    assert day.last_out is None


def test_an_undefined_punch_takes_the_nearer_edge_of_the_shift() -> None:
    day = judged(punch("undefined", STARTS - timedelta(minutes=3)), punch("undefined", ENDS + timedelta(minutes=9)))
    assert (day.first_in, day.last_out) == (STARTS - timedelta(minutes=3), ENDS + timedelta(minutes=9))
    assert day.events == ()


def test_two_undefined_punches_in_the_morning_are_no_check_out() -> None:
    day = judged(punch("undefined", STARTS - timedelta(minutes=3)), punch("undefined", STARTS - timedelta(minutes=2)))
    assert day.last_out is None
    assert codes(day) == [("PKSW3", None)]


def test_a_break_at_the_machine_is_neither_in_nor_out() -> None:
    noon = STARTS + timedelta(hours=4)
    day = judged(late(0), punch("break", noon), OUT)
    assert (day.first_in, day.last_out) == (STARTS, ENDS)


def test_punches_on_a_holiday_are_shown_and_judged_as_nothing() -> None:
    facts = DayFacts(MONDAY, Schedule(note="Maulid Nabi"), (late(0), OUT))
    day = judge(facts, manado(), "digest")
    assert day.presence == "libur"
    assert (day.first_in, day.last_out) == (STARTS, ENDS)
    assert day.events == ()
    assert day.note == "Maulid Nabi"


def test_an_approved_document_covers_the_day_and_a_waiting_one_makes_it_provisional() -> None:
    sick = DocumentFact(uuid.uuid4(), "S")
    assert codes(judged(documents=(sick,))) == [("S", None)]
    waiting = DocumentFact(uuid.uuid4(), "S", is_approved=False)
    day = judged(documents=(waiting,))
    assert codes(day) == [("TK", None)]
    assert day.is_provisional


def test_a_document_for_one_punch_excuses_that_punch_only() -> None:
    excused = DocumentFact(uuid.uuid4(), "DISP", covers="in")
    assert codes(judged(late(90 * 60), OUT, documents=(excused,))) == []
    assert codes(judged(late(90 * 60), punch("out", ENDS - timedelta(hours=2)), documents=(excused,))) == [
        ("PKSW3", 120)
    ]


def test_a_document_code_that_the_rules_do_not_know_stays_visible_for_the_run() -> None:
    day = judged(documents=(DocumentFact(uuid.uuid4(), "XYZ"),))
    assert day.events == (Event("XYZ", None, ""),)


def test_without_rules_nothing_is_counted_and_the_day_is_provisional() -> None:
    day = judge(DayFacts(MONDAY, SHIFT, (late(7200),)), None, "")
    assert day.events == ()
    assert day.is_provisional


def test_a_day_wants_an_explanation_while_a_punch_is_missing_and_no_letter_is_on_its_way() -> None:
    waiting = DocumentFact(uuid.uuid4(), "I", is_approved=False)
    assert judged().wants_explanation
    assert judged(late(0)).wants_explanation
    assert not judged(late(0), OUT).wants_explanation
    assert not judged(late(7200), OUT).wants_explanation
    assert not judged(documents=(waiting,)).wants_explanation
    assert not judged(is_finished=False).wants_explanation


def test_the_digest_follows_every_input_and_nothing_else() -> None:
    plain = judged(late(0), OUT).inputs_digest
    assert judged(OUT, late(0)).inputs_digest == plain
    assert judged(late(1), OUT).inputs_digest != plain
    assert judged(late(0), OUT, is_finished=False).inputs_digest != plain
    assert judge(DayFacts(MONDAY, SHIFT, (late(0), OUT)), manado(), "other rules").inputs_digest != plain


def test_seven_in_the_morning_in_makassar_is_that_day_though_utc_says_yesterday() -> None:
    early = punch("in", datetime(2026, 10, 4, 23, 0, tzinfo=UTC))
    assert date_of(early.kind, early.captured_at, ZONE, {}) == MONDAY
    assert by_day([early, OUT], ZONE) == {MONDAY: [early, OUT]}


def test_a_check_out_after_midnight_ends_the_evening_before() -> None:
    after_midnight = datetime(2026, 10, 5, 17, 30, tzinfo=UTC)  # 01.30 WITA on the 6th
    assert date_of("out", after_midnight, ZONE, {}) == MONDAY
    assert date_of("undefined", after_midnight, ZONE, {}) == MONDAY
    assert date_of("in", after_midnight, ZONE, {}) == MONDAY + timedelta(days=1)
    assert work_date(after_midnight, ZONE) == MONDAY


def test_the_button_offers_in_first_then_out_and_knows_the_end_of_the_shift() -> None:
    assert next_direction([], SHIFT, STARTS) == "in"
    assert next_direction([], SHIFT, ENDS - timedelta(minutes=1)) == "in"
    assert next_direction([], SHIFT, ENDS) == "out"
    assert next_direction([late(0)], SHIFT, STARTS + timedelta(minutes=1)) == "out"
    assert next_direction([late(0), OUT], SHIFT, ENDS) == "out"
    assert next_direction([], Schedule(), STARTS) == "in"
