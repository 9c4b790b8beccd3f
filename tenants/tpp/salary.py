"""What the salary payroll counts for the contribution ceiling of a month."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from kernel.accounts.actors import Actor
from kernel.accounts.models import User
from kernel.audit.record import declare_action, record
from kernel.periods import Month
from kernel.permissions import require
from kernel.watching import names
from tenants.calendars import closing
from tenants.tpp.models import SalaryBase
from tenants.tpp.permissions import SALARY

RECORDED = declare_action("tpp.salary_bases_recorded", "Dasar gaji dimasukkan", event=names.SENSITIVE_UPDATE)


@dataclass(frozen=True, slots=True)
class Salary:
    """A person's salary of a month: base, the tax and pension contribution taken on it in rupiah, tax-free status; all
    but the base where known."""

    amount: Decimal
    tax: Decimal | None = None
    ptkp: str = ""
    pension: Decimal = Decimal(0)


def record_salary_bases(*, month: Month, amounts: Mapping[int, Decimal], actor: Actor) -> int:
    """As `record_salaries`, where only the base is known."""
    return record_salaries(month=month, salaries={pk: Salary(amount) for pk, amount in amounts.items()}, actor=actor)


@transaction.atomic
def record_salaries(*, month: Month, salaries: Mapping[int, Salary], actor: Actor) -> int:
    """Set the month's salaries by employee key, in one statement; returns how many.

    What stands already is replaced. Raises closing.MonthClosed when it would change for somebody whose month is closed:
    see `closed_of`.
    """
    if isinstance(actor, User):
        require(actor, SALARY)
    if closed_of(month=month, salaries=salaries):
        raise closing.MonthClosed(month)
    rows = [
        SalaryBase(
            employee_id=pk,
            month=month.first_day,
            amount=salary.amount,
            tax=salary.tax,
            ptkp=salary.ptkp,
            pension=salary.pension,
        )
        for pk, salary in salaries.items()
    ]
    SalaryBase.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["employee", "month"],
        update_fields=["amount", "tax", "ptkp", "pension"],
    )
    total = sum(salary.amount for salary in salaries.values())
    record(RECORDED, actor=actor, after={"month": str(month), "people": len(rows), "total": total})
    return len(rows)


def closed_of(*, month: Month, salaries: Mapping[int, Salary]) -> set[int]:
    """Those of these people (by key) whose month is closed and whose salary would not be what stands.

    The others' month stays open until the transaction ends.
    """
    closing.hold(month.first_day, month.end)
    rows = SalaryBase.objects.filter(month=month.first_day, employee_id__in=salaries)
    stands = {row.employee_id: Salary(row.amount, row.tax, row.ptkp, row.pension) for row in rows}
    changed = {employee for employee, salary in salaries.items() if stands.get(employee) != salary}
    return closing.closed_people(changed, month)
