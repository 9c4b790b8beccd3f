"""What a difference run pays: the months of one person in one OPD are one sum."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Sum

from tenants.arrears.models import DifferenceSlip
from tenants.tpp.models import MonthRun


@dataclass(frozen=True, slots=True)
class PayableRow:
    """One payment: the person's plus and minus months of the OPD together, more than nothing."""

    employee_id: int
    amount: Decimal
    months: int
    first_month: date
    last_month: date


def payable_rows(run: MonthRun, opd_id: int) -> list[PayableRow]:
    """Who is paid how much of the OPD's differences, in the order of the people's keys. One statement.

    Who owes more than the plus months bring is not in it: that is taken back from later pay.
    """
    rows = DifferenceSlip.objects.of(run.pk, opd_id).paid()
    return [
        PayableRow(row["employee"], row["balance"], row["months"], row["first_month"], row["last_month"])
        for row in rows
    ]


def balance_of(slip: DifferenceSlip) -> Decimal:
    """What the person's months in the run and OPD of this difference come to together, rupiah."""
    rows = DifferenceSlip.objects.of(slip.run_id, slip.opd_id).filter(employee=slip.employee_id)
    total: Decimal = rows.aggregate(total=Sum("net"))["total"]
    return total
