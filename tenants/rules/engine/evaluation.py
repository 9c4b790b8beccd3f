"""The calculation of one person-month: rule set and facts in, slip out. What is taken from it: ``deductions``.

Pure and deterministic. Figures are exact: the decimal context traps any rounding that is not one of the named
policies or a quotient carried to 20 places. The order is that of ``docs/algorithms/tpp.md``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal, Inexact, localcontext
from typing import Any, Final

from kernel.money import EXACT_CONTEXT, ROUNDING_CONTEXT, decimal_text, quotient, rounded

from .bearing import spread
from .canonical import sha256
from .days import band_at
from .deduction_nodes import BudgetRule, Payment
from .deductions import Taking
from .errors import MissingFact, NetBelowZero, NoRuleFor, NotInForce, TooManyDigits
from .facts import FACT_TITLES, MEASURE_PREFIX, MonthFacts
from .fields import Clause, Node
from .nodes import (
    EVERY,
    AbsenceDay,
    ActingCase,
    ActingRule,
    AlternateWeight,
    BandScore,
    BehaviourScore,
    Bonus,
    Ceremony,
    DeductionScore,
    EventTier,
    Gate,
    GateTest,
    LogRule,
    MissingPunch,
    Multiplier,
    MultiplierRow,
    PartWeight,
    Penalty,
    PredikatMap,
    RatioScore,
    RelatedScore,
    ScoreNode,
    ServiceStopRule,
    ThresholdScore,
)
from .prepared import Prepared, fitting, prepare
from .records import STOP_TITLES, ActingPost, BudgetFactor, OrderedHold, PenaltyRecord, ReleasedHold, ServiceStop
from .rule_sets import RuleSet
from .slips import Column, Hold, Line, Slip, Unit, check_sums
from .stops import ServiceShare, service_share

_ZERO: Final = Decimal(0)
_ONE: Final = Decimal(1)
_HUNDRED: Final = Decimal(100)

# The one entry of a pay vector when the table holds the pagu of the post (mode ``total``).
_WHOLE: Final = "*"

# The line of what the budget bears, where the rule set has no node for it.
BUDGET_ID: Final = "faktor_anggaran"

Vector = dict[str, Decimal]


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


@dataclass(frozen=True, slots=True)
class _Leaf:
    """Points that one event or record takes off a score."""

    node: Node
    label: str
    count: int
    each: Decimal
    points: Decimal
    inputs: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Score:
    value: Decimal
    leaves: tuple[_Leaf, ...] = ()
    start: Decimal | None = None
    inputs: Mapping[str, Any] | None = None
    note: str = ""


class Calculation:
    """The state of one calculation. Results of nodes are computed on demand and once, lines written in tree order."""

    def __init__(self, prepared: Prepared, facts: MonthFacts) -> None:
        self.prepared = prepared
        self.facts = facts
        self.policy = prepared.rule_set.rounding
        self.lines: list[Line] = []
        self.figures: dict[str, Decimal] = {}
        self.scores: dict[str, _Score] = {}
        self.earned: dict[str, Decimal] = {}
        # What a part earns before its gates.
        self.before: dict[str, Decimal] = {}
        self.factors: dict[str, Decimal] = {}
        self.metrics: dict[str, Decimal] = {}
        self.tests: dict[str, GateTest | None] = {}
        self.weights: dict[str, Decimal] = {}
        self.cuts: dict[str, list[tuple[_Leaf, str, Decimal]]] = {}
        self.full: Vector = {}
        self.held: dict[str, Hold] = {}
        self.blocks = False
        self.share = ServiceShare(_ONE, 1)
        self.payment: Payment = "month"
        self.days: dict[str, list[dict[str, Any]]] = {}
        for day in facts.days:
            self.days.setdefault(day.code, []).append({"date": day.date, "minutes": day.minutes})
        for days in self.days.values():
            days.sort(key=lambda day: day["date"])

    # --- the whole -----------------------------------------------------------------------------------------------

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

    def result(self, node_id: str) -> Decimal:
        self.refuse_unknown()
        node = self.prepared.nodes[node_id]
        if isinstance(node, PartWeight):
            weight = self.weight(node)
            return min(quotient(self.part_earned(node) * _HUNDRED, weight), _HUNDRED) if weight else _ZERO
        if isinstance(node, ScoreNode):
            return self.score(node).value
        raise KeyError(node_id)

    def refuse_unknown(self) -> None:
        """A fact that no rule reads must not be passed over in silence."""
        for code, count in self.facts.counts.items():
            if count and code not in self.prepared.codes:
                raise NoRuleFor("counts", code, "")
        self.refuse_unknown_sums()
        if self.facts.stops and self.prepared.stops is None:
            raise NoRuleFor("stops", self.facts.stops[0].kind, "")
        if self.facts.penalties and not self.prepared.has_penalties:
            raise NoRuleFor("penalties", self.facts.penalties[0].level, "")
        if self.facts.acting and self.prepared.acting is None:
            raise NoRuleFor("acting", self.facts.acting[0].level, "")
        if self.facts.measures or self.facts.related:
            self.refuse_unknown_figures()

    def refuse_unknown_sums(self) -> None:
        for deduction in self.facts.deductions:
            if deduction.code not in self.prepared.fixed_codes[self.payment]:
                raise NoRuleFor("deductions", deduction.code, "")
        for consent in self.facts.consents:
            if consent.code not in self.prepared.consent_codes[self.payment]:
                raise NoRuleFor("consents", consent.code, "")

    def refuse_unknown_figures(self) -> None:
        for code in self.facts.measures:
            if code not in self.prepared.rule_set.measures:
                raise NoRuleFor("measures", code, "")
        for node_id in self.facts.related:
            if node_id not in self.prepared.related:
                raise NoRuleFor("related", node_id, "")

    # --- step 2: post, acting, status ------------------------------------------------------------------------------

    def post(self) -> tuple[Vector, Mapping[str, Decimal]]:
        """The amounts before scoring by criterion, and the percents by which a total is shared out."""
        facts, table = self.facts, self.prepared.amounts
        if facts.kelas is None:
            raise MissingFact("kelas", table.id)
        kelas = self.kelas_by_status(facts.kelas)
        chosen = self.acting_posts()
        own = ActingPost("equal", kelas, facts.position_category, facts.unit_category)
        replacing = next(((post, case) for post, case, _ in chosen if case.effect in ("replace", "only")), None)
        paid = replacing[0] if replacing else own
        base, basic, percents = self.amounts_of(paid)
        self.additions: list[tuple[Vector, ActingPost, ActingCase]] = []
        inputs: dict[str, Any] = {"kelas": paid.kelas, "position_category": paid.position_category, "percent": percents}
        if paid.unit_category != "umum":
            inputs["unit_category"] = paid.unit_category
        self.running = _ZERO
        self.pagu_line(
            table, sum(base.values(), _ZERO), base=basic, label=f"{table.label}, kelas {paid.kelas}", inputs=inputs
        )
        acting = self.prepared.acting
        if acting is not None and acting.whole_month:
            for post in facts.acting:
                if not post.whole_month:
                    note = f"{post.title or 'Jabatan lain'} tidak dirangkap sebulan penuh, jadi tidak dibayar."
                    inputs = {"level": post.level, "kelas": post.kelas, "own_kelas": kelas}
                    self.pagu_line(acting, sum(base.values(), _ZERO), inputs=inputs, note=note)
        for post, case, vector in chosen:
            if acting is None or case.effect == "none":
                continue
            inputs = {"level": post.level, "kelas": post.kelas, "percent": case.percent, "own_kelas": kelas}
            if case.effect == "add":
                addition = {name: value * case.percent / _HUNDRED for name, value in vector.items()}
                if not case.scored:
                    self.additions.append((addition, post, case))
                    continue
                for name, value in addition.items():
                    base[name] = base.get(name, _ZERO) + value
                note = f"Ditambah {case.percent} persen besaran jabatan yang dirangkap."
            else:
                base = {name: value * case.percent / _HUNDRED for name, value in base.items()}
                note = f"Dibayar {case.percent} persen besaran jabatan yang dirangkap, bukan besaran jabatan sendiri."
            self.pagu_line(
                acting,
                sum(base.values(), _ZERO),
                base=sum(vector.values(), _ZERO),
                rate=case.percent,
                inputs=inputs,
                note=note,
            )
        self.status_factor(base)
        for multiplier in self.prepared.before_score:
            factor = self.multiplier_factor(multiplier)
            self.figures[multiplier.id] = factor
            if factor != _ONE:
                self.scale(base, factor, multiplier.criteria)
                self.pagu_line(multiplier, sum(base.values(), _ZERO), rate=factor)
        self.bear(base, "before_score")
        self.figures[table.id] = sum(base.values(), _ZERO)
        return base, percents

    def kelas_by_status(self, kelas: int) -> int:
        row = self.prepared.status_rows.get(self.facts.status)
        if row is None or row.kelas_as is None:
            return kelas
        if row.kelas_as_categories and self.facts.position_category not in row.kelas_as_categories:
            return kelas
        return row.kelas_as

    def amounts_of(self, post: ActingPost) -> tuple[Vector, Decimal, Mapping[str, Decimal]]:
        table, prepared = self.prepared.amounts, self.prepared
        values = fitting(prepared.values, post.position_category, post.unit_category)
        percents = fitting(prepared.percents, post.position_category, post.unit_category)
        if values is None or percents is None:
            raise NoRuleFor("position_category", f"{post.position_category}/{post.unit_category}", table.id)
        basic = values.get(post.kelas)
        if basic is None:
            raise NoRuleFor("kelas", f"{post.kelas} ({post.position_category}/{post.unit_category})", table.id)
        if table.mode == "total":
            return {_WHOLE: basic}, basic, percents
        return {name: basic * percent / _HUNDRED for name, percent in percents.items()}, basic, percents

    def acting_posts(self) -> list[tuple[ActingPost, ActingCase, Vector]]:
        """The acting posts that count, best first: at most ``max_posts``, of which one may replace the own post."""
        rule = self.prepared.acting
        if rule is None:
            return []
        found: list[tuple[Decimal, ActingPost, ActingCase, Vector]] = []
        for post in self.facts.acting:
            if rule.whole_month and not self.is_held_whole(post, rule):
                continue
            case = next((case for case in rule.cases if self.fits(case, post)), None)
            if case is None:
                raise NoRuleFor("acting", post.level, rule.id)
            vector = self.amounts_of(post)[0]
            found.append((sum(vector.values(), _ZERO) * case.percent / _HUNDRED, post, case, vector))
        found.sort(key=lambda entry: (entry[2].effect == "none", entry[2].effect == "add", -entry[0], entry[1].kelas))
        chosen = [(post, case, vector) for _, post, case, vector in found[: rule.max_posts]]
        return chosen[:1] + [entry for entry in chosen[1:] if entry[1].effect == "add"]

    @staticmethod
    def is_held_whole(post: ActingPost, rule: ActingRule) -> bool:
        if post.whole_month is None:
            raise MissingFact("acting", rule.id)
        return post.whole_month

    def fits(self, case: ActingCase, post: ActingPost) -> bool:
        return (
            case.level in ("any", post.level)
            and (case.same_unit is None or case.same_unit is post.same_unit)
            and (not case.flag or case.flag in self.facts.flags)
        )

    def status_factor(self, base: Vector) -> None:
        node = self.prepared.status
        if node is None:
            return
        row = self.prepared.status_rows.get(self.facts.status)
        if row is None:
            raise NoRuleFor("status", self.facts.status, node.id)
        self.figures[node.id] = row.factor
        if row.factor != _ONE:
            self.scale(base, row.factor, row.criteria)
            total = sum(base.values(), _ZERO)
            self.pagu_line(node, total, rate=row.factor, inputs={"status": self.facts.status})

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

    # --- step 1: eligibility; its line stands after the pagu because it takes that pagu away -----------------------

    def eligible(self, pay: Vector) -> bool:
        for gate in self.prepared.eligibility:
            factor = self.gate_factor(gate)
            inputs: dict[str, Any] = {"metric": self.metrics.get(gate.id)} if gate.flag is None else {"flag": gate.flag}
            if factor != _ONE:
                effect = self.scale(pay, factor, None)
                self.line(gate, "eligibility", "factor", factor, rate=factor, effect=effect, inputs=inputs)
            elif gate.action != "factor" and self.tests[gate.id] is not None:
                self.line(gate, "eligibility", "factor", factor, inputs=inputs, note=self.action_note(gate))
            if not factor:
                return False
        return True

    # --- steps 4 to 6: points, scores, parts -----------------------------------------------------------------------

    def parts(self, base: Vector, pay: Vector) -> None:
        self.full = dict(pay)
        for root in self.prepared.roots:
            names = list(pay) if _WHOLE in pay else [name for name in root.criteria or () if base.get(name)]
            amount = sum((pay[name] for name in names), _ZERO)
            if not amount:
                continue
            share = self.part_earned(root) / _HUNDRED
            self.part_lines(root, amount)
            for name in names:
                pay[name] = pay[name] * share
        if self.prepared.whole_cuts:
            self.cut_whole(pay)

    def cut_whole(self, pay: Vector) -> None:
        """Points off the whole pay: percent of its full amount or of what the parts gave. Each counts from the same
        amounts, so their order does not matter; what a criterion cannot bear the next one bears."""
        earned = dict(pay)
        for node in self.prepared.whole_cuts:
            of = self.full if node.of == "full" else earned
            base = sum(of.values(), _ZERO)
            for leaf in self.leaves(node):
                cut = {name: value * leaf.points / _HUNDRED for name, value in of.items()}
                taken = _take(pay, cut)
                self.cut_line(leaf, base, taken, base * leaf.points / _HUNDRED)

    def cut_line(self, leaf: _Leaf, base: Decimal, taken: Decimal, due: Decimal) -> None:
        self.figures[leaf.node.id] = self.figures.get(leaf.node.id, _ZERO) + leaf.points
        self.line(
            leaf.node,
            "points",
            "points",
            -leaf.points,
            base=base,
            quantity=Decimal(leaf.count),
            rate=leaf.each,
            effect=-taken,
            inputs=leaf.inputs,
            label=leaf.label,
            note="Dipotong sampai dasarnya habis." if taken < due else "",
        )

    def weight(self, node: PartWeight) -> Decimal:
        """The weight of a part for this person: its own or the alternate that holds, scaled like the part above."""
        if not self.prepared.has_alternates:
            return node.weight
        known = self.weights.get(node.id)
        if known is not None:
            return known
        weight = next((entry.weight for entry in node.alternates if self.holds(entry, node)), node.weight)
        above = self.prepared.parents.get(node.id)
        if above is not None:
            now = self.weight(above)
            if now != above.weight and weight:
                # Six decimals of a percent: a weight without end must not fill the exact context.
                shared = quotient(weight * now, above.weight).quantize(_WEIGHT_PLACES, context=ROUNDING_CONTEXT)
                weight = Decimal(decimal_text(shared))
        self.weights[node.id] = weight
        return weight

    def holds(self, condition: AlternateWeight, node: Node) -> bool:
        facts = self.facts
        return (
            self.in_categories(condition.position_categories, condition.unit_categories)
            and (not condition.statuses or facts.status in condition.statuses)
            and (condition.fact is None or condition.below is None or self.fact(condition.fact, node) < condition.below)
        )

    def in_categories(self, positions: tuple[str, ...], units: tuple[str, ...]) -> bool:
        return (EVERY in positions or self.facts.position_category in positions) and (
            EVERY in units or self.facts.unit_category in units
        )

    def part_earned(self, node: PartWeight) -> Decimal:
        """Percent earned of the part, after its gates."""
        known = self.earned.get(node.id)
        if known is not None:
            return known
        value = self.before[node.id] = self.part_before_gates(node)
        for child in node.children:
            if isinstance(child, Gate):
                value = value * self.gate_factor(child)
        if node.id in self.prepared.part_cuts:
            value = self.cut_part(node, value)
        self.earned[node.id] = value
        self.figures[node.id] = value
        return value

    def cut_part(self, node: PartWeight, value: Decimal) -> Decimal:
        """What is left of a part when points off it are taken: percent of its weight or of what it earned."""
        left = value
        cuts = self.cuts[node.id] = []
        for cut in self.prepared.part_cuts[node.id]:
            base = self.weight(node) if cut.of == "full" else value
            for leaf in self.leaves(cut):
                taken = min(base * leaf.points / _HUNDRED, left)
                left -= taken
                cuts.append((leaf, cut.of, taken))
        return left

    def part_before_gates(self, node: PartWeight) -> Decimal:
        has_alternates = self.prepared.has_alternates
        weight = self.weight(node) if has_alternates else node.weight
        if node.mode == "flat":
            return weight
        total = _ZERO
        for child in node.children:
            if isinstance(child, PartWeight):
                total += self.part_earned(child)
            elif not isinstance(child, Gate):
                total += self.score(child).value * weight / _HUNDRED
        if has_alternates:
            total = min(total, weight)
        return rounded(node.rounding, total)

    def part_lines(self, node: PartWeight, amount: Decimal) -> None:
        """The lines of a part and everything below it. ``amount`` is the pay that 100 percent stands for."""
        explained = _ZERO
        score: _Score | None = None
        nested = False
        weight = self.weight(node) if self.prepared.has_alternates else node.weight
        for child in node.children:
            if isinstance(child, PartWeight):
                self.part_lines(child, amount)
                explained += (self.part_earned(child) - child.weight) / _HUNDRED * amount
                nested = True
            elif not isinstance(child, Gate):
                score = self.score(child)
                explained += self.score_lines(child, score, weight / _HUNDRED / _HUNDRED * amount)
        before = self.before[node.id]
        inputs: dict[str, Any] = {"weight": weight, "rupiah": self.part_earned(node) / _HUNDRED * amount}
        if score is not None:
            inputs["score"] = score.value
        self.line(
            node,
            "parts",
            "percent",
            before,
            base=amount,
            rate=None if nested else weight,
            quantity=None if score is None else score.value,
            effect=(before - node.weight) / _HUNDRED * amount - explained,
            inputs=inputs,
            note="" if weight == node.weight else f"Berbobot {weight}, bukan {node.weight}.",
        )
        for child in node.children:
            if isinstance(child, Gate):
                factor = self.gate_factor(child)
                after = before * factor
                self.gate_line(child, factor, (after - before) / _HUNDRED * amount)
                before = after
        for leaf, of, taken in self.cuts.get(node.id, ()):
            base = (weight if of == "full" else before) / _HUNDRED * amount
            self.cut_line(leaf, base, taken / _HUNDRED * amount, base * leaf.points / _HUNDRED)

    def score_lines(self, node: ScoreNode, score: _Score, per_point: Decimal) -> Decimal:
        """The lines of a score and of what was taken off; gives the rupiah they explain."""
        explained = _ZERO
        for leaf in score.leaves:
            effect = -leaf.points * per_point
            explained += effect
            self.line(
                leaf.node,
                "points",
                "points",
                -leaf.points,
                quantity=Decimal(leaf.count),
                rate=leaf.each,
                effect=effect,
                inputs=leaf.inputs,
                label=leaf.label,
            )
        quantity = sum((leaf.points for leaf in score.leaves), _ZERO) if isinstance(node, DeductionScore) else None
        inputs = score.inputs or {}
        self.line(
            node, "scores", "score", score.value, base=score.start, quantity=quantity, inputs=inputs, note=score.note
        )
        return explained

    def score(self, node: ScoreNode) -> _Score:
        """Score 0 to 100 of a node, computed once."""
        known = self.scores.get(node.id)
        if known is None:
            known = self.compute(node)
            self.scores[node.id] = known
            self.figures[node.id] = known.value
        return known

    def compute(self, node: ScoreNode) -> _Score:
        match node:
            case DeductionScore():
                return self.deduction_score(node)
            case RatioScore():
                value = self.ratio(node)
                return _Score(value, inputs=self.ratio_inputs(node))
            case ThresholdScore():
                return self.threshold(node)
            case BandScore():
                measure = self.fact(node.fact, node)
                return _Score(self.banded(node, node.fact, measure), inputs={node.fact: measure})
            case BehaviourScore():
                total = self.fact("behaviour_sum", node)
                inputs: dict[str, Any] = {"behaviour_sum": total}
                if self.facts.behaviour_scores:
                    inputs["behaviour_scores"] = self.facts.behaviour_scores
                return _Score(self.banded(node, "behaviour_sum", total), inputs=inputs)
            case PredikatMap():
                predikat = self.facts.predikat
                if predikat is None:
                    if node.none is None:
                        raise MissingFact("predikat", node.id)
                    return _Score(node.none, note="Belum ada predikat SKP.")
                return _Score(node.values[predikat], inputs={"predikat": predikat})
            case RelatedScore():
                related = self.facts.related.get(node.id)
                if related is None:
                    raise MissingFact("related", node.id)
                note = _RELATED_NOTES[node.aggregate or "superior"]
                return _Score(rounded(node.rounding, related), note=note)

    def deduction_score(self, node: DeductionScore) -> _Score:
        start = node.start
        inputs: dict[str, Any] = {}
        if node.start_score is not None:
            started = self.score(node.start_score)
            start, inputs = started.value, dict(started.inputs or {})
        counts = self.facts.counts
        leaves = tuple(
            leaf
            for child, codes in self.prepared.points[node.id]
            if codes is None or not codes.isdisjoint(counts)
            for leaf in self.leaves(child)
        )
        points = sum((leaf.points for leaf in leaves), _ZERO)
        if node.zero_if_over is not None and points > node.zero_if_over:
            return _Score(_ZERO, leaves, start, inputs, f"Pengurangan lebih dari {node.zero_if_over}, nilai menjadi 0.")
        note = ""
        if node.cap_points is not None and points > node.cap_points:
            points = node.cap_points
            note = f"Pengurangan paling banyak {node.cap_points}."
        value = start - points
        if value < node.floor:
            value = node.floor
            note = f"Nilai paling rendah {node.floor}."
        return _Score(value, leaves, start, inputs, note)

    def leaves(self, node: Node) -> list[_Leaf]:
        counts = self.facts.counts
        match node:
            case EventTier() if node.event == "month_total":
                return self.month_total(node)
            case EventTier():
                return [
                    self.leaf(node, band.label, band.code, counts[band.code], band.points)
                    for band in node.bands
                    if counts.get(band.code)
                ]
            case MissingPunch() if node.code is not None and node.points is not None and counts.get(node.code):
                return [self.leaf(node, node.label, node.code, counts[node.code], node.points)]
            case AbsenceDay() if counts.get(node.code):
                return [self.leaf(node, node.label, node.code, counts[node.code], node.points)]
            case Ceremony() if counts.get(node.code):
                count = counts[node.code]
                if not self.is_called(node):
                    return [self.leaf(node, node.label, node.code, count, _ZERO)]
                points = node.points_by_category.get(self.facts.position_category, node.points)
                leaf = self.leaf(node, node.label, node.code, count, points)
                band = next((band for band in reversed(node.count_bands) if count >= band.from_count), None)
                return [leaf if band is None else replace(leaf, each=band.points, points=band.points)]
            case LogRule():
                return self.log_leaves(node)
            case Penalty():
                return [
                    _Leaf(node, f"{node.label}: {record.level}", 1, cut, cut, _penalty_inputs(record))
                    for record, cut in self.penalties(node)
                ]
            case _:
                return []

    def is_called(self, node: Ceremony) -> bool:
        return self.facts.unit_category not in node.exclude_unit_categories and not (
            self.facts.flags & set(node.exclude_flags)
        )

    def month_total(self, node: EventTier) -> list[_Leaf]:
        """At most one event: the band that holds the month's minutes."""
        minutes = self.month_minutes(node.minutes_of or "both")
        if minutes is None:
            raise MissingFact({"early_leave": "early_minutes"}.get(node.minutes_of or "", "late_minutes"), node.id)
        band = band_at(node, minutes)
        if band is None:
            return []
        return [_Leaf(node, band.label, 1, band.points, band.points, {"code": band.code, "minutes": minutes})]

    def month_minutes(self, of: str) -> int | None:
        """Minutes of the month as given, else added up from the days of the tiers; ``None`` when they are not known.

        A tier that adds late and early minutes knows only both together.
        """
        facts, codes = self.facts, self.prepared.tier_codes
        if of == "both":
            if facts.late_minutes is not None and facts.early_minutes is not None:
                return facts.late_minutes + facts.early_minutes
            events = set(codes) if "combined_day" in codes or {"late", "early_leave"} <= set(codes) else set()
        else:
            given = facts.late_minutes if of == "late" else facts.early_minutes
            if given is not None:
                return given
            together = [code for event in ("combined_day", "late_and_early") for code in codes.get(event, ())]
            if any(facts.counts.get(code) for code in together):
                return None
            events = {of} & set(codes)
        if not events:
            return None
        total = 0
        for code in {code for event in events for code in codes[event]}:
            days = self.days.get(code, [])
            if len(days) < facts.counts.get(code, 0):
                return None
            total += sum(day["minutes"] or 0 for day in days)
        return total

    def log_leaves(self, node: LogRule) -> list[_Leaf]:
        found = []
        for fact, each, label in (
            ("log_days_missing", node.missing_day_points, node.label),
            ("late_decisions", node.late_decision_points, f"{node.label}: {FACT_TITLES['late_decisions']}"),
        ):
            if each is None:
                continue
            count = int(self.fact(fact, node))
            if count:
                found.append(_Leaf(node, label, count, each, each * count, {fact: count}))
        return found

    def leaf(self, node: Node, label: str, code: str, count: int, each: Decimal) -> _Leaf:
        inputs: dict[str, Any] = {"code": code, "count": count}
        days = self.days.get(code)
        if days:
            inputs["days"] = days
            minutes = [day["minutes"] for day in days if day["minutes"] is not None]
            if minutes:
                inputs["minutes"] = sum(minutes)
        return _Leaf(node, label, count, each, each * count, inputs)

    def penalties(self, node: Penalty) -> list[tuple[PenaltyRecord, Decimal]]:
        """The records in force this month that count, each with its points or percent."""
        found = []
        for record in self.facts.penalties:
            if record.from_month > self.facts.month or (record.until_month or "9999-12") <= self.facts.month:
                continue
            cut = node.cuts.get(record.level, node.cuts.get(EVERY))
            if cut is None:
                raise NoRuleFor("penalties", record.level, node.id)
            found.append((record, cut))
        if node.combine == "max" and len(found) > 1:
            found = [max(found, key=lambda entry: entry[1])]
        return found

    def ratio(self, node: RatioScore) -> Decimal:
        numerator = self.fact(node.numerator, node)
        divisor = node.out_of if node.out_of is not None else self.fact(node.denominator or "", node)
        if not divisor:
            raise MissingFact(node.denominator or "out_of", node.id)
        return rounded(node.rounding, min(quotient(numerator * _HUNDRED, divisor), node.cap))

    def ratio_inputs(self, node: RatioScore) -> dict[str, Any]:
        inputs: dict[str, Any] = {node.numerator: self.fact(node.numerator, node)}
        if node.denominator is not None:
            inputs[node.denominator] = self.fact(node.denominator, node)
        return inputs

    def threshold(self, node: ThresholdScore) -> _Score:
        value = self.fact(node.fact, node)
        if node.target is not None:
            target = node.month_targets.get(int(self.facts.month[5:]), node.target)
        else:
            target = self.fact(node.target_fact or "", node)
        reached = value >= target
        note = "" if reached else f"Target {target} belum tercapai."
        return _Score(node.score if reached else _ZERO, inputs={node.fact: value, "target": target}, note=note)

    def banded(self, node: BandScore | BehaviourScore, fact: str, value: Decimal) -> Decimal:
        """The score of the first band that does not end below the value. Raises ``NoRuleFor`` beyond the last."""
        band = next((band for band in node.bands if band.to_value is None or value <= band.to_value), None)
        if band is None:
            raise NoRuleFor(fact, decimal_text(value), node.id)
        if band.proportional and node.maximum is not None:
            return min(quotient(value * _HUNDRED, node.maximum), _HUNDRED)
        return band.score if band.score is not None else _ZERO

    # --- step 7: what multiplies the month -------------------------------------------------------------------------

    def month(self, pay: Vector) -> bool:
        """Whether anything may still be added: not where an event took the whole month."""
        for ceremony in self.prepared.zeroing:
            count = self.facts.counts.get(ceremony.code, 0)
            if count and self.is_called(ceremony):
                effect = self.scale(pay, _ZERO, None)
                inputs = self.leaf(ceremony, ceremony.label, ceremony.code, count, _ZERO).inputs
                note = "TPP bulan ini menjadi nol."
                self.line(ceremony, "multipliers", "factor", _ZERO, rate=_ZERO, effect=effect, inputs=inputs, note=note)
                return False
        for node in self.prepared.month_nodes:
            match node:
                case Gate():
                    factor = self.gate_factor(node)
                    self.gate_line(node, factor, self.scale(pay, factor, None))
                case Penalty():
                    self.whole_penalty(node, pay)
                case Multiplier():
                    factor = self.multiplier_factor(node)
                    self.figures[node.id] = factor
                    if factor != _ONE:
                        effect = self.scale(pay, factor, node.criteria)
                        self.line(node, "multipliers", "factor", factor, rate=factor, effect=effect)
        return True

    def whole_penalty(self, node: Penalty, pay: Vector) -> None:
        records = self.penalties(node)
        cut = min(sum((percent for _, percent in records), _ZERO), _HUNDRED)
        factor = (_HUNDRED - cut) / _HUNDRED
        self.figures[node.id] = factor
        if not records:
            return
        inputs: dict[str, Any] = {"penalties": [_penalty_inputs(record) for record, _ in records]}
        if node.of == "full":
            taken = _take(pay, {name: value * cut / _HUNDRED for name, value in self.full.items()})
            base = sum(self.full.values(), _ZERO)
            self.line(node, "multipliers", "points", -cut, base=base, rate=cut, effect=-taken, inputs=inputs)
            return
        effect = self.scale(pay, factor, None)
        self.line(node, "multipliers", "factor", factor, quantity=cut, rate=factor, effect=effect, inputs=inputs)

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
        return row.fact is None or _is_within(self.fact(row.fact, node), row.below, row.at_least)

    def gate_factor(self, node: Gate) -> Decimal:
        known = self.factors.get(node.id)
        if known is not None:
            return known
        test = self.gate_test(node)
        factor = _ONE if test is None or test.factor is None else test.factor
        self.tests[node.id] = test
        self.factors[node.id] = factor
        self.figures[node.id] = factor
        if test is not None and node.action == "hold":
            self.hold(node, self.reason(node, test))
        elif test is not None and node.action == "block_next_month":
            self.blocks = True
        return factor

    def gate_test(self, node: Gate) -> GateTest | None:
        """The test that holds for this person in this month; ``None`` when none does or the gate does not ask."""
        facts = self.facts
        if (
            (node.months and int(facts.month[5:]) not in node.months)
            or facts.status in node.exclude_statuses
            or facts.position_category in node.exclude_position_categories
            or (node.exclude_flags and facts.flags & set(node.exclude_flags))
        ):
            return None
        metric = self.metrics[node.id] = self.gate_metric(node)
        return next((test for test in node.when if _is_within(metric, test.below, test.at_least)), None)

    def reason(self, node: Gate, test: GateTest) -> str:
        """Why the pay is held, in a sentence."""
        if node.flag is not None:
            return node.clause.text
        what = node.label
        if node.fact is not None:
            what = self.title(node.fact)
        metric = decimal_text(self.metrics[node.id])
        if test.below is not None:
            return f"{what}: {metric}, di bawah {decimal_text(test.below)}."
        return f"{what}: {metric}, paling sedikit {decimal_text(test.at_least or _ZERO)}."

    def title(self, fact: str) -> str:
        code = fact.removeprefix(MEASURE_PREFIX)
        return FACT_TITLES[fact] if code == fact else self.prepared.rule_set.measures[code].label

    def gate_metric(self, node: Gate) -> Decimal:
        if node.flag is not None:
            return _ONE if node.flag in self.facts.flags else _ZERO
        if node.score is not None:
            return self.score(node.score).value
        if node.fact is not None:
            return self.fact(node.fact, node)
        if node.node is not None:
            target = self.prepared.nodes[node.node]
            if isinstance(target, PartWeight):
                return self.part_earned(target)
            if isinstance(target, ScoreNode):
                return self.score(target).value
        return Decimal(sum(self.facts.counts.get(code, 0) for code in node.codes))

    def gate_line(self, node: Gate, factor: Decimal, effect: Decimal) -> None:
        metric = self.metrics.get(node.id)
        if metric is None:
            return
        inputs: dict[str, Any] = {"metric": metric}
        if node.score is not None:
            inputs.update(self.ratio_inputs(node.score))
        note = "" if node.action == "factor" or self.tests[node.id] is None else self.action_note(node)
        self.line(
            node,
            "multipliers",
            "factor",
            factor,
            quantity=metric,
            rate=factor,
            effect=effect,
            inputs=inputs,
            note=note,
        )

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
            note = f"Pembayarannya ditahan: {order.reason}." if released is None else _release_note(released)
            self.line(node, "multipliers", "factor", _ONE, rate=_ONE, effect=_ZERO, note=note)

    def released(self, node: Node) -> ReleasedHold | None:
        return next((entry for entry in self.facts.released_holds if entry.node_id == node.id), None)

    def action_note(self, node: Gate) -> str:
        released = self.released(node) if node.action == "hold" else None
        return _ACTION_NOTES[node.action] if released is None else _release_note(released)

    # --- days in paid service, and what the budget bears -----------------------------------------------------------

    def period_line(self) -> None:
        """Said first where not the whole calendar month counts."""
        facts, node = self.facts, self.prepared.calendar
        if facts.counted_from is None and facts.counted_until is None:
            return
        if node is None or node.december_until_day is None:
            raise NoRuleFor("counted_until", facts.month, node.id if node is not None else "")
        first, last = facts.period()
        inputs = {"counted_from": first, "counted_until": last}
        note = f"Dihitung dari tanggal {first.isoformat()} sampai dengan {last.isoformat()}."
        self.line(node, "eligibility", "factor", _ONE, inputs=inputs, note=note)

    def in_service(self, pay: Vector) -> bool:
        """Whether the month is scored: not when none of its days is paid or all of them lie within stops. Then what
        such days pay is percent of the pagu."""
        rule = self.prepared.stops
        if rule is None or not self.facts.stops:
            return True
        self.share = service_share(rule, self.facts)
        if self.share.paid and not self.share.is_all_out:
            return True
        self.serve(pay, "service" if self.share.paid else "eligibility")
        return False

    def serve(self, pay: Vector, stage: str = "service") -> None:
        """The month's pay, additions too, for the days in paid service."""
        rule, share = self.prepared.stops, self.share
        if rule is None:
            return
        before = sum(pay.values(), _ZERO)
        if share.paid != share.days:
            for name, value in pay.items():
                pay[name] = quotient(value * share.paid, Decimal(share.days))
        factor = quotient(share.paid, Decimal(share.days))
        self.figures[rule.id] = factor
        self.stop_line(rule, stage, factor, sum(pay.values(), _ZERO) - before)

    def stop_line(self, rule: ServiceStopRule, stage: str, factor: Decimal, effect: Decimal) -> None:
        share, stops = self.share, self.facts.stops
        kinds = ", ".join(dict.fromkeys(STOP_TITLES[stop.kind] for stop in stops))
        days = "hari kerja" if rule.days == "working" else "hari"
        self.line(
            rule,
            stage,
            "factor",
            factor,
            quantity=share.paid,
            rate=factor,
            effect=effect,
            inputs={"stops": [_stop_inputs(stop) for stop in stops], "days": share.days},
            label=f"{rule.label}: {kinds}",
            note=f"Dibayar {decimal_text(share.paid)} dari {share.days} {days}.",
        )

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
            said.append("Pembayarannya ditahan." if released is None else _release_note(released))
        return " ".join(said)

    # --- step 8: additions that no score cuts ----------------------------------------------------------------------

    def add(self, pay: Vector, additions: list[tuple[Vector, ActingPost, ActingCase]]) -> None:
        acting = self.prepared.acting
        for vector, post, case in additions:
            if acting is None:
                continue
            for name, value in vector.items():
                pay[name] = pay.get(name, _ZERO) + value
            total = sum(vector.values(), _ZERO)
            inputs = {"level": post.level, "kelas": post.kelas, "percent": case.percent}
            note = f"Ditambah {case.percent} persen besaran jabatan yang dirangkap, tanpa pengurangan."
            self.line(acting, "additions", "rupiah", total, rate=case.percent, effect=total, inputs=inputs, note=note)

    def bonuses(self, base: Vector, pay: Vector) -> None:
        for node in self.prepared.bonuses:
            if node.flag not in self.facts.flags or (node.months and int(self.facts.month[5:]) not in node.months):
                continue
            kelas, pagu = self.bonus_base(node, base)
            total = _ZERO
            for name, value in pagu.items():
                addition = value * node.percent / _HUNDRED
                pay[name] = pay.get(name, _ZERO) + addition
                total += addition
            self.figures[node.id] = total
            self.line(
                node,
                "additions",
                "rupiah",
                total,
                base=sum(pagu.values(), _ZERO),
                rate=node.percent,
                effect=total,
                inputs={"kelas": kelas, "flag": node.flag},
            )

    def adjust(self, base: Vector, pay: Vector) -> None:
        """Add what was decided for this month, by the shares of the criteria in the pagu; a minus goes no further than
        the pay."""
        for entry in self.facts.adjustments:
            if not pay:
                raise NoRuleFor("adjustments", entry.label, self.prepared.amounts.id)
            parts = spread(entry.amount, {name: base.get(name, _ZERO) for name in pay})
            if entry.amount > 0:
                for name, value in parts.items():
                    pay[name] += value
            elif _take(pay, {name: -value for name, value in parts.items()}) < -entry.amount:
                raise NetBelowZero(decimal_text(entry.amount))
            self.lines.append(
                Line(
                    order=len(self.lines) + 1,
                    node_id="keputusan",
                    kind="adjustment",
                    stage="additions",
                    label=entry.label,
                    clause_text="Jumlah yang diputuskan untuk bulan ini.",
                    clause_reference=entry.reference,
                    unit="rupiah",
                    unrounded=entry.amount,
                    effect=entry.amount,
                )
            )

    def bonus_base(self, node: Bonus, base: Vector) -> tuple[int, Vector]:
        """The kelas read and the pagu that the person has, or would have there, with the same factors."""
        own = self.kelas_by_status(self.facts.kelas or 0)
        kelas = min(node.reference_kelas or own, node.max_kelas or 17)
        if node.reference_kelas is None and node.reference_position_category is None and kelas == own:
            return own, base
        category = node.reference_position_category or self.facts.position_category
        pagu = self.amounts_of(ActingPost("equal", kelas, category, self.facts.unit_category))[0]
        row = self.prepared.status_rows.get(self.facts.status)
        if row is not None:
            self.scale(pagu, row.factor, row.criteria)
        for multiplier in self.prepared.before_score:
            self.scale(pagu, self.multiplier_factor(multiplier), multiplier.criteria)
        return kelas, pagu

    # --- step 10 for the gross: criteria and their rounding ----------------------------------------------------------

    def gross(self, pay: Vector, gross: Decimal, percents: Mapping[str, Decimal]) -> tuple[Vector, Decimal]:
        table = self.prepared.amounts
        titles = self.prepared.rule_set.criteria
        if _WHOLE in pay:
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

    def rounding_line(self, column: Column, amount: Decimal, note: str) -> None:
        self.lines.append(
            Line(
                order=len(self.lines) + 1,
                node_id="pembulatan",
                kind="rounding",
                stage="rounding",
                label="Pembulatan",
                clause_text=self.policy.clause.text,
                clause_reference=self.policy.clause.reference,
                unit="rupiah",
                unrounded=amount,
                column=column,
                amount=amount,
                note=note,
            )
        )

    # --- facts and lines ---------------------------------------------------------------------------------------------

    def fact(self, name: str, node: Node) -> Decimal:
        """A fact by the name that rules use, derived where it is not stored. Raises ``MissingFact``."""
        value: Decimal | int | None
        if name in _DERIVED:
            value = self.derived(name)
        elif name.startswith(MEASURE_PREFIX):
            value = self.measure(name.removeprefix(MEASURE_PREFIX))
        else:
            value = getattr(self.facts, name)
        if value is None:
            raise MissingFact("minutes_approved" if name == "minutes_total" else name, node.id)
        return value if isinstance(value, Decimal) else Decimal(value)

    def measure(self, code: str) -> Decimal | None:
        value = self.facts.measures.get(code)
        return value if value is not None else self.prepared.rule_set.measures[code].missing

    def derived(self, name: str) -> Decimal | int | None:
        facts = self.facts
        if name == "late_minutes":
            return self.month_minutes("late")
        if name == "early_minutes":
            return self.month_minutes("early_leave")
        if name == "behaviour_sum":
            return facts.total_behaviour()
        if name == "minutes_total":
            if facts.minutes_approved is None:
                return None
            credited = sum(facts.counts.get(code, 0) * minutes for code, minutes in self.prepared.credits.items())
            return Decimal(facts.minutes_approved + facts.credit_minutes + credited)
        if facts.attendance_ratio is not None:
            present = facts.attendance_ratio * facts.working_days
        else:
            away = sum(facts.counts.get(node.code, 0) for node in self.prepared.absences if not node.present)
            present = Decimal(max(facts.working_days - away, 0))
        if name == "present_days":
            return present
        if name == "absent_days":
            return Decimal(facts.working_days) - present
        if facts.attendance_ratio is not None:
            return facts.attendance_ratio
        return quotient(present, Decimal(facts.working_days)) if facts.working_days else None

    def line(
        self,
        node: Node,
        stage: str,
        unit: Unit,
        unrounded: Decimal,
        *,
        column: Column = "",
        amount: Decimal | None = None,
        base: Decimal | None = None,
        quantity: Decimal | None = None,
        rate: Decimal | None = None,
        effect: Decimal | None = None,
        inputs: Mapping[str, Any] | None = None,
        label: str = "",
        note: str = "",
    ) -> None:
        clause: Clause = node.clause
        self.lines.append(
            Line(
                order=len(self.lines) + 1,
                node_id=node.id,
                kind=node.kind,
                stage=stage,
                label=label or node.label,
                clause_text=clause.text,
                clause_reference=clause.reference,
                unit=unit,
                unrounded=unrounded,
                column=column,
                amount=amount,
                base=base,
                quantity=quantity,
                rate=rate,
                effect=effect,
                inputs=inputs or {},
                note=note,
            )
        )


_DERIVED: Final = frozenset(
    {
        "behaviour_sum",
        "minutes_total",
        "present_days",
        "absent_days",
        "attendance_ratio",
        "late_minutes",
        "early_minutes",
    }
)
_WEIGHT_PLACES: Final = Decimal("0.000001")
_RELATED_NOTES: Final[Mapping[str, str]] = {
    "superior": "Dari nilai atasan langsung.",
    "mean": "Rata-rata nilai bawahan langsung.",
    "min": "Nilai terendah di antara bawahan langsung.",
}
_ACTION_NOTES: Final[Mapping[str, str]] = {
    "hold": "TPP dihitung, tetapi ditahan sampai syarat ini dipenuhi.",
    "block_next_month": "Bulan berikut belum boleh dibuka.",
}


def _is_within(value: Decimal, below: Decimal | None, at_least: Decimal | None) -> bool:
    return (below is not None and value < below) or (at_least is not None and value >= at_least)


def _take(pay: Vector, cut: Vector) -> Decimal:
    """Subtract in place, no criterion below nothing; what one cannot bear the others bear in their order. Gives what
    was taken."""
    short = taken = _ZERO
    for name, value in cut.items():
        part = min(value, pay[name])
        pay[name] -= part
        taken += part
        short += value - part
    if short:
        for name, left in pay.items():
            part = min(short, left)
            pay[name] = left - part
            taken += part
            short -= part
    return taken


def _stop_inputs(stop: ServiceStop) -> dict[str, Any]:
    inputs: dict[str, Any] = {"kind": stop.kind, "first": stop.first}
    if stop.last is not None:
        inputs["last"] = stop.last
    if stop.reference:
        inputs["reference"] = stop.reference
    return inputs


def _release_note(released: ReleasedHold) -> str:
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


def _penalty_inputs(record: PenaltyRecord) -> dict[str, Any]:
    inputs = {"level": record.level, "from_month": record.from_month}
    if record.until_month:
        inputs["until_month"] = record.until_month
    if record.reference:
        inputs["reference"] = record.reference
    return inputs
