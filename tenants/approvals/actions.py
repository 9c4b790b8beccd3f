"""Handing documents in, deciding on them, taking them back; new versions of chains.

Locks are taken in one order: requests by key, then (in the handler) the documents.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from django.db import IntegrityError, transaction

from kernel import clock
from kernel.accounts.actors import Actor
from kernel.accounts.models import User
from kernel.audit.record import Deed, declare_action, record, record_many
from kernel.errors import NotFound
from kernel.permissions import require
from kernel.tenancy.context import current_region
from tenants.approvals.access import is_approver, lock_requests
from tenants.approvals.approvers import Approver, approvers_of
from tenants.approvals.errors import AlreadyWaiting, ChainRefused, NoChain, NotRecallable, OwnDocument, ReasonRequired
from tenants.approvals.handlers import handler_for
from tenants.approvals.models import ApprovalRequest, Chain, ChainStep, Decision
from tenants.approvals.permissions import DECIDE, MANAGE_CHAINS
from tenants.employees.models import Employee

SUBMITTED = declare_action("approvals.submitted", "Dokumen diajukan")
APPROVED = declare_action("approvals.approved", "Dokumen disetujui")
RETURNED = declare_action("approvals.returned", "Dokumen dikembalikan")
REJECTED = declare_action("approvals.rejected", "Dokumen ditolak")
RECALLED = declare_action("approvals.recalled", "Persetujuan ditarik kembali")
WITHDRAWN = declare_action("approvals.withdrawn", "Pengajuan ditarik")
CHAIN_MADE = declare_action("approvals.chain_made", "Rantai persetujuan baru dibuat")

_DEEDS: Final = {"approved": APPROVED, "returned": RETURNED, "rejected": REJECTED}
_ENDS: Final = {
    "returned": ApprovalRequest.State.RETURNED,
    "rejected": ApprovalRequest.State.REJECTED,
}


@dataclass(frozen=True, slots=True)
class Submission:
    """One document to hand in. `on` chooses the chain and the posts; `remarks` are reasons to look closer."""

    document_uid: UUID
    owner: Employee
    title: str
    on: date
    remarks: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """`decided` just now; `unchanged` were already decided (by the same person or another) and stay as they are."""

    decided: list[ApprovalRequest]
    unchanged: list[ApprovalRequest]


def submit(
    *,
    document_kind: str,
    document_uid: UUID,
    owner: Employee,
    title: str,
    on: date,
    remarks: Sequence[str] = (),
    actor: Actor,
) -> ApprovalRequest:
    """Send one document on its way. Raises NoChain, AlreadyWaiting."""
    return submit_many(
        document_kind=document_kind, submissions=[Submission(document_uid, owner, title, on, remarks)], actor=actor
    )[0]


@transaction.atomic
def submit_many(*, document_kind: str, submissions: Sequence[Submission], actor: Actor) -> list[ApprovalRequest]:
    """Send documents on their way, each to the first level of the chain in force on its day.

    The number of statements grows with the number of different days, not of documents. Raises NoChain, AlreadyWaiting.
    """
    handler_for(document_kind)
    steps: dict[date, ChainStep] = {}
    approvers: dict[tuple[date, int], Approver] = {}
    for day, owners in _by_day(submissions).items():
        chain = Chain.objects.in_force(document_kind, day)
        if chain is None:
            raise NoChain(document_kind, day)
        steps[day] = chain.steps.all()[0]
        approvers |= {(day, owner): found for owner, found in approvers_of(steps[day], owners, day).items()}
    today = clock.today(current_region().time_zone)
    rows = []
    for item in submissions:
        step, approver = steps[item.on], approvers[item.on, item.owner.pk]
        rows.append(
            ApprovalRequest(
                document_kind=document_kind,
                document_uid=item.document_uid,
                title=item.title[:300],
                owner=item.owner,
                chain_id=step.chain_id,
                level=step.level,
                remarks=list(item.remarks),
                is_exception=bool(item.remarks),
                submitted_at=clock.now(),
                due_on=today + timedelta(days=step.days_to_decide),
                approver_id=approver.employee_id,
                role_code=approver.role_code,
                role_opd_uid=approver.opd_uid,
            )
        )
    try:
        with transaction.atomic():
            ApprovalRequest.objects.bulk_create(rows)
    except IntegrityError as error:
        if "approval_one_waiting_per_document" not in str(error):
            raise
        raise AlreadyWaiting from error
    record_many(SUBMITTED, actor=actor, deeds=[Deed(row, after=_way(row)) for row in rows])
    return rows


@transaction.atomic
def decide(*, request_uids: Collection[UUID], verdict: str, note: str = "", actor: User) -> Outcome:
    """Approve, return or reject documents that wait for this person; any number, in a constant number of statements.

    Each level is decided once: two people at once, or the same click twice, find what has been decided in `unchanged`.
    The handler of each kind is called once with all documents that reached their end, in this transaction.
    Raises ReasonRequired, NotFound (also for what waits for somebody else), OwnDocument.
    """
    require(actor, DECIDE)
    note = note.strip()
    if verdict not in _DEEDS:
        raise ValueError(f"not a verdict: {verdict!r}")
    if verdict != Decision.Verdict.APPROVED and not note:
        raise ReasonRequired
    requests = lock_requests(request_uids)
    mine = set(Decision.objects.by(actor).filter(request__in=requests).values_list("request_id", flat=True))
    open_, unchanged = _sorted_out(requests, mine, actor)
    if not open_:
        return Outcome([], unchanged)
    moment = clock.now()
    Decision.objects.bulk_create(
        [
            Decision(
                request=request,
                level=request.level,
                verdict=verdict,
                decided_by=actor,
                owner_user_id=request.owner.user_id,
                note=note,
                decided_at=moment,
            )
            for request in open_
        ]
    )
    before = {request.pk: _way(request) for request in open_}
    if verdict == Decision.Verdict.APPROVED:
        finished, moved = _advance(open_)
        end = ApprovalRequest.State.APPROVED
    else:
        finished, moved = open_, []
        end = _ENDS[verdict]
    for request in finished:
        request.state = end
    ApprovalRequest.objects.filter(pk__in=[request.pk for request in finished]).update(state=end)
    ApprovalRequest.objects.bulk_update(
        moved, ["level", "approver", "role_code", "role_opd_uid", "due_on"], batch_size=500
    )
    for kind, group in _by_kind(finished).items():
        document = handler_for(kind)
        if verdict == Decision.Verdict.APPROVED:
            document.on_approved(group, actor=actor, at=moment)
        elif verdict == Decision.Verdict.RETURNED:
            document.on_returned(group, actor=actor, at=moment, note=note)
        else:
            document.on_rejected(group, actor=actor, at=moment, note=note)
    record_many(
        _DEEDS[verdict],
        actor=actor,
        deeds=[Deed(request, before=before[request.pk], after=_way(request), note=note) for request in open_],
    )
    return Outcome(open_, unchanged)


@transaction.atomic
def withdraw(
    *, document_kind: str, document_uids: Collection[UUID], owner: Employee, actor: Actor
) -> list[ApprovalRequest]:
    """The owner takes back what still waits; returns those. What has been decided meanwhile stays decided."""
    rows = list(
        ApprovalRequest.objects.select_for_update(of=("self",))
        .of_documents(document_kind, document_uids)
        .waiting()
        .filter(owner=owner)
        .order_by("pk")
    )
    ApprovalRequest.objects.filter(pk__in=[row.pk for row in rows]).update(state=ApprovalRequest.State.WITHDRAWN)
    for row in rows:
        row.state = ApprovalRequest.State.WITHDRAWN
    record_many(WITHDRAWN, actor=actor, deeds=[Deed(row) for row in rows])
    return rows


@transaction.atomic
def recall(*, request_uids: Collection[UUID], note: str, actor: User) -> list[ApprovalRequest]:
    """Take back one's own final approvals: the documents go back to their owners with the reason.

    The first decision stays; a second row says that it was recalled. The handler refuses where the effect is final (a
    closed month). Raises ReasonRequired, NotFound, NotRecallable.
    """
    require(actor, DECIDE)
    note = note.strip()
    if not note:
        raise ReasonRequired
    requests = lock_requests(request_uids)
    decisions = Decision.objects.by(actor).filter(request__in=requests).values_list("request_id", "level", "verdict")
    given = {(request, level) for request, level, verdict in decisions if verdict == Decision.Verdict.APPROVED}
    for request in requests:
        if request.pk not in {pk for pk, _ in given}:
            raise NotFound("approval_request")
        if request.state != ApprovalRequest.State.APPROVED or (request.pk, request.level) not in given:
            raise NotRecallable
    moment = clock.now()
    Decision.objects.bulk_create(
        [
            Decision(
                request=request,
                level=request.level,
                verdict=Decision.Verdict.RECALLED,
                decided_by=actor,
                owner_user_id=request.owner.user_id,
                note=note,
                decided_at=moment,
            )
            for request in requests
        ]
    )
    ApprovalRequest.objects.filter(pk__in=[request.pk for request in requests]).update(
        state=ApprovalRequest.State.RETURNED
    )
    for request in requests:
        request.state = ApprovalRequest.State.RETURNED
    for kind, group in _by_kind(requests).items():
        handler_for(kind).on_recalled(group, actor=actor, at=moment, note=note)
    record_many(RECALLED, actor=actor, deeds=[Deed(request, note=note) for request in requests])
    return requests


@dataclass(frozen=True, slots=True)
class StepInput:
    """One level of a new chain version."""

    approver: str
    role_code: str = ""
    fallback: str = ChainStep.Fallback.NEXT_SUPERIOR
    days_to_decide: int = 5


@transaction.atomic
def make_chain(*, document_kind: str, name: str, valid_from: date, steps: Sequence[StepInput], actor: Actor) -> Chain:
    """A new version of a chain, in force from a day that is not past. What is on its way keeps its version.

    Raises ChainRefused, NotAllowed.
    """
    if isinstance(actor, User):
        require(actor, MANAGE_CHAINS)
    handler_for(document_kind)
    if not steps:
        raise ChainRefused("empty")
    if valid_from < clock.today(current_region().time_zone):
        raise ChainRefused("past")
    if Chain.objects.filter(document_kind=document_kind, valid_from=valid_from).exists():
        raise ChainRefused("taken")
    chain = lay_down_chain(document_kind=document_kind, name=name, valid_from=valid_from, steps=steps)
    record(
        CHAIN_MADE, actor=actor, subject=chain, after={"valid_from": valid_from, "steps": [s.approver for s in steps]}
    )
    return chain


def lay_down_chain(*, document_kind: str, name: str, valid_from: date, steps: Sequence[StepInput]) -> Chain:
    """Write a chain with its steps, numbered from 1."""
    chain = Chain.objects.create(document_kind=document_kind, name=name, valid_from=valid_from)
    ChainStep.objects.bulk_create(
        [
            ChainStep(
                chain=chain,
                level=level,
                approver=step.approver,
                role_code=step.role_code if step.approver.startswith("peran") else "",
                fallback=step.fallback,
                days_to_decide=step.days_to_decide,
            )
            for level, step in enumerate(steps, 1)
        ]
    )
    return chain


def _sorted_out(
    requests: Iterable[ApprovalRequest], decided_by_actor: set[int], actor: User
) -> tuple[list[ApprovalRequest], list[ApprovalRequest]]:
    """Those that wait for the actor, and those that are decided already. Raises for everything else."""
    waiting: list[ApprovalRequest] = []
    unchanged: list[ApprovalRequest] = []
    for request in requests:
        if request.owner.user_id == actor.pk:
            raise OwnDocument
        if request.pk in decided_by_actor:
            unchanged.append(request)
        elif not is_approver(actor, request):
            raise NotFound("approval_request")
        elif request.state != ApprovalRequest.State.WAITING:
            unchanged.append(request)
        else:
            waiting.append(request)
    return waiting, unchanged


def _advance(requests: Sequence[ApprovalRequest]) -> tuple[list[ApprovalRequest], list[ApprovalRequest]]:
    """Find the next level of approved requests: those at their end, and those that now wait for somebody else.

    A level whose approver has decided on the document already is passed over: nobody signs twice.
    """
    steps: dict[int, list[ChainStep]] = defaultdict(list)
    for step in ChainStep.objects.filter(chain__in={request.chain_id for request in requests}).order_by("level"):
        steps[step.chain_id].append(step)
    today = clock.today(current_region().time_zone)
    finished: list[ApprovalRequest] = []
    moved: list[ApprovalRequest] = []
    searching = [(request, request.level) for request in requests]
    while searching:
        groups: dict[int, tuple[ChainStep, list[ApprovalRequest]]] = {}
        for request, reached in searching:
            following = next((step for step in steps[request.chain_id] if step.level > reached), None)
            if following is None:
                finished.append(request)
            else:
                groups.setdefault(following.pk, (following, []))[1].append(request)
        searching = []
        for step, group in groups.values():
            found = approvers_of(step, [request.owner for request in group], today)
            deciders = _people_who_decided(group)
            for request in group:
                approver = found[request.owner_id]
                if approver.employee_id is not None and approver.employee_id in deciders[request.pk]:
                    searching.append((request, step.level))
                    continue
                request.level = step.level
                request.approver_id = approver.employee_id
                request.role_code = approver.role_code
                request.role_opd_uid = approver.opd_uid
                request.due_on = today + timedelta(days=step.days_to_decide)
                moved.append(request)
    return finished, moved


def _people_who_decided(requests: Sequence[ApprovalRequest]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {request.pk: set() for request in requests}
    rows = Decision.objects.filter(request__in=requests).values_list("request_id", "decided_by__employee__pk")
    for request, employee in rows:
        if employee is not None:
            found[request].add(employee)
    return found


def _by_day(submissions: Iterable[Submission]) -> dict[date, list[Employee]]:
    days: dict[date, dict[int, Employee]] = {}
    for item in submissions:
        days.setdefault(item.on, {})[item.owner.pk] = item.owner
    return {day: list(owners.values()) for day, owners in days.items()}


def _by_kind(requests: Iterable[ApprovalRequest]) -> dict[str, list[ApprovalRequest]]:
    kinds: dict[str, list[ApprovalRequest]] = {}
    for request in requests:
        kinds.setdefault(request.document_kind, []).append(request)
    return kinds


def _way(request: ApprovalRequest) -> dict[str, object]:
    """Where a request stands, for the audit log."""
    return {
        "state": request.state,
        "level": request.level,
        "approver": request.approver_id,
        "role": request.role_code,
    }
