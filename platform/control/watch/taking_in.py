"""Events come in by the outbox of the side where they happened, in bundles, perhaps twice, perhaps late."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import structlog
from django.db import transaction

from control.watch.copies import name_copies
from control.watch.models import SecurityEvent
from kernel import clock
from kernel.tenancy import registry
from kernel.tenancy.errors import TenancyError
from kernel.watching.names import AUTHN_LOGIN_SUCCESS, KINDS, Severity
from kernel.web import zones

log = structlog.get_logger(__name__)

# A clock that runs ahead must not put an event beyond every window.
MOST_AHEAD: Final = timedelta(minutes=1)
# A sign-in is kept for at least as long (`keeping`).
KNOWN_DEVICE_FOR: Final = timedelta(days=90)


def take_in(events: Sequence[Mapping[str, Any]], *, region: str) -> list[SecurityEvent]:
    """Keep these events of one side, and give them; one that is here already is not kept again.

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
    with transaction.atomic():
        _mark_new_devices(rows.values())
        name_copies(rows.values())
        SecurityEvent.objects.bulk_create(rows.values(), ignore_conflicts=True, batch_size=1000)
    return list(rows.values())


def _mark_new_devices(rows: Collection[SecurityEvent]) -> None:
    """A sign-in from a browser that this person has not used before, when they have signed in before at all."""
    sign_ins = [row for row in rows if row.name == AUTHN_LOGIN_SUCCESS and row.person is not None and row.agent]
    if not sign_ins:
        return
    known: dict[UUID | None, set[str]] = defaultdict(set)
    earlier = SecurityEvent.objects.filter(
        person__in={row.person for row in sign_ins}, name=AUTHN_LOGIN_SUCCESS, at__gte=clock.now() - KNOWN_DEVICE_FOR
    ).exclude(uid__in=[row.uid for row in sign_ins])
    for person, agent in earlier.values_list("person", "agent").distinct():
        known[person].add(agent)
    for row in sorted(sign_ins, key=lambda row: row.at):
        devices = known[row.person]
        if devices and row.agent not in devices:
            row.facts = {**row.facts, "new_device": True}
        devices.add(row.agent)


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
    name: getattr(SecurityEvent._meta.get_field(name), "max_length", None)
    for name in ("subject", "ip", "agent", "agent_family", "request_id", "route", "method", "work")
}


def _zone_of(code: str) -> str:
    if code:
        try:
            return registry.region_by_code(code).time_zone
        except TenancyError:
            pass
    return zones.OPERATORS
