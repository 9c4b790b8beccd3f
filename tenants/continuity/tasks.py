"""Kits each night, each OPD by itself: one that fails stops no other."""

from __future__ import annotations

from datetime import date
from typing import Final

import structlog
from celery import shared_task

from kernel import clock
from kernel.accounts.actors import System
from kernel.tenancy import here, registry
from kernel.tenancy.context import region_scope
from kernel.tenancy.tasks import ControlTask, RegionTask
from tenants.continuity.errors import NobodyInOpd
from tenants.continuity.making import forget_old_kits, make_kit
from tenants.continuity.models import ContinuityKit
from tenants.organisation.models import Unit

log = structlog.get_logger(__name__)

# The hour of each region's own night at which its kits are made: before the first morning shift.
HOUR: Final = 1
MAKE_KIT_TASK: Final = "tenants.continuity.tasks.make_opd_kit"


@shared_task(base=RegionTask, name=MAKE_KIT_TASK, lane="heavy")
def make_opd_kit(opd_code: str, on: str) -> None:
    """Make one OPD's kit for the day (ISO date); one that is there already for that day stays."""
    day = date.fromisoformat(on)
    opd = Unit.objects.active().opds().filter(code=opd_code).first()
    if opd is None or ContinuityKit.objects.filter(opd=opd, made_for=day).exists():
        return
    try:
        make_kit(opd=opd, actor=System("nightly_kits"), on=day)
    except NobodyInOpd:
        log.info("kit_without_people", opd=opd_code)


@shared_task(base=RegionTask, name="tenants.continuity.tasks.make_region_kits", lane="heavy")
def make_region_kits() -> None:
    """Ask for the kit of each OPD of the region, and throw away those that are older than a week."""
    forget_old_kits()
    today = here.today().isoformat()
    for place, code in enumerate(Unit.objects.active().opds().order_by("code").values_list("code", flat=True)):
        make_opd_kit.apply_async(kwargs={"opd_code": code, "on": today}, countdown=place * 5)


@shared_task(base=ControlTask, name="tenants.continuity.tasks.make_kits", lane="desk")
def make_kits() -> None:
    """Each hour: the regions in whose zone it is now one in the morning make their kits, spread over half an hour."""
    for region in registry.live_regions():
        if clock.now().astimezone(clock.zone(region.time_zone)).hour == HOUR:
            with region_scope(region):
                make_region_kits.apply_async(countdown=region.number * 7 % 1800)
