"""Leading an incident: its state, severity, owner, whether personal data were revealed, merging, and its report."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError, transaction

from control.incidents import duties
from control.incidents.actions import incident_of
from control.incidents.errors import CannotMerge, IsClosed, NotReadyToClose, NoWay, OpenOneExists, ReasonMissing
from control.incidents.models import (
    Incident,
    KeyMark,
    Notice,
    Observable,
    Severity,
    Task,
    TimelineEntry,
)
from control.incidents.telling import tell_regions
from control.incidents.timeline import enter, entries_of, name_of
from kernel import clock
from kernel.accounts.models import User
from kernel.audit.record import declare_action, record
from kernel.errors import NotFound

State = Incident.State

MOVED = declare_action("incidents.moved", "Keadaan insiden diubah")
RATED = declare_action("incidents.rated", "Tingkat insiden diubah")
ASSIGNED = declare_action("incidents.assigned", "Penanggung jawab insiden ditetapkan")
BREACH_SAID = declare_action("incidents.breach_said", "Terungkapnya data pribadi dinyatakan")
BREACH_WITHDRAWN = declare_action("incidents.breach_withdrawn", "Terungkapnya data pribadi dicabut")
MERGED = declare_action("incidents.merged", "Insiden digabungkan")
WRITTEN = declare_action("incidents.report_written", "Isi laporan insiden diubah")

FORWARD: Final[Mapping[str, str]] = {
    State.NEW: State.HANDLING,
    State.HANDLING: State.CONTAINED,
    State.CONTAINED: State.RECOVERED,
    State.RECOVERED: State.CLOSED,
}
# A step back undoes the last one; a closed incident is opened again for work.
BACK: Final[Mapping[str, str]] = {
    State.HANDLING: State.NEW,
    State.CONTAINED: State.HANDLING,
    State.RECOVERED: State.CONTAINED,
    State.CLOSED: State.HANDLING,
}
_STAMPS: Final[Mapping[str, str]] = {
    State.HANDLING: "acknowledged_at",
    State.CONTAINED: "contained_at",
    State.RECOVERED: "recovered_at",
    State.CLOSED: "closed_at",
}
# How the timeline says that a state began; papers quote it.
_SAID: Final[Mapping[str, str]] = {
    State.HANDLING: "Insiden mulai ditangani.",
    State.CONTAINED: "Insiden dinyatakan terkendali.",
    State.RECOVERED: "Layanan dinyatakan pulih.",
    State.CLOSED: "Insiden ditutup.",
}
REPORT_FIELDS: Final = (
    "title",
    "summary",
    "impact",
    "cause",
    "recovery",
    "revealed_data",
    "affected_people",
    "began_at",
)


@transaction.atomic
def move_on(*, uid: UUID, to: str, actor: User) -> Incident:
    """The next state. Who takes a new incident up owns it, unless somebody does already.

    Raises NotFound, NoWay, and NotReadyToClose: closing asks for an owner, what was learnt, and settled notices.
    """
    incident = incident_of(uid, lock=True)
    if FORWARD.get(incident.state) != to:
        raise _no_way(incident, to)
    if to == State.CLOSED:
        _ready_to_close(incident)
        incident.outcome = Incident.Outcome.REAL
    if incident.owner is None:
        incident.owner = actor
    return _moved(incident, to, actor=actor, said=_SAID[to])


@transaction.atomic
def step_back(*, uid: UUID, reason: str, actor: User) -> Incident:
    """Undo the last step, or open a closed incident again; its time is forgotten with it.

    Raises NotFound, NoWay, ReasonMissing, OpenOneExists when the same has been opened anew since.
    """
    incident = incident_of(uid, lock=True)
    to = BACK.get(incident.state)
    if to is None or incident.merged_into_id is not None:
        raise _no_way(incident, to or incident.state)
    words = _reason(reason)
    setattr(incident, _STAMPS[incident.state], None)
    incident.outcome = ""
    if incident.is_open:
        said = f"Keadaan dikembalikan dari {State(incident.state).label} ke {State(to).label}."
    else:
        said = "Insiden dibuka lagi."
    return _moved(incident, to, actor=actor, said=said, reason=words)


@transaction.atomic
def close_as_false_alarm(*, uid: UUID, reason: str, actor: User) -> Incident:
    """Nothing happened: the incident closes, what was still to be done or to be sent is not needed.

    Raises NotFound, NoWay when it is closed, ReasonMissing.
    """
    incident = incident_of(uid, lock=True)
    if not incident.is_open:
        raise _no_way(incident, State.CLOSED)
    words = _reason(reason)
    moment = clock.now()
    incident.tasks.filter(state__in=(Task.State.OPEN, Task.State.DOING)).update(
        state=Task.State.DROPPED, done_at=moment, outcome="Alarm palsu"
    )
    incident.notices.filter(state=Notice.State.WAITING).update(
        state=Notice.State.NOT_NEEDED, settled_at=moment, settled_by=name_of(actor), note=words
    )
    incident.outcome = Incident.Outcome.FALSE_ALARM
    if incident.owner is None:
        incident.owner = actor
    return _moved(incident, State.CLOSED, actor=actor, said="Ditutup sebagai alarm palsu.", reason=words)


def _no_way(incident: Incident, to: str) -> NoWay:
    return NoWay(incident.get_state_display(), State(to).label)


def _reason(reason: str) -> str:
    if not reason.strip():
        raise ReasonMissing
    return reason.strip()


def _ready_to_close(incident: Incident) -> None:
    if incident.owner_id is None:
        raise NotReadyToClose("owner")
    if incident.notices.filter(state=Notice.State.WAITING).exists():
        raise NotReadyToClose("notices")
    lessons = incident.tasks.filter(is_lessons=True)
    if not lessons.filter(state=Task.State.DONE).exists():
        raise NotReadyToClose("lessons")


def _moved(incident: Incident, to: str, *, actor: User, said: str, reason: str = "") -> Incident:
    before = State(incident.state)
    incident.state = to
    stamp = _STAMPS.get(to)
    if stamp is not None and getattr(incident, stamp) is None:
        setattr(incident, stamp, clock.now())
    try:
        with transaction.atomic():
            incident.save()
    except IntegrityError as error:
        other = Incident.objects.filter(region=incident.region, key=incident.key).exclude(state=State.CLOSED).first()
        if other is None:
            raise
        raise OpenOneExists(other.number) from error
    enter(incident, f"{said} {reason}".strip(), origin=TimelineEntry.Origin.STATE, actor=actor, is_key=True)
    record(MOVED, actor=actor, subject=incident, before={"state": before}, after={"state": to}, note=reason)
    tell_regions(incident)
    return incident


def open_incident(uid: UUID) -> Incident:
    """The incident, locked, while it may still be changed. Raises NotFound, IsClosed."""
    incident = incident_of(uid, lock=True)
    if not incident.is_open:
        raise IsClosed
    return incident


@transaction.atomic
def rate(*, uid: UUID, severity: int, reason: str, actor: User) -> Incident:
    """Another severity, higher or lower. A notice that runs already goes on running. Raises NotFound, IsClosed,
    ReasonMissing."""
    incident = open_incident(uid)
    level, before = Severity(severity), Severity(incident.severity)
    if level == before:
        return incident
    words = _reason(reason)
    incident.severity = level
    incident.save(update_fields=["severity"])
    enter(
        incident,
        f"Tingkat diubah dari {before.label} menjadi {level.label}. {words}",
        origin=TimelineEntry.Origin.STATE,
        actor=actor,
        is_key=True,
    )
    duties.start_clocks(incident)
    record(
        RATED,
        actor=actor,
        subject=incident,
        before={"severity": before.code},
        after={"severity": level.code},
        note=words,
    )
    tell_regions(incident)
    return incident


@transaction.atomic
def assign(*, uid: UUID, owner: User, actor: User) -> Incident:
    """Somebody else answers for the incident from now on. Raises NotFound, IsClosed."""
    incident = open_incident(uid)
    if incident.owner_id == owner.pk:
        return incident
    before = incident.owner.display_name if incident.owner else ""
    incident.owner = owner
    incident.save(update_fields=["owner"])
    enter(
        incident,
        f"Penanggung jawab: {owner.display_name}.",
        origin=TimelineEntry.Origin.STATE,
        actor=actor,
    )
    record(ASSIGNED, actor=actor, subject=incident, before={"owner": before}, after={"owner": owner.display_name})
    tell_regions(incident)
    return incident


@transaction.atomic
def say_breach(*, uid: UUID, known_at: datetime, actor: User) -> Incident:
    """Personal data were revealed, known since `known_at`: the clock of UU 27/2022 runs from then.

    Raises NotFound, IsClosed.
    """
    incident = open_incident(uid)
    if incident.breach_known_at is not None:
        return incident
    incident.breach_known_at = known_at
    incident.save(update_fields=["breach_known_at"])
    enter(
        incident,
        "Diketahui bahwa data pribadi terungkap.",
        origin=TimelineEntry.Origin.STATE,
        actor=actor,
        at=known_at,
        is_key=True,
    )
    duties.start_clocks(incident)
    record(BREACH_SAID, actor=actor, subject=incident, after={"known_at": known_at})
    tell_regions(incident)
    return incident


@transaction.atomic
def withdraw_breach(*, uid: UUID, reason: str, actor: User) -> Incident:
    """No personal data were revealed after all: what waited to be sent because of it is not needed.

    Raises NotFound, IsClosed, ReasonMissing.
    """
    incident = open_incident(uid)
    if incident.breach_known_at is None:
        return incident
    words = _reason(reason)
    incident.breach_known_at = None
    incident.save(update_fields=["breach_known_at"])
    duties.withdraw_breach(incident, name=name_of(actor), reason=words)
    enter(
        incident,
        f"Pernyataan bahwa data pribadi terungkap dicabut. {words}",
        origin=TimelineEntry.Origin.STATE,
        actor=actor,
        is_key=True,
    )
    record(BREACH_WITHDRAWN, actor=actor, subject=incident, note=words)
    tell_regions(incident)
    return incident


@transaction.atomic
def merge(*, uid: UUID, into: str, reason: str, actor: User) -> Incident:
    """Close this incident into another one (its number), which takes over regions, observables and severity.

    Its timeline is read there from now on, and further events of its key join there. Returns the other one. Raises
    NotFound, IsClosed, CannotMerge, ReasonMissing.
    """
    other = Incident.objects.filter(number=into.strip().upper()).first()
    if other is None:
        raise CannotMerge("unknown")
    # The older one first, whichever is merged into which: two operators who merge crosswise do not wait for each other.
    locked = {pk: incident_of(key, lock=True) for pk, key in sorted(_keys(uid, other).items())}
    incident = next(row for row in locked.values() if row.uid == uid)
    other = locked[other.pk]
    if incident.pk == other.pk:
        raise CannotMerge("same")
    if other.merged_into_id is not None:
        raise CannotMerge("merged")
    if not incident.is_open or not other.is_open:
        raise IsClosed
    words = _reason(reason)
    incident.merged_into = other
    incident.outcome = Incident.Outcome.MERGED
    incident.merged.update(merged_into=other)
    incident.notices.filter(state=Notice.State.WAITING).update(
        state=Notice.State.NOT_NEEDED,
        settled_at=clock.now(),
        settled_by=name_of(actor),
        note=f"Digabungkan ke {other.number}",
    )
    _moved(incident, State.CLOSED, actor=actor, said=f"Digabungkan ke {other.number}.", reason=words)
    other.regions.add(*incident.regions.all())
    Observable.objects.bulk_create(
        [
            Observable(incident=other, kind=row.kind, value=row.value, first_at=row.first_at)
            for row in incident.observables.all()
        ],
        ignore_conflicts=True,
    )
    other.detected_at = min(other.detected_at, incident.detected_at)
    other.began_at = min(filter(None, (other.began_at, incident.began_at)), default=None)
    other.severity = max(other.severity, incident.severity)
    if other.breach_known_at is None or (incident.breach_known_at and incident.breach_known_at < other.breach_known_at):
        other.breach_known_at = incident.breach_known_at
    other.save()
    duties.start_clocks(other)
    enter(
        other,
        f"{incident.number} digabungkan ke insiden ini. {words}",
        origin=TimelineEntry.Origin.STATE,
        actor=actor,
        is_key=True,
    )
    record(MERGED, actor=actor, subject=incident, after={"into": other.number}, note=words)
    tell_regions(other)
    return other


def _keys(uid: UUID, other: Incident) -> dict[int, UUID]:
    return {incident_of(uid).pk: uid, other.pk: other.uid}


@transaction.atomic
def mark_key_event(*, uid: UUID, entry: UUID, is_key: bool) -> None:
    """Flag an entry of the timeline as a key event, or take the flag back. Raises NotFound."""
    found = entries_of(incident_of(uid)).filter(uid=entry).first()
    if found is None:
        raise NotFound("entry")
    KeyMark.objects.update_or_create(entry=found, defaults={"is_key": is_key})


@transaction.atomic
def write_report(*, uid: UUID, values: Mapping[str, Any], actor: User) -> Incident:
    """What the reports say beside the timeline. Unchanged fields are left alone. Raises NotFound, IsClosed."""
    incident = open_incident(uid)
    changed = {
        name: values[name] for name in REPORT_FIELDS if name in values and getattr(incident, name) != values[name]
    }
    if not changed:
        return incident
    before = {name: getattr(incident, name) for name in changed}
    for name, value in changed.items():
        setattr(incident, name, value)
    incident.save(update_fields=list(changed))
    record(WRITTEN, actor=actor, subject=incident, before=before, after=changed)
    if {"title", "summary"} & changed.keys():
        tell_regions(incident)
    return incident
