"""Whom a rule means, what holds the pay back, and the share of it that the budget bears: asked at several steps."""

from decimal import Decimal
from typing import Any, Final

from kernel.money import decimal_text, quotient, rounded

from .deduction_nodes import BudgetRule
from .fields import Clause, Node
from .nodes import EVERY, AlternateWeight, Gate, Multiplier, MultiplierRow
from .records import BudgetFactor, OrderedHold, ReleasedHold
from .slips import Hold
from .worksheet import Vector, Worksheet

_ZERO: Final = Decimal(0)
_ONE: Final = Decimal(1)
_HUNDRED: Final = Decimal(100)

# The line of what the budget bears, where the rule set has no node for it.
BUDGET_ID: Final = "faktor_anggaran"


class Conditions(Worksheet):
    """Categories, flags and facts that a rule names; holds and their release; the budget's share."""

    def in_categories(self, positions: tuple[str, ...], units: tuple[str, ...]) -> bool:
        return (EVERY in positions or self.facts.position_category in positions) and (
            EVERY in units or self.facts.unit_category in units
        )

    def holds(self, condition: AlternateWeight, node: Node) -> bool:
        facts = self.facts
        return (
            self.in_categories(condition.position_categories, condition.unit_categories)
            and (not condition.statuses or facts.status in condition.statuses)
            and (condition.fact is None or condition.below is None or self.fact(condition.fact, node) < condition.below)
        )

    def multiplier_factor(self, node: Multiplier) -> Decimal:
        for row in node.rows:
            if self.row_holds(row, node):
                return row.factor
        return _ONE

    def row_holds(self, row: MultiplierRow, node: Node) -> bool:
        facts = self.facts
        if (
            not self.in_categories(row.position_categories, row.unit_categories)
            or (row.flag and row.flag not in facts.flags)
            or (row.statuses and facts.status not in row.statuses)
            or (row.months and int(facts.month[5:]) not in row.months)
        ):
            return False
        return row.fact is None or is_within(self.fact(row.fact, node), row.below, row.at_least)

    # --- holding the pay ---------------------------------------------------------------------------------------------

    def hold(self, node: Node, reason: str) -> None:
        """Held back, unless it was released for this month."""
        if self.released(node) is None:
            self.held[node.id] = Hold(node.id, node.label, reason)

    def hold_by_order(self) -> None:
        """What officials hold back by a decision of their own, each on a line that changes nothing."""
        for order in self.facts.ordered_holds:
            node = _order_of(order)
            self.hold(node, order.reason)
            released = self.released(node)
            note = f"Pembayarannya ditahan: {order.reason}." if released is None else release_note(released)
            self.line(node, "multipliers", "factor", _ONE, rate=_ONE, effect=_ZERO, note=note)

    def released(self, node: Node) -> ReleasedHold | None:
        return next((entry for entry in self.facts.released_holds if entry.node_id == node.id), None)

    # --- what the budget bears ---------------------------------------------------------------------------------------

    def bear(self, pay: Vector, stage: str) -> None:
        """The share that the budget bears, on a line of its own, at the stage that the rules name."""
        node = self.budget_node(stage)
        if node is None:
            return
        budget = self.facts.budget_factor
        share = budget.share if budget is not None else _ONE
        before = sum(pay.values(), _ZERO)
        if share != _ONE:
            for name, value in pay.items():
                # Settled to twenty places, so that nothing behind it gets more digits than can be exact.
                pay[name] = quotient(value * share, _ONE)
        after = sum(pay.values(), _ZERO)
        if stage == "before_score":
            if share != _ONE or (budget is not None and budget.is_held):
                self.pagu_line(node, after, rate=share, note=self.budget_note())
        else:
            self.line(node, "budget", "factor", share, rate=share, effect=after - before, note=self.budget_note())

    def budget_node(self, stage: str) -> BudgetRule | None:
        """The node of the budget's share if it counts at this stage; it holds the pay where that was decided."""
        budget = self.facts.budget_factor
        if budget is None:
            return None
        node = self.prepared.budget or _budget_of(budget)
        if node.stage != stage:
            return None
        self.figures[node.id] = budget.share
        if budget.is_held:
            self.hold(node, budget.reason)
        return node

    def budget_note(self) -> str:
        budget = self.facts.budget_factor
        if budget is None:
            return ""
        said = [budget.reason if budget.reason.endswith(".") else f"{budget.reason}."]
        if budget.share != _ONE:
            said.insert(0, f"Dibayar {decimal_text(budget.share * _HUNDRED)} persen menurut kemampuan anggaran.")
        if budget.is_held:
            node = self.prepared.budget or _budget_of(budget)
            released = self.released(node)
            said.append("Pembayarannya ditahan." if released is None else release_note(released))
        return " ".join(said)

    # --- the pagu as it changes ---------------------------------------------------------------------------------------

    def scale(self, vector: Vector, factor: Decimal, criteria: tuple[str, ...] | None) -> Decimal:
        """Multiply in place; gives the change of the sum."""
        change = _ZERO
        for name, value in vector.items():
            if criteria is None or name in criteria:
                vector[name] = value * factor
                change += vector[name] - value
        return change

    def pagu_line(self, node: Node, total: Decimal, **more: Any) -> None:
        """A line that takes the pagu from where it stood to ``total``; printed amounts add up by construction."""
        amount = rounded(self.policy.pagu, total) - rounded(self.policy.pagu, self.running)
        unrounded = total - self.running
        self.running = total
        self.line(node, "post", "rupiah", unrounded, column="pagu", amount=amount, **more)


def is_within(value: Decimal, below: Decimal | None, at_least: Decimal | None) -> bool:
    return (below is not None and value < below) or (at_least is not None and value >= at_least)


def release_note(released: ReleasedHold) -> str:
    reference = f" ({released.reference})" if released.reference else ""
    return f"Penahanan dilepas: {released.reason}{reference}."


def _order_of(order: OrderedHold) -> Gate:
    """The node of a hold that no rule set knows: the decision itself is the clause."""
    clause = Clause.model_construct(text=order.reason, reference=order.reference)
    return Gate.model_construct(
        id=order.node_id,
        kind="gate",
        label="Penahanan pembayaran",
        clause=clause,
        assumption="",
        stage="month",
        when=(),
        action="hold",
    )


def _budget_of(budget: BudgetFactor) -> BudgetRule:
    """The node of a set that does not speak about the budget: the decision itself is the clause."""
    reference = budget.reference or "Keputusan daerah tentang kemampuan anggaran"
    clause = Clause.model_construct(text=budget.reason, reference=reference)
    return BudgetRule.model_construct(
        id=BUDGET_ID,
        kind="budget_factor",
        label="Kemampuan anggaran",
        clause=clause,
        assumption="",
        stage="after_score",
    )
