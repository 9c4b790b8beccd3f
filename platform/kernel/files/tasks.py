"""The scan lane's work on files."""

from uuid import UUID

from celery import shared_task

from kernel.delivery.tasks import on_every_side
from kernel.files import scanning
from kernel.files.antivirus import AntivirusAway
from kernel.files.sandbox import ChildBusy
from kernel.tenancy.tasks import ControlTask, RegionTask


@shared_task(
    base=RegionTask,
    name=scanning.SCAN_TASK,
    lane="scan",
    autoretry_for=(ChildBusy, AntivirusAway),
    retry_backoff=5,
    max_retries=5,
)
def scan(uid: str) -> None:
    """Look at one file that waits."""
    scanning.finish_waiting(UUID(uid))


@shared_task(base=ControlTask, name="kernel.files.tasks.sweep_files", lane="scan")
def sweep_files() -> None:
    """On every side: what waited too long, and what was kept beside refused uploads."""
    on_every_side(scanning.sweep)
