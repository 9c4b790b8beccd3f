"""What a decision does to appeals: a granted one becomes an order that the next difference run pays or takes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from typing_extensions import override

from kernel.accounts.actors import Actor
from kernel.date_words import month_words
from kernel.ids import new_uid
from kernel.periods import Month
from kernel.web.templatetags.kd import rupiah
from tenants.appeals.access import DOCUMENT_KIND
from tenants.appeals.errors import RemedyMissing
from tenants.appeals.models import Appeal
from tenants.approvals.errors import DocumentsOutOfStep, NotRecallable
from tenants.approvals.handlers import Details, Handler, handler
from tenants.approvals.models import ApprovalRequest
from tenants.arrears.actions import cancel_order, order
from tenants.arrears.errors import OrderRefused
from tenants.arrears.models import Order


@handler(DOCUMENT_KIND)
class Appeals(Handler):
    """Objections to lines of slips."""

    label = gettext_lazy("Keberatan")

    @override
    def on_approved(self, requests: Sequence[ApprovalRequest], *, actor: Actor, at: datetime) -> None:
        """Raises RemedyMissing, and OrderRefused where the sum cannot be ordered."""
        for appeal in _locked(requests, Appeal.State.SUBMITTED):
            if not appeal.remedy or appeal.remedied_by is None:
                raise RemedyMissing
            if appeal.amount is not None:
                appeal.order_uid = new_uid()
                order(
                    employee=appeal.employee,
                    of_month=Month.of(appeal.month),
                    of_kind=appeal.kind,
                    amount=appeal.amount,
                    reason=f"{appeal.line_label}: {appeal.remedy_note}"[:300],
                    source=Order.Source.APPEAL,
                    source_uid=appeal.order_uid,
                    actor=appeal.remedied_by,
                )
            _end(appeal, Appeal.State.GRANTED, at)

    @override
    def on_returned(self, requests: Sequence[ApprovalRequest], *, actor: Actor, at: datetime, note: str) -> None:
        for appeal in _locked(requests, Appeal.State.SUBMITTED):
            _end(appeal, Appeal.State.RETURNED, at)

    @override
    def on_rejected(self, requests: Sequence[ApprovalRequest], *, actor: Actor, at: datetime, note: str) -> None:
        for appeal in _locked(requests, Appeal.State.SUBMITTED):
            _end(appeal, Appeal.State.REFUSED, at)

    @override
    def on_recalled(self, requests: Sequence[ApprovalRequest], *, actor: Actor, at: datetime, note: str) -> None:
        """Back to the person, and the order is cancelled. Refused once a locked difference has taken it."""
        for appeal in _granted(requests):
            _cancel(appeal, note)
            _end(appeal, Appeal.State.RETURNED, at)

    @override
    def on_undone(
        self, requests: Sequence[ApprovalRequest], *, actor: Actor, at: datetime
    ) -> Mapping[UUID, Mapping[str, object]]:
        """Handed in again, and the order is cancelled. Refused where a recall is."""
        given: dict[UUID, Mapping[str, object]] = {}
        for appeal in _granted(requests):
            _cancel(appeal, _("Persetujuan dibatalkan"))
            given[appeal.uid] = {"amount": appeal.amount}
            _end(appeal, Appeal.State.SUBMITTED, None)
        return given

    @override
    def version(self, uids: Collection[UUID]) -> Mapping[UUID, str]:
        rows = Appeal.objects.filter(uid__in=uids).values_list("uid", "version")
        return {uid: str(version) for uid, version in rows}

    @override
    def details(self, uids: Collection[UUID]) -> dict[UUID, Details]:
        """The line as it stood, what the person says, and what would follow."""
        found = {}
        for appeal in Appeal.objects.filter(uid__in=uids).select_related("file"):
            follows = str(appeal.get_remedy_display())
            if appeal.amount is not None:
                follows = str(rupiah(appeal.amount))
            found[appeal.uid] = Details(
                facts=[
                    (_("Bulan"), month_words(Month.of(appeal.month))),
                    (_("Pada slip tertulis"), appeal.line_shown),
                    (_("Hasil bila diterima"), follows),
                ],
                text=appeal.text,
                files=[] if appeal.file is None else [appeal.file],
                url=reverse("appeals-appeal", args=[appeal.uid]),
                whole=reverse("appeals-appeal", args=[appeal.uid]),
            )
        return found


def _end(appeal: Appeal, state: Appeal.State, at: datetime | None) -> None:
    appeal.state, appeal.decided_at = state, at
    appeal.save(update_fields=["state", "decided_at", "order_uid"])


def _cancel(appeal: Appeal, reason: str) -> None:
    if appeal.order_uid is None or appeal.remedied_by is None:
        return
    ordered = Order.objects.get(source=Order.Source.APPEAL, source_uid=appeal.order_uid)
    try:
        cancel_order(uid=ordered.uid, reason=reason, actor=appeal.remedied_by)
    except OrderRefused as error:
        raise NotRecallable from error
    appeal.order_uid = None


def _granted(requests: Sequence[ApprovalRequest]) -> list[Appeal]:
    try:
        return _locked(requests, Appeal.State.GRANTED)
    except DocumentsOutOfStep as error:
        raise NotRecallable from error


def _locked(requests: Sequence[ApprovalRequest], state: str) -> list[Appeal]:
    """The appeals, locked in order and all in this state."""
    wanted = {request.document_uid for request in requests}
    rows = list(
        Appeal.objects.select_for_update(of=("self",))
        .select_related("employee", "remedied_by")
        .filter(uid__in=wanted, state=state)
        .order_by("pk")
    )
    if len(rows) != len(wanted):
        raise DocumentsOutOfStep(f"{len(wanted) - len(rows)} appeals are not {state}")
    return rows
