"""The second opinion, and the back-scan after the rules have changed."""

from __future__ import annotations

from uuid import UUID

from celery import shared_task
from django.db import OperationalError, transaction

from kernel.delivery.tasks import on_every_side
from kernel.tenancy.context import is_control
from kernel.tenancy.tasks import ControlTask, RegionTask
from kernel.texts import backscan, gate, hearing


@shared_task(
    base=RegionTask,
    name="kernel.texts.tasks.hear",
    lane="scan",
    autoretry_for=(OperationalError,),
    retry_backoff=True,
    max_retries=5,
)
def hear(place: str, text: str, record: str = "", author: str | None = None) -> None:
    """The second opinion on a text that stands at `place`; `record` and `author` as far as the gate knew them."""
    where = gate.places().get(place)
    if where is not None:
        hearing.hear(where, text, record=record, author=UUID(author) if author else None)


@shared_task(base=ControlTask, name="kernel.texts.tasks.scan_again_everywhere", lane="desk")
def scan_again_everywhere() -> None:
    """Start the back-scan of every live region that was not judged by the present rules."""
    on_every_side(_start_in_a_region)


def _start_in_a_region() -> None:
    if not is_control():
        with transaction.atomic():
            backscan.start_if_due()
