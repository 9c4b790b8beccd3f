"""The calculation of one person-month: rule set and facts in, slip out. What is taken from it: ``deductions``.

Pure and deterministic. Figures are exact: the decimal context traps any rounding that is not one of the named
policies or a quotient carried to 20 places. The order is that of ``docs/algorithms/tpp.md``; each of its steps is a
layer below: ``worksheet``, ``conditions``, ``post_pay``, ``scores``, ``parts``, ``month_pay``.
"""

from collections.abc import Mapping
from decimal import Decimal, Inexact, localcontext
from typing import Any, Final

from kernel.money import EXACT_CONTEXT, quotient, rounded

from .canonical import sha256
from .deductions import Taking
from .errors import NetBelowZero, NotInForce, TooManyDigits
from .facts import MonthFacts
from .month_pay import MonthPay
from .nodes import PartWeight, ScoreNode
from .post_pay import WHOLE
from .prepared import prepare
from .rule_sets import RuleSet
from .slips import Slip, check_sums
from .worksheet import Vector

_ZERO: Final = Decimal(0)
_HUNDRED: Final = Decimal(100)


def evaluate(rule_set: RuleSet, facts: MonthFacts) -> Slip:
    """Compute the slip of one person-month.

    Raises ``MissingFact``, ``NoRuleFor``, ``NotInForce``, ``NetBelowZero`` or ``TooManyDigits`` (all of them
    ``EvaluationError``): the person cannot be paid by this rule set with these facts. The rule set is prepared once
    and kept with its object.
    """
    return computed(Calculation(prepare(rule_set), facts))


def computed(calculation: "Calculation") -> Slip:
    """The slip of a calculation, exact and added up."""
    facts, rule_set = calculation.facts, calculation.prepared.rule_set
    if not rule_set.is_in_force(facts.month):
        raise NotInForce(rule_set.code, facts.month)
    try:
        with localcontext(EXACT_CONTEXT):
            slip = calculation.slip()
        check_sums(slip)
    except Inexact as error:
        raise TooManyDigits(facts.month) from error
    return slip


def result_of(rule_set: RuleSet, facts: MonthFacts, node_id: str) -> Decimal:
    """The result 0 to 100 of one score or part (in percent of its weight), without the rest of the slip.

    Raises ``EvaluationError`` where the facts do not give it, also for facts that no rule reads.
    """
    prepared = prepare(rule_set)
    if not rule_set.is_in_force(facts.month):
        raise NotInForce(rule_set.code, facts.month)
    try:
        with localcontext(EXACT_CONTEXT):
            return Calculation(prepared, facts).result(node_id)
    except Inexact as error:
        raise TooManyDigits(facts.month) from error


class Calculation(MonthPay):
    """The whole of it, in the order of the steps."""

    def slip(self) -> Slip:
        self.refuse_unknown()
        self.period_line()
        base, percents = self.post()
        pagu = sum(base.values(), _ZERO)
        pay, additions = dict(base), self.additions
        if self.eligible(pay) and self.in_service(pay):
            self.parts(base, pay)
            if self.month(pay):
                self.add(pay, additions)
                self.bonuses(base, pay)
                if self.facts.stops:
                    self.serve(pay)
        self.bear(pay, "after_score")
        self.adjust(base, pay)
        return self.settled(pagu, pay, percents)

    def settled(self, pagu: Decimal, pay: Vector, percents: Mapping[str, Decimal]) -> Slip:
        """Steps 9 and 10: what was earned by criterion, less what is taken from it, as a slip."""
        self.hold_by_order()
        printed_pagu = rounded(self.policy.pagu, pagu)
        gross = sum(pay.values(), _ZERO)
        criteria, printed_gross = self.gross(pay, gross, percents)
        carried = gross if self.policy.carry == "unrounded" else printed_gross
        taking = Taking(self, carried, pagu if self.policy.carry == "unrounded" else printed_pagu)
        allowed, printed_allowance = taking.gross_up()
        taken, printed = taking.deductions()
        gross, printed_gross, carried = gross + allowed, printed_gross + printed_allowance, carried + allowed
        if self.policy.carry == "rounded":
            carried += printed_allowance - allowed
        net = carried - sum(taken.values(), _ZERO)
        printed_net = rounded(self.policy.net, net)
        rounding = printed_net - (printed_gross - sum(printed.values(), _ZERO))
        if rounding:
            self.rounding_line("rounding", rounding, "Bersih dibulatkan dari angka yang belum dibulatkan.")
        if printed_net < 0:
            raise NetBelowZero(str(printed_net))
        return Slip(
            rule_set_code=self.prepared.rule_set.code,
            rule_set_digest=self.prepared.digest,
            facts_digest=sha256(self.facts.to_json()),
            month=self.facts.month,
            pagu=printed_pagu,
            gross=printed_gross,
            tax=printed["tax"],
            contributions=printed["contribution"],
            deductions=printed["deduction"],
            rounding=rounding,
            net=printed_net,
            unrounded={
                "pagu": pagu,
                "gross": gross,
                "tax": taken["tax"],
                "contributions": taken["contribution"],
                "deductions": taken["deduction"],
                "net": net,
            },
            criteria=criteria,
            figures=self.figures,
            lines=tuple(self.lines),
            holds=tuple(self.held.values()),
            blocks_next_month=self.blocks,
        )

    def gross(self, pay: Vector, gross: Decimal, percents: Mapping[str, Decimal]) -> tuple[Vector, Decimal]:
        table = self.prepared.amounts
        titles = self.prepared.rule_set.criteria
        if WHOLE in pay:
            whole = sum(percents.values(), _ZERO)
            values = {name: quotient(gross * percent, whole) for name, percent in percents.items() if percent}
        else:
            values = {name: value for name, value in pay.items() if percents.get(name) or value}
        criteria: Vector = {}
        for name, value in values.items():
            amount = rounded(self.policy.criterion, value)
            criteria[name] = amount
            inputs: dict[str, Any] = {"criterion": name}
            if titles[name].account:
                inputs["account"] = titles[name].account
            self.line(
                table, "gross", "rupiah", value, column="gross", amount=amount, inputs=inputs, label=titles[name].label
            )
        total = sum(criteria.values(), _ZERO)
        printed = rounded(self.policy.gross, gross if self.policy.carry == "unrounded" else total)
        if printed != total:
            self.rounding_line("gross", printed - total, "Bruto dibulatkan dari jumlah yang belum dibulatkan.")
        self.figures["bruto"] = gross
        return criteria, printed

    def result(self, node_id: str) -> Decimal:
        self.refuse_unknown()
        node = self.prepared.nodes[node_id]
        if isinstance(node, PartWeight):
            weight = self.weight(node)
            return min(quotient(self.part_earned(node) * _HUNDRED, weight), _HUNDRED) if weight else _ZERO
        if isinstance(node, ScoreNode):
            return self.score(node).value
        raise KeyError(node_id)
