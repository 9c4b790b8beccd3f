"""Approving many at once without sweeping an exception along, and taking a mistaken approval back.

A bulk approval names what the person saw. What has got a reason to look closer since, or was one all along, stays where
it is and is told; the check and the decision happen behind the same locks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from kernel import clock
from kernel.accounts.models import User
from kernel.errors import NotFound
from kernel.jobs.models import Job
from kernel.jobs.work import Progress, start, work
from kernel.permissions import require
from tenants.approvals.actions import Outcome, decide, recall
from tenants.approvals.errors import NotRecallable, UndoTooLate
from tenants.approvals.models import ApprovalRequest, Decision
from tenants.approvals.permissions import DECIDE
from tenants.approvals.querysets import ApprovalRequestQuerySet
from tenants.employees.models import Employee

WORK: Final = "approvals.sweep"
MOST_AT_ONCE: Final = 500
# As long as a person remembers what was on the screen.
UNDO_WINDOW: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Seen:
    """How a document stood on the page: as an exception or not, and in which version."""

    is_exception: bool
    version: str


@dataclass(frozen=True, slots=True)
class UndoOffer:
    """Approvals given at one moment that can still be undone in one go."""

    decided_at: datetime
    count: int


@dataclass(slots=True)
class Swept:
    """What was decided, what stayed because it must be looked at by itself, and what can be undone."""

    outcome: Outcome
    odd: list[ApprovalRequest] = field(default_factory=list)
    undo: UndoOffer | None = None


@dataclass(slots=True)
class Undone:
    """Approvals that were taken back, and those that can no longer be."""

    taken_back: list[ApprovalRequest] = field(default_factory=list)
    stays: list[ApprovalRequest] = field(default_factory=list)


def approve_ordinary(*, seen: Mapping[UUID, Seen], actor: User) -> Swept:
    """Approve those of the named documents that are ordinary now. Raises what `decide` raises."""
    return _approve(seen, actor, sweeps=True)


def approve_one(*, uid: UUID, seen: Seen, actor: User) -> Swept:
    """Approve one document that the person looked at, an exception too if it was shown as one. Raises as `decide`."""
    return _approve({uid: seen}, actor, sweeps=False)


def _approve(seen: Mapping[UUID, Seen], actor: User, *, sweeps: bool) -> Swept:
    ordinary = [uid for uid, how in seen.items() if sweeps or not how.is_exception]
    versions = {uid: how.version for uid, how in seen.items() if how.version}
    outcome = decide(request_uids=list(seen), verdict="approved", seen=versions, ordinary=ordinary, actor=actor)
    swept = Swept(outcome, outcome.odd)
    final = [request for request in outcome.decided if request.state == ApprovalRequest.State.APPROVED]
    if final and outcome.at is not None:
        swept.undo = UndoOffer(outcome.at, len(final))
    return swept


def approve_passed_up(*, sender_uid: UUID, kind: str, until: datetime, count: int, actor: User) -> Swept | Job:
    """Approve the ordinary documents that came up through one person below and were there at `until`: at most the
    `count` that the page told, the earliest first. Many are approved by a job.

    Raises NotAllowed, NotFound, and what `decide` raises.
    """
    require(actor, DECIDE)
    sender = Employee.objects.filter(uid=sender_uid).first()
    if sender is None:
        raise NotFound("employee")
    if count <= MOST_AT_ONCE:
        uids = _ordinary_from(sender.pk, kind, until, actor)[:count]
        return approve_ordinary(seen={uid: Seen(False, "") for uid in uids}, actor=actor)
    parameters = {"sender": sender.pk, "kind": kind, "until": until.isoformat(), "count": count, "user": actor.pk}
    with transaction.atomic():
        return start(
            kind=WORK,
            title=_("Setujui yang wajar dari %(name)s") % {"name": sender.name},
            actor=actor,
            parameters=parameters,
            total=count,
        )


@work(WORK)
def sweep(progress: Progress) -> None:
    """Batch by batch, each in a transaction of its own. What was decided before a break is not there any more."""
    told = progress.job.parameters
    actor = User.objects.get(pk=told["user"])
    until = datetime.fromisoformat(told["until"])
    approved, odd = int(progress.job.result.get("approved", 0)), 0
    while approved < told["count"]:
        uids = _ordinary_from(told["sender"], told["kind"], until, actor)[: min(MOST_AT_ONCE, told["count"] - approved)]
        if not uids:
            break
        with transaction.atomic():
            swept = approve_ordinary(seen={uid: Seen(False, "") for uid in uids}, actor=actor)
            decided = swept.outcome.decided
            approved += len(decided)
            odd += len(swept.odd)
            progress.result(approved=approved)
        if not decided:
            break
        progress.advance(approved, told["count"])
    progress.result(facts=[[_("Disetujui"), approved], [_("Tinggal karena perlu dilihat"), odd]], url="/kotak-masuk/")


def undo_offer(*, decided_at: datetime, actor: User) -> UndoOffer | None:
    """What `undo_approvals` would take back now; None when that is nothing, or too long ago."""
    if clock.now() - decided_at > UNDO_WINDOW:
        return None
    count = _final_at(decided_at, actor).count()
    return UndoOffer(decided_at, count) if count else None


def undo_approvals(*, decided_at: datetime, actor: User) -> Undone:
    """Take back what the person approved in one go a moment ago, as far as each kind of document allows.

    The documents go back to their owners. What has gone on to another level stays. Raises NotAllowed, UndoTooLate,
    NotFound.
    """
    require(actor, DECIDE)
    if clock.now() - decided_at > UNDO_WINDOW:
        raise UndoTooLate
    approved = Decision.objects.by(actor).filter(decided_at=decided_at, verdict=Decision.Verdict.APPROVED)
    requests = list(ApprovalRequest.objects.filter(pk__in=approved.values("request")).order_by("pk"))
    if not requests:
        raise NotFound("decision")
    undone = Undone()
    kinds: dict[str, list[ApprovalRequest]] = {}
    for request in requests:
        if request.state == ApprovalRequest.State.APPROVED:
            kinds.setdefault(request.document_kind, []).append(request)
        else:
            undone.stays.append(request)
    note = _("Persetujuan dibatalkan oleh yang menyetujui.")
    for group in kinds.values():
        try:
            undone.taken_back += recall(request_uids=[request.uid for request in group], note=note, actor=actor)
        except NotRecallable:
            undone.stays += group
    return undone


def _final_at(decided_at: datetime, actor: User) -> ApprovalRequestQuerySet:
    approved = Decision.objects.by(actor).filter(decided_at=decided_at, verdict=Decision.Verdict.APPROVED)
    return ApprovalRequest.objects.filter(pk__in=approved.values("request"), state=ApprovalRequest.State.APPROVED)


def _ordinary_from(sender_id: int, kind: str, until: datetime, actor: User) -> list[UUID]:
    rows = (
        ApprovalRequest.objects.waiting()
        .for_approver(actor)
        .of_kind(kind)
        .passed_up()
        .filter(came_from_id=sender_id, is_exception=False, reached_at__lte=until)
    )
    return list(rows.order_by("reached_at", "pk").values_list("uid", flat=True)[:MOST_AT_ONCE])
