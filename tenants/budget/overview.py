"""The year of OPDs at a glance: ceilings, what is committed, what is still open, and where the year goes."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal

from tenants.budget.checking import ceilings_of
from tenants.budget.costs import Costs, MonthCost, costs_of_year
from tenants.budget.forecast import Outlook, outlook
from tenants.organisation.models import Unit
from tenants.tpp.models import MonthRun

_NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class OpdYear:
    """One OPD's year, rupiah over all codes; `codes` one by one."""

    opd: Unit
    ceilings: Costs
    months: tuple[MonthCost, ...]
    codes: tuple[Outlook, ...]

    @property
    def ceiling(self) -> Decimal | None:
        """The sum of the ceilings; None without any."""
        return sum(self.ceilings.values(), _NOTHING) if self.ceilings else None

    @property
    def committed(self) -> Decimal:
        return total(month for month in self.months if month.is_locked)

    @property
    def computed(self) -> Decimal:
        """Computed and not locked."""
        return total(month for month in self.months if not month.is_locked)

    @property
    def expected(self) -> Decimal:
        return sum((code.expected for code in self.codes), _NOTHING)

    @property
    def warnings(self) -> tuple[Outlook, ...]:
        """The codes whose ceiling does not last until December."""
        return tuple(code for code in self.codes if code.left is not None and code.left < 0)

    @property
    def lasts(self) -> int:
        """The last month that every ceiling bears."""
        return min((code.lasts for code in self.codes), default=12)


def total(months: Iterable[MonthCost]) -> Decimal:
    """What the months cost together."""
    return sum((amount for month in months for amount in month.costs.values()), _NOTHING)


def years_of(opds: Collection[Unit], year: int) -> list[OpdYear]:
    """The year of each OPD, in the order given. A fixed number of statements."""
    keys = [opd.pk for opd in opds]
    ceilings = ceilings_of(year, keys)
    costs: dict[int, list[MonthCost]] = {}
    for cost in costs_of_year(year, keys):
        costs.setdefault(cost.opd_id, []).append(cost)
    return [_year(opd, ceilings.get(opd.pk, {}), costs.get(opd.pk, [])) for opd in opds]


def _year(opd: Unit, ceilings: Costs, months: list[MonthCost]) -> OpdYear:
    ordinary = {month.run.month.month: month.costs for month in months if month.run.kind == MonthRun.Kind.ORDINARY}
    others = [month.costs for month in months if month.run.kind != MonthRun.Kind.ORDINARY]
    return OpdYear(opd, ceilings, tuple(months), tuple(outlook(ordinary, others, ceilings)))


def without_months(ceilings: Costs) -> list[Outlook]:
    """The codes of an OPD of which no month is computed yet."""
    return [
        Outlook(code, ceiling, _NOTHING, _NOTHING, _NOTHING, ceiling, 12) for code, ceiling in sorted(ceilings.items())
    ]
