"""Each minute: the synthetic punch of every region whose morning it is, and a look for minutes without an answer."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from celery import shared_task

from kernel import clock
from kernel.tenancy import registry
from kernel.tenancy.context import region_scope
from kernel.tenancy.tasks import ControlTask, RegionTask
from tenants.disturbances import monitor
from tenants.disturbances.gaps import watch_span
from tenants.disturbances.probing import send_probe

# So long after the watched minutes it is still looked for gaps: whoever should have asked may have been away.
LOOKED_AFTER: Final = timedelta(hours=6)
# A message that waited longer asks for a minute that is over.
STALE_AFTER_S: Final = 50


@shared_task(base=RegionTask, name="tenants.disturbances.tasks.watch_region", lane="desk")
def watch_region() -> None:
    """Send this minute's synthetic punch while the region's morning lasts, then look for gaps."""
    now = clock.now()
    first, end = watch_span(now, monitor.zone_here())
    if first <= now < end:
        monitor.punch_and_keep(send_probe)
    monitor.look_for_gaps()
    monitor.look_for_silence()
    if now >= end:
        monitor.prune()


@shared_task(base=ControlTask, name="tenants.disturbances.tasks.watch_mornings", lane="desk")
def watch_mornings() -> None:
    """Each minute: the regions whose morning it is, and every ten minutes for some hours those where it is over."""
    now = clock.now()
    for region in registry.live_regions():
        first, end = watch_span(now, region.time_zone)
        is_looked_at = end <= now < end + LOOKED_AFTER and now.minute % 10 == 0
        if first <= now < end or is_looked_at:
            with region_scope(region):
                watch_region.apply_async(expires=STALE_AFTER_S)
