"""What a region's people answer to an incident comes as an event and goes on to the incident desk."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

import structlog

from control.incidents.fulfilling import take_answer
from control.watch.models import SecurityEvent
from kernel.watching import names

log = structlog.get_logger(__name__)


def hand_on(events: Iterable[SecurityEvent]) -> None:
    """Hand the answers among these events to the desk. One that cannot be read is logged, the others go on."""
    for event in events:
        if event.name != names.INCIDENT_ANSWER:
            continue
        try:
            task = take_answer(
                incident=UUID(str(event.facts["incident"])),
                ask=UUID(event.subject),
                region=event.region,
                kind=str(event.facts["kind"]),
                text=str(event.facts.get("text", "")),
                at=event.at,
                source=f"event:{event.uid}",
            )
        except (KeyError, ValueError) as error:
            log.error("incident_answer_unreadable", region=event.region, reason=repr(error))
        else:
            if task is None:
                log.warning("incident_answer_of_nothing", region=event.region, ask=event.subject)
