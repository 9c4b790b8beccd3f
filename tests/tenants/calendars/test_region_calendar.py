"""The calendar as the database holds it."""

from __future__ import annotations

from datetime import date, time
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange

from kernel import clock
from kernel.periods import Month
from tenants.calendars.models import Holiday, PatternAssignment, PatternDay, WorkPattern
from tenants.calendars.querysets import calendar_for
from tests.cast import Office, make_unit

OCTOBER = Month(2026, 10)


def six_days() -> WorkPattern:
    pattern = WorkPattern.objects.create(code="6-hari-uji", name="6 hari kerja uji")
    for weekday in range(6):
        PatternDay.objects.create(pattern=pattern, weekday=weekday, starts_at=time(7, 30), ends_at=time(14))
    return pattern


def test_a_unit_below_works_by_the_pattern_of_its_opd(office: Office) -> None:
    PatternAssignment.objects.create(
        unit=office.opd, pattern=six_days(), period=DateRange(date(2026, 10, 12), date(2026, 10, 19))
    )
    calendar = calendar_for(OCTOBER)
    assert calendar.is_working_day(office.unit.pk, date(2026, 10, 17))
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


def test_the_calendar_is_loaded_in_a_fixed_number_of_statements(office: Office, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(3):
        calendar_for(OCTOBER)
    for number in range(5):
        unit = make_unit(office.opd, f"1.01.9{number}", f"Seksi {number}")
        PatternAssignment.objects.create(
            unit=unit, pattern_id=six_days_once(), period=DateRange(date(2026, 1, 1), None)
        )
    with django_assert_num_queries(4):
        calendar_for(OCTOBER)


def six_days_once() -> int:
    existing = WorkPattern.objects.filter(code="6-hari-uji").first()
    return (existing or six_days()).pk
