"""Each night: documents of people who have left are rerouted, and what is overdue goes its way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from celery import shared_task

from kernel import clock
from kernel.tenancy import registry
from kernel.tenancy.context import region_scope
from kernel.tenancy.tasks import ControlTask, RegionTask
from tenants.approvals.overdue import follow_deadlines, follow_departures

# The hour of the region's own night: after the day of work is closed, before anybody comes.
NIGHT_HOUR: Final = 4
# Batches of one run; the rest goes on in the next, so that no transaction and no task is long.
MOST_BATCHES: Final = 50


@shared_task(base=RegionTask, name="tenants.approvals.tasks.keep_deadlines", lane="heavy")
def keep_deadlines() -> None:
    """Follow departures and deadlines in batches, each in its own transaction; asks for itself again when some are
    left."""
    if not all([_emptied(follow_departures), _emptied(follow_deadlines)]):
        keep_deadlines.apply_async(countdown=5)


def _emptied(work: Callable[[], int]) -> bool:
    return any(work() == 0 for _batch in range(MOST_BATCHES))


@shared_task(base=ControlTask, name="tenants.approvals.tasks.follow_nights", lane="desk")
def follow_nights() -> None:
    """Each hour: the regions whose night it is, spread over ten minutes."""
    for region in registry.live_regions():
        if clock.now().astimezone(clock.zone(region.time_zone)).hour == NIGHT_HOUR:
            with region_scope(region):
                keep_deadlines.apply_async(countdown=region.number * 7 % 600)
