"""What must happen is a row in the transaction that decided it; the relay hands it to Celery afterwards.

Source: reliability note, section 8. A crash between commit and relay delays the work, it does not lose it; a crash
between enqueueing and marking sends it twice, which every task bears.
"""

from typing import Any

import structlog
from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

from kernel import clock
from kernel.delivery.models import OutboxMessage
from kernel.tenancy.context import region_or_none
from kernel.tenancy.tasks import REGION_HEADER

BATCH = 100
log = structlog.get_logger(__name__)


def send(task: str, **kwargs: Any) -> OutboxMessage:
    """Write down that this task must run with these JSON arguments, in the open side and transaction."""
    message = OutboxMessage.objects.create(task=task, kwargs=kwargs)
    transaction.on_commit(relay_soon)
    return message


def relay_soon() -> None:
    """Relay right after commit. When the broker is away the periodic sweep does it."""
    try:
        relay()
    except OperationalError as error:
        log.warning("broker_away", reason=str(error))


def relay() -> int:
    """Hand the open side's unsent messages to the broker, oldest first; returns how many. Safe to run in parallel."""
    region = region_or_none()
    headers = {REGION_HEADER: region.code} if region else {}
    with transaction.atomic():
        batch = list(
            OutboxMessage.objects.select_for_update(skip_locked=True)
            .filter(sent_at__isnull=True)
            .order_by("id")[:BATCH]
        )
        for message in batch:
            current_app.tasks[message.task].apply_async(
                kwargs=message.kwargs, headers=headers, task_id=str(message.uid), retry=False
            )
            message.sent_at = clock.now()
            message.attempts += 1
        OutboxMessage.objects.bulk_update(batch, ["sent_at", "attempts"])
    return len(batch)
