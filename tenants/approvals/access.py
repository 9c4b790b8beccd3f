"""Who may decide on a request, and who may see the document behind it."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db.models import Q

from kernel.accounts.models import User
from kernel.errors import NotFound
from kernel.permissions import user_may
from tenants.approvals.models import ApprovalRequest, Decision
from tenants.approvals.permissions import DECIDE


def waiting_count(user: User) -> int:
    """How many documents wait for this person's decision."""
    if not user_may(user, DECIDE):
        return 0
    return ApprovalRequest.objects.waiting().for_approver(user).count()


def request_to_see(user: User, uid: UUID) -> ApprovalRequest:
    """A request that waits for the person or that the person has decided on. Raises NotFound for everybody else."""
    request = (
        ApprovalRequest.objects.filter(uid=uid)
        .select_related("owner", "approver", "chain")
        .filter(Q(pk__in=ApprovalRequest.objects.waiting().for_approver(user)) | Q(decisions__decided_by=user))
        .distinct()
        .first()
    )
    if request is None:
        raise NotFound("approval_request")
    return request


def may_read_document(user: User, *, document_kind: str, document_uid: UUID) -> bool:
    """Whether the person approves this document now, or has decided on it."""
    if not user_may(user, DECIDE):
        return False
    of_document = ApprovalRequest.objects.of_documents(document_kind, [document_uid])
    if of_document.waiting().for_approver(user).exists():
        return True
    return Decision.objects.by(user).filter(request__in=of_document).exists()


def is_approver(user: User, request: ApprovalRequest) -> bool:
    """Whether the level of this request is the person's, by name or through a role. The owner is judged apart."""
    if request.approver_id is not None:
        return request.approver is not None and request.approver.user_id == user.pk
    return any(
        grant.role == request.role_code and grant.opd_uid in (None, request.role_opd_uid)
        for grant in user.effective_grants
    )


def lock_requests(uids: Collection[UUID]) -> list[ApprovalRequest]:
    """These requests, locked in the order of their keys, with owner, approver and chain. Raises NotFound for a missing
    one. Whether the person may decide them is judged behind the lock."""
    wanted = set(uids)
    rows = list(
        ApprovalRequest.objects.select_for_update(of=("self",))
        .filter(uid__in=wanted)
        .select_related("owner", "approver", "chain")
        .order_by("pk")
    )
    if len(rows) != len(wanted):
        raise NotFound("approval_request")
    return rows
