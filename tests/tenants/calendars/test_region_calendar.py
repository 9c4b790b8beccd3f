"""The calendar as the database holds it."""

from __future__ import annotations

from datetime import date, time
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange

from kernel import clock
from kernel.periods import Month
from tenants.calendars.models import (
    Holiday,
    PatternAssignment,
    RamadanPeriod,
    RosterCell,
    UnitZone,
    WorkPattern,
)
from tenants.calendars.querysets import calendar_between, calendar_for, with_people
from tenants.calendars.working_days import Hours
from tests.cast import Office, Person, make_employee, make_unit
from tests.tenants.calendars.making import make_pattern, rotation, store

OCTOBER = Month(2026, 10)
FRIDAY = date(2026, 10, 16)
SATURDAY = date(2026, 10, 17)


def six_days() -> WorkPattern:
    return WorkPattern.objects.filter(code="6-hari-uji").first() or make_pattern(
        "6-hari-uji", "6 hari kerja uji", dict.fromkeys(range(6), "07.30-14.00")
    )


def three_shifts() -> WorkPattern:
    spans = {"P": "07.00-14.00", "S": "14.00-21.00", "M": "21.00-07.00"}
    return store(rotation("sif", spans, "P S M -", date(2026, 10, 1), works_on_holidays=True))


def decreed(day: date, name: str, kind: str = "daerah", **more: Any) -> Holiday:
    values = {"is_confirmed": True, "source": "SE 1", "confirmed_at": clock.now(), **more}
    return Holiday.objects.create(date=day, name=name, kind=kind, **values)


def test_a_unit_below_works_by_the_pattern_of_its_opd(office: Office) -> None:
    PatternAssignment.objects.create(
        unit=office.opd, pattern=six_days(), period=DateRange(date(2026, 10, 12), date(2026, 10, 19))
    )
    calendar = calendar_for(OCTOBER)
    assert calendar.is_working_day(office.unit.pk, SATURDAY)
    assert not calendar.is_working_day(office.unit.pk, date(2026, 10, 10))
    assert not calendar.is_working_day(office.unit.pk, date(2026, 10, 24))


def test_a_draft_or_removed_holiday_does_not_count(office: Office) -> None:
    day = date(2026, 10, 14)
    holiday = Holiday.objects.create(date=day, name="Hari uji", kind="daerah")
    assert calendar_for(OCTOBER).is_working_day(office.unit.pk, day)
    holiday.is_confirmed = True
    holiday.source = "Keputusan Wali Kota 1/2026"
    holiday.confirmed_at = clock.now()
    holiday.save()
    assert calendar_for(OCTOBER).holiday(day) == "Hari uji"
    holiday.removed_at = clock.now()
    holiday.removal_reason = "Dibatalkan"
    holiday.save()
    assert calendar_for(OCTOBER).is_working_day(office.unit.pk, day)


def test_two_holidays_on_one_day_are_both_named(office: Office) -> None:
    decreed(FRIDAY, "Hari Pertama", "nasional")
    decreed(FRIDAY, "Hari Kedua")
    assert calendar_for(OCTOBER).holiday(FRIDAY) == "Hari Pertama; Hari Kedua"


def test_the_day_of_a_unit_goes_before_that_of_the_region(office: Office) -> None:
    decreed(FRIDAY, "Libur kota")
    decreed(FRIDAY, "Pasar rakyat: tetap bekerja", "kerja", unit=office.unit)
    decreed(date(2026, 10, 14), "Pasar rakyat", "unit", unit=office.opd)
    calendar = calendar_for(OCTOBER)
    assert calendar.is_working_day(office.unit.pk, FRIDAY)
    assert not calendar.is_working_day(office.opd.pk, FRIDAY)
    assert calendar.holiday(date(2026, 10, 14), office.unit.pk) == "Pasar rakyat"
    assert calendar.holiday(date(2026, 10, 14)) is None


def test_a_swapped_saturday_has_the_hours_of_the_day_it_stands_for(office: Office) -> None:
    decreed(FRIDAY, "Libur kota")
    decreed(SATURDAY, "Pengganti Jumat", "kerja", like_weekday=4)
    found = calendar_for(OCTOBER)
    assert found.wall_hours(office.unit.pk, SATURDAY) == Hours(time(7, 30), time(16, 30), 90)
    assert found.plan(office.unit.pk, SATURDAY).note == "Pengganti Jumat"


def test_the_days_of_ramadan_have_the_ramadan_hours(office: Office) -> None:
    period = DateRange(date(2026, 2, 18), date(2026, 3, 20))
    RamadanPeriod.objects.create(name="Ramadan 1447 H", period=period, source="SE 2")
    calendar = calendar_between(date(2026, 2, 1), date(2026, 4, 1))
    hours = {day: calendar.wall_hours(office.unit.pk, date(2026, *day)) for day in ((2, 17), (2, 18), (3, 19), (3, 20))}
    assert hours == {
        (2, 17): Hours(time(7, 30), time(16), 60),
        (2, 18): Hours(time(8), time(15), 30),
        (3, 19): Hours(time(8), time(15), 30),
        (3, 20): Hours(time(7, 30), time(16, 30), 90),
    }


def test_a_person_goes_before_the_unit_and_the_roster_before_both(office: Office, ani: Person) -> None:
    shifts = three_shifts()
    own = DateRange(date(2026, 10, 5), date(2026, 10, 10))
    PatternAssignment.objects.create(employee=ani.employee, pattern=shifts, period=own)
    cells = [(date(2026, 10, 6), "S", shifts), (date(2026, 10, 7), "", None)]
    for day, code, pattern in cells:
        RosterCell.objects.create(employee=ani.employee, date=day, code=code, pattern=pattern, is_draft=False)
    RosterCell.objects.create(employee=ani.employee, date=date(2026, 10, 8), code="P", pattern=shifts)
    calendar = calendar_between(OCTOBER.first_day, OCTOBER.end, employee_ids=[ani.employee.pk])
    plans = [calendar.plan(office.unit.pk, date(2026, 10, day), ani.employee.pk) for day in range(4, 11)]
    assert [(plan.source, [shift.code for shift in plan.shifts]) for plan in plans] == [
        ("default", []),
        ("person", ["P"]),
        ("person", ["S"]),
        ("person", []),
        ("person", []),
        ("person", ["P"]),
        ("default", []),
    ]
    assert calendar.has_own_plan(ani.employee.pk)
    assert with_people(calendar, [ani.employee.pk]).people == calendar.people


def test_a_unit_further_east_begins_by_its_own_clock(office: Office) -> None:
    UnitZone.objects.create(unit=office.unit, zone="Asia/Jayapura")
    calendar = calendar_for(OCTOBER)
    assert calendar.zone_of(office.unit.pk) == "Asia/Jayapura"
    assert calendar.zone_of(office.opd.pk) == "Asia/Makassar"
    east, west = calendar.hours(office.unit.pk, FRIDAY), calendar.hours(office.opd.pk, FRIDAY)
    assert east is not None
    assert west is not None
    assert (west[0] - east[0]).total_seconds() == 3600
    assert calendar.wall_hours(office.unit.pk, FRIDAY) == calendar.wall_hours(office.opd.pk, FRIDAY)


def test_the_calendar_is_loaded_in_a_fixed_number_of_statements(
    office: Office, ani: Person, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(3):
        calendar_for(OCTOBER)
    for number in range(5):
        unit = make_unit(office.opd, f"1.01.9{number}", f"Seksi {number}")
        UnitZone.objects.create(unit=unit, zone="Asia/Jakarta")
        PatternAssignment.objects.create(unit=unit, pattern_id=six_days().pk, period=DateRange(date(2026, 1, 1), None))
    with django_assert_num_queries(4):
        calendar_for(OCTOBER)
    for number in range(5):
        person = make_employee(f"Orang {number}", office.staff)
        RosterCell.objects.create(employee=person, date=FRIDAY, is_draft=False)
    with django_assert_num_queries(6):
        calendar_between(OCTOBER.first_day, OCTOBER.end, employee_ids=None)
