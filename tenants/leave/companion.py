"""Leave beside the documents of attendance: no yearly leave past the ledger, and the ledger follows each decision."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
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
    def refuse(self, drafts: Sequence[tuple[Employee, DocumentIn]], *, by_owner: bool) -> None:
        """A code of the yearly leave is only taken through `leave.actions`, which knows what it costs; others a person
        hands in as plain letters up to so many days in a row."""
        plain = [(employee, draft) for employee, draft in drafts if not draft.entitlement]
        if not plain:
            return
        start = ledger_start()
        if start is None:
            return
        for day in {draft.first for _employee, draft in plain}:
            if day.year < start:
                continue
            most = _most_days_of_letters(day)
            own = [(employee, draft) for employee, draft in plain if draft.first == day]
            statuses = standings_on([employee.pk for employee, _draft in own], day)
            for employee, draft in own:
                standing = statuses.get(employee.pk)
                days = None if standing is None else most.get((standing.status, draft.kind))
                if days == 0:
                    raise LeaveRefused("unclear", person=employee.name if len(plain) > 1 else "")
                if by_owner and days is not None and _days_in_a_row(employee, draft, days) > days:
                    raise LeaveRefused("plain", most=days)

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
        return {
            code: page
            for (status, code), days in _most_days_of_letters(day).items()
            if days == 0 and status == standing.status
        }


def _most_days_of_letters(day: date) -> dict[tuple[str, str], int]:
    """By status and code of the document how many days in a row a plain letter does on the day, where that is bounded:
    none for the code of the yearly leave."""
    found: dict[tuple[str, str], int] = {}
    for (_code, status), kind in kinds_on(day).items():
        most = 0 if kind.yearly_days is not None else kind.plain_most_days
        if most is not None:
            key = status, kind.document_kind
            found[key] = min(most, found.get(key, most))
    return found


def _days_in_a_row(employee: Employee, draft: DocumentIn, most: int) -> int:
    """How many days of this code there are in a row with the draft: letters that go on from one another are one."""
    if draft.days > most or draft.covers != AttendanceDocument.Covers.DAY:
        return draft.days if draft.covers == AttendanceDocument.Covers.DAY else 0
    reach = timedelta(days=most + 1)
    beside = (
        AttendanceDocument.objects.of(employee.pk)
        .standing()
        .touching(draft.first - reach, draft.last + reach)
        .filter(kind=draft.kind, covers=AttendanceDocument.Covers.DAY)
        .order_by("period")
    )
    periods = [(paper.period.lower, paper.period.upper) for paper in beside]
    first, end = draft.period.lower, draft.period.upper
    for lower, upper in reversed(periods):
        first = lower if upper == first else first
    for lower, upper in periods:
        end = upper if lower == end else end
    days: int = (end - first).days
    return days


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
