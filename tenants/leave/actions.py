"""Asking for leave, entering it for others, and what officials set: kinds, the ledger's first year, corrections."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from datetime import date
from typing import Any
from uuid import UUID

from django.core.files.base import File
from django.db import transaction

from kernel.accounts.models import User
from kernel.audit.record import declare_action, record
from kernel.errors import NotFound
from kernel.ids import new_uid
from kernel.permissions import require
from kernel.tenancy import here
from tenants.attendance.actions import DocumentIn, record_documents, submit_document
from tenants.attendance.models import AttendanceDocument
from tenants.employees.models import Employee
from tenants.leave import ledger
from tenants.leave.booking import accounts_of, book, turn_years
from tenants.leave.checking import Booked, LeaveAsk, book_all
from tenants.leave.errors import Overdrawn
from tenants.leave.models import LeaveBooking, LeaveEntry, LeaveKind, LedgerStart
from tenants.leave.permissions import MANAGE

LEDGER_STARTED = declare_action("leave.ledger_started", "Saldo cuti mulai dijalankan")
KIND_CHANGED = declare_action("leave.kind_changed", "Jenis cuti diubah")
CORRECTED = declare_action("leave.corrected", "Saldo cuti dikoreksi")


def _draft(ask: LeaveAsk, kind: LeaveKind) -> DocumentIn:
    return DocumentIn(
        kind=kind.document_kind,
        label=kind.name,
        first=ask.first,
        last=ask.last,
        letter_number=ask.letter_number,
        reason=ask.reason,
        entitlement=kind.code,
    )


@transaction.atomic
def request_leave(
    *, employee: Employee, ask: LeaveAsk, actor: User, upload: File[bytes] | None = None
) -> AttendanceDocument:
    """The employee asks for leave: its days are reserved at once, and count once the chain has approved.

    Raises LeaveRefused, NoLedgerYet, and what `submit_document` raises.
    """
    Employee.objects.select_for_update(of=("self",)).get(pk=employee.pk)
    booked = book_all([employee], ask)[0]
    document = submit_document(employee=employee, draft=_draft(ask, booked.kind), actor=actor, upload=upload)
    _keep([document], [booked], ask)
    book([document], actor=actor)
    return document


@transaction.atomic
def record_leave(
    *, employees: Sequence[Employee], ask: LeaveAsk, actor: User, upload: File[bytes] | None = None
) -> list[AttendanceDocument]:
    """An official enters a leave that was decided outside of the system; it counts and costs its days from now on.

    Nobody is entered when one of them cannot have it. Raises LeaveRefused, and what `record_documents` raises.
    """
    people = sorted(employees, key=lambda employee: employee.pk)
    ids = [employee.pk for employee in people]
    list(Employee.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk").values_list("pk"))
    booked = book_all(people, ask)
    documents: list[AttendanceDocument] = []
    # One of each kind for all: the status decides which kind it is, and mostly it is the same.
    for kind in dict.fromkeys(one.kind for one in booked):
        own = [employee for employee, one in zip(people, booked, strict=True) if one.kind == kind]
        documents += record_documents(employees=own, draft=_draft(ask, kind), actor=actor, upload=upload)
    by_employee = {employee.pk: one for employee, one in zip(people, booked, strict=True)}
    _keep(documents, [by_employee[document.employee_id] for document in documents], ask)
    book(documents, actor=actor)
    return documents


def _keep(documents: Sequence[AttendanceDocument], booked: Sequence[Booked], ask: LeaveAsk) -> None:
    LeaveBooking.objects.bulk_create(
        [
            LeaveBooking(
                document=document,
                kind=one.kind,
                days=dict(one.days),
                travel_days=ask.travel_days,
                address=ask.address,
                phone=ask.phone,
                substitute=ask.substitute,
            )
            for document, one in zip(documents, booked, strict=True)
        ]
    )


@transaction.atomic
def start_ledger(*, year: int, actor: User) -> LedgerStart:
    """The region keeps the ledger from this year on."""
    require(actor, MANAGE)
    start = LedgerStart.objects.create(year=year, set_by=actor)
    record(LEDGER_STARTED, actor=actor, after={"year": year})
    return start


@transaction.atomic
def change_kind(*, uid: UUID, valid_from: date, values: dict[str, Any], actor: User) -> LeaveKind:
    """A kind of leave is like this from the day on; what was asked for before keeps the row that it was asked by.

    Raises NotFound.
    """
    require(actor, MANAGE)
    known = LeaveKind.objects.filter(uid=uid).first()
    if known is None:
        raise NotFound("leave kind")
    before = {name: getattr(known, name) for name in values}
    of_the_day = LeaveKind.objects.filter(code=known.code, status=known.status, valid_from=valid_from).first()
    kind = of_the_day or copy(known)
    if of_the_day is None:
        kind.pk, kind.uid, kind.valid_from = None, new_uid(), valid_from
        kind._state.adding = True
    for name, value in values.items():
        setattr(kind, name, value)
    kind.save()
    record(KIND_CHANGED, actor=actor, subject=kind, before=before, after={**values, "valid_from": valid_from})
    return kind


@transaction.atomic
def correct_balance(*, employee: Employee, year: int, days: int, reason: str, actor: User) -> LeaveEntry:
    """An official adds days to a year of a person, or takes some away, with the reason.

    Raises Overdrawn where more are taken than are left.
    """
    require(actor, MANAGE)
    Employee.objects.select_for_update(of=("self",)).get(pk=employee.pk)
    known = accounts_of([employee.pk])[employee.pk].get(year)
    left = 0 if known is None else known.left
    if days < 0 and left + days < 0:
        raise Overdrawn(year, max(left, 0))
    entry = LeaveEntry.objects.create(
        employee=employee, year=year, what=ledger.CORRECTED, days=days, note=reason, written_by=actor
    )
    record(
        CORRECTED,
        actor=actor,
        subject=employee,
        after={"nip": employee.nip, "year": year, "days": days, "reason": reason},
    )
    if year < here.today().year:
        turn_years([employee.pk])
    return entry
