"""From a day and a wall-clock time to an instant, by the zone and the hours of the person's own plan."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from kernel import clock
from kernel.tenancy.context import current_region
from tenants.attendance.frames import placed_units
from tenants.calendars.plans import DayPlan
from tenants.calendars.querysets import calendar_between
from tenants.calendars.work_date import DAY_BEGINS


def own_plan(employee_id: int, day: date) -> DayPlan | None:
    """What the person is to work on the day; None without a post."""
    return own_plans(employee_id, day, day + timedelta(days=1)).get(day)


def own_plans(employee_id: int, first: date, end: date) -> dict[date, DayPlan]:
    """What the person is to work on each day of the half-open period on which there is a post."""
    units = placed_units([employee_id], first, end).get(employee_id, ())
    if not units:
        return {}
    calendar = calendar_between(first, end, employee_ids=[employee_id])
    days = [first + timedelta(days=number) for number in range((end - first).days)]
    return {day: calendar.plan(unit.unit_id, day, employee_id) for day in days for unit in units if unit.covers(day)}


def instant_of(day: date, at: time, plan: DayPlan | None) -> datetime:
    """The instant of the time on the day of work: before 03.00, or before the beginning of a shift that ends on the
    next date, it is a time of the next date."""
    zone = current_region().time_zone if plan is None else plan.zone
    moment = clock.at_local(day, at, zone)
    hours = None if plan is None else plan.hours
    if hours is not None and hours[1] > clock.at_local(day + timedelta(days=1), time(), zone):
        # Overnight: of the two dates the one that lies nearer to the shift.
        later = clock.at_local(day + timedelta(days=1), at, zone)
        return later if _distance(later, hours) < _distance(moment, hours) else moment
    return clock.at_local(day + timedelta(days=1), at, zone) if at < DAY_BEGINS else moment


def _distance(moment: datetime, hours: tuple[datetime, datetime]) -> timedelta:
    if hours[0] <= moment <= hours[1]:
        return timedelta(0)
    return min(abs(moment - hours[0]), abs(moment - hours[1]))


def half_of(plan: DayPlan, half: str) -> tuple[datetime, datetime] | None:
    """The first or the second half of the day's hours, parted where the break begins, else in the middle.

    None on a free day.
    """
    hours = plan.hours
    if hours is None:
        return None
    breaks = [shift.break_starts_at for shift in plan.duties if shift.break_starts_at is not None]
    middle = breaks[0] if breaks else hours[0] + (hours[1] - hours[0]) / 2
    return (hours[0], middle) if half == "first" else (middle, hours[1])
