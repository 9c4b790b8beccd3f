"""Approving many at once without sweeping an exception along.

A bulk approval names what the person saw. What has got a reason to look closer since, or was one all along, stays where
it is and is told; the check and the decision happen behind the same locks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from kernel.accounts.models import User
from kernel.errors import NotFound
from kernel.jobs.models import Job
from kernel.jobs.work import Progress, start, work
from kernel.permissions import require
from tenants.approvals.actions import Outcome, decide
from tenants.approvals.models import ApprovalRequest
from tenants.approvals.permissions import DECIDE
from tenants.approvals.undoing import UndoOffer
from tenants.employees.models import Employee

WORK: Final = "approvals.sweep"
MOST_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class Seen:
    """How a document stood on the page: as an exception or not, in which version, and at which level and turn ("" when
    the page did not say it, as of most)."""

    is_exception: bool
    version: str
    stage: str = ""


@dataclass(slots=True)
class Swept:
    """What was decided, what stayed because it must be looked at by itself, and what can be undone."""

    outcome: Outcome
    odd: list[ApprovalRequest] = field(default_factory=list)
    undo: UndoOffer | None = None


def approve_ordinary(*, seen: Mapping[UUID, Seen], actor: User) -> Swept:
    """Approve those of the named documents that are ordinary now. Raises what `decide` raises."""
    return _approve(seen, actor, sweeps=True)


def approve_one(*, uid: UUID, seen: Seen, actor: User) -> Swept:
    """Approve one document that the person looked at, an exception too if it was shown as one. Raises as `decide`."""
    return _approve({uid: seen}, actor, sweeps=False)


def _approve(seen: Mapping[UUID, Seen], actor: User, *, sweeps: bool) -> Swept:
    ordinary = [uid for uid, how in seen.items() if sweeps or not how.is_exception]
    versions = {uid: how.version for uid, how in seen.items() if how.version}
    outcome = decide(
        request_uids=list(seen),
        verdict="approved",
        seen=versions,
        ordinary=ordinary,
        stages={uid: how.stage for uid, how in seen.items() if how.stage},
        actor=actor,
    )
    undo = None if outcome.at is None else UndoOffer(outcome.at, len(outcome.decided))
    return Swept(outcome, outcome.odd, undo)


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
        return approve_ordinary(seen=_ordinary_from(sender.pk, kind, until, actor, count), actor=actor)
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
        seen = _ordinary_from(told["sender"], told["kind"], until, actor, told["count"] - approved)
        if not seen:
            break
        with transaction.atomic():
            swept = approve_ordinary(seen=seen, actor=actor)
            decided = swept.outcome.decided
            approved += len(decided)
            odd += len(swept.odd)
            progress.result(approved=approved)
        if not decided:
            break
        progress.advance(approved, told["count"])
    progress.result(facts=[[_("Disetujui"), approved], [_("Tinggal karena perlu dilihat"), odd]], url="/kotak-masuk/")


def _ordinary_from(sender_id: int, kind: str, until: datetime, actor: User, most: int) -> dict[UUID, Seen]:
    rows = (
        ApprovalRequest.objects.waiting()
        .for_approver(actor)
        .of_kind(kind)
        .passed_up()
        .filter(came_from_id=sender_id, is_exception=False, reached_at__lte=until)
    )
    found = rows.order_by("reached_at", "pk").only("uid", "level", "turn")[: min(most, MOST_AT_ONCE)]
    # What was moved or undone after `until` reached its approver later: this is what the page showed.
    return {request.uid: Seen(False, "", request.stage) for request in found}
