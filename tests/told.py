"""What was told as security events and waits in an outbox."""

from __future__ import annotations

from typing import Any

from kernel.delivery.models import OutboxMessage
from kernel.watching.emitting import TAKE_IN


def told(*names: str) -> list[dict[str, Any]]:
    """The events of these names, or all, in the open side's outbox, oldest first."""
    messages = OutboxMessage.objects.filter(task=TAKE_IN).order_by("id")
    return [event for message in messages for event in message.kwargs["events"] if not names or event["name"] in names]
