"""Each night: lines that still wait although their PIN means somebody by now."""

from __future__ import annotations

from celery import shared_task

from kernel.tenancy import registry
from kernel.tenancy.context import region_scope
from kernel.tenancy.tasks import ControlTask, RegionTask
from tenants.machines.receiving import take_what_waits


@shared_task(base=RegionTask, name="tenants.machines.tasks.sweep_lines", lane="heavy")
def sweep_lines() -> None:
    """Take in what waits at the region's machines."""
    take_what_waits()


@shared_task(base=ControlTask, name="tenants.machines.tasks.sweep_lines_everywhere", lane="desk")
def sweep_lines_everywhere() -> None:
    """Spread over an hour."""
    for region in registry.live_regions():
        with region_scope(region):
            sweep_lines.apply_async(countdown=region.number * 7 % 3600)
