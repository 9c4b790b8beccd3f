"""The ledger in the background: the yearly right, and turns of years that were closed before."""

from __future__ import annotations

from celery import shared_task

from kernel import clock
from kernel.tenancy import here, registry
from kernel.tenancy.context import region_scope
from kernel.tenancy.tasks import ControlTask, RegionTask
from tenants.leave import booking
from tenants.leave.checking import ledger_start
from tenants.leave.granting import grant_year
from tenants.leave.recounting import RECOUNT_TASK, recount

# The hour of the region's night in which the right of a new year, and of who has served long enough, is written.
GRANTING_HOUR = 1


@shared_task(base=RegionTask, name=booking.TURN_TASK, lane="entry")
def turn_years(employee_ids: list[int]) -> None:
    """Turn the years of these people again."""
    booking.turn_years(employee_ids)


@shared_task(base=RegionTask, name=RECOUNT_TASK, lane="heavy")
def recount_leave(first: str | None, end: str | None, employee_ids: list[int] | None) -> None:
    """Count the leave of the half-open period (ISO dates, None without bound) again: the calendar moved."""
    recount(first, end, employee_ids)


@shared_task(base=RegionTask, name="tenants.leave.tasks.grant_region", lane="heavy")
def grant_region() -> None:
    """Write the running year's right of everybody who lacks it, where the region keeps the ledger."""
    start = ledger_start()
    if start is not None and start <= here.today().year:
        grant_year()


@shared_task(base=ControlTask, name="tenants.leave.tasks.grant_all", lane="desk")
def grant_all() -> None:
    """Each hour: the regions in whose zone the hour of granting has come, spread over ten minutes."""
    for region in registry.live_regions():
        if clock.now().astimezone(clock.zone(region.time_zone)).hour == GRANTING_HOUR:
            with region_scope(region):
                grant_region.apply_async(countdown=region.number * 7 % 600)
