"""Disturbances: proposing, approving by a second person, refusing, undoing. The days touched are judged again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.core.files.base import File
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from kernel import clock
from kernel.accounts.actors import System
from kernel.accounts.models import User
from kernel.audit.record import declare_action, record
from kernel.errors import NotAllowed
from kernel.files.actions import store_file
from kernel.permissions import require
from kernel.tenancy.context import current_region
from tenants.calendars import closing
from tenants.calendars.work_date import running_day, work_date
from tenants.disturbances import access
from tenants.disturbances.errors import (
    AlreadyDecided,
    NotInForce,
    OwnProposal,
    ReasonMissing,
    SpanRefused,
    UnitsMissing,
)
from tenants.disturbances.models import Disturbance, DisturbedUnit
from tenants.disturbances.permissions import DECIDE, PROPOSE
from tenants.disturbances.signals import windows_changed
from tenants.employees.models import Placement
from tenants.organisation.models import Unit

PROPOSED: Final = declare_action("disturbances.proposed", "Jam gangguan diusulkan")
DETECTED: Final = declare_action("disturbances.detected", "Jam gangguan terpantau dan diusulkan")
APPROVED: Final = declare_action("disturbances.approved", "Jam gangguan disetujui")
REJECTED: Final = declare_action("disturbances.rejected", "Jam gangguan tidak disetujui")
UNDONE: Final = declare_action("disturbances.undone", "Jam gangguan dibatalkan")

LATE: Final = "Jam gangguan"
LONGEST: Final = timedelta(days=7)
FARTHEST: Final = timedelta(days=30)
MONITOR: Final = System("synthetic punch")


@dataclass(frozen=True, slots=True)
class DisturbanceIn:
    """A disturbance as somebody reports it. `units` are uids, meant with everything below; none: the whole region."""

    starts_at: datetime
    ends_at: datetime
    cause: str
    evidence: str
    units: Sequence[UUID] = ()


@transaction.atomic
def propose_disturbance(*, draft: DisturbanceIn, actor: User, upload: File[bytes] | None = None) -> Disturbance:
    """Report a disturbance; it counts once somebody else has approved it.

    Raises NotAllowed, SpanRefused, ReasonMissing, UnitsMissing (also for a unit that is not in the person's charge),
    FileRefused.
    """
    require(actor, PROPOSE)
    _check_span(draft.starts_at, draft.ends_at)
    if not draft.evidence.strip():
        raise ReasonMissing
    units = list(access.units_to_name(actor).filter(uid__in=set(draft.units)))
    if len(units) != len(set(draft.units)) or (not units and not access.may_name_region(actor)):
        raise UnitsMissing
    stored = None if upload is None else store_file(upload=upload, purpose=access.EVIDENCE_FILE, owner=actor)
    made = Disturbance.objects.create(
        starts_at=draft.starts_at,
        ends_at=draft.ends_at,
        cause=draft.cause,
        evidence=draft.evidence.strip(),
        is_everywhere=not units,
        origin=Disturbance.Origin.DECLARED,
        file=stored,
        proposed_by=actor,
    )
    DisturbedUnit.objects.bulk_create([DisturbedUnit(disturbance=made, unit=unit) for unit in units])
    record(PROPOSED, actor=actor, subject=made, after=_told(made, units))
    return made


@transaction.atomic
def propose_gap(*, starts_at: datetime, ends_at: datetime, evidence: str, unit_id: int | None = None) -> Disturbance:
    """The monitor found these minutes without an answer, or without a word from the unit's machines: propose them for
    the whole region or for the unit, or lengthen the proposal that they go on. What somebody has decided about already
    stays as it is."""
    known = Disturbance.objects.filter(origin=Disturbance.Origin.DETECTED, starts_at=starts_at)
    known = known.filter(is_everywhere=True) if unit_id is None else known.filter(places__unit=unit_id)
    same = known.select_for_update(of=("self",)).order_by("pk").first()
    if same is None:
        made = Disturbance.objects.create(
            starts_at=starts_at,
            ends_at=ends_at,
            # Whether it was power, network or the machines themselves, nobody knows from here.
            cause=Disturbance.Cause.PLATFORM if unit_id is None else Disturbance.Cause.SILENT,
            evidence=evidence,
            is_everywhere=unit_id is None,
            origin=Disturbance.Origin.DETECTED,
        )
        units = list(Unit.objects.filter(pk=unit_id)) if unit_id is not None else []
        DisturbedUnit.objects.bulk_create(DisturbedUnit(disturbance=made, unit=unit) for unit in units)
        record(DETECTED, actor=MONITOR, subject=made, after=_told(made, units))
        return made
    if same.state == Disturbance.State.PROPOSED and same.ends_at < ends_at:
        same.ends_at, same.evidence = ends_at, evidence
        same.save(update_fields=["ends_at", "evidence"])
    return same


@transaction.atomic
def approve_disturbance(*, uid: UUID, note: str = "", actor: User) -> Disturbance:
    """The minutes are nobody's fault from now on; the days touched are judged again.

    For people whose month is closed it comes late, as a plus of a difference run. Raises NotAllowed, NotFound,
    AlreadyDecided, OwnProposal.
    """
    require(actor, DECIDE)
    disturbance = access.disturbance_to_change(uid)
    if disturbance.state != Disturbance.State.PROPOSED:
        raise AlreadyDecided
    if disturbance.proposed_by_id == actor.pk:
        raise OwnProposal
    _decide(disturbance, Disturbance.State.APPROVED, note, actor)
    record(APPROVED, actor=actor, subject=disturbance, after=_told(disturbance), note=note)
    _judge_again(disturbance)
    return disturbance


@transaction.atomic
def reject_disturbance(*, uid: UUID, reason: str, actor: User) -> Disturbance:
    """The proposal is not followed, or taken back by who made it. Raises NotAllowed, NotFound, AlreadyDecided,
    ReasonMissing."""
    disturbance = access.disturbance_to_change(uid)
    if not access.may_take_back(actor, disturbance):
        raise NotAllowed(DECIDE)
    if disturbance.state != Disturbance.State.PROPOSED:
        raise AlreadyDecided
    if not reason.strip():
        raise ReasonMissing
    _decide(disturbance, Disturbance.State.REJECTED, reason, actor)
    record(REJECTED, actor=actor, subject=disturbance, note=reason)
    return disturbance


@transaction.atomic
def undo_disturbance(*, uid: UUID, reason: str, actor: User) -> Disturbance:
    """The minutes count again as they did before the approval; the days touched are judged again.

    Raises NotAllowed, NotFound, NotInForce, ReasonMissing.
    """
    require(actor, DECIDE)
    disturbance = access.disturbance_to_change(uid)
    if disturbance.state != Disturbance.State.APPROVED:
        raise NotInForce
    if not reason.strip():
        raise ReasonMissing
    disturbance.state = Disturbance.State.UNDONE
    disturbance.undone_by, disturbance.undone_at = actor, clock.now()
    disturbance.undo_reason = reason.strip()[:500]
    disturbance.save(update_fields=["state", "undone_by", "undone_at", "undo_reason"])
    record(UNDONE, actor=actor, subject=disturbance, before=_told(disturbance), note=reason)
    _judge_again(disturbance)
    return disturbance


def days_touched(starts_at: datetime, ends_at: datetime, zone: str) -> tuple[date, date]:
    """The days of work that the half-open minutes may concern, both included: a shift of the evening before may still
    run."""
    first = work_date(starts_at, zone) - timedelta(days=1)
    return first, work_date(ends_at - timedelta(microseconds=1), zone)


def units_concerned(disturbance: Disturbance) -> set[int] | None:
    """The units that were named and all below them; None for the whole region."""
    if disturbance.is_everywhere:
        return None
    tree = Unit.objects.all().tree()
    return {below for unit in disturbance.places.values_list("unit_id", flat=True) for below in tree.subtree(unit)}


def _decide(disturbance: Disturbance, state: str, note: str, actor: User) -> None:
    disturbance.state = state
    disturbance.decided_by, disturbance.decided_at = actor, clock.now()
    disturbance.decision_note = note.strip()[:500]
    disturbance.save(update_fields=["state", "decided_by", "decided_at", "decision_note"])


def _judge_again(disturbance: Disturbance) -> None:
    """Have the days that are already there judged again, of the people of these units only."""
    first, last = days_touched(disturbance.starts_at, disturbance.ends_at, current_region().time_zone)
    last = min(last, running_day())
    if last < first:
        return
    units = units_concerned(disturbance)
    posts = Placement.objects.filter(
        kind=Placement.Kind.DEFINITIF, period__overlap=DateRange(first, last + timedelta(days=1))
    )
    if units is not None:
        posts = posts.filter(position__unit_id__in=units)
    people = set(posts.values_list("employee_id", flat=True))
    closing.note_late([(employee, first, last) for employee in sorted(people)], LATE)
    windows_changed.send(Disturbance, first=first, end=last + timedelta(days=1), unit_ids=units)


def _check_span(starts_at: datetime, ends_at: datetime) -> None:
    if not timedelta() < ends_at - starts_at <= LONGEST or starts_at > clock.now() + FARTHEST:
        raise SpanRefused


def _told(disturbance: Disturbance, units: Sequence[Unit] | None = None) -> dict[str, Any]:
    named = disturbance.units.order_by("code") if units is None else sorted(units, key=lambda unit: unit.code)
    return {
        "starts_at": disturbance.starts_at,
        "ends_at": disturbance.ends_at,
        "cause": disturbance.cause,
        "units": [unit.code for unit in named] or "*",
    }
