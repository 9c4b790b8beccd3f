"""A closed month judged again from the facts of this moment, without storing anything.

The stored results of a closed month stay what they were; a difference run asks here what they would be now: by the rule
set that is in force today for those days, with the punches and documents that have come since. Working hours are those
that were stored: a unit's hours of then are not kept anywhere else, and a reorganisation is no event of the month.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from kernel.periods import Month
from tenants.attendance.day import ABSENT, JudgedDay, Schedule
from tenants.attendance.frames import Frame, frame_of, placed_units
from tenants.attendance.models import DayResult
from tenants.attendance.months import AttendanceFacts
from tenants.attendance.results import judged_days
from tenants.attendance.stored import schedule_of


@dataclass(frozen=True, slots=True)
class ChangedDay:
    """A day whose punches or documents are not those that its stored result was judged from.

    `before` and `now` are what the day was and is judged to be: a presence, or the code of the document that covers it.
    """

    date: date
    before: str
    now: str


@dataclass(frozen=True, slots=True)
class FreshMonth:
    """A person's month as it is judged now, and the days on which that has another ground than the stored result."""

    facts: AttendanceFacts
    changed: tuple[ChangedDay, ...] = ()


@dataclass(frozen=True, slots=True)
class _Stored:
    schedule: Schedule
    seen: tuple[datetime | None, datetime | None, str, str]


def attendance_afresh(
    employee_ids: Collection[int], month: Month, *, categories: Mapping[int, str] | None = None
) -> dict[int, FreshMonth]:
    """The attendance of these people in a closed month as it is judged now; every asked id has an entry.

    `categories` are the unit categories of that time by person, where they are known. A fixed number of statements,
    none of which writes.
    """
    frame = frame_of(month.first_day, month.end, employee_ids)
    found: dict[int, FreshMonth] = {}
    for employee, days, stored in _judged(frame, employee_ids, categories or {}):
        working = [day for day in days if day.is_working_day]
        facts = AttendanceFacts.of_judged(days, working, frame)
        found[employee] = FreshMonth(facts, tuple(_changed(days, stored)))
    return found


def absences_afresh(employee_ids: Collection[int], month: Month) -> dict[int, int]:
    """As `months.absent_in_year`, with every day judged again from the facts of this moment; zero is left out."""
    frame = frame_of(date(month.year, 1, 1), month.end, employee_ids)
    counts = {
        employee: sum(day.presence == ABSENT and day.is_working_day for day in days)
        for employee, days, _ in _judged(frame, employee_ids, {})
    }
    return {employee: count for employee, count in counts.items() if count}


def _judged(
    frame: Frame, employee_ids: Collection[int], categories: Mapping[int, str]
) -> Iterator[tuple[int, list[JudgedDay], Mapping[date, _Stored]]]:
    units = placed_units(employee_ids, frame.first, frame.end)
    stored = _stored_between(employee_ids, frame.first, frame.end)
    courses = {
        employee: frame.course_with(
            employee,
            units.get(employee, ()),
            {day: row.schedule for day, row in stored.get(employee, {}).items()},
            categories.get(employee, ""),
        )
        for employee in employee_ids
    }
    for employee, days in judged_days(frame, employee_ids, units, courses):
        yield employee, days, stored.get(employee, {})


def _stored_between(employee_ids: Collection[int], first: date, end: date) -> dict[int, dict[date, _Stored]]:
    rows: Any = DayResult.objects.filter(employee_id__in=employee_ids, date__gte=first, date__lt=end).values_list(
        "employee_id",
        "date",
        "scheduled_in",
        "scheduled_out",
        "note",
        "details",
        "first_in",
        "last_out",
        "document",
        "presence",
    )
    found: dict[int, dict[date, _Stored]] = {}
    for employee, day, starts_at, ends_at, note, details, first_in, last_out, document, presence in rows:
        row = _Stored(schedule_of(starts_at, ends_at, note, details), (first_in, last_out, document, presence))
        found.setdefault(employee, {})[day] = row
    return found


def _changed(days: Sequence[JudgedDay], stored: Mapping[date, _Stored]) -> Iterator[ChangedDay]:
    for day in days:
        row = stored.get(day.date)
        seen = (day.first_in, day.last_out, day.document, day.presence)
        if row is None:
            if day.is_working_day:
                yield ChangedDay(day.date, "", day.document or day.presence)
        elif row.seen != seen:
            _, _, document, presence = row.seen
            yield ChangedDay(day.date, document or presence, day.document or day.presence)
