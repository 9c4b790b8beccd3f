"""Objecting to a line and deciding on it, as the pages do."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from kernel.accounts.models import User
from kernel.ids import new_uid
from tenants.appeals.actions import file_appeal, set_remedy
from tenants.appeals.models import Appeal
from tenants.approvals.actions import decide
from tenants.approvals.models import ApprovalRequest
from tenants.tpp.models import Slip

TEXT = "Tanggal 3 saya tugas luar, suratnya terlambat dicatat."


def objection(slip: Slip, actor: User, node: str = "disiplin", **values: Any) -> Appeal:
    """An appeal against the line of this node."""
    line = slip.lines.get(node_id=node)
    return file_appeal(
        **{
            "slip_uid": slip.uid,
            "order": line.order,
            "text": TEXT,
            "upload": None,
            "client_key": new_uid(),
            "actor": actor,
            **values,
        }
    )


def decided(appeal: Appeal, actor: User, verdict: str = "approved", note: str = "") -> None:
    """One decision of this person on the appeal."""
    request = ApprovalRequest.objects.of_documents("appeal", [appeal.uid]).waiting().get()
    decide(
        request_uids=[request.uid],
        verdict=verdict,
        note=note,
        seen={request.uid: request.document_version},
        stages={request.uid: request.stage},
        actor=actor,
    )
    appeal.refresh_from_db()


def remedied(appeal: Appeal, actor: User, amount: int | None = 118_800) -> Appeal:
    """The outcome: a sum, or None for facts that were mended."""
    appeal.refresh_from_db()
    return set_remedy(
        uid=appeal.uid,
        seen=appeal.version,
        remedy=Appeal.Remedy.FACTS if amount is None else Appeal.Remedy.AMOUNT,
        amount=None if amount is None else Decimal(amount),
        note="Surat tugas 094/12/2024",
        actor=actor,
    )
