"""Nightly work of the reports app."""

from celery import shared_task

from kernel.delivery.tasks import on_every_side
from kernel.tenancy.context import region_or_none
from kernel.tenancy.tasks import ControlTask
from tenants.reports.bundles import throw_away_expired


@shared_task(base=ControlTask, name="tenants.reports.tasks.throw_away_files", lane="desk")
def throw_away_files() -> None:
    """Throw away, in every region, the files of bundles that expired."""
    on_every_side(_of_a_region)


def _of_a_region() -> None:
    region = region_or_none()
    if region is not None and not region.is_read_only:
        throw_away_expired()
