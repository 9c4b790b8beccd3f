"""Hours and working days, without the database."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest

from kernel.periods import Month
from tenants.calendars.patterns import NORMAL_WEEK, RAMADAN, RAMADAN_WEEK, Pattern
from tenants.calendars.ready import ready_patterns
from tenants.calendars.working_days import (
    Assigned,
    CalendarDay,
    Hours,
    OutsideCalendar,
    RegionCalendar,
)
from tenants.organisation.unit_tree import UnitTree
from tests.tenants.calendars.making import week

OPD, UNIT, PUSKESMAS = 1, 2, 3
FIVE = ready_patterns()["5-hari-kerja"]
SIX = week("6-hari", dict.fromkeys(range(6), "07.30-14.00"))
SHORT = week("pendek", dict.fromkeys(range(5), "08.00-15.00/12.00-12.30"))


def calendar(**changes: object) -> RegionCalendar:
    values: dict[str, object] = {
        "first": date(2026, 1, 1),
        "end": date(2027, 1, 1),
        "zone": "Asia/Makassar",
        "tree": UnitTree.of([(OPD, None), (UNIT, OPD), (PUSKESMAS, OPD)]),
        "assigned": {
            OPD: (Assigned(date(2026, 2, 18), date(2026, 3, 20), SHORT),),
            PUSKESMAS: (Assigned(date(2025, 1, 1), None, SIX),),
        },
        "default": FIVE,
        "days": {date(2026, 8, 17): {None: CalendarDay("Hari Kemerdekaan")}},
        **changes,
    }
    return RegionCalendar(**values)  # type: ignore[arg-type]


@pytest.mark.parametrize("pattern", [one for one in ready_patterns().values() if one.kind == "weekly"])
def test_the_ready_weeks_have_the_hours_of_the_regulation(pattern: Pattern) -> None:
    assert pattern.week_minutes == NORMAL_WEEK == 37 * 60 + 30
    fasting = [version.week_minutes for version in pattern.versions if version.variant == RAMADAN]
    assert fasting in ([], [RAMADAN_WEEK])
    assert RAMADAN_WEEK == 32 * 60 + 30


def test_hours_are_aware_instants_of_the_region() -> None:
    assert calendar().hours(UNIT, date(2026, 10, 2)) == (
        datetime(2026, 10, 1, 23, 30, tzinfo=UTC),
        datetime(2026, 10, 2, 8, 30, tzinfo=UTC),
    )
    assert calendar().wall_hours(UNIT, date(2026, 10, 2)) == Hours(time(7, 30), time(16, 30), 90)


def test_a_unit_inherits_from_above_unless_it_has_its_own_pattern() -> None:
    february = date(2026, 2, 20)
    found = calendar()
    assert found.pattern(UNIT, february) == SHORT
    assert found.pattern(PUSKESMAS, february) == SIX
    assert found.pattern(UNIT, date(2026, 2, 17)) == FIVE
    assert found.pattern(UNIT, date(2026, 3, 20)) == FIVE


def test_without_any_pattern_there_are_no_hours() -> None:
    found = calendar(default=None)
    assert found.pattern(UNIT, date(2026, 10, 2)) is None
    assert found.hours(UNIT, date(2026, 10, 2)) is None


def test_a_holiday_is_free_for_everybody() -> None:
    found = calendar()
    assert found.holiday(date(2026, 8, 17)) == "Hari Kemerdekaan"
    assert not found.is_working_day(UNIT, date(2026, 8, 17))
    assert not found.is_working_day(PUSKESMAS, date(2026, 8, 17))


def test_working_days_of_a_month_depend_on_the_pattern() -> None:
    found = calendar()
    august = Month(2026, 8)
    assert len(found.working_days(UNIT, august)) == 20
    assert len(found.working_days(PUSKESMAS, august)) == 25


@pytest.mark.parametrize(
    ("start", "count", "expected"),
    [
        (date(2026, 8, 14), 1, date(2026, 8, 18)),
        (date(2026, 8, 14), 0, date(2026, 8, 14)),
        (date(2026, 8, 18), -1, date(2026, 8, 14)),
        (date(2026, 10, 2), 5, date(2026, 10, 9)),
    ],
)
def test_adding_working_days_passes_over_free_days(start: date, count: int, expected: date) -> None:
    assert calendar().add_working_days(UNIT, start, count) == expected


def test_a_day_or_a_person_that_was_not_loaded_is_refused() -> None:
    with pytest.raises(OutsideCalendar):
        calendar().hours(UNIT, date(2027, 1, 1))
    with pytest.raises(OutsideCalendar):
        calendar(first=date(2026, 1, 1), end=date(2026, 2, 1)).add_working_days(UNIT, date(2026, 1, 30), 3)
    with pytest.raises(OutsideCalendar):
        calendar().plan(UNIT, date(2026, 1, 5), employee_id=7)
    assert calendar(loaded_people=frozenset({7})).plan(UNIT, date(2026, 1, 5), employee_id=7).is_working_day


def test_a_week_without_working_days_ends_the_search() -> None:
    empty = calendar(default=week("kosong", {}), assigned={}, end=date(2030, 1, 1))
    with pytest.raises(OutsideCalendar):
        empty.add_working_days(UNIT, date(2026, 1, 30), 1)
