"""What the judgement of a period needs besides the facts of each person: calendar, rules, posts, disturbances.

A `Course` is the way of a person's days through a period: which unit, which schedule, where one day ends and the next
begins. Everybody who holds the same posts and has nothing laid down alone shares one.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import reduce
from itertools import groupby
from operator import xor
from typing import Final

from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import F, FilteredRelation, Q

from kernel import clock
from kernel.among import among_keys
from kernel.periods import Month
from kernel.tenancy.context import current_region
from tenants.attendance.belonging import Cut, day_cut, ordinary_cut, over_at
from tenants.attendance.day import Schedule, Window
from tenants.attendance.facts import Rare, rare_between
from tenants.attendance.prints import days_between, frame_print
from tenants.calendars.querysets import calendar_between
from tenants.calendars.work_date import work_date
from tenants.calendars.working_days import RegionCalendar
from tenants.disturbances.querysets import NeutralWindows, neutral_between
from tenants.employees.models import Placement
from tenants.employees.stops import without_stops
from tenants.rules.engine import RuleSet
from tenants.rules.loading import loaded
from tenants.rules.models import StoredRuleSet

_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class PlacedUnit:
    """The unit of a definitive post for a half-open period."""

    first: date
    end: date | None
    unit_id: int
    category: str
    name: str

    def covers(self, day: date) -> bool:
        return self.first <= day and (self.end is None or day < self.end)

    def touches(self, month: Month) -> bool:
        """Whether a day of the month is among them."""
        return self.first < month.end and (self.end is None or month.first_day < self.end)

    def within(self, first: date, end: date) -> PlacedUnit:
        """The same, as far as it lies in the half-open period: equal for all who hold a post there all the time."""
        until = end if self.end is None else min(self.end, end)
        return PlacedUnit(max(self.first, first), until, self.unit_id, self.category, self.name)


@dataclass(frozen=True, slots=True)
class RulesInForce:
    """The rule sets of a period with their digests, by the dates on which they are in force."""

    versions: tuple[tuple[date, date | None, RuleSet, str], ...]

    def on(self, day: date) -> tuple[RuleSet | None, str]:
        for first, end, rules, digest in self.versions:
            if first <= day and (end is None or day < end):
                return rules, digest
        return None, ""


@dataclass(frozen=True, slots=True)
class PlannedDay:
    """A day on which the person holds a post, over at that instant. `print` is the part of the day's print that is not
    the person's own."""

    date: date
    unit_id: int
    category: str
    schedule: Schedule
    over_at: datetime
    is_finished: bool
    windows: tuple[Window, ...]
    print: int


@dataclass(frozen=True, slots=True)
class Course:
    """The days of a period on which somebody holds a post, up to the last judged one.

    `begin` and `end` are the cuts before the period and behind its last judged day, `cuts` all of those before, in and
    behind it that are not ordinary. `print` is that of all `days`.
    """

    days: tuple[PlannedDay, ...]
    begin: Cut
    end: Cut
    cuts: Mapping[date, Cut]
    print: int
    # The period begins and ends as the calendar does.
    is_ordinary: bool


@dataclass(frozen=True, slots=True)
class Frame:
    """What the judgement of a period needs that does not depend on the person: read once, for everybody.

    The calendar reaches a day further at both ends, for the shifts that pass midnight there.
    """

    first: date
    end: date
    zone: str
    now: datetime
    running_day: date
    calendar: RegionCalendar
    rules: RulesInForce
    rare: Rare
    neutral: NeutralWindows
    _schedules: dict[tuple[int, int, date], tuple[Schedule, str]] = field(default_factory=dict)
    _courses: dict[tuple[int, tuple[PlacedUnit, ...]], Course] = field(default_factory=dict)

    def days(self) -> list[date]:
        return days_between(self.first, self.end)

    @property
    def judged_end(self) -> date:
        """Up to which day anything is judged: the running one is the last."""
        return max(self.first, min(self.end, self.running_day + _DAY))

    def schedule(self, unit_id: int, day: date, employee_id: int) -> Schedule:
        """What this person of the unit has to work on the day."""
        return self._planned(unit_id, day, self.own(employee_id))[0]

    def course(self, employee_id: int, units: Sequence[PlacedUnit]) -> Course:
        """The days of somebody who holds these posts."""
        own = self.own(employee_id)
        key = own, tuple(unit.within(self.first - _DAY, self.end + _DAY) for unit in units)
        if key not in self._courses:
            self._courses[key] = self.course_with(employee_id, key[1])
        return self._courses[key]

    def course_with(
        self,
        employee_id: int,
        units: Sequence[PlacedUnit],
        schedules: Mapping[date, Schedule] | None = None,
        category: str = "",
    ) -> Course:
        """As `course`, with these schedules, and this category of the unit, in the place of those of today; its days
        have no prints then, as nobody stores them."""
        own = self.own(employee_id)
        posts: dict[date, PlacedUnit] = {}
        planned: dict[date, tuple[Schedule, str]] = {}
        for day in days_between(self.first - _DAY, self.judged_end + _DAY):
            post = next((unit for unit in units if unit.covers(day)), None)
            if post is None:
                planned[day] = Schedule(), self.zone
            else:
                posts[day] = post
                schedule, zone = self._planned(post.unit_id, day, own)
                planned[day] = (schedule if schedules is None else schedules.get(day, schedule)), zone
        cuts = {
            day: day_cut(day, planned[day][1], planned[day - _DAY][0].duties, planned[day][0].duties)
            for day in days_between(self.first, self.judged_end + _DAY)
        }
        special = {day: cut for day, cut in cuts.items() if cut != ordinary_cut(day, self.zone)}
        days = tuple(
            self._planned_day(
                day, posts[day], *planned[day], cuts[day], cuts[day + _DAY], category, is_stored=schedules is None
            )
            for day in days_between(self.first, self.judged_end)
            if day in posts
        )
        return Course(
            days=days,
            begin=cuts[self.first],
            end=cuts[self.judged_end],
            cuts=special,
            print=reduce(xor, (day.print for day in days), 0),
            is_ordinary=self.first not in special and self.judged_end not in special,
        )

    def own(self, employee_id: int) -> int:
        """The person when something is laid down for this person alone, 0 otherwise."""
        return employee_id if self.calendar.has_own_plan(employee_id) else 0

    def _planned(self, unit_id: int, day: date, own: int) -> tuple[Schedule, str]:
        key = unit_id, own, day
        if key not in self._schedules:
            plan = self.calendar.plan(unit_id, day, own or None)
            self._schedules[key] = Schedule(plan.shifts, plan.note), plan.zone
        return self._schedules[key]

    def _planned_day(
        self,
        day: date,
        post: PlacedUnit,
        schedule: Schedule,
        zone: str,
        begin: Cut,
        end: Cut,
        category: str,
        *,
        is_stored: bool,
    ) -> PlannedDay:
        over = over_at(day, zone, schedule.duties, end)
        windows = tuple(
            Window(window.uid, window.starts_at, window.ends_at, window.words)
            for window in self.neutral.of(post.unit_id, begin.earliest, end.latest)
        )
        is_finished = self.now >= over
        category = category or post.category
        return PlannedDay(
            date=day,
            unit_id=post.unit_id,
            category=category,
            schedule=schedule,
            over_at=over,
            is_finished=is_finished,
            windows=windows,
            print=frame_print(
                day,
                schedule,
                category,
                (begin, end),
                windows,
                is_finished=is_finished,
                rules_digest=self.rules.on(day)[1],
            )
            if is_stored
            else 0,
        )


def rules_between(first: date, end: date) -> RulesInForce:
    """The published rule sets with a day in the half-open period, in one statement."""
    stored = StoredRuleSet.objects.published().filter(period__overlap=DateRange(first, end))
    return RulesInForce(tuple((row.period.lower, row.period.upper, loaded(row), row.digest) for row in stored))


def frame_of(first: date, end: date, employee_ids: Collection[int], *, running: date | None = None) -> Frame:
    """Calendar, rules and disturbances of the open region for the half-open period and these people.

    `running` is the last day to be judged, in the place of the one that runs now.
    """
    zone = current_region().time_zone
    now = clock.now()
    rare = rare_between(employee_ids, first, end, zone)
    return Frame(
        first=first,
        end=end,
        zone=zone,
        now=now,
        running_day=running or work_date(now, zone),
        calendar=calendar_between(first - _DAY, end + _DAY, employee_ids=employee_ids),
        rules=rules_between(first, end),
        rare=rare,
        neutral=neutral_between(first, end) if rare.disturbances else NeutralWindows(),
    )


def placed_units(employee_ids: Collection[int], first: date, end: date) -> dict[int, list[PlacedUnit]]:
    """The units of each person's definitive posts in the half-open period and a day around it, without days out of
    service. One statement.

    A day on which somebody is out of paid service (`employees.ServiceStop`) is no day of duty: nothing is judged on it.
    """
    around = DateRange(first - _DAY, end + _DAY)
    rows = (
        Placement.objects.filter(
            among_keys("employee_id", employee_ids), kind=Placement.Kind.DEFINITIF, period__overlap=around
        )
        .annotate(
            stop=FilteredRelation(
                "employee__service_stops", condition=Q(employee__service_stops__period__overlap=around)
            )
        )
        .order_by("employee_id", "period", "pk", F("stop__period"))
        .values_list(
            "employee_id",
            "period",
            "position__unit_id",
            "position__unit__category",
            "position__unit__name",
            F("stop__period"),
        )
    )
    found: dict[int, list[PlacedUnit]] = {}
    # One row for each stop of the placement, or one without.
    for (employee, period, unit, category, name), stops in groupby(rows, key=lambda row: row[:5]):
        out = [stop for *_placement, stop in stops if stop is not None]
        own = found.setdefault(employee, [])
        for begin, until in without_stops(period.lower, period.upper, out):
            own.append(PlacedUnit(begin, until, unit, category, name))
    return found
