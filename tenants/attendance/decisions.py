"""What a decision does to an attendance document, in the approvals' own transaction and in constant statements."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Q
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from typing_extensions import override

from kernel.accounts.actors import Actor
from kernel.accounts.models import User
from kernel.clock import zone
from kernel.date_words import day_words
from kernel.tenancy.context import current_region
from tenants.approvals.errors import NotRecallable
from tenants.approvals.handlers import Details, Handler, handler
from tenants.approvals.models import ApprovalRequest
from tenants.attendance import companions
from tenants.attendance.actions import compute_again_for, note_late
from tenants.attendance.away import away_beside
from tenants.attendance.models import AttendanceDocument, DutyOrder
from tenants.attendance.orders import follow_state
from tenants.calendars import closing

# Of the people of an order so many are named.
_MOST_NAMES: Final = 10


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
        if not self._all_there(requests, documents):
            raise NotRecallable
        AttendanceDocument.objects.filter(pk__in=[document.pk for document in documents]).update(
            state=AttendanceDocument.State.SUBMITTED, decided_by=None, decided_at=None, decision_note=""
        )
        self._tell(documents, AttendanceDocument.State.SUBMITTED, actor)
        return {}

    @override
    def details(self, uids: Collection[UUID]) -> dict[UUID, Details]:
        papers = _with_files(uids)
        beside, away = companions.facts_beside(uids), away_beside(papers)
        return {paper.uid: _details(paper, [*away.get(paper.pk, ()), *beside.get(paper.uid, ())]) for paper in papers}

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

    def _of_requests(self, requests: Sequence[ApprovalRequest]) -> Q:
        """Which documents these requests are about."""
        return Q(uid__in=[request.document_uid for request in requests])

    def _all_there(self, requests: Sequence[ApprovalRequest], documents: Sequence[AttendanceDocument]) -> bool:
        """Whether there is a document for each of these requests."""
        return len(documents) == len(requests)

    def _locked(self, requests: Sequence[ApprovalRequest], state: str) -> list[AttendanceDocument]:
        documents = list(
            AttendanceDocument.objects.select_for_update(of=("self",))
            .filter(self._of_requests(requests), state=state)
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


@handler(AttendanceDocument.Purpose.ORDER)
class Orders(AttendanceDocuments):
    """Orders that send many people at once: one request for the documents of all of them."""

    label = gettext_lazy("Surat tugas bersama")
    measure_label = gettext_lazy("pegawai")

    @override
    def details(self, uids: Collection[UUID]) -> dict[UUID, Details]:
        orders = DutyOrder.objects.filter(uid__in=list(uids)).prefetch_related("places")
        papers = AttendanceDocument.objects.filter(order__in=orders).select_related("employee", "file")
        by_order: dict[int | None, list[AttendanceDocument]] = {}
        for paper in papers.order_by("employee__name", "pk"):
            by_order.setdefault(paper.order_id, []).append(paper)
        return {order.uid: _details_of_order(order, by_order[order.pk]) for order in orders}

    @override
    def _of_requests(self, requests: Sequence[ApprovalRequest]) -> Q:
        return Q(order__uid__in=[request.document_uid for request in requests])

    @override
    def _all_there(self, requests: Sequence[ApprovalRequest], documents: Sequence[AttendanceDocument]) -> bool:
        return len({document.order_id for document in documents}) == len(requests)

    @override
    def _tell(self, documents: Sequence[AttendanceDocument], state: str, actor: Actor) -> None:
        super()._tell(documents, state, actor)
        orders = DutyOrder.objects.filter(pk__in={document.order_id for document in documents})
        follow_state(list(orders.select_related("letter")), state)


def _details_of_order(order: DutyOrder, papers: Sequence[AttendanceDocument]) -> Details:
    names = [paper.employee.name for paper in papers]
    last = papers[0].last_day
    first_words, last_words = day_words(order.period.lower), day_words(last)
    shown = ", ".join(names[:_MOST_NAMES])
    more = len(names) - _MOST_NAMES
    facts: list[tuple[str | Promise, object]] = [
        (_("Keperluan"), order.subject),
        (_("Tanggal"), first_words if first_words == last_words else f"{first_words} – {last_words}"),
        (_("Pegawai"), _("%(names)s dan %(more)s lainnya") % {"names": shown, "more": more} if more > 0 else shown),
        (_("Nomor surat"), order.number),
    ]
    places = [str(place) for place in order.places.all()]
    if places:
        facts.append((_("Tempat"), ", ".join(places)))
    return Details(
        facts=facts,
        files=[papers[0].file] if papers[0].file else [],
        text=papers[0].reason,
        url=reverse("attendance-order", args=[order.uid]),
        whole=reverse("attendance-order", args=[order.uid]) if more > 0 else "",
        days=(order.period.lower, last),
    )


def _with_files(uids: Collection[UUID]) -> Sequence[AttendanceDocument]:
    return list(AttendanceDocument.objects.filter(uid__in=uids).select_related("file"))


def clock_words(moment: datetime) -> str:
    """The wall-clock time in the region: 07.25."""
    return moment.astimezone(zone(current_region().time_zone)).strftime("%H.%M")


def _details(document: AttendanceDocument, beside: companions.Facts) -> Details:
    first, last = day_words(document.period.lower), day_words(document.last_day)
    facts: list[tuple[str | Promise, object]] = [
        (_("Jenis"), document.label),
        (_("Tanggal"), first if first == last else f"{first} – {last}"),
        (_("Mencakup"), document.get_covers_display()),
    ]
    if document.corrected_at is not None:
        facts.append((_("Jam yang diminta"), clock_words(document.corrected_at)))
    if document.begins_at is not None and document.ends_at is not None:
        facts.append((_("Jam"), f"{clock_words(document.begins_at)} – {clock_words(document.ends_at)}"))
    if document.cause:
        facts.append((_("Sebab"), document.get_cause_display()))
    if document.evidence:
        facts.append((_("Bukti"), document.get_evidence_display()))
    if document.letter_number:
        facts.append((_("Nomor surat"), document.letter_number))
    return Details(
        facts=[*facts, *beside],
        files=[document.file] if document.file else [],
        text=document.reason,
        url=reverse("attendance-document", args=[document.uid]),
        days=(document.period.lower, document.last_day),
    )
