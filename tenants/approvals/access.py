"""Who may decide on a request, and who may see the document behind it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from kernel.accounts.models import User
from kernel.among import among_uids
from kernel.errors import NotFound
from kernel.permissions import user_may
from kernel.tenancy import here
from tenants.approvals.models import ApprovalRequest, Decision, Delegation
from tenants.approvals.permissions import DECIDE
from tenants.employees.models import Employee


@dataclass(frozen=True, slots=True)
class Authority:
    """What one person may decide on today: in their own right, by a role, and in the stead of those who delegated.

    `delegated` is by the giver's key; empty kinds mean every kind. It passes on what waits for the giver by name.
    """

    user: User
    employee_id: int | None
    delegated: Mapping[int, Sequence[frozenset[str]]]

    def in_own_right(self, request: ApprovalRequest) -> bool:
        if request.approver_id is not None:
            return request.approver_id == self.employee_id
        return self.holds_role(request.role_code, request.role_opd_uid)

    def holds_role(self, role: str, opd: UUID | None) -> bool:
        return any(grant.role == role and grant.opd_uid in (None, opd) for grant in self.user.effective_grants)

    def stands_in_for(self, approver_id: int | None, document_kind: str) -> bool:
        """Whether this approver has delegated this kind of document to the person."""
        if approver_id is None or approver_id == self.employee_id:
            return False
        return any(not kinds or document_kind in kinds for kinds in self.delegated.get(approver_id, ()))

    def on_behalf_of(self, request: ApprovalRequest) -> int | None:
        """The employee in whose stead the person decides on this one; None in the own right, or not at all."""
        return request.approver_id if self.stands_in_for(request.approver_id, request.document_kind) else None

    def decides(self, request: ApprovalRequest) -> bool:
        """Whether the level of this request is the person's. Whose document it is, is judged apart."""
        return self.in_own_right(request) or self.on_behalf_of(request) is not None


def authority_of(user: User) -> Authority:
    """The person's authority today, in two statements."""
    today = here.today()
    own = Employee.objects.filter(user=user).values_list("pk", flat=True).first()
    delegated: dict[int, list[frozenset[str]]] = {}
    if own is not None:
        for giver, kinds in Delegation.objects.to(user).in_force(today).values_list("giver_id", "kinds"):
            delegated.setdefault(giver, []).append(frozenset(kinds))
    return Authority(user, own, delegated)


def waiting_count(user: User) -> int:
    """How many documents wait for this person's decision."""
    if not user_may(user, DECIDE):
        return 0
    return ApprovalRequest.objects.waiting().for_approver(user).count()


def request_to_see(user: User, uid: UUID) -> ApprovalRequest:
    """A request that waits for the person, or that the person or a delegate of theirs has decided on.

    Raises NotFound for everybody else.
    """
    decided = Decision.objects.seen_by(user).filter(request__uid=uid)
    request = (
        ApprovalRequest.objects.filter(uid=uid)
        .select_related("owner", "approver", "chain")
        .filter(Q(pk__in=ApprovalRequest.objects.waiting().for_approver(user)) | Q(pk__in=decided.values("request")))
        .first()
    )
    if request is None:
        raise NotFound("approval_request")
    return request


def may_read_document(user: User, *, document_kind: str, document_uid: UUID) -> bool:
    """Whether the person approves this document now, or the person or a delegate of theirs has decided on it."""
    if not user_may(user, DECIDE):
        return False
    of_document = ApprovalRequest.objects.of_documents(document_kind, [document_uid])
    if of_document.waiting().for_approver(user).exists():
        return True
    return Decision.objects.seen_by(user).filter(request__in=of_document).exists()


def is_approver(user: User, request: ApprovalRequest) -> bool:
    """Whether the level of this request is the person's, by name, by a role or by a delegation."""
    if request.approver is not None and request.approver.user_id == user.pk:
        return True
    return authority_of(user).decides(request)


def may_decide(user: User, request: ApprovalRequest) -> bool:
    """Whether the request is in the person's inbox."""
    return ApprovalRequest.objects.waiting().for_approver(user).filter(pk=request.pk).exists()


def lock_requests(uids: Collection[UUID]) -> list[ApprovalRequest]:
    """These requests, locked in the order of their keys, with their owners. Raises NotFound for a missing one. Whether
    the person may decide them is judged behind the lock."""
    wanted = set(uids)
    rows = list(
        ApprovalRequest.objects.select_for_update(of=("self",))
        .filter(among_uids("uid", wanted))
        .select_related("owner")
        .order_by("pk")
    )
    if len(rows) != len(wanted):
        raise NotFound("approval_request")
    return rows
