"""Following new punches each minute, making pictures anew, and the nightly looks."""

from __future__ import annotations

from uuid import UUID

from celery import shared_task

from kernel.files.antivirus import AntivirusAway
from kernel.files.sandbox import ChildBusy
from kernel.tenancy import registry
from kernel.tenancy.context import region_scope
from kernel.tenancy.tasks import ControlTask, RegionTask
from tenants.punch_review.following import score_new_punches
from tenants.punch_review.proposing import propose_places
from tenants.punch_review.selfies import MAKE_TASK, make_selfie, note_missing, remove_old


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


@shared_task(
    base=RegionTask,
    name=MAKE_TASK,
    lane="scan",
    autoretry_for=(ChildBusy, AntivirusAway),
    retry_backoff=5,
    max_retries=8,
)
def make(punch: str) -> None:
    """Make the picture of a punch anew."""
    make_selfie(UUID(punch))


@shared_task(base=RegionTask, name="tenants.punch_review.tasks.keep_house", lane="heavy")
def keep_house() -> None:
    """Missing pictures, old pictures, places that may be missing."""
    note_missing()
    remove_old()
    propose_places()


@shared_task(base=ControlTask, name="tenants.punch_review.tasks.keep_house_everywhere", lane="desk")
def keep_house_everywhere() -> None:
    """Each night, spread over an hour."""
    for region in registry.live_regions():
        with region_scope(region):
            keep_house.apply_async(countdown=region.number * 7 % 3600)
