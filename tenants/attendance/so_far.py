"""Days judged from the facts of this moment, nothing is stored: the running month as if it ended today, or days that
are counted with a later month than their own."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from kernel.periods import Month
from tenants.attendance.day import OPEN
from tenants.attendance.frames import frame_of
from tenants.attendance.months import AttendanceFacts
from tenants.attendance.results import judged_days


def attendance_so_far(employee_ids: Collection[int], month: Month) -> dict[int, AttendanceFacts]:
    """The attendance up to the last finished working day; every asked id has an entry.

    Working days to come, and the running one, are not among `working_days`: nobody is late or absent on them yet.
    """
    return attendance_between(employee_ids, month.first_day, month.end)


def attendance_between(employee_ids: Collection[int], first: date, end: date) -> dict[int, AttendanceFacts]:
    """The finished working days from `first` up to but without `end`; every asked id has an entry."""
    frame = frame_of(first, end, employee_ids)
    found: dict[int, AttendanceFacts] = {}
    for employee, days in judged_days(frame, employee_ids):
        finished = [day for day in days if day.is_working_day and day.presence != OPEN]
        found[employee] = AttendanceFacts.of_judged(days, finished, frame)
    return found
