"""A week of work in Manado: the pattern of an office, stored punches and documents, and the clock on its wall."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange

from kernel import clock
from kernel.ids import new_uid
from tenants.attendance.models import AttendanceDocument
from tenants.calendars.models import PatternAssignment, WorkPattern
from tenants.employees.models import Employee
from tenants.punches.models import Punch
from tests.cast import Office
from tests.tenants.calendars.making import make_pattern

ZONE = "Asia/Makassar"
MONDAY = date(2026, 10, 5)


def at(day: date, clock_time: str) -> datetime:
    """That wall-clock time in Manado."""
    return clock.at_local(day, time.fromisoformat(clock_time), ZONE)


def on(day: date, clock_time: str) -> Any:
    """`with on(day, "07:25"):` the clock stands at that wall-clock time in Manado."""
    return clock.at(at(day, clock_time))


def lay_down_shift(office: Office) -> WorkPattern:
    """07.30 to 16.00 from Monday to Friday for the whole office."""
    hours = dict.fromkeys(range(5), "07.30-16.00/12.00-13.00")
    pattern = make_pattern("uji", "Lima hari kerja (uji)", hours)
    PatternAssignment.objects.create(unit=office.opd, pattern=pattern, period=DateRange(date(2024, 1, 1), None))
    return pattern


def punched(employee: Employee, day: date, kind: str, clock_time: str, **more: Any) -> Punch:
    """A stored punch."""
    moment = at(day, clock_time)
    values = {"id": new_uid(), "source": "phone", "received_at": moment, **more}
    return Punch.objects.create(employee=employee, kind=kind, captured_at=moment, **values)


def documented(employee: Employee, kind: str, first: date, end: date, **more: Any) -> AttendanceDocument:
    """An approved document for the half-open period."""
    values = {"label": kind, "state": "approved", **more}
    return AttendanceDocument.objects.create(employee=employee, kind=kind, period=DateRange(first, end), **values)
