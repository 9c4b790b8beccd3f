"""A person's month: the days as a calendar shows them, and what the month's TPP run takes from attendance."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final, LiteralString

from django.db import connection
from django.db.models import Count

from kernel.periods import Month
from tenants.attendance.belonging import date_of
from tenants.attendance.day import ABSENT, OPEN, JudgedDay, Schedule, by_day
from tenants.attendance.facts import punches_between
from tenants.attendance.frames import Frame, PlacedUnit, frame_of, placed_units
from tenants.attendance.models import DayResult
from tenants.attendance.policy import last_days_to_explain
from tenants.attendance.results import judge_stale, judged_days
from tenants.attendance.stored import judged_of, schedule_of
from tenants.calendars import closing
from tenants.rules.engine import EventCode, EventDay, RuleSet, count_days, event_codes
from tenants.rules.frozen import rules_of


@dataclass(frozen=True, slots=True)
class AttendanceFacts:
    """One person's month as `tenants.rules.engine.MonthFacts` takes it.

    `counts` and `days` hold the events by code. `working_days` are the days of the month on which work was scheduled
    while the person held a post. `open_days` are working days without a final result (the running one and those to
    come). `problems`: no_post (no definitive post in the month), no_rules (a day without a rule set in force).
    """

    counts: Mapping[str, int] = field(default_factory=dict)
    days: tuple[EventDay, ...] = ()
    working_days: int = 0
    open_days: tuple[date, ...] = ()
    problems: tuple[str, ...] = ()
    # The days behind `working_days`.
    working_on: tuple[date, ...] = field(default=(), compare=False, repr=False)

    @classmethod
    def of_judged(cls, days: Sequence[JudgedDay], counted: Sequence[JudgedDay], frame: Frame) -> AttendanceFacts:
        """What the `counted` working days come to, out of all judged `days`: without any there was no post."""
        events = tuple(EventDay(day.date, event.code, event.minutes) for day in counted for event in day.events)
        problems = set() if days else {"no_post"}
        if any(frame.rules.on(day.date)[0] is None for day in counted):
            problems.add("no_rules")
        return cls(
            counts=count_days(events),
            days=events,
            working_days=len(counted),
            problems=tuple(sorted(problems)),
            working_on=tuple(day.date for day in counted),
        )

    def behind(self, rest: AttendanceFacts) -> AttendanceFacts:
        """With earlier days that are counted here too; that nobody held a post on those days is no trouble."""
        days = (*rest.days, *self.days)
        return replace(
            self,
            counts=count_days(days),
            days=days,
            working_days=rest.working_days + self.working_days,
            working_on=(*rest.working_on, *self.working_on),
            problems=tuple(sorted({*self.problems, *rest.problems} - ({"no_post"} - set(self.problems)))),
        )

    def until(self, last: date) -> AttendanceFacts:
        """What of it falls on the days up to and including this one."""
        days = tuple(event for event in self.days if event.date <= last)
        working = tuple(day for day in self.working_on if day <= last)
        return replace(
            self,
            counts=count_days(days),
            days=days,
            working_days=len(working),
            working_on=working,
            open_days=tuple(day for day in self.open_days if day <= last),
        )


@dataclass(frozen=True, slots=True)
class MonthView:
    """A month of one person: results up to the running day, schedules of the days to come, words for the codes."""

    month: Month
    days: Mapping[date, JudgedDay]
    coming: Mapping[date, Schedule]
    codes: Mapping[str, EventCode]
    is_closed: bool
    # Where the person works on the running day, "" without a post or in another month.
    place: str
    # The person's own running day: behind midnight that of the shift which goes on.
    running: date
    # Those in force on the month's first day; of a closed month those that it was computed by.
    rules: RuleSet | None
    # Absences that nothing explains yet, with the last day on which a letter is expected; none where the region sets
    # no limit (`sets_limit`).
    explain_until: Mapping[date, date] = field(default_factory=dict)
    sets_limit: bool = False

    def may_explain(self, day: date) -> bool:
        """Whether the absence of the day still waits for its letter."""
        last = self.explain_until.get(day)
        return last is not None and last >= self.running and not self.is_closed


def month_attendance(employee_ids: Collection[int], month: Month) -> dict[int, AttendanceFacts]:
    """The attendance of these people for the month's run; every asked id has an entry.

    The days are judged first of those whose month is open and whose inputs are not those of the stored days (changed
    days are stored); a month that is closed for the person is read as it stands. The number of statements does not
    depend on the number of people, apart from batches of `results.BATCH` people whose days are judged.
    """
    ids = list(employee_ids)
    frame = frame_of(month.first_day, month.end, ids)
    placed = placed_units(ids, month.first_day, month.end)
    judge_stale(frame, ids, placed)
    working, to_come = _scheduled(frame, placed, month)
    unruled = [day for day in frame.days() if frame.rules.on(day)[0] is None]
    events: dict[int, list[EventDay]] = {}
    open_days: dict[int, list[date]] = {}
    problems: dict[int, set[str]] = {}
    for employee, day, presence, code, minutes in _days_that_tell(ids, month, unruled):
        if presence == OPEN:
            open_days.setdefault(employee, []).append(day)
        elif unruled and day in unruled:
            problems.setdefault(employee, set()).add("no_rules")
        if code is not None:
            events.setdefault(employee, []).append(EventDay(day, code, minutes))
    result = {}
    for employee in ids:
        own = events.get(employee, ())
        known = problems.get(employee, set()) | (set() if employee in working else {"no_post"})
        result[employee] = AttendanceFacts(
            counts=count_days(own),
            days=tuple(own),
            working_days=len(working.get(employee, ())),
            working_on=working.get(employee, ()),
            open_days=(*open_days.get(employee, ()), *to_come.get(employee, ())),
            problems=tuple(sorted(known)),
        )
    return result


_DAYS_THAT_TELL: Final[LiteralString] = """
    SELECT r.employee_id, r.date, r.presence, event.value->>'code', (event.value->>'minutes')::int
    FROM attendance_dayresult r LEFT JOIN LATERAL jsonb_array_elements(r.events) WITH ORDINALITY AS event ON true
    WHERE r.employee_id = ANY(%s) AND r.date >= %s AND r.date < %s AND r.is_working_day
        AND (r.events <> '[]' OR r.presence = %s OR r.date = ANY(%s::date[]))
    ORDER BY r.employee_id, r.date, event.ordinality
"""


def _days_that_tell(
    employee_ids: list[int], month: Month, unruled: list[date]
) -> list[tuple[int, date, str, str | None, int | None]]:
    """Working days with an event (one row for each), without a result yet, or among the `unruled` ones; in order."""
    with connection.cursor() as cursor:
        cursor.execute(_DAYS_THAT_TELL, (employee_ids, month.first_day, month.end, OPEN, unruled))
        rows: list[tuple[int, date, str, str | None, int | None]] = cursor.fetchall()
    return rows


def absent_in_year(employee_ids: Collection[int], month: Month) -> dict[int, int]:
    """Working days without reason from January up to and including the month, as judged so far; zero is left out.

    One statement. Source: PP 94/2021 counts a calendar year (domain note 1.2).
    """
    rows = DayResult.objects.filter(
        employee_id__in=employee_ids,
        date__gte=date(month.year, 1, 1),
        date__lt=month.end,
        presence=DayResult.Presence.ABSENT,
        is_working_day=True,
    )
    return dict(rows.order_by().values_list("employee_id").annotate(count=Count("pk")))


def _scheduled(
    frame: Frame, placed: Mapping[int, Sequence[PlacedUnit]], month: Month
) -> tuple[dict[int, tuple[date, ...]], dict[int, list[date]]]:
    """Working days of the month for everybody with a post in it, and those of them that are still to come."""
    known: dict[tuple[int, tuple[PlacedUnit, ...]], tuple[tuple[date, ...], list[date]]] = {}
    working: dict[int, tuple[date, ...]] = {}
    to_come: dict[int, list[date]] = {}
    for employee, units in placed.items():
        where = tuple(unit.within(month.first_day, month.end) for unit in units if unit.touches(month))
        if not where:
            continue
        key = frame.own(employee), where
        if key not in known:
            own = [
                day
                for day in month.days()
                if (unit := next((unit for unit in where if unit.covers(day)), None)) is not None
                and frame.schedule(unit.unit_id, day, employee).is_working_day
            ]
            known[key] = tuple(own), [day for day in own if day > frame.running_day]
        working[employee], to_come[employee] = known[key]
    return working, to_come


def month_days(employee_id: int, month: Month) -> MonthView:
    """What the calendar page shows; never writes.

    An open month is judged from the facts of this moment, so a page is never behind; a closed month is what was
    stored when it was closed.
    """
    is_closed = closing.is_closed(month, employee_id)
    frame = frame_of(month.first_day, month.end, [employee_id])
    placed = placed_units([employee_id], month.first_day, month.end)
    if is_closed:
        days = _stored_days(employee_id, frame, placed.get(employee_id, ()))
    else:
        days = {day.date: day for _, judged in judged_days(frame, [employee_id], placed) for day in judged}
    units = placed.get(employee_id, [])
    coming = {}
    for day in frame.days():
        unit = next((unit for unit in units if unit.covers(day)), None)
        if day > frame.running_day and unit is not None:
            coming[day] = frame.schedule(unit.unit_id, day, employee_id)
    codes: dict[str, EventCode] = {}
    for _first, _end, rules, _digest in frame.rules.versions:
        codes.update(event_codes(rules))
    counted = frame.rules.on(month.first_day)[0]
    if is_closed and (counted := rules_of(employee_id, month)) is not None:
        # The stored days have the codes of the rules that they were judged by.
        codes.update(event_codes(counted))
    place = next((unit.name for unit in units if unit.covers(frame.running_day)), "")
    running = date_of("undefined", frame.now, frame.zone, frame.course(employee_id, units).cuts)
    if running not in days:
        running = frame.running_day
    sets_limit = frame.rare.excuse_days is not None
    absent = [day.date for day in days.values() if day.presence == ABSENT and not day.is_undecided]
    explain = last_days_to_explain(employee_id, absent) if sets_limit else {}
    return MonthView(month, days, coming, codes, is_closed, place, running, counted, explain, sets_limit)


def _stored_days(employee_id: int, frame: Frame, units: Sequence[PlacedUnit]) -> dict[date, JudgedDay]:
    rows = list(
        DayResult.objects.filter(employee_id=employee_id, date__gte=frame.first, date__lt=frame.end).order_by("date")
    )
    schedules = {row.date: schedule_of(row.scheduled_in, row.scheduled_out, row.note, row.details) for row in rows}
    course = frame.course_with(employee_id, units, schedules)
    own = punches_between([employee_id], course.begin.earliest, course.end.latest).get(employee_id)
    punches = by_day(own.facts, frame.zone, course.cuts) if own is not None else {}
    return {row.date: judged_of(row, punches.get(row.date, ())) for row in rows}
