"""Working hours and working days of units and people: patterns with dates, the calendar's layers, the roster.

Who is asked first: a roster cell of the person, then the person's own pattern, then that of the unit, then that of the
nearest unit above, then the region's default. A day of the calendar is decided by the nearest unit that has an entry
for it (a holiday or a working day of its own), then by a working day of the region, then by a holiday. Holidays free a
day except for patterns that say that they work on holidays, and for roster cells. Source: Perpres 21/2023 (working days
and hours), SKB 3 Menteri (holidays).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Final

from kernel.clock import zone as zone_of_name
from kernel.periods import Month
from tenants.calendars.patterns import WEEKLY, Pattern, Span
from tenants.calendars.plans import DayPlan, Source, plan_of
from tenants.organisation.unit_tree import UnitTree

# A pattern without a working day, or a year of holidays, must end the search and not the process.
_FURTHEST: Final = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Hours:
    """The hours of a day in wall-clock time. An end at or before the start is on the next date."""

    starts_at: time
    ends_at: time
    break_minutes: int = 0

    @property
    def minutes(self) -> int:
        """Working minutes without the break."""
        begin = self.starts_at.hour * 60 + self.starts_at.minute
        end = self.ends_at.hour * 60 + self.ends_at.minute
        return ((end - begin) % (24 * 60) or 24 * 60) - self.break_minutes


@dataclass(frozen=True, slots=True)
class Assigned:
    """A pattern that a unit or a person works by, from `since` up to but without `until` (open when None).

    `offset` moves a rotation by so many days: the teams of one pattern.
    """

    since: date
    until: date | None
    pattern: Pattern
    offset: int = 0

    def covers(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day < self.until)


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """An entry of the calendar: a holiday, or a day that is worked although it would be free.

    A working day of a weekly pattern has the hours of `like_weekday` (0 = Monday) where that is given.
    """

    name: str
    is_working: bool = False
    like_weekday: int | None = None


@dataclass(frozen=True, slots=True)
class Cell:
    """What the published roster says of a person's day: a shift of a pattern, or free (no code)."""

    code: str
    pattern: Pattern | None = None


@dataclass(frozen=True, slots=True)
class Personal:
    """What is laid down for one person alone."""

    assigned: tuple[Assigned, ...] = ()
    cells: Mapping[date, Cell] = field(default_factory=dict)


_NOTHING_OWN: Final = Personal()


class OutsideCalendar(LookupError):
    """A day or a person was asked for that this calendar was not loaded for."""


@dataclass(frozen=True, slots=True)
class RegionCalendar:
    """The region's calendar from `first` up to but without `end`, for all units; asks the database nothing.

    `days` holds the confirmed entries by date, by the unit that they count for (None: the whole region). `zone` is the
    region's IANA zone name, `zones` those of units that have their own. `people` holds what is laid down for people,
    who were all asked for where `loaded_people` is None, and those of that set otherwise.
    """

    first: date
    end: date
    zone: str
    tree: UnitTree
    assigned: Mapping[int, tuple[Assigned, ...]]
    default: Pattern | None
    days: Mapping[date, Mapping[int | None, CalendarDay]]
    ramadan: tuple[tuple[date, date], ...] = ()
    zones: Mapping[int, str] = field(default_factory=dict)
    people: Mapping[int, Personal] = field(default_factory=dict)
    loaded_people: frozenset[int] | None = frozenset()
    _plans: dict[tuple[int, date], DayPlan] = field(default_factory=dict, compare=False, repr=False)

    def plan(self, unit_id: int, day: date, employee_id: int | None = None) -> DayPlan:
        """What is to be worked on the date by the unit, or by this person of it.

        Raises OutsideCalendar for a day or a person that the calendar was not loaded for.
        """
        self._check(day)
        own = _NOTHING_OWN if employee_id is None else self._own(employee_id)
        cell = own.cells.get(day)
        if cell is not None:
            return self._plan_of_cell(unit_id, day, cell)
        assigned = next((assigned for assigned in own.assigned if assigned.covers(day)), None)
        if assigned is not None:
            return self._plan_by(unit_id, day, assigned.pattern, assigned.offset, "person")
        known = self._plans.get((unit_id, day))
        if known is None:
            known = self._plans[unit_id, day] = self._plan_of_unit(unit_id, day)
        return known

    def pattern(self, unit_id: int, day: date, employee_id: int | None = None) -> Pattern | None:
        """The pattern that the person or the unit works by on the day; None when nobody above has one either."""
        self._check(day)
        own = _NOTHING_OWN if employee_id is None else self._own(employee_id)
        found = next((assigned for assigned in own.assigned if assigned.covers(day)), None) or self._of_unit(
            unit_id, day
        )
        return self.default if found is None else found.pattern

    def has_own_plan(self, employee_id: int) -> bool:
        """Whether anything is laid down for this person alone; everybody else has the plan of their unit."""
        return employee_id in self.people

    def zone_of(self, unit_id: int) -> str:
        """The IANA zone name of the unit: its own, that of the nearest unit above that has one, or the region's."""
        if not self.zones:
            return self.zone
        return next((self.zones[unit] for unit in self.tree.upward(unit_id) if unit in self.zones), self.zone)

    def is_ramadan(self, day: date) -> bool:
        return any(first <= day < end for first, end in self.ramadan)

    def wall_hours(self, unit_id: int, day: date, employee_id: int | None = None) -> Hours | None:
        """From the first start to the last end of a working day in wall-clock time, None on a free day.

        Breaks and the time between two shifts are break minutes.
        """
        plan = self.plan(unit_id, day, employee_id)
        hours = plan.hours
        if hours is None:
            return None
        worked = sum((_worked(shift.starts_at, shift.ends_at) for shift in plan.duties), 0) - sum(
            _worked(shift.break_starts_at, shift.break_ends_at)
            for shift in plan.duties
            if shift.break_starts_at is not None and shift.break_ends_at is not None
        )
        zone = zone_of_name(plan.zone)
        starts_at, ends_at = (moment.astimezone(zone).time() for moment in hours)
        return Hours(starts_at, ends_at, _worked(*hours) - worked)

    def hours(self, unit_id: int, day: date, employee_id: int | None = None) -> tuple[datetime, datetime] | None:
        """Begin and end of the working day as aware UTC instants, None on a free day."""
        return self.plan(unit_id, day, employee_id).hours

    def is_working_day(self, unit_id: int, day: date, employee_id: int | None = None) -> bool:
        return self.plan(unit_id, day, employee_id).is_working_day

    def holiday(self, day: date, unit_id: int | None = None) -> str | None:
        """The name of the holiday on the day, for the region or for this unit; None on any other day."""
        self._check(day)
        entry = self._entry(unit_id, day)
        return None if entry is None or entry.is_working else entry.name

    def working_days(self, unit_id: int, month: Month, employee_id: int | None = None) -> list[date]:
        """The working days of the month, in order."""
        return [day for day in month.days() if self.is_working_day(unit_id, day, employee_id)]

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

    def _plan_of_unit(self, unit_id: int, day: date) -> DayPlan:
        found = self._of_unit(unit_id, day)
        if found is not None:
            return self._plan_by(unit_id, day, found.pattern, found.offset, "unit")
        if self.default is not None:
            return self._plan_by(unit_id, day, self.default, 0, "default")
        entry = self._entry(unit_id, day)
        return DayPlan(day, self.zone_of(unit_id), note="" if entry is None else entry.name)

    def _plan_by(self, unit_id: int, day: date, pattern: Pattern, offset: int, source: Source) -> DayPlan:
        entry = self._entry(unit_id, day)
        version = pattern.version_on(day, is_ramadan=self.is_ramadan(day))
        spans: tuple[Span, ...] = ()
        if version is not None and (entry is None or entry.is_working or pattern.works_on_holidays):
            slot = pattern.slot_on(day, offset=offset)
            if pattern.kind == WEEKLY and entry is not None and entry.is_working and entry.like_weekday is not None:
                slot = entry.like_weekday
            spans = version.worked_in(slot)
        return plan_of(
            day,
            spans,
            zone=self.zone_of(unit_id),
            note="" if entry is None else entry.name,
            source=source,
            night_ends_at=pattern.night_ends_at,
        )

    def _plan_of_cell(self, unit_id: int, day: date, cell: Cell) -> DayPlan:
        entry = self._entry(unit_id, day)
        pattern = cell.pattern
        span = None
        if pattern is not None:
            version = pattern.version_on(day, is_ramadan=self.is_ramadan(day))
            # A shift that Ramadan's hours do not name has its ordinary ones.
            span = None if version is None else version.span(cell.code)
            if span is None and (version := pattern.version_on(day)) is not None:
                span = version.span(cell.code)
        return plan_of(
            day,
            () if span is None else (span,),
            zone=self.zone_of(unit_id),
            note="" if entry is None else entry.name,
            source="person",
            night_ends_at=None if pattern is None else pattern.night_ends_at,
        )

    def _of_unit(self, unit_id: int, day: date) -> Assigned | None:
        if not self.assigned:
            return None
        for unit in self.tree.upward(unit_id):
            for assigned in self.assigned.get(unit, ()):
                if assigned.covers(day):
                    return assigned
        return None

    def _entry(self, unit_id: int | None, day: date) -> CalendarDay | None:
        entries = self.days.get(day)
        if entries is None:
            return None
        if unit_id is not None and (len(entries) > 1 or None not in entries):
            for unit in self.tree.upward(unit_id):
                if unit in entries:
                    return entries[unit]
        return entries.get(None)

    def _own(self, employee_id: int) -> Personal:
        if self.loaded_people is not None and employee_id not in self.loaded_people:
            raise OutsideCalendar(f"person {employee_id} was not loaded")
        return self.people.get(employee_id, _NOTHING_OWN)

    def _check(self, day: date) -> None:
        if not self.first <= day < self.end:
            raise OutsideCalendar(f"{day} is not in {self.first}..{self.end}")


def _worked(starts_at: datetime, ends_at: datetime) -> int:
    return int((ends_at - starts_at).total_seconds()) // 60
