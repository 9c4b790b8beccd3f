"""A week of work in Manado: the default pattern and a clock that stands still."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from kernel import clock
from kernel.ids import new_uid
from kernel.tenancy.state import RegionState
from tenants.attendance.models import AttendanceDocument, Punch
from tenants.calendars.models import PatternAssignment, PatternDay, WorkPattern
from tenants.employees.models import Employee
from tests.cast import Office

ZONE = "Asia/Makassar"
MONDAY = date(2026, 10, 5)


def at(day: date, clock_time: str) -> datetime:
    """That wall-clock time in Manado."""
    return clock.at_local(day, time.fromisoformat(clock_time), ZONE)


@pytest.fixture
def shift(manado: RegionState, office: Office) -> WorkPattern:
    """07.30 to 16.00 from Monday to Friday for the whole office."""
    pattern = WorkPattern.objects.create(code="uji", name="Lima hari kerja (uji)")
    PatternDay.objects.bulk_create(
        [
            PatternDay(pattern=pattern, weekday=weekday, starts_at=time(7, 30), ends_at=time(16), break_minutes=60)
            for weekday in range(5)
        ]
    )
    PatternAssignment.objects.create(unit=office.opd, pattern=pattern, period=DateRange(date(2024, 1, 1), None))
    return pattern


@pytest.fixture
def on() -> Callable[[date, str], Any]:
    """`with on(day, "07:25"):` the clock stands at that wall-clock time in Manado."""
    return lambda day, clock_time: clock.at(at(day, clock_time))


@pytest.fixture
def punched(manado: RegionState) -> Callable[..., Punch]:
    """`punched(employee, day, "in", "07:25")`: a stored punch."""

    def make(employee: Employee, day: date, kind: str, clock_time: str, **more: Any) -> Punch:
        moment = at(day, clock_time)
        return Punch.objects.create(
            id=more.pop("id", None) or new_uid(), employee=employee, kind=kind, source=more.pop("source", "phone"),
            captured_at=moment, received_at=moment, **more,
        )  # fmt: skip

    return make


@pytest.fixture
def documented(manado: RegionState) -> Callable[..., AttendanceDocument]:
    """`documented(employee, "S", first, end)`: an approved document for the half-open period."""

    def make(employee: Employee, kind: str, first: date, end: date, **more: Any) -> AttendanceDocument:
        values = {"label": kind, "state": "approved", **more}
        return AttendanceDocument.objects.create(employee=employee, kind=kind, period=DateRange(first, end), **values)

    return make


def uid7(moment: datetime = datetime(2026, 10, 4, 23, 25, tzinfo=UTC)) -> uuid.UUID:
    """A UUIDv7 as a phone makes it."""
    return new_uid()
