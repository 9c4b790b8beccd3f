"""THR and the 13th month: a share of a month's pay, without scores, gates and penalties."""

from decimal import Decimal
from typing import Final

from typing_extensions import override

from kernel.money import quotient

from .deduction_nodes import SpecialKind, SpecialPay
from .errors import MissingFact, NoRuleFor
from .evaluation import Calculation, computed
from .facts import MonthFacts
from .prepared import Prepared, prepare
from .records import STOP_TITLES
from .rule_sets import RuleSet
from .slips import Slip
from .worksheet import Vector

_ZERO: Final = Decimal(0)
_ONE: Final = Decimal(1)
_HUNDRED: Final = Decimal(100)


def evaluate_special(rule_set: RuleSet, facts: MonthFacts, kind: SpecialKind) -> Slip:
    """The slip of THR or of the 13th month, paid in ``facts.month``.

    ``facts`` tell of the post and status on the reference day; where the rule takes what was earned, ``base_pay``
    are the criteria of the slip of ``base_month``. Raises as ``evaluate`` does, and ``NoRuleFor`` where the rule set
    does not speak about this payment or does not pay the person's status.
    """
    prepared = prepare(rule_set)
    node = prepared.specials.get(kind)
    if node is None:
        raise NoRuleFor("special", kind, "")
    return computed(_Special(prepared, facts, node))


class _Special(Calculation):
    def __init__(self, prepared: Prepared, facts: MonthFacts, node: SpecialPay) -> None:
        super().__init__(prepared, facts)
        self.node = node
        self.payment = node.pays
        if node.rounding is not None:
            self.policy = self.policy.model_copy(update={"criterion": node.rounding})

    @override
    def slip(self) -> Slip:
        if self.node.statuses and self.facts.status not in self.node.statuses:
            raise NoRuleFor("status", self.facts.status, self.node.id)
        self.refuse_unknown()
        if self.node.base == "pagu":
            base, percents = self.post()
        else:
            base, percents = self.earned_before(), {}
        pagu = sum(base.values(), _ZERO)
        pay = dict(base)
        if self.node.base == "pagu":
            self.add(pay, self.additions)
        self.share_of(pay)
        self.bear(pay, "after_score")
        self.adjust(base, pay)
        return self.settled(pagu, pay, percents)

    @override
    def refuse_unknown(self) -> None:
        """Facts of the month's work do not bear on it; sums and consents must be read by a rule."""
        self.refuse_unknown_sums()

    def earned_before(self) -> Vector:
        """The gross by criterion of the base month, as the pagu of this payment."""
        facts, node = self.facts, self.node
        if facts.base_month is None:
            raise MissingFact("base_pay", node.id)
        if node.base_month is not None and int(facts.base_month[5:]) != node.base_month:
            raise NoRuleFor("base_month", facts.base_month, node.id)
        known = self.prepared.rule_set.criteria
        for name in facts.base_pay:
            if name not in known:
                raise NoRuleFor("base_pay", name, node.id)
        base = {name: facts.base_pay[name] for name in known if name in facts.base_pay}
        self.running = _ZERO
        total = sum(base.values(), _ZERO)
        self.pagu_line(node, total, inputs={"base_month": facts.base_month}, label=f"{node.label}: TPP bulan dasar")
        self.bear(base, "before_score")
        return base

    def share_of(self, pay: Vector) -> None:
        """What is paid of the base: percent, then by months of service, nothing within a stop that is not paid."""
        node = self.node
        stop = next((stop for stop in self.facts.stops if stop.kind in node.unpaid_stops), None)
        if stop is not None:
            note = f"Tidak dibayar: {STOP_TITLES[stop.kind]} sejak {stop.first.isoformat()}."
            self.share_line(pay, _ZERO, note, {"kind": stop.kind, "first": stop.first})
            return
        percent = node.percent / _HUNDRED
        self.share_line(pay, percent, "" if percent == _ONE else f"Dibayar {node.percent} persen.", {})
        if not node.months_for or self.facts.status in node.months_for:
            self.by_months(pay)

    def by_months(self, pay: Vector) -> None:
        node, served = self.node, self.facts.service_months
        full = node.full_after_months or node.least_months
        if not full:
            return
        if served is None:
            raise MissingFact("service_months", node.id)
        if served >= full:
            return
        before = sum(pay.values(), _ZERO)
        months = 0 if served < node.least_months or node.full_after_months is None else served
        for name, value in pay.items():
            pay[name] = quotient(value * months, Decimal(full))
        effect = sum(pay.values(), _ZERO) - before
        factor = quotient(Decimal(months), Decimal(full))
        note = f"Masa kerja {served} dari {full} bulan." if months else f"Masa kerja {served} bulan belum cukup."
        inputs = {"service_months": served}
        self.line(node, "special", "factor", factor, rate=factor, effect=effect, inputs=inputs, note=note)

    def share_line(self, pay: Vector, factor: Decimal, note: str, inputs: dict[str, object]) -> None:
        effect = self.scale(pay, factor, None)
        self.figures[self.node.id] = factor
        self.line(self.node, "special", "factor", factor, rate=factor, effect=effect, inputs=inputs, note=note)
