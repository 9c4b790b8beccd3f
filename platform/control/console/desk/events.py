"""The alerts and security events behind an incident: for its page, and for its report pack."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from django.db.models import Q, QuerySet

from control.incidents.models import Incident
from control.watch.models import Alert, SecurityEvent

# One attack can be hundreds of thousands of events; the first of each alert show what it was.
MOST_OF_AN_ALERT: Final = 2000
_COLUMNS: Final = ("ip", "person", "subject", "agent", "region")


def alerts_of(incident: Incident) -> QuerySet[Alert]:
    """The alerts that opened the incident, joined it, or did so with one that was merged into it; oldest first."""
    own = Q(incident=incident.uid) | Q(incident__in=incident.merged.values("uid"))
    return Alert.objects.select_related("detection").filter(own).order_by("first_at", "id")


def events_of(incident: Incident) -> Iterator[Mapping[str, Any]]:
    """The alerts of the incident, each followed by the events of its time that have the same address, account or
    subject, at most two thousand."""
    seen: set[int] = set()
    for alert in alerts_of(incident):
        yield {
            "what": "alert",
            "detection": alert.detection.code,
            "version": alert.version,
            "severity": str(alert.level),
            "first_at": alert.first_at,
            "last_at": alert.last_at,
            "events": alert.events,
            "group": alert.group,
        }
        for event in _events(alert):
            if event.pk not in seen:
                seen.add(event.pk)
                yield _plain(event)


def _events(alert: Alert) -> Iterator[SecurityEvent]:
    step_names = {name for step in alert.detection.rule.steps for name in step.names}
    found = SecurityEvent.objects.filter(at__range=(alert.first_at, alert.last_at), name__in=step_names)
    if alert.region:
        found = found.filter(region=alert.region)
    for part, value in alert.group.items():
        if part in _COLUMNS and value:
            found = found.filter(**{part: value})
    yield from found.order_by("at", "id")[:MOST_OF_AN_ALERT]


def _plain(event: SecurityEvent) -> Mapping[str, Any]:
    return {
        "what": "event",
        "uid": str(event.uid),
        "at": event.at,
        "name": event.name,
        "severity": str(event.level),
        "region": event.region,
        "person": str(event.person) if event.person else None,
        "subject": event.subject,
        "ip": event.ip,
        "agent": event.agent_family,
        "route": event.route,
        "method": event.method,
        "request_id": event.request_id,
        "facts": event.facts,
    }
