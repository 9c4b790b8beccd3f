"""From hits to alerts, and from grave alerts to incidents, so that one attack is one line and one incident."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import structlog
from django.db import connection, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from control.incidents.actions import ended_at, observe, open_or_join
from control.incidents.models import Kind
from control.watch.detecting import detect, of_groups
from control.watch.models import Alert, Detection, SecurityEvent
from control.watch.rules import SUMS, Hit, Rule
from kernel import clock
from kernel.watching.names import SIGNATURE_FOUND
from kernel.web import zones

log = structlog.get_logger(__name__)

_LOCK: Final = 0x77_61_74_63
# What of a group is known to the desk as something that two incidents can share.
_OBSERVABLE: Final = {"ip": "address", "person": "account", "facts.print": "print", "facts.host": "domain"}
_MOST_OBSERVED: Final = 200
# As what a found signature is known to the desk, by its kind.
_SIGNATURE: Final = {"digest": "digest", "domain": "domain"}
# What an event says of itself, and how such a thing looks.
_FACTS: Final = {
    "sha256": ("digest", re.compile(r"[0-9a-f]{64}")),
    "print": ("print", re.compile(r"[0-9a-f]{16}")),
}


def follow(fresh: Sequence[SecurityEvent]) -> list[Alert]:
    """Look at what these new events mean; gives the alerts that are new or graver than before."""
    raised = []
    for detection, hit in detect(fresh):
        alert, is_news = _record(detection, hit)
        if is_news:
            raised.append(alert)
            if not alert.is_simulated:
                _correlate(detection, detection.rule, alert, hit)
        elif alert.incident is not None:
            _learn(detection.rule, alert.incident, hit, fresh)
    return raised


@transaction.atomic
def _record(detection: Detection, hit: Hit) -> tuple[Alert, bool]:
    """The alert of this hit, and whether it says something new.

    A hit within the suppress time of an alert joins it, unless the desk has dealt with that one's incident meanwhile:
    what goes on afterwards is news. A false alarm stays one until the suppress time is over.
    """
    rule, group = detection.rule, dict(zip(detection.rule.group_by, hit.group, strict=True))
    key = hashlib.sha256(json.dumps(group, sort_keys=True).encode()).hexdigest()[:32]
    with connection.cursor() as cursor:
        # Two bundles of one attack may be taken in at the same time.
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [_LOCK, f"{detection.code} {key}"])
    known = (
        Alert.objects.filter(
            detection=detection,
            group_key=key,
            last_at__gte=hit.last_at - rule.suppress,
            is_simulated=detection.status == Detection.Status.SIMULATION,
        )
        .order_by("-last_at")
        .first()
    )
    if known is None or _goes_on_after_the_end(known, hit):
        fresh = Alert.objects.create(
            detection=detection,
            version=detection.version,
            group_key=key,
            group=group,
            region=hit.regions[0] if len(hit.regions) == 1 else "",
            severity=hit.severity.rank,
            first_at=hit.first_at,
            last_at=hit.last_at,
            events=hit.count,
            distinct=hit.distinct,
            total=hit.total,
            is_simulated=detection.status == Detection.Status.SIMULATION,
        )
        return fresh, True
    is_graver = hit.severity.rank > known.severity
    known.severity = max(known.severity, hit.severity.rank)
    known.last_at = max(known.last_at, hit.last_at)
    known.events, known.distinct = max(known.events, hit.count), max(known.distinct, hit.distinct)
    known.total, known.times = max(known.total, hit.total), known.times + 1
    known.save(update_fields=["severity", "last_at", "events", "distinct", "total", "times"])
    return known, is_graver


def _goes_on_after_the_end(known: Alert, hit: Hit) -> bool:
    ended = None if known.incident is None else ended_at(known.incident)
    return ended is not None and hit.last_at > ended


def _correlate(detection: Detection, rule: Rule, alert: Alert, hit: Hit) -> None:
    """Open or join an incident when the alert is grave enough. A failure is logged; the alert stands."""
    if not rule.incident_kind or alert.level.rank < rule.incident_from.rank:
        return
    try:
        with translation.override("id"), timezone.override(zones.OPERATORS):
            incident = open_or_join(
                kind=Kind(rule.incident_kind),
                severity=alert.level,
                region=alert.region or None,
                key=_key(rule, hit) or detection.code,
                title=detection.title,
                summary=summary_of(detection, hit),
                at=alert.first_at,
                observables=_observables(rule, hit, _events_of(rule, hit)),
                source=f"watch:{alert.uid}:{alert.level}",
                detected_at=clock.now(),
            )
    except Exception:
        log.exception("incident_not_opened", detection=detection.code, alert=str(alert.uid))
        return
    alert.incident = incident.uid
    alert.save(update_fields=["incident"])


def _key(rule: Rule, hit: Hit) -> str:
    """The incident's key, with parts of the group filled in: `page:{subject}` is one incident for each host."""
    key = rule.incident_key
    for part, value in zip(rule.group_by, hit.group, strict=True):
        key = key.replace(f"{{{part}}}", value)
    return key


def summary_of(detection: Detection, hit: Hit) -> str:
    """What was seen, in a sentence for the timeline. Names nobody."""
    parts = [
        ngettext("%(count)d peristiwa", "%(count)d peristiwa", hit.count) % {"count": hit.count},
        _seen_at(_clock(hit.first_at), _clock(hit.last_at)),
    ]
    if hit.distinct:
        parts.append(_("%(count)d berbeda") % {"count": hit.distinct})
    if hit.total:
        parts.append(f"{hit.total} {SUMS[detection.rule.sum_of]}")
    if len(hit.regions) > 1:
        parts.append(_("%(count)d wilayah") % {"count": len(hit.regions)})
    return f"{detection.title}: {', '.join(parts)}."


def _seen_at(first: str, last: str) -> str:
    if first == last:
        return _("pukul %(at)s") % {"at": first}
    return _("%(first)s sampai %(last)s") % {"first": first, "last": last}


def _clock(at: datetime) -> str:
    return timezone.localtime(at).strftime("%H.%M.%S")


def _learn(rule: Rule, incident: UUID, hit: Hit, fresh: Sequence[SecurityEvent]) -> None:
    """Tell an incident what these new events of its alert add to what it is known by. A failure is logged."""
    joined = [event for event in fresh if event.name in rule.touched_by and rule.group_of(event) == hit.group]
    try:
        observe(incident, _observables(rule, hit, joined[:_MOST_OBSERVED]), at=hit.last_at)
    except Exception:
        log.exception("incident_not_told", incident=str(incident))


def _events_of(rule: Rule, hit: Hit) -> Iterable[SecurityEvent]:
    events = SecurityEvent.objects.filter(
        of_groups(rule.group_by, [hit.group]), name__in=rule.touched_by, at__range=(hit.first_at, hit.last_at)
    )
    return events.order_by("at", "id")[:_MOST_OBSERVED]


def _observables(rule: Rule, hit: Hit, events: Iterable[SecurityEvent]) -> dict[str, list[str]]:
    """What the group and these events of it can have in common with others: addresses, accounts, prints, digests."""
    found: dict[str, set[str]] = {}
    for part, value in zip(rule.group_by, hit.group, strict=True):
        if part in _OBSERVABLE and value:
            found.setdefault(_OBSERVABLE[part], set()).add(value)
    for event in events:
        if event.ip:
            found.setdefault("network" if "/" in event.ip else "address", set()).add(event.ip)
        if event.person:
            found.setdefault("account", set()).add(str(event.person))
        if event.name == SIGNATURE_FOUND and event.subject:
            found.setdefault(_SIGNATURE.get(str(event.facts.get("kind")), "print"), set()).add(event.subject)
        for fact, (kind, shape) in _FACTS.items():
            value = event.facts.get(fact)
            if isinstance(value, str) and shape.fullmatch(value):
                found.setdefault(kind, set()).add(value)
    if any("/" in value for value in found.get("address", ())):
        found.setdefault("network", set()).update(value for value in found["address"] if "/" in value)
        found["address"] = {value for value in found["address"] if "/" not in value}
    return {kind: sorted(values) for kind, values in found.items() if values}
