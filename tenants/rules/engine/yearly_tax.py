"""The tax of a whole year (UU PPh Article 17, PMK 168/2023): what the last tax month still has to take.

Income of the year less biaya jabatan, pension contributions and zakat paid through the employer, less PTKP, cut to
whole thousands, by the progressive bands; less what was withheld before.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from kernel.money import exact, rounded

from .national import NationalTable
from .records import YearIncome

_ZERO: Final = Decimal(0)
_HUNDRED: Final = Decimal(100)


@dataclass(frozen=True, slots=True)
class YearlyTables:
    """The figures of one year. ``bands`` are (upper bound or ``None``, percent), the lowest first."""

    exempt: Mapping[str, Decimal]
    bands: tuple[tuple[Decimal | None, Decimal], ...]
    job_percent: Decimal
    job_month_most: Decimal
    job_year_most: Decimal


@dataclass(frozen=True, slots=True)
class YearlyTax:
    """The steps in rupiah. ``tax`` is what is still to be taken, ``overpaid`` what was withheld too much."""

    income: Decimal
    job_cost: Decimal
    exempt: Decimal
    taxable: Decimal
    due: Decimal
    tax: Decimal
    overpaid: Decimal


def yearly_tables(tables: Iterable[NationalTable]) -> YearlyTables | None:
    """The figures of the newest PTKP, Article 17 and biaya jabatan table among these, ``None`` where one lacks."""
    content = {one.name: one.content for one in sorted(tables, key=lambda one: one.valid_from)}
    exempt = next((c["amounts"] for c in content.values() if "amounts" in c), None)
    bands = next((c["bands"] for c in content.values() if "bands" in c), None)
    job = next((c for c in content.values() if "year_most" in c), None)
    if exempt is None or bands is None or job is None:
        return None
    return YearlyTables(
        exempt={code: exact(amount) for code, amount in exempt.items()},
        bands=tuple((exact(row["to"]) if "to" in row else None, exact(row["percent"])) for row in bands),
        job_percent=exact(job["percent"]),
        job_month_most=exact(job["month_most"]),
        job_year_most=exact(job["year_most"]),
    )


def tax_of_year(tables: YearlyTables, exempt: Decimal, year: YearIncome, income: Decimal) -> YearlyTax:
    """The reckoning for the year's ``income`` (rupiah, this month's TPP included)."""
    job_cost = min(income * tables.job_percent / _HUNDRED, tables.job_month_most * year.months, tables.job_year_most)
    net = income - job_cost - year.pension - year.zakat
    taxable = rounded("floor_thousand", max(net - exempt, _ZERO))
    due = progressive(tables.bands, taxable)
    return YearlyTax(
        income=income,
        job_cost=job_cost,
        exempt=exempt,
        taxable=taxable,
        due=due,
        tax=max(due - year.withheld, _ZERO),
        overpaid=max(year.withheld - due, _ZERO),
    )


def grossed_up(tables: YearlyTables, exempt: Decimal, year: YearIncome, income: Decimal) -> YearlyTax:
    """The reckoning when the tax still to be taken is paid by the region and so is income itself.

    The least ``t`` with ``t = tax(income + t)``: a thousand more of income gives at most 350 more of tax, so the
    steps from below shrink and end at the first whole thousand that no longer changes.
    """
    found = tax_of_year(tables, exempt, year, income)
    while True:
        following = tax_of_year(tables, exempt, year, income + found.tax)
        if following.tax == found.tax:
            return following
        found = following


def progressive(bands: Iterable[tuple[Decimal | None, Decimal]], taxable: Decimal) -> Decimal:
    """The tax on a yearly income by bands, each with its own percent of what lies within it."""
    total, before = _ZERO, _ZERO
    for bound, percent in bands:
        upper = taxable if bound is None else min(taxable, bound)
        total += max(upper - before, _ZERO) * percent / _HUNDRED
        if bound is None or taxable <= bound:
            break
        before = bound
    return total
