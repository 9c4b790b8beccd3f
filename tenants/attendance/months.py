"""A person's month: the days as a calendar shows them, and what the month's TPP run takes from attendance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Count

from kernel import clock
from kernel.periods import Month
from kernel.tenancy.context import current_region
from tenants.attendance.day import OPEN, Event, JudgedDay, Schedule, by_day, work_date
from tenants.attendance.models import DayResult
from tenants.attendance.results import (
    frame_of,
    judged_days,
    placed_units,
    punches_between,
    recompute_days,
    rules_between,
)
from tenants.calendars import closing
from tenants.calendars.querysets import calendar_between
from tenants.rules.engine import EventCode, EventDay, RuleSet, event_codes


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
    # Those in force on the month's first day.
    rules: RuleSet | None


def month_attendance(employee_ids: Collection[int], month: Month) -> dict[int, AttendanceFacts]:
    """The attendance of these people for the month's run; every asked id has an entry.

    An open month is computed first (changed days are stored), a closed one is read as it stands. The number of
    statements does not depend on the number of people, apart from batches of `results.BATCH`.
    """
    if not closing.is_closed(month):
        recompute_days(first=month.first_day, end=month.end, employee_ids=employee_ids)
    ids = list(employee_ids)
    working, to_come = _scheduled(ids, month)
    rules = rules_between(month.first_day, month.end)
    events: dict[int, list[EventDay]] = {}
    open_days: dict[int, list[date]] = {}
    problems: dict[int, set[str]] = {}
    rows = (
        DayResult.objects.filter(
            employee_id__in=ids, date__gte=month.first_day, date__lt=month.end, is_working_day=True
        )
        .order_by("employee_id", "date")
        .values_list("employee_id", "date", "presence", "events")
    )
    for employee, day, presence, found in rows:
        if presence == OPEN:
            open_days.setdefault(employee, []).append(day)
        elif rules.on(day)[0] is None:
            problems.setdefault(employee, set()).add("no_rules")
        events.setdefault(employee, []).extend(EventDay(day, event["code"], event["minutes"]) for event in found)
    result = {}
    for employee in ids:
        own = events.get(employee, [])
        known = problems.get(employee, set()) | (set() if employee in working else {"no_post"})
        result[employee] = AttendanceFacts(
            counts=dict(Counter(event.code for event in own)),
            days=tuple(own),
            working_days=working.get(employee, 0),
            open_days=(*open_days.get(employee, ()), *to_come.get(employee, ())),
            problems=tuple(sorted(known)),
        )
    return result


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


def _scheduled(employee_ids: Collection[int], month: Month) -> tuple[dict[int, int], dict[int, list[date]]]:
    """Working days of the month for everybody with a post in it, and those of them that are still to come."""
    calendar = calendar_between(month.first_day, month.end)
    running = work_date(clock.now(), current_region().time_zone)
    by_unit: dict[int, list[date]] = {}
    working: dict[int, int] = {}
    to_come: dict[int, list[date]] = {}
    for employee, units in placed_units(employee_ids, month.first_day, month.end).items():
        own: list[date] = []
        for unit in units:
            if unit.unit_id not in by_unit:
                by_unit[unit.unit_id] = calendar.working_days(unit.unit_id, month)
            own += [day for day in by_unit[unit.unit_id] if unit.covers(day)]
        working[employee] = len(own)
        to_come[employee] = [day for day in own if day > running]
    return working, to_come


def month_days(employee_id: int, month: Month) -> MonthView:
    """What the calendar page shows; never writes.

    An open month is judged from the facts of this moment, so a page is never behind; a closed month is what was
    stored when it was closed.
    """
    is_closed = closing.is_closed(month)
    frame = frame_of(month.first_day, month.end)
    placed = placed_units([employee_id], month.first_day, month.end)
    if is_closed:
        days = _stored_days(employee_id, month, frame.zone)
    else:
        days = {day.date: day for _, judged in judged_days(frame, [employee_id], placed) for day in judged}
    units = placed.get(employee_id, [])
    coming = {}
    for day in frame.days():
        unit = next((unit for unit in units if unit.covers(day)), None)
        if day > frame.running_day and unit is not None:
            coming[day] = frame.schedule(unit.unit_id, day)
    codes: dict[str, EventCode] = {}
    for _first, _end, rules, _digest in frame.rules.versions:
        codes.update(event_codes(rules))
    place = next((unit.name for unit in units if unit.covers(frame.running_day)), "")
    return MonthView(month, days, coming, codes, is_closed, place, frame.rules.on(month.first_day)[0])


def day_of(employee_id: int, day: date) -> JudgedDay | None:
    """One day of an open month, judged from the facts of this moment; None without a post or for a day to come."""
    frame = frame_of(day, day + timedelta(days=1))
    return next((found for _, days in judged_days(frame, [employee_id]) for found in days), None)


def _stored_days(employee_id: int, month: Month, zone: str) -> dict[date, JudgedDay]:
    punches = by_day(punches_between([employee_id], month.first_day, month.end, zone).get(employee_id, ()), zone)
    rows = DayResult.objects.filter(employee_id=employee_id, date__gte=month.first_day, date__lt=month.end)
    return {
        row.date: JudgedDay(
            date=row.date,
            presence=row.presence,
            schedule=Schedule(row.scheduled_in, row.scheduled_out, row.note),
            first_in=row.first_in,
            last_out=row.last_out,
            events=tuple(Event(event["code"], event["minutes"], event["node"]) for event in row.events),
            document=row.document,
            is_provisional=row.is_provisional,
            note=row.note,
            inputs_digest=row.inputs_digest,
            punches=tuple(punches.get(row.date, ())),
        )
        for row in rows.order_by("date")
    }
