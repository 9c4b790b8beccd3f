"""The watch over names: what is due, one scan, and what is old."""

from uuid import UUID

from celery import shared_task

from control.pages import actions, watching
from kernel.tenancy.tasks import ControlTask


@shared_task(base=ControlTask, name="control.pages.tasks.send_due", lane="desk")
def send_due() -> None:
    """Hand the names that are due to the scan lane."""
    actions.send_due()


@shared_task(base=ControlTask, name="control.pages.tasks.scan", lane="scan")
def scan(uid: str) -> None:
    """Look at one name, and hand over the next one."""
    watching.scan_name(UUID(uid))
    actions.send_due()


@shared_task(base=ControlTask, name="control.pages.tasks.keep_house", lane="desk")
def keep_house() -> None:
    """Take up the names that the platform serves, and remove old scans that found nothing."""
    actions.follow_registry()
    watching.prune()
