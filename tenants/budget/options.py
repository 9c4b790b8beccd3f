"""What each way out of a shortage does, person by person and in total, before anybody chooses it.

Pay is computed again from the frozen facts with the same engine, so the figures are those that a new run gives.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from decimal import ROUND_FLOOR, Decimal
from typing import Final

from kernel.money import quotient
from tenants.budget.accounts import Accounts
from tenants.budget.checking import Position, ceilings_of, position_in
from tenants.budget.costs import costs_of_slips, costs_of_year
from tenants.budget.parts import budget_nodes
from tenants.rules.engine import BudgetFactor, MonthFacts, RuleSet, Slip, evaluate, evaluate_special
from tenants.rules.loading import loaded
from tenants.tpp.models import MonthFacts as FrozenFacts
from tenants.tpp.models import MonthRun

# A share is said with four decimals: 0.8712 is 87.12 percent.
_STEP: Final = Decimal("0.0001")
# Rounding of each person can bring the sum a little above again.
_MOST_STEPS: Final = 5
_NOTHING: Final = Decimal(0)

Factor = Callable[[int], BudgetFactor | None]


@dataclass(frozen=True, slots=True)
class Effect:
    """One person before and after, rupiah; `is_held`: the pay waits."""

    employee_id: int
    name: str
    nip: str
    gross_before: Decimal
    gross_after: Decimal
    net_before: Decimal
    net_after: Decimal
    is_held: bool

    @property
    def paid_after(self) -> Decimal:
        """What the person gets now."""
        return _NOTHING if self.is_held else self.net_after

    @property
    def change(self) -> Decimal:
        """How the pay of the month changes."""
        return self.paid_after - self.net_before


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an option does to an OPD's month: the people, the sums, and where the ceilings stand then."""

    share: Decimal | None
    effects: tuple[Effect, ...]
    position: Position

    @property
    def fits(self) -> bool:
        """Whether the month is within its ceilings then."""
        return not self.position.is_over

    @property
    def people(self) -> int:
        """How many get something else."""
        return sum(1 for effect in self.effects if effect.change)

    @property
    def held(self) -> int:
        return sum(1 for effect in self.effects if effect.is_held)

    @property
    def gross_before(self) -> Decimal:
        return sum((effect.gross_before for effect in self.effects), _NOTHING)

    @property
    def gross_after(self) -> Decimal:
        return sum((effect.gross_after for effect in self.effects if not effect.is_held), _NOTHING)

    @property
    def net_before(self) -> Decimal:
        return sum((effect.net_before for effect in self.effects), _NOTHING)

    @property
    def net_after(self) -> Decimal:
        return sum((effect.paid_after for effect in self.effects), _NOTHING)

    def summary(self) -> dict[str, str]:
        """The sums as text, to be kept with the decision."""
        sums = {name: str(getattr(self, name)) for name in ("gross_before", "gross_after", "net_before", "net_after")}
        return {"people": str(self.people), "held": str(self.held), **sums}


class Shortage:
    """An OPD's month with the frozen facts of its people, ready to be computed under another budget factor."""

    def __init__(self, position: Position) -> None:
        if position.cost is None:
            raise ValueError("the month is not computed for this OPD")
        self.position = position
        self.run: MonthRun = position.cost.run
        self.rules: RuleSet = loaded(self.run.rule_set)
        self._accounts = Accounts()
        year = position.month.first_day.year
        self._year = costs_of_year(year, [position.opd_id])
        self._ceilings = ceilings_of(year, [position.opd_id]).get(position.opd_id, {})
        rows = FrozenFacts.objects.filter(run=self.run, opd=position.opd_id, is_practice=False).order_by("employee_id")
        computed = set(self.run.slips.filter(opd=position.opd_id).values_list("employee_id", flat=True))
        self._people = [
            (row.employee_id, row.heading, MonthFacts.from_json(row.text))
            for row in rows
            if row.employee_id in computed
        ]
        self._before = {pk: self._slip(facts) for pk, _heading, facts in self._people}

    @property
    def people(self) -> Collection[int]:
        """The keys of who is paid in the month."""
        return self._before.keys()

    def with_status(self, statuses: Collection[str]) -> set[int]:
        """The people of the month whose status is one of these."""
        return {pk for pk, heading, _facts in self._people if heading["status"] in statuses}

    def statuses(self) -> list[str]:
        """The statuses of the people of the month."""
        return sorted({heading["status"] for _pk, heading, _facts in self._people})

    def by_nip(self) -> dict[str, int]:
        """The people of the month by NIP."""
        return {heading["nip"]: pk for pk, heading, _facts in self._people}

    def under(self, factor: Factor, share: Decimal | None = None) -> Outcome:
        """Everybody computed again; `factor` gives what the budget bears of a person, None: as it is."""
        holding = budget_nodes(self.rules)
        effects: list[Effect] = []
        slips: list[tuple[str, Slip]] = []
        for pk, heading, facts in self._people:
            before = self._before[pk]
            budget = factor(pk)
            after = before if budget is None else self._slip(replace(facts, budget_factor=budget))
            is_held = any(hold.node_id in holding for hold in after.holds)
            effects.append(
                Effect(pk, heading["name"], heading["nip"], before.gross, after.gross, before.net, after.net, is_held)
            )
            slips.append((heading["status"], after))
        costs = costs_of_slips(slips, self.rules, self.run.month, self._accounts)
        found = self.position
        after_all = position_in(self._year, found.month, found.kind, found.opd_id, self._ceilings, instead=costs)
        return Outcome(share, tuple(effects), after_all)

    def at(self, share: Decimal) -> Outcome:
        """Everybody gets this share of the month."""
        budget = BudgetFactor(share, "Kemampuan anggaran")
        return self.under(lambda pk: budget, share)

    def holding(self, people: Collection[int]) -> Outcome:
        """These people wait; the others are paid in full."""
        budget = BudgetFactor(Decimal(1), "Kemampuan anggaran", is_held=True)
        chosen = frozenset(people)
        return self.under(lambda pk: budget if pk in chosen else None)

    def pro_rata(self) -> Outcome | None:
        """The largest share with which everybody is paid alike and no ceiling is passed; None where there is none."""
        shares = [
            self._share_of(line.ceiling - line.committed, line.this)
            for line in self.position.lines
            if line.is_over and line.ceiling is not None
        ]
        share = min(shares, default=Decimal(1))
        for _step in range(_MOST_STEPS):
            if share <= 0:
                return None
            outcome = self.at(share)
            if outcome.fits:
                return outcome
            share -= _STEP
        return None

    def _slip(self, facts: MonthFacts) -> Slip:
        kind = self.run.kind
        if kind in ("thr", "thirteenth"):
            return evaluate_special(self.rules, facts, "thr" if kind == "thr" else "thirteenth")
        return evaluate(self.rules, facts)

    @staticmethod
    def _share_of(left: Decimal, cost: Decimal) -> Decimal:
        return max(quotient(left, cost).quantize(_STEP, rounding=ROUND_FLOOR), _NOTHING) if cost else _NOTHING
