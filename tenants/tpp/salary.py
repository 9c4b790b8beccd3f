"""What the salary payroll counts for the contribution ceiling of a month."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from django.db import transaction

from kernel.accounts.actors import Actor
from kernel.accounts.models import User
from kernel.audit.record import declare_action, record
from kernel.periods import Month
from kernel.permissions import require
from tenants.calendars import closing
from tenants.tpp.models import SalaryBase
from tenants.tpp.permissions import SALARY

RECORDED = declare_action("tpp.salary_bases_recorded", "Dasar gaji dimasukkan")


@transaction.atomic
def record_salary_bases(*, month: Month, amounts: Mapping[int, Decimal], actor: Actor) -> int:
    """Set the month's salary base, rupiah by employee key, in one statement; returns how many.

    An amount that stands already is replaced. Raises closing.MonthClosed.
    """
    if isinstance(actor, User):
        require(actor, SALARY)
    if closing.is_closed(month):
        raise closing.MonthClosed(month)
    rows = [SalaryBase(employee_id=pk, month=month.first_day, amount=amount) for pk, amount in amounts.items()]
    SalaryBase.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["employee", "month"], update_fields=["amount"]
    )
    record(RECORDED, actor=actor, after={"month": str(month), "people": len(rows), "total": sum(amounts.values())})
    return len(rows)
