"""Undoing what was approved in one go a moment ago: the documents wait again where they waited.

Decisions are append-only, so the undoing is a fact of its own: a row `recalled` beside each approval, an audit event
with what the approval had given, and the request's next turn, in which the level is decided anew.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from kernel import clock
from kernel.accounts.models import User
from kernel.among import among_keys
from kernel.audit.record import Deed, declare_action, record_many
from kernel.errors import DomainError, NotFound
from kernel.permissions import require
from tenants.approvals import delays
from tenants.approvals.access import Authority, authority_of
from tenants.approvals.actions import by_kind, write_recalled
from tenants.approvals.errors import DocumentsOutOfStep, UndoTooLate
from tenants.approvals.handlers import handler_for
from tenants.approvals.models import ApprovalRequest, Decision
from tenants.approvals.permissions import DECIDE
from tenants.approvals.querysets import ApprovalRequestQuerySet, DecisionQuerySet
from tenants.approvals.routing import PLACE_FIELDS, place_of, put_back, way

UNDONE = declare_action("approvals.undone", "Persetujuan dibatalkan, dokumen menunggu lagi")

# As long as a person remembers what was on the screen.
UNDO_WINDOW: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class UndoOffer:
    """Approvals given at one moment that can still be undone in one go."""

    decided_at: datetime
    count: int


@dataclass(slots=True)
class Undone:
    """Documents that wait again, and those whose approval stays."""

    waiting: list[ApprovalRequest] = field(default_factory=list)
    stays: list[ApprovalRequest] = field(default_factory=list)


def undo_offer(*, decided_at: datetime, actor: User) -> UndoOffer | None:
    """What `undo_approvals` would take back now, but for what a document's app refuses; None when that is nothing, or
    too long ago."""
    if clock.now() - decided_at > UNDO_WINDOW:
        return None
    since = Decision.objects.filter(request=OuterRef("pk"), decided_at__gt=decided_at)
    count = _approved_at(decided_at, actor).filter(~Exists(since), state__in=_OPEN_ENDS).count()
    return UndoOffer(decided_at, count) if count else None


def undo_approvals(*, decided_at: datetime, actor: User) -> Undone:
    """Put back what the person approved at this moment: each document waits at its level in the same inbox.

    An approval stays when somebody has decided since, when it was taken back already, when the person has no authority
    over it any more, or when the document's app refuses (a closed month). Raises NotAllowed, UndoTooLate, NotFound.
    """
    require(actor, DECIDE)
    if clock.now() - decided_at > UNDO_WINDOW:
        raise UndoTooLate
    keys = list(_given_at(decided_at, actor).order_by().values_list("request_id", flat=True).distinct())
    if not keys:
        raise NotFound("decision")
    undone = Undone()
    with transaction.atomic():
        requests = list(
            ApprovalRequest.objects.select_for_update(of=("self",))
            .filter(among_keys("pk", keys))
            .select_related("owner")
            .order_by("pk")
        )
        strokes = _strokes(requests, decided_at, actor)
        for group in by_kind(requests).values():
            _undo(group, strokes, undone, actor)
    return undone


_OPEN_ENDS: Final = (ApprovalRequest.State.APPROVED, ApprovalRequest.State.WAITING)


def _given_at(decided_at: datetime, actor: User) -> DecisionQuerySet:
    return Decision.objects.by(actor).filter(decided_at=decided_at, verdict=Decision.Verdict.APPROVED)


def _approved_at(decided_at: datetime, actor: User) -> ApprovalRequestQuerySet:
    return ApprovalRequest.objects.filter(pk__in=_given_at(decided_at, actor).standing().values("request"))


def _strokes(requests: Sequence[ApprovalRequest], decided_at: datetime, actor: User) -> dict[int, list[Decision]]:
    """The decisions of that moment for the requests on which nothing was decided since and which stand where the
    approval has put them."""
    found: dict[int, list[Decision]] = {request.pk: [] for request in requests}
    for decision in Decision.objects.filter(among_keys("request", found)).order_by("pk"):
        found[decision.request_id].append(decision)
    authority = authority_of(actor)
    strokes = {}
    for request in requests:
        mine = [d for d in found[request.pk] if d.decided_by_id == actor.pk and d.decided_at == decided_at]
        is_last = mine == found[request.pk][-len(mine) :]
        if is_last and _stands_behind(request, mine[0].level) and _still_may(request, authority):
            strokes[request.pk] = mine
    return strokes


def _stands_behind(request: ApprovalRequest, level: int) -> bool:
    if request.state == ApprovalRequest.State.APPROVED:
        return True
    is_further = request.stood is not None and request.stood["level"] == level < request.level
    return request.state == ApprovalRequest.State.WAITING and is_further


def _still_may(request: ApprovalRequest, authority: Authority) -> bool:
    """A delegation or a role that has ended takes nothing back any more."""
    if request.state == ApprovalRequest.State.APPROVED:
        return authority.decides(request)
    before = ApprovalRequest(document_kind=request.document_kind)
    put_back(before, request.stood or place_of(request))
    return authority.decides(before)


def _undo(
    requests: Sequence[ApprovalRequest], strokes: Mapping[int, Sequence[Decision]], undone: Undone, actor: User
) -> None:
    """Those of one kind. What the document's app or a constraint refuses (a newer one was handed in meanwhile) is tried
    one by one, so that one closed month holds up no other document."""
    may = [request for request in requests if request.pk in strokes]
    undone.stays += [request for request in requests if request.pk not in strokes]
    try:
        with transaction.atomic():
            _put_back(may, strokes, actor)
    except (DomainError, DocumentsOutOfStep, IntegrityError):
        fresh = ApprovalRequest.objects.filter(among_keys("pk", [request.pk for request in may]))
        again = list(fresh.select_related("owner").order_by("pk"))
        if len(again) == 1:
            undone.stays += again
            return
        for request in again:
            _undo([request], strokes, undone, actor)
        return
    undone.waiting += may


def _put_back(requests: Sequence[ApprovalRequest], strokes: Mapping[int, Sequence[Decision]], actor: User) -> None:
    if not requests:
        return
    moment = clock.now()
    note = _("Persetujuan dibatalkan oleh yang menyetujui.")
    before = {request.pk: way(request) for request in requests}
    ends = [request for request in requests if request.state == ApprovalRequest.State.APPROVED]
    lost: dict[UUID, Mapping[str, object]] = {}
    write_recalled([one for request in requests for one in strokes[request.pk]], note=note, at=moment)
    delays.reopen([one for request in requests for one in strokes[request.pk]])
    for kind, group in by_kind(ends).items():
        lost |= handler_for(kind).on_undone(group, actor=actor, at=moment)
    for request in requests:
        if request.state == ApprovalRequest.State.WAITING and request.stood is not None:
            place = request.stood
            request.stood = place_of(request)
            put_back(request, place)
        request.state = ApprovalRequest.State.WAITING
        request.turn += 1
        request.reached_at = moment
        request.acts_after = request.due_on
    ApprovalRequest.objects.bulk_update(requests, [*PLACE_FIELDS, "state", "turn", "stood"], batch_size=500)
    record_many(
        UNDONE,
        actor=actor,
        deeds=[
            Deed(request, before=before[request.pk] | _given(request, lost), after=way(request), note=note)
            for request in requests
        ],
    )


def _given(request: ApprovalRequest, lost: Mapping[UUID, Mapping[str, object]]) -> dict[str, object]:
    given = lost.get(request.document_uid)
    return {} if given is None else {"given": dict(given)}
