"""Where an OPD stands against its ceilings in a month, and the gate that stops a month that is over."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.urls import reverse
from django.utils.translation import gettext as _

from kernel.periods import Month
from kernel.tenancy import here
from tenants.budget.accounts import COMMON, PART_TITLES
from tenants.budget.costs import Costs, MonthCost, costs_of_year
from tenants.budget.models import BudgetCeiling, BudgetDecision
from tenants.organisation.models import Unit
from tenants.payout.gates import Reason

OVER = "budget_over"
MISSING = "budget_missing"
_NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class CodeLine:
    """One account code, rupiah: `committed` is locked, `this` the month asked for; no `ceiling`: none is recorded."""

    code: str
    label: str
    ceiling: Decimal | None
    committed: Decimal
    this: Decimal

    @property
    def left(self) -> Decimal | None:
        """What is left after the month; below zero when it is over."""
        return None if self.ceiling is None else self.ceiling - self.committed - self.this

    @property
    def is_over(self) -> bool:
        return self.left is not None and self.left < 0

    @property
    def shortage(self) -> Decimal:
        """How much is missing."""
        return -self.left if self.left is not None and self.left < 0 else _NOTHING


@dataclass(frozen=True, slots=True)
class Position:
    """An OPD's month against its ceilings. `run` None: the month is not computed for it."""

    month: Month
    kind: str
    opd_id: int
    cost: MonthCost | None
    lines: tuple[CodeLine, ...]
    has_ceilings: bool

    @property
    def is_over(self) -> bool:
        return any(line.is_over for line in self.lines)

    @property
    def missing(self) -> tuple[CodeLine, ...]:
        """Codes that the month costs and that have no ceiling, or parts that no code pays."""
        return tuple(line for line in self.lines if line.this and line.ceiling is None)

    @property
    def this(self) -> Decimal:
        """The month's whole cost."""
        return sum((line.this for line in self.lines), _NOTHING)

    @property
    def shortage(self) -> Decimal:
        """What is missing over all codes."""
        return sum((line.shortage for line in self.lines), _NOTHING)


def position(month: Month, kind: str, opd_id: int) -> Position:
    """The OPD's month of this kind against what the year's ceilings leave. A fixed number of statements."""
    year = costs_of_year(month.first_day.year, [opd_id])
    return position_in(year, month, kind, opd_id, ceilings_of(month.first_day.year, [opd_id]).get(opd_id, {}))


def position_in(
    year: Iterable[MonthCost], month: Month, kind: str, opd_id: int, ceilings: Costs, *, instead: Costs | None = None
) -> Position:
    """The position from the OPD's costs of the year; `instead` puts other costs in place of the month's own."""
    cost: MonthCost | None = None
    committed: dict[str, Decimal] = {}
    for found in year:
        if found.run.month == month.first_day and found.run.kind == kind:
            cost = found
        elif found.is_locked:
            for code, amount in found.costs.items():
                committed[code] = committed.get(code, _NOTHING) + amount
    this = instead if instead is not None else cost.costs if cost is not None else {}
    codes = sorted({*ceilings, *committed, *this})
    lines = tuple(
        CodeLine(
            code,
            label_of(code),
            ceilings.get(code),
            committed.get(code, _NOTHING),
            this.get(code, _NOTHING),
        )
        for code in codes
    )
    return Position(month, kind, opd_id, cost, lines, bool(ceilings))


def ceilings_of(year: int, opds: Iterable[int] | None = None) -> dict[int, dict[str, Decimal]]:
    """The ceilings that count today, by OPD and code. One statement."""
    day = min(here.today(), Month(year, 12).end)
    rows = BudgetCeiling.objects.in_force(year, day, None if opds is None else list(opds))
    found: dict[int, dict[str, Decimal]] = {}
    for opd, code, amount in rows.values_list("opd_id", "account_code", "amount"):
        found.setdefault(opd, {})[code] = amount
    return found


def label_of(code: str) -> str:
    """What a common code pays, in words; empty for a region's own."""
    if not code:
        return _("Belum dipetakan ke kode rekening")
    parts = [part for (part, _group), common in COMMON.items() if common == code]
    return PART_TITLES[parts[0]] if parts else ""


def against_locking(month: Month, kind: str, opd_id: int) -> list[Reason]:
    """What the budget says against the OPD's month.

    A month whose cost no ceiling is recorded for is stopped like one that is over, until somebody records it or decides
    to go on without (`BudgetDecision.Option.UNRECORDED`).
    """
    found = position(month, kind, opd_id)
    uid = Unit.objects.values_list("uid", flat=True).get(pk=opd_id)
    url = reverse("budget-month", args=[str(month), kind, uid])
    reasons = []
    if found.is_over:
        words = _("Pagu anggaran kurang Rp%(amount)s. Pilih cara menanganinya.")
        reasons.append(Reason(OVER, words % {"amount": f"{found.shortage:,.0f}".replace(",", ".")}, url))
    if found.missing and not goes_on_without(month, kind, opd_id):
        codes = ", ".join(line.code or line.label for line in found.missing)
        words = (
            _("Belum ada pagu untuk %(codes)s. Catat pagunya, atau putuskan melanjutkan tanpa pagu.")
            if found.has_ceilings
            else _("Pagu OPD ini untuk %(year)s belum dicatat. Catat pagunya, atau putuskan melanjutkan tanpa pagu.")
        )
        reasons.append(Reason(MISSING, words % {"codes": codes, "year": month.year}, url))
    return reasons


def goes_on_without(month: Month, kind: str, opd_id: int) -> bool:
    """Whether it was decided that the month goes on although no ceiling is recorded for what it costs."""
    decisions = BudgetDecision.objects.of(month, kind).filter(opd=opd_id)
    return decisions.filter(option=BudgetDecision.Option.UNRECORDED).exists()
