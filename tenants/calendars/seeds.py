"""A new region's calendar."""

from typing import Any

from django.dispatch import receiver

from kernel import clock
from kernel.tenancy.signals import region_provisioned
from kernel.tenancy.state import RegionState
from tenants.calendars.actions import seed_calendar


@receiver(region_provisioned, dispatch_uid="calendars.seed")
def _seed(sender: Any, region: RegionState, **kwargs: Any) -> None:
    seed_calendar(year=clock.today(region.time_zone).year)
