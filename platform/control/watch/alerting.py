"""From hits to alerts, and from grave alerts to incidents, so that one attack is one line and one incident."""

from __future__ import annotations

import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import structlog
from django.db import connection, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from control.incidents.actions import ended_among, observe, open_or_join
from control.incidents.models import Kind
from control.watch.detecting import Group, detect, of_groups
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
    for detection, hits in detect(fresh):
        joined: dict[UUID, list[Hit]] = defaultdict(list)
        for hit, alert, is_news in _record(detection, hits):
            if is_news:
                raised.append(alert)
                if not alert.is_simulated:
                    _correlate(detection, detection.rule, alert, hit)
            elif alert.incident is not None:
                joined[alert.incident].append(hit)
        if joined:
            _learn(detection.rule, joined, fresh)
    return raised


@transaction.atomic
def _record(detection: Detection, hits: Sequence[Hit]) -> list[tuple[Hit, Alert, bool]]:
    """The alert of each hit, and whether it says something new; in as many statements for five hundred as for one.

    A hit within the suppress time of an alert joins it, unless the desk has dealt with that one's incident meanwhile:
    what goes on afterwards is news. A false alarm stays one until the suppress time is over.
    """
    rule, is_simulated = detection.rule, detection.status == Detection.Status.SIMULATION
    groups = [dict(zip(rule.group_by, hit.group, strict=True)) for hit in hits]
    keys = [hashlib.sha256(json.dumps(group, sort_keys=True).encode()).hexdigest()[:32] for group in groups]
    with connection.cursor() as cursor:
        # Two bundles of one attack may be taken in at the same time, and have their groups in another order.
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s, place) FROM"
            " (SELECT DISTINCT hashtext(name) AS place FROM unnest(%s::text[]) AS name ORDER BY place) AS places",
            [_LOCK, [f"{detection.code} {key}" for key in keys]],
        )
    newest = (
        Alert.objects.filter(
            detection=detection,
            group_key__in=keys,
            last_at__gte=min(hit.last_at for hit in hits) - rule.suppress,
            is_simulated=is_simulated,
        )
        .order_by("group_key", "-last_at")
        .distinct("group_key")
    )
    known = {alert.group_key: alert for alert in newest}
    ended = ended_among({alert.incident for alert in known.values() if alert.incident is not None})
    found: list[tuple[Hit, Alert, bool]] = []
    fresh: list[Alert] = []
    held: list[Alert] = []
    for hit, group, key in zip(hits, groups, keys, strict=True):
        alert = known.get(key)
        if alert is not None and _joins(alert, hit, rule, ended):
            found.append((hit, alert, _add(alert, hit)))
            held.append(alert)
            continue
        alert = Alert(
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
            is_simulated=is_simulated,
        )
        found.append((hit, alert, True))
        fresh.append(alert)
    Alert.objects.bulk_create(fresh)
    Alert.objects.bulk_update(held, ["severity", "last_at", "events", "distinct", "total", "times"])
    return found


def _joins(alert: Alert, hit: Hit, rule: Rule, ended: Mapping[UUID, datetime]) -> bool:
    if alert.last_at < hit.last_at - rule.suppress:
        return False
    end = None if alert.incident is None else ended.get(alert.incident)
    return end is None or hit.last_at <= end


def _add(alert: Alert, hit: Hit) -> bool:
    """Let the alert know of one more hit; gives whether it is graver than before."""
    is_graver = hit.severity.rank > alert.severity
    alert.severity = max(alert.severity, hit.severity.rank)
    alert.last_at = max(alert.last_at, hit.last_at)
    alert.events, alert.distinct = max(alert.events, hit.count), max(alert.distinct, hit.distinct)
    alert.total, alert.times = max(alert.total, hit.total), alert.times + 1
    return is_graver


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


def _learn(rule: Rule, joined: Mapping[UUID, Sequence[Hit]], fresh: Sequence[SecurityEvent]) -> None:
    """Tell incidents what these new events of their alerts add to what they are known by. A failure is logged."""
    by_group: dict[Group | None, list[SecurityEvent]] = defaultdict(list)
    for event in fresh:
        if event.name in rule.touched_by:
            by_group[rule.group_of(event)].append(event)
    for incident, hits in joined.items():
        known_by: dict[str, set[str]] = defaultdict(set)
        for hit in hits:
            for kind, values in _observables(rule, hit, by_group[hit.group][:_MOST_OBSERVED]).items():
                known_by[kind].update(values)
        try:
            observe(
                incident,
                {kind: sorted(values) for kind, values in known_by.items()},
                at=max(hit.last_at for hit in hits),
            )
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
