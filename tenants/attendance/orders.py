"""Orders that send many people at once: one request for all of them, their documents, and the places that count."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _

from kernel import clock
from kernel.accounts.models import User
from kernel.audit.record import declare_action, record
from kernel.errors import NotFound
from kernel.files.actions import store_file
from kernel.tenancy import here
from tenants.approvals import actions as approvals
from tenants.attendance import access, companions
from tenants.attendance.actions import (
    DocumentIn,
    compute_again_for,
    days_words,
    make_documents,
    require_free_days_of_all,
)
from tenants.attendance.errors import DocumentDecided
from tenants.attendance.models import AttendanceDocument, DutyOrder
from tenants.employees.models import Employee
from tenants.places import fences
from tenants.places.actions import send_by_letter
from tenants.places.errors import LetterTaken
from tenants.places.models import DutyLetter, Place

ORDERED = declare_action("attendance.order_submitted", "Surat tugas diajukan")
ORDER_WITHDRAWN = declare_action("attendance.order_withdrawn", "Surat tugas ditarik")


@transaction.atomic
def submit_order(
    *,
    proposer: Employee,
    people: Sequence[Employee],
    draft: DocumentIn,
    places: Sequence[Place] = (),
    actor: User,
    upload: File[bytes] | None = None,
) -> DutyOrder:
    """Propose that these people are sent somewhere; the order goes through its own chain and counts for all or nobody.

    `draft.label` names the errand. Nobody is ordered when one of them has another document on these days: raises
    DaysTaken with the name. Raises LetterTaken, FileRefused, and what the approvals refuse.
    """
    ids = sorted(employee.pk for employee in people)
    list(Employee.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk").values_list("pk"))
    entries = [(employee, draft) for employee in people]
    companions.refuse(entries)
    require_free_days_of_all(entries)
    if places and DutyLetter.objects.filter(number=draft.letter_number).exists():
        raise LetterTaken(draft.letter_number)
    stored = None if upload is None else store_file(upload=upload, purpose=access.DOCUMENT_FILE, owner=actor)
    order = DutyOrder.objects.create(
        proposed_by=proposer, number=draft.letter_number, subject=draft.label, period=draft.period
    )
    order.places.set(places)
    documents = make_documents(entries, stored, actor, state=AttendanceDocument.State.SUBMITTED, order=order)
    record(
        ORDERED,
        actor=actor,
        subject=order,
        after={
            "number": order.number,
            "first": draft.first,
            "last": draft.last,
            "nip": sorted(employee.nip for employee in people),
            "places": [place.name for place in places],
        },
    )
    approvals.submit(
        document_kind=AttendanceDocument.Purpose.ORDER,
        document_uid=order.uid,
        owner=proposer,
        title=_("%(subject)s, %(days)s, %(count)s pegawai")
        % {"subject": draft.label, "days": days_words(draft), "count": len(people)},
        on=here.today(),
        measure=len(people),
        day=draft.first,
        actor=actor,
    )
    compute_again_for(documents)
    return order


@transaction.atomic
def withdraw_order(*, uid: UUID, actor: User) -> DutyOrder:
    """The proposer takes a waiting order back. Raises NotFound, DocumentDecided."""
    order = DutyOrder.objects.select_related("proposed_by").filter(uid=uid, proposed_by__user=actor).first()
    if order is None:
        raise NotFound("order")
    approvals.withdraw(
        document_kind=AttendanceDocument.Purpose.ORDER, document_uids=[uid], owner=order.proposed_by, actor=actor
    )
    documents = list(
        AttendanceDocument.objects.select_for_update(of=("self",))
        .filter(order=order, state=AttendanceDocument.State.SUBMITTED)
        .order_by("pk")
    )
    if not documents:
        raise DocumentDecided
    for document in documents:
        document.state = AttendanceDocument.State.WITHDRAWN
    AttendanceDocument.objects.bulk_update(documents, ["state"])
    companions.changed(documents, actor=actor)
    record(ORDER_WITHDRAWN, actor=actor, subject=order)
    compute_again_for(documents)
    return order


def follow_state(orders: Sequence[DutyOrder], state: str) -> None:
    """Have the places of these orders count, or not, as the state of their documents says."""
    for order in orders:
        places = list(Place.objects.filter(pk__in=order.places.values("pk")).order_by("pk"))
        if state == AttendanceDocument.State.APPROVED and order.letter is None and places:
            _send(order, places)
        elif order.letter is not None:
            counts = state == AttendanceDocument.State.APPROVED
            order.letter.withdrawn_at = None if counts else clock.now()
            order.letter.save(update_fields=["withdrawn_at"])
            fences.announce_change()


def _send(order: DutyOrder, places: Sequence[Place]) -> None:
    """Under the number of a letter that was recorded meanwhile nobody is sent twice."""
    documents = list(order.documents.select_related("employee", "created_by").order_by("pk"))
    actor = documents[0].created_by
    if actor is None or DutyLetter.objects.filter(number=order.number).exists():
        return
    order.letter = send_by_letter(
        number=order.number,
        subject=order.subject,
        period=order.period,
        people=[document.employee for document in documents],
        places=places,
        opd=None,
        actor=actor,
    )
    order.save(update_fields=["letter"])
