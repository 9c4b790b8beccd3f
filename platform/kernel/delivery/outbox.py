"""What must happen is a row in the transaction that decided it; the relay hands it to Celery afterwards.

Source: reliability note, section 8. A crash between commit and relay delays the work, it does not lose it; a crash
between enqueueing and marking sends it twice, which every task bears.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from typing import Any

import structlog
from celery import current_app
from django.db import connection, transaction
from kombu.exceptions import OperationalError

from kernel import clock
from kernel.delivery.models import OutboxMessage
from kernel.tenancy.context import control_scope, region_or_none, region_scope
from kernel.tenancy.state import RegionState
from kernel.tenancy.tasks import REGION_HEADER

BATCH = 100
MOST_BUNDLED = 500
KEPT_FOR = timedelta(days=7)
log = structlog.get_logger(__name__)


def send(task: str, **kwargs: Any) -> OutboxMessage:
    """Write down that this task must run with these JSON arguments, in the open side and transaction."""
    message = keep(task, **kwargs)
    side = region_or_none()
    relaying = _RelayOf("" if side is None else side.code, side)
    if not any(entry[1] == relaying for entry in connection.run_on_commit):
        # What is decided is committed by then: a broker that is away must not turn the answer into an error.
        transaction.on_commit(relaying, robust=True)
    return message


@dataclass(frozen=True, slots=True)
class _RelayOf:
    """Relays the side in which something was sent, whichever is open when the transaction ends: the operators' side
    writes into a region's outbox in a transaction of its own. `region` None is the operators' side.
    """

    code: str
    region: RegionState | None = field(compare=False)

    def __call__(self) -> None:
        with control_scope() if self.region is None else region_scope(self.region):
            relay_soon()


def keep(task: str, **kwargs: Any) -> OutboxMessage:
    """As `send`, but hand it over with whatever is relayed next, at the latest by the sweep (15 s)."""
    return OutboxMessage.objects.create(task=task, kwargs=kwargs)


def relay_soon() -> None:
    """Relay right after commit. When the broker is away the periodic sweep does it."""
    try:
        while relay() >= BATCH:
            pass
    except OperationalError as error:
        log.warning("broker_away", reason=str(error))


def relay() -> int:
    """Hand the open side's unsent messages to the broker, oldest first; returns how many. Safe to run in parallel.

    A message whose task this release does not know stays unsent, behind the others, and is logged. Messages of a task
    that names an argument to bundle (`bundles="events"`) leave together as one task with all their lists, and are
    removed at once: there are many of them and the task keeps what they said. Raises the broker's OperationalError
    when it is away; then nothing is marked as sent.
    """
    region = region_or_none()
    headers = {REGION_HEADER: region.code} if region else {}
    tasks = _all_tasks()
    sent, kept = 0, []
    bundles: dict[str, list[OutboxMessage]] = {}
    with transaction.atomic():
        batch = list(
            OutboxMessage.objects.select_for_update(skip_locked=True)
            .filter(sent_at__isnull=True)
            .order_by("attempts", "id")[:BATCH]
        )
        for message in batch:
            message.attempts += 1
            task = tasks.get(message.task)
            bundled = getattr(task, "bundles", None)
            if bundled:
                bundles.setdefault(message.task, []).append(message)
                continue
            kept.append(message)
            if task is None:
                log.error("outbox_task_unknown", task=message.task, message=str(message.uid))
                continue
            task.apply_async(kwargs=message.kwargs, headers=headers, task_id=str(message.uid), retry=False)
            message.sent_at = clock.now()
            sent += 1
        for name, messages in bundles.items():
            _send_bundled(tasks[name], messages, headers)
            OutboxMessage.objects.filter(pk__in=[message.pk for message in messages]).delete()
            sent += len(messages)
        OutboxMessage.objects.bulk_update(kept, ["sent_at", "attempts"])
    return sent


def _send_bundled(task: Any, messages: list[OutboxMessage], headers: Mapping[str, str]) -> None:
    parts = [(message.uid, message.kwargs[task.bundles]) for message in messages]
    while parts:
        uid, items = parts.pop(0)
        while parts and len(items) + len(parts[0][1]) <= MOST_BUNDLED:
            items = items + parts.pop(0)[1]
        task.apply_async(kwargs={task.bundles: items}, headers=headers, task_id=str(uid), retry=False)


@cache
def _all_tasks() -> Mapping[str, Any]:
    # A web process has imported only some of the task modules.
    current_app.loader.import_default_modules()
    return current_app.tasks


def prune() -> int:
    """Remove messages that were sent more than a week ago from the open side; returns how many."""
    return OutboxMessage.objects.filter(sent_at__lt=clock.now() - KEPT_FOR).delete()[0]
