"""What both sides' outboxes hold of security events, taken in by the real task."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from control.watch.models import SecurityEvent
from kernel.delivery.models import OutboxMessage
from kernel.tenancy import registry
from kernel.tenancy.context import control_scope, region_scope
from kernel.watching.emitting import TAKE_IN


@pytest.fixture
def taken_in(db: None) -> Callable[[], list[SecurityEvent]]:
    """Take in what stands in the outboxes of both regions and of the operators; gives all events, oldest first."""
    from celery import current_app

    from kernel.tenancy.tasks import REGION_HEADER

    def carry(headers: dict[str, str]) -> None:
        for message in OutboxMessage.objects.filter(task=TAKE_IN).order_by("id"):
            current_app.tasks[TAKE_IN].apply(kwargs=message.kwargs, headers=headers, throw=True)
            message.delete()

    def take() -> list[SecurityEvent]:
        for code in ("manado", "banjarmasin"):
            with region_scope(registry.region_by_code(code)):
                carry({REGION_HEADER: code})
        with control_scope():
            carry({})
            return list(SecurityEvent.objects.order_by("at", "id"))

    return take
