"""Days follow what they are judged by: a calendar or a post that changed has the days behind it computed again.

Only days from the month before on are computed at once; the run of an older month that is still open computes its own.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final

from django.dispatch import receiver

from kernel.delivery import outbox
from kernel.periods import Month
from kernel.tenancy import here
from tenants.calendars.signals import calendar_changed
from tenants.employees.models import Employee
from tenants.employees.signals import placement_changed, service_changed
from tenants.punches.lane import COMPUTE_DAYS_TASK

COMPUTE_PERIOD_TASK: Final = "tenants.attendance.tasks.compute_period"


def days_to_follow(first: date | None, end: date | None) -> tuple[date, date] | None:
    """Which days of the half-open period (None: without bound) are computed now, both included; None for none."""
    today = here.today()
    floor = Month.of(today).previous.first_day
    begin = floor if first is None else max(first, floor)
    last = today if end is None else min(end - timedelta(days=1), today)
    return (begin, last) if begin <= last else None


@receiver(calendar_changed, dispatch_uid="attendance.calendar")
def _follow_calendar(sender: Any, first: date | None, end: date | None, **kwargs: Any) -> None:
    if days := days_to_follow(first, end):
        outbox.send(COMPUTE_PERIOD_TASK, first=days[0].isoformat(), last=days[1].isoformat())


@receiver(service_changed, dispatch_uid="attendance.service")
@receiver(placement_changed, dispatch_uid="attendance.placement")
def _follow_placement(sender: Any, employee: Employee, first: date, **kwargs: Any) -> None:
    if days := days_to_follow(first, None):
        outbox.send(COMPUTE_DAYS_TASK, employee_ids=[employee.pk], first=days[0].isoformat(), last=days[1].isoformat())
