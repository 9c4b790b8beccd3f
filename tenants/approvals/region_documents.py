"""Documents of the region (a rule set, the closing of a month, a payout): handed in where a chain is in force.

Where the region has made no chain for a kind, it needs none: what the kind's own app asks for is enough.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from kernel.accounts.models import User
from kernel.errors import NotFound
from kernel.permissions import require
from kernel.tenancy import here
from tenants.approvals.actions import submit, withdraw
from tenants.approvals.chains import chain_in_force
from tenants.approvals.errors import AlreadyApproved
from tenants.approvals.handlers import Candidate, Handler, handler_for, handlers
from tenants.approvals.models import ApprovalRequest, Chain
from tenants.approvals.permissions import HAND_IN_REGION


@dataclass(frozen=True, slots=True)
class Standing:
    """A document with its newest request; `is_approved` when that approved it as it is now."""

    candidate: Candidate
    request: ApprovalRequest | None
    is_approved: bool

    @property
    def is_waiting(self) -> bool:
        return self.request is not None and self.request.state == ApprovalRequest.State.WAITING


@dataclass(frozen=True, slots=True)
class Section:
    """One kind of document of the region: its chain in force (None: it needs none) and what may be handed in."""

    handler: Handler
    chain: Chain | None
    documents: list[Standing]


def sections() -> list[Section]:
    """Every kind of document of the region, in the order of their codes; three statements for each."""
    found = []
    for document in handlers():
        if not document.of_region:
            continue
        chain = chain_in_force(document.code)
        candidates = document.candidates() if chain is not None else ()
        newest = _newest(document.code, [candidate.uid for candidate in candidates])
        versions = document.version([candidate.uid for candidate in candidates])
        rows = [
            Standing(c, newest.get(c.uid), _approves(newest.get(c.uid), versions.get(c.uid, ""))) for c in candidates
        ]
        found.append(Section(document, chain, rows))
    return found


@transaction.atomic
def hand_in(*, document_kind: str, document_uid: UUID, actor: User) -> ApprovalRequest:
    """Send a document of the region on its way. Whoever hands it in never decides on it.

    Raises NotAllowed, NotFound, NoChain, AlreadyWaiting, AlreadyApproved.
    """
    require(actor, HAND_IN_REGION)
    document = _of_region(document_kind)
    candidate = next((found for found in document.candidates() if found.uid == document_uid), None)
    if candidate is None:
        raise NotFound("document")
    newest = _newest(document_kind, [document_uid]).get(document_uid)
    if _approves(newest, document.version([document_uid]).get(document_uid, "")):
        raise AlreadyApproved
    return submit(
        document_kind=document_kind,
        document_uid=document_uid,
        owner=None,
        title=candidate.title,
        on=here.today(),
        measure=candidate.measure,
        actor=actor,
    )


def take_back(*, document_kind: str, document_uid: UUID, actor: User) -> list[ApprovalRequest]:
    """Whoever handed it in takes it back while it waits; returns what was taken back. Raises NotAllowed, NotFound."""
    require(actor, HAND_IN_REGION)
    _of_region(document_kind)
    return withdraw(document_kind=document_kind, document_uids=[document_uid], owner=None, actor=actor)


def reason_against(document_kind: str, document_uid: UUID) -> str:
    """Why this document may not take effect yet, in words; "" when no chain is in force or it is approved as it is."""
    chain = chain_in_force(document_kind)
    if chain is None:
        return ""
    document = _of_region(document_kind)
    newest = _newest(document_kind, [document_uid]).get(document_uid)
    if _approves(newest, document.version([document_uid]).get(document_uid, "")):
        return ""
    names = {"kind": document.label, "chain": chain.name}
    if newest is not None and newest.state == ApprovalRequest.State.WAITING:
        return _("%(kind)s masih menunggu persetujuan menurut rantai “%(chain)s”.") % names
    if newest is not None and newest.state == ApprovalRequest.State.APPROVED:
        return _("%(kind)s berubah sesudah disetujui. Ajukan lagi lewat halaman Dokumen daerah.") % names
    return _("%(kind)s perlu disetujui menurut rantai “%(chain)s”. Ajukan lewat halaman Dokumen daerah.") % names


def _of_region(document_kind: str) -> Handler:
    try:
        document = handler_for(document_kind)
    except LookupError as error:
        raise NotFound("document") from error
    if not document.of_region:
        raise NotFound("document")
    return document


def _newest(document_kind: str, uids: Collection[UUID]) -> dict[UUID, ApprovalRequest]:
    rows = ApprovalRequest.objects.of_documents(document_kind, uids).select_related("approver").order_by("pk")
    return {row.document_uid: row for row in rows}


def _approves(request: ApprovalRequest | None, version: str) -> bool:
    return (
        request is not None
        and request.state == ApprovalRequest.State.APPROVED
        and request.document_version == version[:64]
    )
