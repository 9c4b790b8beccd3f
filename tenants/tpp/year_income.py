"""The income of the tax year besides the month's own TPP, for the last tax month: December, and the month of leaving.

Salaries come from the salary payroll's sheet, month by month; TPP, THR and the 13th from what is locked; what
difference runs paid from the app that keeps them, which registers here. PMK 168/2023; domain note 5.1.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Min, Sum

from kernel.periods import Month
from tenants.employees.models import Placement
from tenants.employees.stops import StopPeriod
from tenants.rules.engine import YearIncome
from tenants.tpp.models import SalaryBase, Slip, SlipLine

_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Paid:
    """What was paid in a year besides slips, rupiah."""

    gross: Decimal
    tax: Decimal


_NOTHING = Paid(_ZERO, _ZERO)
# People, and the first and last month of payment; sums by the employee's key.
Source = Callable[[Collection[int], Month, Month], Mapping[int, Paid]]
_sources: list[Source] = []


def register(source: Source) -> None:
    """Ask this source as well, in a fixed number of statements."""
    if source not in _sources:
        _sources.append(source)


def leaving(stops: Mapping[int, tuple[StopPeriod, ...]]) -> set[int]:
    """The people who leave the service in the month of these stops."""
    return {employee for employee, periods in stops.items() if any(period.is_ending for period in periods)}


def year_incomes(employee_ids: Collection[int], month: Month) -> dict[int, YearIncome]:
    """The year of these people up to and with the month, by employee key. Five statements and those of the sources.

    Who lacks the salary, or the tax on it, of a month since January or since the first post, has no entry: the run
    then says that the year's income is missing instead of reckoning with a part of it.
    """
    first = Month(month.first_day.year, 1)
    salaries: dict[int, dict[date, SalaryBase]] = {}
    rows = SalaryBase.objects.filter(employee__in=employee_ids, month__gte=first.first_day, month__lte=month.first_day)
    for row in rows:
        salaries.setdefault(row.employee_id, {})[row.month] = row
    begun = dict(
        Placement.objects.filter(employee__in=employee_ids)
        .values_list("employee_id")
        .annotate(begun=Min("period__startswith"))
    )
    slips = (
        Slip.objects.locked()
        .paid()
        .filter(employee__in=employee_ids, run__month__gte=first.first_day, run__month__lte=month.first_day)
        .exclude(run__month=month.first_day, run__kind="ordinary")
        .order_by()
    )
    sums = {
        employee: Paid(gross, tax)
        for employee, gross, tax in slips.values_list("employee_id").annotate(gross=Sum("gross"), taxed=Sum("tax"))
    }
    zakat = dict(
        SlipLine.objects.filter(slip__in=slips.values("pk"), column="deduction", inputs__code="ZAKAT")
        .order_by()
        .values_list("slip__employee_id")
        .annotate(given=Sum("amount"))
    )
    others = [source(employee_ids, first, month) for source in _sources]
    found: dict[int, YearIncome] = {}
    for employee in employee_ids:
        months = salaries.get(employee, {})
        start = max(first, Month.of(begun[employee])) if begun.get(employee) else first
        if any(row.tax is None for row in months.values()) or not _has_all(months, start, month):
            continue
        paid = [
            sums.get(employee, Paid(_ZERO, _ZERO)),
            *(source.get(employee, Paid(_ZERO, _ZERO)) for source in others),
        ]
        found[employee] = YearIncome(
            months=len(months),
            gross=sum((row.amount for row in months.values()), _ZERO) + sum((one.gross for one in paid), _ZERO),
            withheld=sum((row.tax or _ZERO for row in months.values()), _ZERO) + sum((one.tax for one in paid), _ZERO),
            pension=sum((row.pension for row in months.values()), _ZERO),
            zakat=zakat.get(employee) or _ZERO,
        )
    return found


def _has_all(months: Mapping[date, SalaryBase], start: Month, last: Month) -> bool:
    month = start
    while month <= last:
        if month.first_day not in months:
            return False
        month = month.next
    return True
