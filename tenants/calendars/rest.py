"""What is wrong with a row of plans: too little rest between two shifts, or two shifts on end. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Literal

from tenants.calendars.plans import DayPlan


@dataclass(frozen=True, slots=True)
class Conflict:
    """The shift that begins on `date` comes too early behind the one of the day of work before.

    `double`: it begins before or when the other one ends. `rest`: so many minutes of rest lie between, which is less
    than the pattern wants.
    """

    date: date
    kind: Literal["double", "rest"]
    minutes: int


def conflicts(plans: Iterable[DayPlan], rest_hours: Callable[[date], int]) -> list[Conflict]:
    """The conflicts of one person's plans, which are in the order of their dates. Duties at home are none.

    `rest_hours` gives the least rest before the shift of a date. Two shifts of one date are a split day, no conflict.
    """
    worked = [plan for plan in plans if plan.is_working_day]
    found = []
    for former, later in pairwise(worked):
        ended = max(shift.ends_at for shift in former.duties)
        gap = later.duties[0].starts_at - ended
        minutes = int(gap.total_seconds()) // 60
        if gap <= timedelta():
            found.append(Conflict(later.date, "double", max(minutes, 0)))
        elif gap < timedelta(hours=rest_hours(later.date)):
            found.append(Conflict(later.date, "rest", minutes))
    return found
