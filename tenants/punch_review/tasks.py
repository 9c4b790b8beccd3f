"""Following new punches, each minute."""

from __future__ import annotations

from celery import shared_task

from kernel.tenancy import registry
from kernel.tenancy.context import region_scope
from kernel.tenancy.tasks import ControlTask, RegionTask
from tenants.punch_review.following import score_new_punches


@shared_task(base=RegionTask, name="tenants.punch_review.tasks.score", lane="entry")
def score() -> None:
    """Look through the region's new punches."""
    score_new_punches()


@shared_task(base=ControlTask, name="tenants.punch_review.tasks.score_all_regions", lane="desk")
def score_all_regions() -> None:
    """Each minute, spread over half of it."""
    for region in registry.live_regions():
        with region_scope(region):
            score.apply_async(countdown=region.number * 7 % 30)
