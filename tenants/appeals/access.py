"""Who may see an appeal and its file."""

from __future__ import annotations

from uuid import UUID

from kernel.accounts.models import User
from kernel.errors import NotFound
from kernel.files.access import reader
from kernel.files.models import StoredFile
from kernel.permissions import user_may
from tenants.appeals.models import Appeal
from tenants.appeals.permissions import READ
from tenants.approvals.access import may_decide, may_read_document
from tenants.approvals.models import ApprovalRequest

DOCUMENT_KIND = "appeal"
PURPOSE = "appeal"


def readable_appeal(user: User, uid: UUID) -> Appeal:
    """The appeal, for its owner, who decides or has decided on it, and who is in charge of the OPD. Raises NotFound."""
    appeal = (
        Appeal.objects.select_related("employee", "opd", "slip__run", "file", "remedied_by").filter(uid=uid).first()
    )
    if appeal is None or not _may_read(user, appeal):
        raise NotFound("appeal")
    return appeal


def waiting_request(appeal: Appeal) -> ApprovalRequest | None:
    """The request by which it waits for a decision."""
    return (
        ApprovalRequest.objects.of_documents(DOCUMENT_KIND, [appeal.uid]).waiting().select_related("approver").first()
    )


def may_decide_on(user: User, appeal: Appeal) -> bool:
    """Whether it is in the person's inbox."""
    request = waiting_request(appeal)
    return request is not None and may_decide(user, request)


def _may_read(user: User, appeal: Appeal) -> bool:
    if appeal.employee.user_id == user.pk or user_may(user, READ, opd=appeal.opd.uid):
        return True
    return may_read_document(user, document_kind=DOCUMENT_KIND, document_uid=appeal.uid)


@reader(PURPOSE)
def may_read_file(user: User, stored: StoredFile) -> bool:
    """The file of an appeal: whoever may see the appeal."""
    appeals = Appeal.objects.select_related("employee", "opd").filter(file=stored)
    return any(_may_read(user, appeal) for appeal in appeals)
