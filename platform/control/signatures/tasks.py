"""Searching the regions, each by a task of its own."""

from uuid import UUID

from celery import shared_task

from control.signatures import actions
from kernel.tenancy.tasks import ControlTask


@shared_task(base=ControlTask, name=actions.SEARCH_TASK, lane="scan")
def search(uid: str) -> None:
    """Search one region for one signature."""
    actions.run(UUID(uid))


@shared_task(base=ControlTask, name="control.signatures.tasks.resume", lane="desk")
def resume() -> None:
    """Send again what nobody took."""
    actions.resume()
