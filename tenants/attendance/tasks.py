"""Computing days after the fact, and each night."""

from __future__ import annotations

from datetime import date, timedelta

from celery import shared_task

from kernel import clock
from kernel.tenancy import registry
from kernel.tenancy.context import region_scope
from kernel.tenancy.tasks import ControlTask, RegionTask
from tenants.attendance import following
from tenants.attendance.following import COMPUTE_PERIOD_TASK
from tenants.attendance.results import recompute_days
from tenants.calendars.work_date import running_day
from tenants.punches.lane import COMPUTE_DAYS_TASK

# The night's computation looks this far back: what came late meanwhile is in it, and the day for which nobody waits any
# longer (`facts.GRACE`) is judged for good.
NIGHTS_BACK = timedelta(days=4)
# A following that has waited so many seconds is left to the next look.
NEXT_LOOK = 60
# The hour after which a day of work is over (`day.DAY_BEGINS`), in each region's own zone.
CLOSING_HOUR = 3


@shared_task(base=RegionTask, name=COMPUTE_DAYS_TASK, lane="entry")
def compute_days(employee_ids: list[int], first: str, last: str) -> None:
    """Compute these people's days from `first` up to and with `last` (ISO dates) again."""
    recompute_days(
        first=date.fromisoformat(first),
        end=date.fromisoformat(last) + timedelta(days=1),
        employee_ids=employee_ids,
    )


@shared_task(base=RegionTask, name="tenants.attendance.tasks.compute_last_days", lane="heavy")
def compute_last_days() -> None:
    """Compute everybody's last days, now that another one is over."""
    running = running_day()
    recompute_days(first=running - NIGHTS_BACK, end=running + timedelta(days=1))


@shared_task(base=RegionTask, name=COMPUTE_PERIOD_TASK, lane="heavy")
def compute_period(first: str, last: str) -> None:
    """Compute everybody's days from `first` up to and with `last` (ISO dates) again: hours or holidays moved."""
    recompute_days(first=date.fromisoformat(first), end=date.fromisoformat(last) + timedelta(days=1))


@shared_task(base=RegionTask, name="tenants.attendance.tasks.follow_punches", lane="entry")
def follow_punches() -> None:
    """Judge the days of the punches that have come since the last look."""
    following.follow_punches()


@shared_task(base=ControlTask, name="tenants.attendance.tasks.look_for_punches", lane="desk")
def look_for_punches() -> None:
    """Every few seconds: the regions to which punches have come follow them."""
    for region in registry.live_regions():
        with region_scope(region):
            if following.has_news():
                follow_punches.apply_async(expires=NEXT_LOOK)


@shared_task(base=ControlTask, name="tenants.attendance.tasks.close_days", lane="desk")
def close_days() -> None:
    """Each hour: the regions in whose zone a day of work has just ended compute it, spread over ten minutes."""
    for region in registry.live_regions():
        if clock.now().astimezone(clock.zone(region.time_zone)).hour == CLOSING_HOUR:
            with region_scope(region):
                compute_last_days.apply_async(countdown=region.number * 7 % 600)
