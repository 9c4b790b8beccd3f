"""Waiting documents whose approver no longer stands where they stood: they go to who stands there now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from kernel.accounts.actors import Actor
from kernel.accounts.models import RoleGrant
from kernel.audit.record import Deed, declare_action, record_many
from kernel.tenancy import here
from tenants.approvals import delays
from tenants.approvals.approvers import LAST_RESORT, Approver, Standing
from tenants.approvals.models import ApprovalRequest, ChainStep, DecisionDelay
from tenants.approvals.routing import (
    PLACE_FIELDS,
    Deadlines,
    Router,
    applicant_of,
    people_who_decided,
    steps_of,
    way,
)
from tenants.employees.models import Employee, Placement

REROUTED = declare_action("approvals.rerouted", "Dokumen diteruskan ke pejabat yang sekarang")

_HEIGHTS = (ChainStep.Approver.DIRECT_SUPERIOR, ChainStep.Approver.NEXT_SUPERIOR)


def left(requests: Sequence[ApprovalRequest], day: date) -> list[ApprovalRequest]:
    """Those whose approver is not in service any more, or does not hold the post by which they decide; one
    statement."""
    named = [request for request in requests if request.approver_id is not None]
    if not named:
        return []
    approvers = {request.approver_id for request in named}
    held = set(
        Placement.objects.on(day)
        .filter(employee__in=approvers, employee__is_active=True)
        .values_list("employee_id", "position_id")
    )
    active = {employee for employee, _position in held}
    return [
        request
        for request in named
        if (request.approver_id not in active)
        or (
            request.approver_position_id is not None and (request.approver_id, request.approver_position_id) not in held
        )
    ]


def left_on(day: date) -> QuerySet[ApprovalRequest]:
    """What waits for somebody who has left, as `left` says it, or for a role that nobody but the owner holds."""
    holds = Placement.objects.on(day).filter(employee__is_active=True, employee=OuterRef("approver"))
    here = Q(opd_uid__isnull=True) | Q(opd_uid=OuterRef("role_opd_uid"))
    grants = RoleGrant.objects.filter(here, role__code=OuterRef("role_code"), user__is_active=True)
    of_others = grants.exclude(user=OuterRef("owner_user"))
    by_name = Q(approver__isnull=False) & (
        ~Exists(holds)
        | Q(approver_position__isnull=False) & ~Exists(holds.filter(position=OuterRef("approver_position")))
    )
    by_role = Q(approver__isnull=True) & ~Q(role_code=LAST_RESORT) & ~Exists(of_others)
    return ApprovalRequest.objects.waiting().filter(by_name | by_role)


def reroute(requests: Sequence[ApprovalRequest], *, actor: Actor) -> None:
    """Give these locked, waiting requests to who stands there now: the successor in the post, else whom the step names.

    The new approver has the whole time of the step again. A constant number of statements.
    """
    if not requests:
        return
    day = here.today()
    steps = {chain: {s.level: s for s in found} for chain, found in steps_of({r.chain_id for r in requests}).items()}
    applicants = {request.pk: applicant_of(request) for request in requests}
    router = Router(
        Standing(applicants.values(), [s for found in steps.values() for s in found.values()], day), Deadlines(day)
    )
    router.standing.know_positions([r.approver_position_id for r in requests if r.approver_position_id is not None])
    decided = people_who_decided(requests)
    before = {request.pk: way(request) for request in requests}
    delays.close(_charged(requests, day), DecisionDelay.Outcome.MOVED, day)
    for request in requests:
        step = steps[request.chain_id][request.level]
        approver = _successor(router.standing, request, step, decided[request.pk])
        router.hand_over(request, approver, step, applicants[request.pk], ApprovalRequest.Why.MOVED)
    ApprovalRequest.objects.bulk_update(requests, PLACE_FIELDS, batch_size=500)
    record_many(
        REROUTED,
        actor=actor,
        deeds=[Deed(request, before=before[request.pk], after=way(request)) for request in requests],
    )


def _charged(requests: Sequence[ApprovalRequest], day: date) -> list[ApprovalRequest]:
    """Those whose approver still held the post on the last day: who moved before it had no right to decide by then."""
    overdue = [r for r in requests if r.approver_id is not None and r.due_on is not None and r.due_on < day]
    if not overdue:
        return []
    held = list(
        Placement.objects.filter(employee__in={request.approver_id for request in overdue}).values_list(
            "employee_id", "position_id", "period"
        )
    )
    return [
        request
        for request in overdue
        if any(
            employee == request.approver_id
            and request.approver_position_id in (None, position)
            and request.due_on in period
            for employee, position, period in held
        )
    ]


def _successor(standing: Standing, request: ApprovalRequest, step: ChainStep, decided: set[int]) -> Approver:
    applicant = applicant_of(request)
    if request.approver_position_id is not None:
        successor = standing.successor(request.approver_position_id, applicant, without=decided)
        if successor is not None:
            return successor
        if request.why == ApprovalRequest.Why.DEADLINE:
            return standing.next_superior(applicant, request.approver_position_id, without=decided)
    # Who has just moved up may well be the one whom the step names now.
    return standing.approver(step, applicant, without=decided)


def reroute_from(employee: Employee, *, actor: Actor) -> int:
    """Reroute what waits for this person at a post that is no longer theirs; returns how many."""
    waiting = list(_locked().filter(approver=employee))
    moved = left(waiting, here.today())
    reroute(moved, actor=actor)
    return len(moved)


def reroute_of_owner(owner: Employee, *, actor: Actor) -> int:
    """The person's superior is another one now: what waits for a superior goes to the right one. Returns how many."""
    waiting = list(_locked().filter(owner=owner, approver__isnull=False).exclude(why=ApprovalRequest.Why.DEADLINE))
    if not waiting:
        return 0
    steps = {chain: {s.level: s for s in found} for chain, found in steps_of({r.chain_id for r in waiting}).items()}
    waiting = [r for r in waiting if steps[r.chain_id][r.level].approver in _HEIGHTS]
    day = here.today()
    standing = Standing(
        [applicant_of(r) for r in waiting], [s for found in steps.values() for s in found.values()], day
    )
    wrong = [
        r
        for r in waiting
        if standing.approver(steps[r.chain_id][r.level], applicant_of(r)).employee_id != r.approver_id
    ]
    # What the step names counts, not the successor in a post that was the wrong one.
    for request in wrong:
        request.approver_position_id = None
    reroute(wrong, actor=actor)
    return len(wrong)


def _locked() -> QuerySet[ApprovalRequest]:
    return (
        ApprovalRequest.objects.waiting()
        .select_for_update(of=("self",))
        .select_related("owner", "owner_user")
        .order_by("pk")
    )
