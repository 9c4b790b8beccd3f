"""Imposing a measure on a region, lifting it, letting it run out. Each change reaches every process at once.

The rows of `Imposition` are the truth. What the region's running code asks for is drawn from them into
`Region.measures`, in the same transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from control.containment import deeds, pairs
from control.containment.catalogue import KINDS, Kind
from control.containment.deeds import Preview
from control.containment.errors import MeasureRefused, SecondOperatorNeeded
from control.containment.models import Imposition, PairedDeed
from control.containment.targets import Targets
from control.regions.errors import ReasonMissing
from control.regions.models import Region
from kernel import clock
from kernel.accounts.actors import Actor, System, name_of
from kernel.accounts.models import User
from kernel.audit.record import declare_action, record
from kernel.errors import NotFound
from kernel.tenancy import registry
from kernel.tenancy.context import region_scope
from kernel.watching import emit, names

APPLIED = declare_action("containment.applied", "Tindakan pengendalian dipasang")
LIFTED = declare_action("containment.lifted", "Tindakan pengendalian dicabut")
RAN_OUT = declare_action("containment.ran_out", "Tindakan pengendalian berakhir sendiri")
STEP_TAKEN = declare_action("containment.step_taken", "Kredensial satu OPD diganti")

log = structlog.get_logger(__name__)

SUSPENDED: Final = "suspended"
BY_ITSELF: Final = System("containment")


def preview(*, region: str, measure: str, targets: Targets | None = None) -> Preview:
    """What the measure would do now; changes nothing. Raises NotFound, MeasureRefused."""
    row = Region.objects.filter(code=region).first()
    if row is None:
        raise NotFound("region")
    with region_scope(row.state()):
        return KINDS[measure].preview(targets or Targets())


@transaction.atomic
def impose(
    *,
    region: str,
    measure: str,
    reason: str,
    actor: Actor,
    until: datetime | None = None,
    incident: UUID | None = None,
    targets: Targets | None = None,
    key: UUID | None = None,
    confirmed_by: str = "",
) -> Imposition:
    """Impose a measure of the catalogue on one region (its code); the same `key` again gives what stands already.

    `until` is its end (None: until somebody lifts it, where the catalogue allows that). `confirmed_by` names the second
    operator. Raises NotFound, ReasonMissing, MeasureRefused, SecondOperatorNeeded, and KeyError for no measure of ours.
    """
    kind, targets = KINDS[measure], targets or Targets()
    row = locked_region(region)
    known = Imposition.objects.filter(key=key).first() if key else None
    if known is not None:
        return known
    if not reason.strip():
        raise ReasonMissing
    if row.status == Region.Status.PROVISIONING:
        raise MeasureRefused("not_made")
    if not kind.stacks and row.impositions.standing().filter(measure=measure).exists():
        raise MeasureRefused("stands")
    check_end(kind, until)
    with region_scope(row.state()):
        seen = kind.preview(targets)
        if seen.needs_second and not confirmed_by and isinstance(actor, User):
            raise SecondOperatorNeeded
        terms = {**targets.said(), **kind.do(targets, reason.strip()[:200])}
    made = Imposition(
        region=row,
        measure=measure,
        terms=terms,
        reason=reason.strip()[:200],
        people=seen.people,
        incident=incident,
        key=key,
        imposed_by=name_of(actor),
        confirmed_by=confirmed_by,
        until=until,
        # What is done at once and for good has nothing left that stands.
        **({"lifted_at": clock.now()} if not kind.lifts and terms.keys().isdisjoint(("projected", "steps")) else {}),
    )
    put_down(made, row, actor)
    return made


def put_down(made: Imposition, region: Region, actor: Actor) -> None:
    """Keep a measure that was decided, tell the running code of its (locked) region, and both audit trails."""
    made.save(force_insert=True)
    _project(region, made.kind)
    _tell(APPLIED, made, actor, note=made.reason)


def impose_or_ask(
    *,
    region: str,
    measure: str,
    reason: str,
    actor: User,
    until: datetime | None = None,
    incident: UUID | None = None,
    targets: Targets | None = None,
    key: UUID | None = None,
) -> Imposition | PairedDeed:
    """As `impose`; what one operator alone may not do waits for another one instead. Raises as `impose`."""
    try:
        return impose(
            region=region,
            measure=measure,
            reason=reason,
            actor=actor,
            until=until,
            incident=incident,
            targets=targets,
            key=key,
        )
    except SecondOperatorNeeded:
        row = Region.objects.get(code=region)
        return pairs.ask(
            deed=IMPOSE,
            args={
                "region": region,
                "measure": measure,
                "until": None if until is None else until.isoformat(),
                "targets": (targets or Targets()).said(),
            },
            summary=_("%(measure)s: %(region)s") % {"measure": KINDS[measure].label, "region": row.name},
            reason=reason,
            actor=actor,
            region=row,
            incident=incident,
            key=key,
        )


def _impose_asked(asked: PairedDeed, second: User) -> Imposition:
    """Another operator agreed: it stands in the name of who asked."""
    args, first = asked.args, User.objects.get(uid=asked.asked_by_uid)
    return impose(
        region=args["region"],
        measure=args["measure"],
        reason=asked.reason,
        actor=first,
        until=None if args["until"] is None else datetime.fromisoformat(args["until"]),
        incident=asked.incident,
        targets=Targets.of(args["targets"]),
        key=asked.key,
        confirmed_by=second.display_name,
    )


IMPOSE = pairs.declare_deed("containment.impose", _impose_asked)


@transaction.atomic
def lift(*, uid: UUID, actor: Actor, reason: str = "", confirmed_by: str = "") -> Imposition:
    """End a measure that stands; one that is over already stays as it is. `confirmed_by` names the second operator.

    Raises NotFound, MeasureRefused, SecondOperatorNeeded.
    """
    found = Imposition.objects.filter(uid=uid).select_related("region").first()
    if found is None:
        raise NotFound("measure")
    region = locked_region(found.region.code)
    found.refresh_from_db()
    if found.lifted_at is not None:
        return found
    kind = KINDS[found.measure]
    if not kind.lifts:
        raise MeasureRefused("for_good")
    if kind.lifted_by_two and not confirmed_by and isinstance(actor, User):
        raise SecondOperatorNeeded
    return _end(found, region, kind, LIFTED, actor, reason.strip()[:200])


def lift_or_ask(*, uid: UUID, actor: User, reason: str, key: UUID | None = None) -> Imposition | PairedDeed:
    """As `lift`; what one operator alone may not lift waits for another one. Raises NotFound, MeasureRefused."""
    try:
        return lift(uid=uid, actor=actor, reason=reason)
    except SecondOperatorNeeded:
        found = Imposition.objects.select_related("region").get(uid=uid)
        return pairs.ask(
            deed=LIFT,
            args={"uid": str(uid)},
            summary=_("%(lift)s: %(measure)s, %(region)s")
            % {"lift": found.kind.lifts, "measure": found.label, "region": found.region.name},
            reason=reason.strip() or found.reason,
            actor=actor,
            region=found.region,
            incident=found.incident,
            key=key,
        )


def _lift_asked(asked: PairedDeed, second: User) -> Imposition:
    first = User.objects.get(uid=asked.asked_by_uid)
    return lift(uid=UUID(asked.args["uid"]), actor=first, reason=asked.reason, confirmed_by=second.display_name)


LIFT = pairs.declare_deed("containment.lift", _lift_asked)


@transaction.atomic
def lift_measure(*, region: str, measure: str, actor: Actor, reason: str = "") -> int:
    """End everything of this name that stands in the region; returns how many. Raises NotFound, MeasureRefused."""
    row = locked_region(region)
    standing = list(row.impositions.standing().filter(measure=measure))
    for one in standing:
        lift(uid=one.uid, actor=actor, reason=reason)
    return len(standing)


def let_run_out() -> int:
    """End every measure whose time is over; returns how many. The region's code has stopped asking for it by then."""
    late = Imposition.objects.run_out().values_list("pk", flat=True)
    return sum(_guarded(_let_run_out, key) for key in list(late))


def take_due_steps() -> int:
    """Renew credentials of the OPDs whose turn has come; returns of how many measures."""
    waiting = Imposition.objects.standing().filter(measure="credentials_renewed", terms__has_key="steps")
    return sum(_guarded(_take_steps, key) for key in list(waiting.values_list("pk", flat=True)))


def _guarded(work: Callable[[Imposition, Region], bool], key: int) -> bool:
    """Do it in a transaction of its own: a region in which it fails does not stop the others."""
    try:
        with transaction.atomic():
            found = Imposition.objects.select_related("region").get(pk=key)
            region = locked_region(found.region.code)
            found.refresh_from_db()
            return work(found, region)
    except Exception:
        log.exception("containment_failed", imposition=key, work=work.__name__)
        return False


def _let_run_out(found: Imposition, region: Region) -> bool:
    if found.lifted_at is not None:
        return False
    _end(found, region, KINDS[found.measure], RAN_OUT, BY_ITSELF, "")
    return True


def _take_steps(found: Imposition, region: Region) -> bool:
    now = clock.now()
    if not any("done_at" not in step and datetime.fromisoformat(step["at"]) <= now for step in found.terms["steps"]):
        return False
    with region_scope(region.state()):
        found.terms = deeds.take_steps(found.terms, now)
    if all("done_at" in step for step in found.terms["steps"]):
        # Nothing is left of it that could be lifted.
        found.lifted_at, found.lifted_by = now, BY_ITSELF.name
    found.save(update_fields=["terms", "lifted_at", "lifted_by"])
    _tell(STEP_TAKEN, found, BY_ITSELF, note=found.reason)
    return True


def _end(found: Imposition, region: Region, kind: Kind, deed: str, actor: Actor, reason: str) -> Imposition:
    if kind.undo is not None:
        with region_scope(region.state()):
            kind.undo(found.terms)
    found.lifted_at, found.lifted_by, found.lift_reason = clock.now(), name_of(actor), reason
    found.save(update_fields=["lifted_at", "lifted_by", "lift_reason"])
    _project(region, kind)
    _tell(deed, found, actor, note=reason or found.reason)
    return found


def locked_region(code: str) -> Region:
    """The region's row, held until the transaction ends. Raises NotFound."""
    region: Region | None = Region.objects.select_for_update().filter(code=code).first()
    if region is None:
        raise NotFound("region")
    return region


def check_end(kind: Kind, until: datetime | None) -> None:
    """Raises MeasureRefused for an end that the measure does not have."""
    now = clock.now()
    if until is None and kind.longest is None:
        return
    latest = None if kind.longest is None else now + timedelta(hours=kind.longest, minutes=1)
    if until is None or until <= now or (latest is not None and until > latest):
        raise MeasureRefused("until", "hours")


def _project(region: Region, changed: Kind) -> None:
    """Draw what stands into the region's row, and tell every process."""
    standing = list(region.impositions.standing().order_by("imposed_at", "id"))
    drawn: dict[str, dict[str, Any]] = {}
    for one in standing:
        # An OPD or single people that were signed out carry that on their own rows.
        if KINDS[one.measure].is_projected and (one.measure != "signed_out" or "projected" in one.terms):
            drawn[one.measure] = _joined(drawn.get(one.measure), one)
    region.measures = drawn
    if changed.name == SUSPENDED:
        is_suspended = any(one.measure == SUSPENDED for one in standing)
        region.status = Region.Status.SUSPENDED if is_suspended else Region.Status.ACTIVE
    region.version = F("version") + 1
    region.save(update_fields=["measures", "status", "version"])
    region.refresh_from_db()
    transaction.on_commit(registry.announce_change)


def _joined(before: Mapping[str, Any] | None, one: Imposition) -> dict[str, Any]:
    """The terms of a measure as the region sees them; several of one kind are one, to the end of the last."""
    until = None if one.until is None else one.until.isoformat()
    terms = {
        "reason": one.reason,
        "since": one.imposed_at.isoformat(),
        "until": until,
        **one.terms.get("projected", {}),
    }
    if before is None:
        return terms
    for several in ("networks", "accounts"):
        if several in before or several in terms:
            terms[several] = [*before.get(several, ()), *terms.get(several, ())]
    if until is None or before["until"] is None:
        terms["until"] = None
    else:
        terms["until"] = max(until, before["until"], key=datetime.fromisoformat)
    return terms


def _tell(deed: str, one: Imposition, actor: Actor, *, note: str) -> None:
    """Into the audit trail of both sides; the region's people read there who did what to them, and why."""
    facts: dict[str, Any] = {
        "measure": one.measure,
        "label": str(KINDS[one.measure].label),
        "until": None if one.until is None else one.until.isoformat(),
        "people": one.people,
        "incident": None if one.incident is None else str(one.incident),
    }
    if one.confirmed_by:
        facts["confirmed_by"] = one.confirmed_by
    record(deed, actor=actor, subject=one.region, after=facts, note=note)
    # What came by itself is as much an event as what an operator did; a finished step of a renewal is neither.
    event = {APPLIED: names.CONTAINMENT_APPLIED, LIFTED: names.CONTAINMENT_LIFTED, RAN_OUT: names.CONTAINMENT_LIFTED}
    if deed in event and one.everywhere is None:
        told = {name: value for name, value in facts.items() if value is not None}
        emit(event[deed], region=one.region.code, subject=str(one.uid), reason=note, by=name_of(actor), **told)
    if deed == APPLIED and one.measure == "signed_out":
        emit(names.EPOCH_BUMP, region=one.region.code, subject=str(one.uid), people=one.people)
    with region_scope(one.region.state()):
        record(deed, actor=System(f"Operator platform: {name_of(actor)}"[:200]), after=facts, note=note)
