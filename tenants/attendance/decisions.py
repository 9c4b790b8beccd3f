"""What a decision does to an attendance document, in the approvals' own transaction and in constant statements."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from typing_extensions import override

from kernel.accounts.actors import Actor
from kernel.accounts.models import User
from kernel.date_words import day_words
from tenants.approvals.errors import NotRecallable
from tenants.approvals.handlers import Details, Handler, handler
from tenants.approvals.models import ApprovalRequest
from tenants.attendance import companions
from tenants.attendance.actions import compute_again_for, note_late
from tenants.attendance.models import AttendanceDocument
from tenants.calendars import closing


class AttendanceDocuments(Handler):
    """Documents of attendance: they count from the approval on; those of a closed month as a later plus or minus.

    A sent one is not edited, so it has no version.
    """

    measure_label: str | Promise = gettext_lazy("hari")

    @override
    def on_approved(self, requests: Sequence[ApprovalRequest], *, actor: Actor, at: datetime) -> None:
        self._decide(requests, AttendanceDocument.State.APPROVED, actor, at, "")

    @override
    def on_returned(self, requests: Sequence[ApprovalRequest], *, actor: Actor, at: datetime, note: str) -> None:
        self._decide(requests, AttendanceDocument.State.REJECTED, actor, at, note)

    @override
    def on_rejected(self, requests: Sequence[ApprovalRequest], *, actor: Actor, at: datetime, note: str) -> None:
        self._decide(requests, AttendanceDocument.State.REJECTED, actor, at, note)

    @override
    def on_recalled(self, requests: Sequence[ApprovalRequest], *, actor: Actor, at: datetime, note: str) -> None:
        """Taken back by who approved it: the days are free again and the owner reads why."""
        self._change(requests, AttendanceDocument.State.APPROVED, AttendanceDocument.State.REJECTED, actor, at, note)

    @override
    def on_undone(
        self, requests: Sequence[ApprovalRequest], *, actor: Actor, at: datetime
    ) -> Mapping[UUID, Mapping[str, object]]:
        """Sent again as it was; the days are computed without it."""
        documents = self._locked(requests, AttendanceDocument.State.APPROVED)
        if len(documents) != len(requests):
            raise NotRecallable
        AttendanceDocument.objects.filter(pk__in=[document.pk for document in documents]).update(
            state=AttendanceDocument.State.SUBMITTED, decided_by=None, decided_at=None, decision_note=""
        )
        self._tell(documents, AttendanceDocument.State.SUBMITTED, actor)
        return {}

    @override
    def details(self, uids: Collection[UUID]) -> dict[UUID, Details]:
        beside = companions.facts_beside(uids)
        return {document.uid: _details(document, beside.get(document.uid, ())) for document in _with_files(uids)}

    def _decide(self, requests: Sequence[ApprovalRequest], state: str, actor: Actor, at: datetime, note: str) -> None:
        self._change(requests, AttendanceDocument.State.SUBMITTED, state, actor, at, note)

    def _change(
        self, requests: Sequence[ApprovalRequest], before: str, state: str, actor: Actor, at: datetime, note: str
    ) -> None:
        documents = self._locked(requests, before)
        if state == AttendanceDocument.State.APPROVED:
            note_late(documents)
        AttendanceDocument.objects.filter(pk__in=[document.pk for document in documents]).update(
            state=state, decided_by=actor if isinstance(actor, User) else None, decided_at=at, decision_note=note
        )
        self._tell(documents, state, actor)

    def _tell(self, documents: Sequence[AttendanceDocument], state: str, actor: Actor) -> None:
        for document in documents:
            document.state = state
        companions.changed(documents, actor=actor)
        compute_again_for(documents)

    def _locked(self, requests: Sequence[ApprovalRequest], state: str) -> list[AttendanceDocument]:
        documents = list(
            AttendanceDocument.objects.select_for_update(of=("self",))
            .filter(uid__in=[request.document_uid for request in requests], state=state)
            .order_by("pk")
        )
        if state == AttendanceDocument.State.APPROVED and documents:
            # What counted when a month was closed is not taken out of it.
            closing.require_open(
                min(document.period.lower for document in documents),
                max(document.last_day for document in documents),
                employees={document.employee_id for document in documents},
            )
        return documents


@handler(AttendanceDocument.Purpose.LEAVE)
class Leave(AttendanceDocuments):
    """Leave, sickness and permits."""

    label = gettext_lazy("Cuti dan izin")


@handler(AttendanceDocument.Purpose.DUTY)
class Duty(AttendanceDocuments):
    """Duty away from the office."""

    label = gettext_lazy("Tugas kedinasan")


@handler(AttendanceDocument.Purpose.CORRECTION)
class Correction(AttendanceDocuments):
    """A punch that is missing, in or out."""

    label = gettext_lazy("Koreksi kehadiran")
    measure_label = ""


def _with_files(uids: Collection[UUID]) -> Sequence[AttendanceDocument]:
    return list(AttendanceDocument.objects.filter(uid__in=uids).select_related("file"))


def _details(document: AttendanceDocument, beside: companions.Facts) -> Details:
    first, last = day_words(document.period.lower), day_words(document.last_day)
    facts: list[tuple[str | Promise, object]] = [
        (_("Jenis"), document.label),
        (_("Tanggal"), first if first == last else f"{first} – {last}"),
        (_("Mencakup"), document.get_covers_display()),
    ]
    if document.letter_number:
        facts.append((_("Nomor surat"), document.letter_number))
    return Details(
        facts=[*facts, *beside],
        files=[document.file] if document.file else [],
        text=document.reason,
        url=reverse("attendance-document", args=[document.uid]),
        days=(document.period.lower, document.last_day),
    )
