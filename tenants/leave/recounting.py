"""Leave follows the calendar: a holiday that is confirmed or removed changes what a leave of those days costs."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, Final

from django.db import transaction
from django.dispatch import receiver

from kernel.accounts.actors import System
from kernel.delivery import outbox
from kernel.periods import FIRST_DAY, LAST_DAY
from tenants.attendance.counting import ONE_DAY, by_year, own_days
from tenants.attendance.models import AttendanceDocument
from tenants.calendars.signals import calendar_changed
from tenants.leave.booking import book
from tenants.leave.models import LeaveBooking, LeaveKind

RECOUNT_TASK: Final = "tenants.leave.tasks.recount_leave"


@transaction.atomic
def recount(first: str | None, end: str | None, employee_ids: list[int] | None = None) -> int:
    """Count the standing yearly leave with a day in the half-open period again, of these people or (None) of everybody;
    gives how many cost something else now.

    The days of the way stay free. Joint leave days (cuti bersama) are holidays of the calendar, so that confirming one
    gives the day back to whoever had leave on it.
    """
    begin = FIRST_DAY if first is None else date.fromisoformat(first)
    until = LAST_DAY if end is None else date.fromisoformat(end)
    found = (
        AttendanceDocument.objects.all() if employee_ids is None else AttendanceDocument.objects.of_people(employee_ids)
    )
    documents = list(
        found.select_for_update(of=("self",))
        .standing()
        .touching(begin, until)
        .filter(leave__kind__counts=LeaveKind.Counts.WORKING)
        .select_related("leave")
        .order_by("pk")
    )
    spans = [
        (paper.employee_id, paper.period.lower, paper.last_day - ONE_DAY * paper.leave.travel_days)
        for paper in documents
    ]
    moved: list[AttendanceDocument] = []
    bookings: list[LeaveBooking] = []
    for paper, own in zip(documents, own_days(spans), strict=True):
        days = by_year(own.working)
        if days != paper.leave.days:
            paper.leave.days = days
            bookings.append(paper.leave)
            moved.append(paper)
    LeaveBooking.objects.bulk_update(bookings, ["days"])
    book(moved, actor=System("leave"))
    return len(moved)


@receiver(calendar_changed, dispatch_uid="leave.calendar")
def _follow_calendar(
    sender: Any, first: date | None, end: date | None, employee_ids: Iterable[int] | None = None, **kwargs: Any
) -> None:
    if LeaveBooking.objects.exists():
        outbox.send(
            RECOUNT_TASK,
            first=None if first is None else first.isoformat(),
            end=None if end is None else end.isoformat(),
            employee_ids=None if employee_ids is None else sorted(employee_ids),
        )
