"""What is looked at after an activity was handed in."""

from __future__ import annotations

from uuid import UUID

from celery import shared_task

from kernel.tenancy.tasks import RegionTask
from tenants.activities.actions import SCREEN_TASK
from tenants.activities.screening import screen


@shared_task(base=RegionTask, name=SCREEN_TASK, lane="heavy")
def screen_submitted(uids: list[str]) -> None:
    """Look for copied words and unusual points among what one person handed in together."""
    screen([UUID(uid) for uid in uids])
