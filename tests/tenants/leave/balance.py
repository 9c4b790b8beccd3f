"""Granted days and requests, as the tests of leave need them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from tenants.attendance.models import AttendanceDocument
from tenants.leave.actions import request_leave
from tenants.leave.booking import accounts_of
from tenants.leave.checking import LeaveAsk
from tenants.leave.ledger import Account
from tenants.leave.models import LeaveEntry
from tests.cast import Person


def granted(person: Person, days: int = 12, year: int = 2026) -> LeaveEntry:
    """The person has so many days of the year."""
    return LeaveEntry.objects.create(employee=person.employee, year=year, what="grant", days=days)


def asked(person: Person, day: date, days: int = 1, **more: Any) -> AttendanceDocument:
    """The person asks for yearly leave on so many calendar days."""
    values = {"kind": "tahunan", "first": day, "last": day + timedelta(days=days - 1), "reason": "Keluarga", **more}
    return request_leave(employee=person.employee, ask=LeaveAsk(**values), actor=person.user)


def account(person: Person, year: int = 2026) -> Account:
    """The person's account of the year."""
    return accounts_of([person.employee.pk])[person.employee.pk][year]
