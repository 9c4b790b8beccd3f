"""Which of somebody's days a leave costs: working days by the person's own plan, or calendar days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from tenants.attendance.frames import PlacedUnit, placed_units
from tenants.calendars.querysets import calendar_between
from tenants.calendars.working_days import RegionCalendar

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class OwnDays:
    """A person's days from `first` up to and with `last`: those of work, and whether there was a post at all."""

    first: date
    last: date
    working: tuple[date, ...]
    has_post: bool

    @property
    def calendar(self) -> tuple[date, ...]:
        return tuple(days_of(self.first, self.last))


def days_of(first: date, last: date) -> list[date]:
    """Each date from the first up to and with the last."""
    return [first + ONE_DAY * number for number in range((last - first).days + 1)]


def own_days(spans: Sequence[tuple[int, date, date]]) -> list[OwnDays]:
    """The days of each (employee, first, last), in the order asked; a fixed number of statements for all."""
    if not spans:
        return []
    first, end = min(span[1] for span in spans), max(span[2] for span in spans) + ONE_DAY
    people = {employee for employee, _first, _last in spans}
    calendar = calendar_between(first, end, employee_ids=people)
    units = placed_units(people, first, end)
    return [_own(calendar, units.get(span[0], ()), *span) for span in spans]


def _own(calendar: RegionCalendar, units: Sequence[PlacedUnit], employee: int, first: date, last: date) -> OwnDays:
    """What is no working day of the unit may be one of the person's roster, and the other way round."""
    working = [
        day
        for day in days_of(first, last)
        for unit in units
        if unit.covers(day) and calendar.is_working_day(unit.unit_id, day, employee)
    ]
    return OwnDays(first, last, tuple(working), bool(units))


def by_year(days: Sequence[date]) -> dict[str, int]:
    """How many of the days fall into each calendar year, as a booking stores it."""
    found: dict[str, int] = {}
    for day in days:
        found[str(day.year)] = found.get(str(day.year), 0) + 1
    return found
