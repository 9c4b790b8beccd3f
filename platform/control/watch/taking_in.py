"""Events come in by the outbox of the side where they happened, in bundles, perhaps twice, perhaps late."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import structlog

from control.watch.models import SecurityEvent
from kernel import clock
from kernel.tenancy import registry
from kernel.tenancy.errors import TenancyError
from kernel.watching.names import KINDS, Severity
from kernel.web import zones

log = structlog.get_logger(__name__)

# A clock that runs ahead must not put an event beyond every window.
MOST_AHEAD: Final = timedelta(minutes=1)


def take_in(events: Sequence[Mapping[str, Any]], *, region: str) -> list[SecurityEvent]:
    """Keep these events of one side; gives those that are new here.

    `region` is the code that the relay put on the message; "" for the operators' side, whose events alone may name the
    region that they concern. An event that cannot be read is logged and left out.
    """
    received = clock.now()
    rows: dict[UUID, SecurityEvent] = {}
    for event in events:
        try:
            row = _row(event, region, received)
        except (KeyError, TypeError, ValueError) as error:
            log.error("security_event_unreadable", region=region, reason=repr(error))
            continue
        rows[row.uid] = row
    known = set(SecurityEvent.objects.filter(uid__in=rows).values_list("uid", flat=True))
    fresh = [row for uid, row in rows.items() if uid not in known]
    # The same bundle may be taken in by another process at this moment.
    SecurityEvent.objects.bulk_create(fresh, ignore_conflicts=True, batch_size=1000)
    return fresh


def _row(event: Mapping[str, Any], region: str, received: datetime) -> SecurityEvent:
    name = str(event["name"])
    if name not in KINDS:
        raise ValueError(name)
    at = min(datetime.fromisoformat(event["at"]), received + MOST_AHEAD)
    where = region or str(event.get("region", ""))[:30]
    local = at.astimezone(clock.zone(_zone_of(where)))
    person = event.get("person")
    return SecurityEvent(
        uid=UUID(event["uid"]),
        at=at,
        received_at=received,
        name=name,
        severity=Severity(event["severity"]).rank,
        region=where,
        person=UUID(person) if person else None,
        local_hour=local.hour,
        local_weekday=local.weekday(),
        facts=dict(event.get("facts") or {}),
        **{field: str(event.get(field, ""))[:longest] for field, longest in _TEXTS.items()},
    )


_TEXTS: Final = {
    name: SecurityEvent._meta.get_field(name).max_length
    for name in ("subject", "ip", "agent", "agent_family", "request_id", "route", "method", "work")
}


def _zone_of(code: str) -> str:
    if code:
        try:
            return registry.region_by_code(code).time_zone
        except TenancyError:
            pass
    return zones.OPERATORS
