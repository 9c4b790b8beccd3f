"""Opening, joining and leading an incident; its timeline, evidence, tasks and notices."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.db.models import Subquery

from control.incidents import duties
from control.incidents.models import (
    Custody,
    Evidence,
    Incident,
    Kind,
    Observable,
    Severity,
    TimelineEntry,
)
from control.incidents.numbering import take_number
from control.incidents.telling import tell_regions
from control.incidents.timeline import enter, entry_of, name_of
from control.regions.models import Region
from kernel import clock
from kernel.accounts.actors import Actor, System
from kernel.accounts.models import User
from kernel.audit.record import declare_action, record
from kernel.errors import NotFound
from kernel.files.actions import store_made
from kernel.tenancy.context import control_scope

OPENED = declare_action("incidents.opened", "Insiden dibuka")
RAISED = declare_action("incidents.severity_raised", "Tingkat insiden naik")
ATTACHED = declare_action("incidents.evidence_attached", "Bukti insiden dilampirkan")

EVIDENCE_FILE: Final = "incidents.evidence"
DESK: Final = System("Deteksi")
# An attacker chooses how many addresses there are; what is beyond stays in the security events.
MOST_OBSERVABLES: Final = 500


def open_or_join(
    *,
    kind: Kind,
    severity: str,
    region: str | None,
    key: str,
    title: str,
    summary: str,
    at: datetime,
    observables: Mapping[str, Sequence[str]] | None = None,
    source: str,
    detected_at: datetime | None = None,
    actor: Actor = DESK,
) -> Incident:
    """The open incident of this region (its code; None: the platform) and grouping key, or a new one.

    Adds `summary` to its timeline at `at`, raises its severity (one of the five words) when this is higher, and keeps
    the observables by kind. The same `source` again changes nothing. `at` is when it happened, `detected_at` when it
    was found (now, unless said otherwise): the legal clocks run from then. Raises NotFound for an unknown region,
    KeyError for an unknown severity, ValueError for an unknown kind of observable.
    """
    level = Severity.of(severity)
    found = _pairs(observables or {})
    with control_scope(), transaction.atomic():
        known = _by_source(source)
        if known is not None:
            return known
        place = _region(region)
        incident = _joinable(place, key)
        if incident is None:
            incident = _open(Kind(kind), level, place, key, title, detected_at, summary, actor)
        # Whoever waited for the lock may find the work done.
        known = _by_source(source)
        if known is not None:
            return known
        enter(
            incident,
            summary or title,
            origin=TimelineEntry.Origin.DETECTION if isinstance(actor, System) else TimelineEntry.Origin.OPERATOR,
            actor=actor,
            at=at,
            is_key=not incident.entries.exists(),
            source=source,
        )
        _keep_observables(incident, found, at)
        _began(incident, at)
        if level > incident.severity:
            _raise_severity(incident, level, actor)
        return incident


def observe(uid: UUID, observables: Mapping[str, Sequence[str]], *, at: datetime) -> None:
    """Keep what more of an incident came to be known, by kind, without a line on its timeline.

    What was merged goes where the incident went; one that is closed, or that nobody has, keeps nothing. Raises
    ValueError for an unknown kind of observable.
    """
    found = _pairs(observables)
    with control_scope():
        incident = Incident.objects.select_related("merged_into").filter(uid=uid).first() if found else None
        if incident is None:
            return
        incident = incident.merged_into or incident
        if not incident.is_open:
            return
        known = incident.observables.filter(value__in=[value for _kind, value in found]).values_list("kind", "value")
        if new := set(found) - set(known):
            _keep_observables(incident, [pair for pair in found if pair in new], at)


def ended_among(uids: Collection[UUID]) -> dict[UUID, datetime]:
    """When each of these incidents, or the one that took it over, was closed as one that really happened; an incident
    without such an end is left out.
    """
    if not uids:
        return {}
    ended = {}
    with control_scope():
        for found in Incident.objects.select_related("merged_into").filter(uid__in=uids):
            incident = found.merged_into or found
            if incident.outcome == Incident.Outcome.REAL and incident.closed_at is not None:
                ended[found.uid] = incident.closed_at
    return ended


def _pairs(observables: Mapping[str, Sequence[str]]) -> list[tuple[Observable.Kind, str]]:
    return [(Observable.Kind(name), value) for name, values in observables.items() for value in values]


def _by_source(source: str) -> Incident | None:
    entry = entry_of(source)
    return None if entry is None else entry.incident.merged_into or entry.incident


def _region(code: str | None) -> Region | None:
    if code is None:
        return None
    region: Region | None = Region.objects.filter(code=code).first()
    if region is None:
        raise NotFound("region")
    return region


def _joinable(region: Region | None, key: str) -> Incident | None:
    """The open incident of region and key, or the open one that such an incident was merged into; locked."""
    if not key:
        return None
    same = Incident.objects.filter(region=region, key=key)
    own = same.select_for_update(of=("self",)).exclude(state=Incident.State.CLOSED).first()
    if own is not None:
        return own
    merged = same.filter(merged_into__isnull=False).order_by("-id").values("merged_into")[:1]
    return (
        Incident.objects.select_for_update(of=("self",))
        .filter(pk=Subquery(merged))
        .exclude(state=Incident.State.CLOSED)
        .first()
    )


def _open(
    kind: Kind,
    level: Severity,
    region: Region | None,
    key: str,
    title: str,
    detected_at: datetime | None,
    summary: str,
    actor: Actor,
) -> Incident:
    moment = clock.now()
    try:
        with transaction.atomic():
            incident = Incident.objects.create(
                number=take_number(moment),
                kind=kind,
                severity=level,
                title=title[:200],
                summary=summary,
                region=region,
                key=key[:120],
                detected_at=detected_at or moment,
                opened_at=moment,
            )
    except IntegrityError:
        # Somebody else opened it between looking and writing.
        joined = _joinable(region, key)
        if joined is None:
            raise
        return joined
    if region is not None:
        incident.regions.add(region)
    duties.give_tasks(incident)
    duties.start_clocks(incident)
    record(OPENED, actor=actor, subject=incident, after={"kind": kind, "severity": level.code})
    tell_regions(incident)
    return incident


def _keep_observables(incident: Incident, found: Sequence[tuple[Observable.Kind, str]], at: datetime) -> None:
    room = MOST_OBSERVABLES - incident.observables.count()
    Observable.objects.bulk_create(
        [
            Observable(incident=incident, kind=kind, value=value[:300], first_at=at)
            for kind, value in list(dict.fromkeys(found))[: max(0, room)]
            if value
        ],
        ignore_conflicts=True,
    )


def _began(incident: Incident, at: datetime) -> None:
    """An event from before the first one moves the beginning back."""
    if incident.began_at is None or at < incident.began_at:
        incident.began_at = at
        incident.save(update_fields=["began_at"])


def _raise_severity(incident: Incident, level: Severity, actor: Actor) -> None:
    before = Severity(incident.severity)
    incident.severity = level
    incident.save(update_fields=["severity"])
    enter(
        incident,
        f"Tingkat naik dari {before.label} menjadi {level.label}.",
        origin=TimelineEntry.Origin.STATE,
        actor=actor,
        is_key=True,
    )
    duties.start_clocks(incident)
    record(RAISED, actor=actor, subject=incident, before={"severity": before.code}, after={"severity": level.code})
    tell_regions(incident)


def note(
    incident: Incident,
    text: str,
    *,
    at: datetime | None = None,
    key_event: bool = False,
    actor: Actor,
    source: str = "",
) -> TimelineEntry:
    """Write on the timeline what a person, or another part of the platform, says; the same `source` again changes
    nothing."""
    with control_scope(), transaction.atomic():
        incident_of(incident.uid, lock=True)
        return entry_of(source) or enter(
            incident, text, origin=TimelineEntry.Origin.OPERATOR, actor=actor, at=at, is_key=key_event, source=source
        )


def attach(
    incident: Incident, name: str, content: bytes, what: str, *, actor: Actor = DESK, at: datetime | None = None
) -> Evidence:
    """Register a file as evidence: its bytes are kept, its digest stands from now on, custody begins.

    Never executed, opened or shown; it leaves only as a download. `at`: when it was collected.
    """
    digest = hashlib.sha256(content).hexdigest()
    moment = clock.now()
    with control_scope(), transaction.atomic():
        stored = store_made(
            content=ContentFile(content, name=name),
            purpose=EVIDENCE_FILE,
            owner=actor if isinstance(actor, User) else None,
            kind="application/octet-stream",
        )
        evidence = Evidence.objects.create(
            incident=incident,
            name=name[:200],
            what=what[:300],
            sha256=digest,
            size=len(content),
            file=stored,
            collected_at=at or moment,
            collector=name_of(actor),
        )
        Custody.objects.create(
            incident=incident, evidence=evidence, deed=Custody.Deed.ATTACHED, actor_name=name_of(actor), sha256=digest
        )
        enter(
            incident,
            f"Bukti dilampirkan: {evidence.name}, SHA-256 {digest}.",
            origin=TimelineEntry.Origin.EVIDENCE,
            actor=actor,
        )
        record(ATTACHED, actor=actor, subject=incident, after={"name": evidence.name, "sha256": digest})
    return evidence


def incident_of(uid: UUID, *, lock: bool = False) -> Incident:
    """The incident with this uid. Raises NotFound."""
    rows = Incident.objects.select_for_update(of=("self",)) if lock else Incident.objects.all()
    found = rows.select_related("region", "owner", "merged_into").filter(uid=uid).first()
    if found is None:
        raise NotFound("incident")
    return found
