"""Leave beside the documents of attendance: no yearly leave past the ledger, and the ledger follows each decision."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from typing_extensions import override

from kernel.accounts.actors import Actor
from tenants.attendance.actions import DocumentIn
from tenants.attendance.companions import Companion, Facts
from tenants.attendance.models import AttendanceDocument
from tenants.employees.models import Employee
from tenants.employees.querysets import standings_on
from tenants.leave.booking import accounts_of, book
from tenants.leave.checking import kinds_on, ledger_start
from tenants.leave.errors import LeaveRefused
from tenants.leave.ledger import Account
from tenants.leave.models import LeaveBooking


class LeaveCompanion(Companion):
    """What leave does when documents are handed in and decided."""

    @override
    def refuse(self, drafts: Sequence[tuple[Employee, DocumentIn]]) -> None:
        """A code of the yearly leave is only taken through `leave.actions`, which knows what it costs."""
        plain = [(employee, draft) for employee, draft in drafts if not draft.entitlement]
        if not plain:
            return
        start = ledger_start()
        if start is None:
            return
        for day in {draft.first for _employee, draft in plain}:
            if day.year < start:
                continue
            codes = _codes_of_the_ledger(day)
            own = [(employee, draft) for employee, draft in plain if draft.first == day]
            statuses = standings_on([employee.pk for employee, _draft in own], day)
            for employee, draft in own:
                standing = statuses.get(employee.pk)
                if standing is not None and (standing.status, draft.kind) in codes:
                    raise LeaveRefused("unclear", person=employee.name if len(plain) > 1 else "")

    @override
    def changed(self, documents: Sequence[AttendanceDocument], *, actor: Actor) -> None:
        book(documents, actor=actor)

    @override
    def facts(self, uids: Collection[UUID]) -> Mapping[UUID, Facts]:
        bookings = list(
            LeaveBooking.objects.filter(document__uid__in=list(uids)).select_related("kind", "document", "substitute")
        )
        yearly = {booking.document.employee_id for booking in bookings if booking.kind.yearly_days is not None}
        accounts = accounts_of(yearly) if yearly else {}
        return {booking.document.uid: _told(booking, accounts) for booking in bookings}

    @override
    def asked_elsewhere(self, employee_id: int, day: date) -> Mapping[str, str]:
        start = ledger_start()
        standing = standings_on([employee_id], day).get(employee_id)
        if start is None or day.year < start or standing is None:
            return {}
        page = reverse("leave-new")
        return {code: page for status, code in _codes_of_the_ledger(day) if status == standing.status}


def _codes_of_the_ledger(day: date) -> set[tuple[str, str]]:
    """Status and document code of the yearly leave on the day."""
    return {
        (status, kind.document_kind) for (_code, status), kind in kinds_on(day).items() if kind.yearly_days is not None
    }


def _told(booking: LeaveBooking, accounts: Mapping[int, Mapping[int, Account]]) -> Facts:
    sort = booking.kind.get_counts_display().lower()
    facts: list[tuple[str, object]] = [(_("Lama cuti"), f"{booking.total} {sort}")]
    if booking.kind.yearly_days is not None:
        own = accounts.get(booking.document.employee_id, {})
        left = [f"{year}: {own[int(year)].left}" for year in sorted(booking.days) if int(year) in own]
        facts.append((_("Sisa cuti tahunan setelah cuti ini"), ", ".join(left)))
    if booking.travel_days:
        facts.append((_("Termasuk hari perjalanan"), booking.travel_days))
    if booking.substitute is not None:
        facts.append((_("Pengganti"), booking.substitute.name))
    if booking.address:
        facts.append((_("Alamat selama cuti"), booking.address))
    if booking.phone:
        facts.append((_("Telepon selama cuti"), booking.phone))
    return facts
