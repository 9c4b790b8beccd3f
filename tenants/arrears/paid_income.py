"""The income of the month in which differences are paid, where the rules tax them as part of it."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal

from django.db.models import Sum
from django.utils.translation import gettext as _

from kernel.among import among_keys
from kernel.date_words import month_words
from kernel.periods import Month
from tenants.arrears.comparing import Totals
from tenants.arrears.models import DifferenceSlip
from tenants.rules.engine import ArrearsTax
from tenants.tpp.facts import Trouble
from tenants.tpp.models import MonthRun, RunIssue, SalaryBase, Slip


def arrears_taxes(run: MonthRun, standing: dict[int, Totals]) -> dict[int, ArrearsTax | Trouble]:
    """What the tax of these people's differences stands on, by their key; of whose salary of the month of payment is
    not known, why.

    Their differences that the run has written so far are income of that month too. Three statements.
    """
    people = list(standing)
    salaries = {row.employee_id: row for row in SalaryBase.objects.filter(_of(people), month=run.month)}
    slips = Slip.objects.of_counting_runs().paid().filter(_of(people), run__month=run.month, run__kind="ordinary")
    paid = _sums(slips.values_list("employee").annotate(Sum("gross")))
    before = _sums(DifferenceSlip.objects.of(run.pk).filter(_of(people)).values_list("employee").annotate(Sum("gross")))
    found: dict[int, ArrearsTax | Trouble] = {}
    for employee, stands in standing.items():
        salary = salaries.get(employee)
        if salary is None or not salary.ptkp:
            words = _("Pajak selisih dihitung pada bulan pembayaran: dasar gaji atau PTKP %(month)s belum ada.")
            found[employee] = Trouble(words % {"month": month_words(run.month)}, RunIssue.Place.SALARY)
            continue
        income = salary.amount + paid.get(employee, Decimal(0)) + before.get(employee, Decimal(0))
        found[employee] = ArrearsTax(
            str(Month.of(run.month)), max(income, Decimal(0)), stands.gross, stands.tax, salary.ptkp
        )
    return found


def _of(people: Collection[int]):  # type: ignore[no-untyped-def]
    return among_keys("employee_id", people)


def _sums(rows) -> dict[int, Decimal]:  # type: ignore[no-untyped-def]
    return dict(rows.order_by())
