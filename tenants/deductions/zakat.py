"""Zakat by consent: the person gives and takes it back, from the running month on, never for a month that is over."""

from __future__ import annotations

from decimal import Decimal

from django.db import transaction
from django.db.models import F, Q

from kernel import clock
from kernel.accounts.models import User
from kernel.audit.record import declare_action, record
from kernel.periods import Month
from kernel.permissions import require
from kernel.tenancy import here
from tenants.calendars import closing
from tenants.deductions.errors import NothingGiven, Retroactive
from tenants.deductions.models import ZakatConsent
from tenants.deductions.permissions import CONSENT
from tenants.employees.access import own_employee
from tenants.employees.models import Employee

GIVEN = declare_action("deductions.zakat_given", "Persetujuan zakat diberikan")
WITHDRAWN = declare_action("deductions.zakat_withdrawn", "Persetujuan zakat ditarik")


@transaction.atomic
def give_consent(*, from_month: Month, percent: Decimal | None, amount: Decimal | None, actor: User) -> ZakatConsent:
    """The person agrees to a percent or a sum of each month's pay from the month on; an earlier consent ends there.

    Raises NotFound for an account without an employee, Retroactive and closing.MonthClosed.
    """
    require(actor, CONSENT)
    employee = _locked(actor)
    _require_to_come(from_month, employee)
    _end(employee, from_month)
    consent = ZakatConsent.objects.create(
        employee=employee, from_month=from_month.first_day, percent=percent, amount=amount
    )
    record(GIVEN, actor=actor, subject=consent, after={"from": str(from_month), "percent": percent, "amount": amount})
    return consent


@transaction.atomic
def withdraw_consent(*, from_month: Month, actor: User) -> None:
    """Nothing is taken from the month on. Raises NotFound, Retroactive, closing.MonthClosed and NothingGiven."""
    require(actor, CONSENT)
    employee = _locked(actor)
    _require_to_come(from_month, employee)
    if not _end(employee, from_month):
        raise NothingGiven
    record(WITHDRAWN, actor=actor, subject=employee, after={"from": str(from_month)})


def _locked(actor: User) -> Employee:
    """The person's own record, held until the transaction ends, so that two taps make one consent after the other."""
    own = own_employee(actor)
    return Employee.objects.select_for_update().get(pk=own.pk)


def _require_to_come(month: Month, employee: Employee) -> None:
    if month < here.this_month():
        raise Retroactive(month)
    closing.require_open(month.first_day, employees=[employee.pk])


def _end(employee: Employee, month: Month) -> bool:
    """End what stands in this month or later; one that would have begun later counts in no month."""
    ended = False
    open_or_later = Q(until_month__isnull=True) | (
        Q(until_month__gt=month.first_day) & Q(until_month__gt=F("from_month"))
    )
    for consent in ZakatConsent.objects.select_for_update().filter(open_or_later, employee=employee):
        consent.until_month = max(month.first_day, consent.from_month)
        consent.ended_at = clock.now()
        consent.save(update_fields=["until_month", "ended_at"])
        ended = True
    return ended
