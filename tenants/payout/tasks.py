"""Each night: every region's locks are added up again."""

from __future__ import annotations

from celery import shared_task

from kernel.tenancy import registry
from kernel.tenancy.context import region_scope
from kernel.tenancy.tasks import ControlTask, RegionTask
from tenants.payout.auditing import breaches


@shared_task(base=RegionTask, name="tenants.payout.tasks.audit_region", lane="heavy")
def audit_region() -> None:
    """Look at the region's locks; a breach is an error in the log, which pages the operator."""
    breaches()


audit_region.writes = False


@shared_task(base=ControlTask, name="tenants.payout.tasks.audit_locks", lane="desk")
def audit_locks() -> None:
    """Ask for the look at every region, spread over an hour."""
    for region in registry.live_regions():
        with region_scope(region):
            audit_region.apply_async(countdown=region.number * 7 % 3600)
