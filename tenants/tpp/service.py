"""On which days of a month a person serves, and by which day's post a month is paid whose reference date is none."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date, timedelta

from kernel.periods import Month
from tenants.employees.stops import StopPeriod

ONE_DAY = timedelta(days=1)


def day_of_post(month: Month, on: date, stops: Sequence[StopPeriod]) -> date | None:
    """The day of the month whose post pays it: `on`, or the nearest day of service when a stop covers that.

    A day before it goes first: the post that was held counts, not the one to which somebody returns. For who died on
    the first that is the day before the month. None when no day of the month is one of service.

    >>> day_of_post(Month(2026, 10), date(2026, 10, 15), [StopPeriod("death", date(2026, 10, 10), None, "SK 1")])
    datetime.date(2026, 10, 9)
    """
    if not any(stop.covers(on) for stop in stops):
        return on
    earlier = (on - ONE_DAY * back for back in range(1, (on - month.first_day).days + 1))
    later = (on + ONE_DAY * ahead for ahead in range(1, (month.end - on).days))
    for days in (earlier, later):
        found = next((day for day in days if not any(stop.covers(day) for stop in stops)), None)
        if found is not None:
            return found
    return month.first_day - ONE_DAY if died_on_first(month, stops) else None


def died_on_first(month: Month, stops: Iterable[StopPeriod]) -> bool:
    """Whether somebody who was in service until then died on the first day of the month."""
    stops = list(stops)
    is_dead = any(stop.kind == "death" and stop.first == month.first_day for stop in stops)
    return is_dead and not any(stop.covers(month.first_day - ONE_DAY) for stop in stops)


def is_over(month: Month, stops: Iterable[StopPeriod]) -> bool:
    """Whether service ended for good before the month, or on its first day."""
    return any(stop.is_ending and stop.first <= month.first_day for stop in stops)


def kinds_all_month(month: Month, stops: Iterable[StopPeriod]) -> frozenset[str]:
    """The kinds of the stops that touch the month, for somebody without a day of service in it."""
    return frozenset(stop.kind for stop in stops if stop.first < month.end)


def stopped_days(working_days: Collection[date], stops: Sequence[StopPeriod]) -> tuple[date, ...]:
    """Those of the days that lie within a stop, each once."""
    return tuple(day for day in working_days if any(stop.covers(day) for stop in stops))
