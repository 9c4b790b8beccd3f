"""Working hours and working days of units, from patterns with dates, inheritance and confirmed holidays.

A unit works by the pattern assigned to it on the day, else by that of the nearest unit above it that has one, else by
the region's default. A holiday is free for everybody. Source: Perpres 21/2023 (working days and hours), SKB 3 Menteri
(holidays).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from kernel import clock
from kernel.periods import Month
from tenants.organisation.unit_tree import UnitTree

# A pattern without a working day, or a year of holidays, must end the search and not the process.
_FURTHEST: Final = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Hours:
    """The hours of one weekday in wall-clock time."""

    starts_at: time
    ends_at: time
    break_minutes: int = 0

    @property
    def minutes(self) -> int:
        """Working minutes without the break."""
        begin = self.starts_at.hour * 60 + self.starts_at.minute
        end = self.ends_at.hour * 60 + self.ends_at.minute
        return end - begin - self.break_minutes


@dataclass(frozen=True, slots=True)
class Week:
    """A work pattern: hours by weekday (0 = Monday); a weekday without hours is free."""

    code: str
    name: str
    days: Mapping[int, Hours]

    @property
    def minutes(self) -> int:
        """Working minutes of a whole week without breaks: 2,250 for the 37.5 hours of Perpres 21/2023."""
        return sum(hours.minutes for hours in self.days.values())


@dataclass(frozen=True, slots=True)
class Assigned:
    """A week that a unit works by, from `since` up to but without `until` (open when None)."""

    since: date
    until: date | None
    week: Week

    def covers(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day < self.until)


class OutsideCalendar(LookupError):
    """A day was asked for that this calendar was not loaded for."""


@dataclass(frozen=True, slots=True)
class RegionCalendar:
    """The region's calendar from `first` up to but without `end`, for all units; asks the database nothing.

    `holidays` holds the confirmed ones by date with their names; `zone` is the region's IANA zone name.
    """

    first: date
    end: date
    zone: str
    tree: UnitTree
    assigned: Mapping[int, tuple[Assigned, ...]]
    default: Week | None
    holidays: Mapping[date, str]

    def week(self, unit_id: int, day: date) -> Week | None:
        """The pattern that the unit works by on the day; None when neither it, a unit above nor the region has one."""
        self._check(day)
        for unit in self.tree.upward(unit_id):
            for assigned in self.assigned.get(unit, ()):
                if assigned.covers(day):
                    return assigned.week
        return self.default

    def wall_hours(self, unit_id: int, day: date) -> Hours | None:
        """The hours of a working day in wall-clock time, None on a free day."""
        if self.holiday(day) is not None:
            return None
        week = self.week(unit_id, day)
        return None if week is None else week.days.get(day.weekday())

    def hours(self, unit_id: int, day: date) -> tuple[datetime, datetime] | None:
        """Begin and end of the working day as aware UTC instants, None on a free day."""
        hours = self.wall_hours(unit_id, day)
        if hours is None:
            return None
        return clock.at_local(day, hours.starts_at, self.zone), clock.at_local(day, hours.ends_at, self.zone)

    def is_working_day(self, unit_id: int, day: date) -> bool:
        return self.wall_hours(unit_id, day) is not None

    def holiday(self, day: date) -> str | None:
        """The name of the confirmed holiday on the day, None on any other day."""
        self._check(day)
        return self.holidays.get(day)

    def working_days(self, unit_id: int, month: Month) -> list[date]:
        """The unit's working days of the month, in order."""
        return [day for day in month.days() if self.is_working_day(unit_id, day)]

    def add_working_days(self, unit_id: int, day: date, count: int) -> date:
        """The date that is `count` working days after `day` (before it when negative); `day` itself for 0.

        Raises OutsideCalendar when the calendar was not loaded that far, or has no working day within a year.
        """
        step = timedelta(days=1 if count > 0 else -1)
        left = abs(count)
        current = day
        while left:
            current += step
            if abs(current - day) > _FURTHEST:
                raise OutsideCalendar(f"no {abs(count)} working days within a year of {day}")
            left -= self.is_working_day(unit_id, current)
        return current

    def _check(self, day: date) -> None:
        if not self.first <= day < self.end:
            raise OutsideCalendar(f"{day} is not in {self.first}..{self.end}")
