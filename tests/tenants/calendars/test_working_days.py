"""Hours and working days, without the database."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest

from kernel.periods import Month
from tenants.calendars.working_days import Assigned, Hours, OutsideCalendar, RegionCalendar, Week
from tenants.organisation.unit_tree import UnitTree

OPD, UNIT, PUSKESMAS = 1, 2, 3
FIVE = Week(
    "5-hari",
    "5 hari kerja",
    {**{d: Hours(time(7, 30), time(16), 60) for d in range(4)}, 4: Hours(time(7, 30), time(16, 30), 90)},
)
SIX = Week("6-hari", "6 hari kerja", {d: Hours(time(7, 30), time(14)) for d in range(6)})
RAMADAN = Week("ramadan", "Ramadan", {d: Hours(time(8), time(15), 30) for d in range(5)})


def calendar(**changes: object) -> RegionCalendar:
    values: dict[str, object] = {
        "first": date(2026, 1, 1),
        "end": date(2027, 1, 1),
        "zone": "Asia/Makassar",
        "tree": UnitTree.of([(OPD, None), (UNIT, OPD), (PUSKESMAS, OPD)]),
        "assigned": {
            OPD: (Assigned(date(2026, 2, 18), date(2026, 3, 20), RAMADAN),),
            PUSKESMAS: (Assigned(date(2025, 1, 1), None, SIX),),
        },
        "default": FIVE,
        "holidays": {date(2026, 8, 17): "Hari Kemerdekaan"},
        **changes,
    }
    return RegionCalendar(**values)  # type: ignore[arg-type]


def test_the_normal_week_has_thirty_seven_and_a_half_hours() -> None:
    assert FIVE.minutes == 37 * 60 + 30


def test_hours_are_aware_instants_of_the_region() -> None:
    assert calendar().hours(UNIT, date(2026, 10, 2)) == (
        datetime(2026, 10, 1, 23, 30, tzinfo=UTC),
        datetime(2026, 10, 2, 8, 30, tzinfo=UTC),
    )


def test_a_unit_inherits_from_above_unless_it_has_its_own_pattern() -> None:
    ramadan = date(2026, 2, 20)
    found = calendar()
    assert found.week(UNIT, ramadan) == RAMADAN
    assert found.week(PUSKESMAS, ramadan) == SIX
    assert found.week(UNIT, date(2026, 2, 17)) == FIVE
    assert found.week(UNIT, date(2026, 3, 20)) == FIVE


def test_without_any_pattern_there_are_no_hours() -> None:
    found = calendar(default=None)
    assert found.week(UNIT, date(2026, 10, 2)) is None
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


def test_a_day_that_was_not_loaded_is_refused() -> None:
    with pytest.raises(OutsideCalendar):
        calendar().hours(UNIT, date(2027, 1, 1))
    with pytest.raises(OutsideCalendar):
        calendar(first=date(2026, 1, 1), end=date(2026, 2, 1)).add_working_days(UNIT, date(2026, 1, 30), 3)


def test_a_week_without_working_days_ends_the_search() -> None:
    empty = calendar(default=Week("kosong", "Kosong", {}), assigned={}, end=date(2030, 1, 1))
    with pytest.raises(OutsideCalendar):
        empty.add_working_days(UNIT, date(2026, 1, 30), 1)
