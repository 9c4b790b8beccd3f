"""The calculation of one person-month: rule set and facts in, slip out.

Pure and deterministic. Figures are exact: the decimal context traps any rounding that is not one of the named
policies or a quotient carried to 20 places. The order is that of ``docs/algorithms/tpp.md``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, localcontext
from typing import Any, Final

from kernel.money import EXACT_CONTEXT, decimal_text, quotient, round_rupiah, rounded

from .canonical import sha256
from .errors import MissingFact, NetBelowZero, NoRuleFor, NotInForce
from .facts import ActingPost, MonthFacts, PenaltyRecord
from .nodes import (
    EVERY,
    AbsenceDay,
    ActingCase,
    BandScore,
    BehaviourScore,
    Ceremony,
    Clause,
    ConsentPercent,
    Deduction,
    DeductionScore,
    EventTier,
    FinalByGolongan,
    FixedList,
    Gate,
    MissingPunch,
    Multiplier,
    Node,
    PartWeight,
    Penalty,
    PredikatMap,
    RatioScore,
    ScoreNode,
    SharedCapContribution,
    ThresholdScore,
)
from .prepared import Prepared, fitting, prepare
from .rule_sets import RuleSet
from .slips import Column, Line, Slip, Unit, check_sums

_ZERO: Final = Decimal(0)
_ONE: Final = Decimal(1)
_HUNDRED: Final = Decimal(100)

# The one entry of a pay vector when the table holds the pagu of the post (mode ``total``).
_WHOLE: Final = "*"

Vector = dict[str, Decimal]


def evaluate(rule_set: RuleSet, facts: MonthFacts) -> Slip:
    """Compute the slip of one person-month.

    Raises ``MissingFact``, ``NoRuleFor``, ``NotInForce`` or ``NetBelowZero`` (all ``EvaluationError``): the person
    cannot be paid by this rule set with these facts. The rule set is prepared once and kept with its object.
    """
    prepared = prepare(rule_set)
    if not rule_set.is_in_force(facts.month):
        raise NotInForce(rule_set.code, facts.month)
    with localcontext(EXACT_CONTEXT):
        slip = _Calculation(prepared, facts).slip()
    check_sums(slip)
    return slip


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


class _Calculation:
    """The state of one calculation. Results of nodes are computed on demand and once, lines written in tree order."""

    def __init__(self, prepared: Prepared, facts: MonthFacts) -> None:
        self.prepared = prepared
        self.facts = facts
        self.policy = prepared.rule_set.rounding
        self.lines: list[Line] = []
        self.figures: dict[str, Decimal] = {}
        self.scores: dict[str, _Score] = {}
        self.earned: dict[str, Decimal] = {}
        self.factors: dict[str, Decimal] = {}
        self.metrics: dict[str, Decimal] = {}
        self.days: dict[str, list[dict[str, Any]]] = {}
        for day in facts.days:
            self.days.setdefault(day.code, []).append({"date": day.date, "minutes": day.minutes})
        for days in self.days.values():
            days.sort(key=lambda day: day["date"])

    # --- the whole -----------------------------------------------------------------------------------------------

    def slip(self) -> Slip:
        self.refuse_unknown()
        base, percents = self.post()
        pagu = sum(base.values(), _ZERO)
        printed_pagu = rounded(self.policy.pagu, pagu)
        pay, additions = dict(base), self.additions
        if self.eligible(pay):
            self.parts(base, pay)
            self.month(pay)
            self.add(pay, additions)
        gross = sum(pay.values(), _ZERO)
        criteria, printed_gross = self.gross(pay, gross, percents)
        carried = gross if self.policy.carry == "unrounded" else printed_gross
        taken, printed = self.deductions(carried, pagu if self.policy.carry == "unrounded" else printed_pagu)
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
        )

    def refuse_unknown(self) -> None:
        """A fact that no rule reads must not be passed over in silence."""
        for code, count in self.facts.counts.items():
            if count and code not in self.prepared.codes:
                raise NoRuleFor("counts", code, "")
        for deduction in self.facts.deductions:
            if deduction.code not in self.prepared.fixed_codes:
                raise NoRuleFor("deductions", deduction.code, "")
        if self.facts.penalties and not self.prepared.has_penalties:
            raise NoRuleFor("penalties", self.facts.penalties[0].level, "")
        if self.facts.acting and self.prepared.acting is None:
            raise NoRuleFor("acting", self.facts.acting[0].level, "")

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
            case = next((case for case in rule.cases if self.fits(case, post)), None)
            if case is None:
                raise NoRuleFor("acting", post.level, rule.id)
            vector = self.amounts_of(post)[0]
            found.append((sum(vector.values(), _ZERO) * case.percent / _HUNDRED, post, case, vector))
        found.sort(key=lambda entry: (entry[2].effect == "none", entry[2].effect == "add", -entry[0], entry[1].kelas))
        chosen = [(post, case, vector) for _, post, case, vector in found[: rule.max_posts]]
        return chosen[:1] + [entry for entry in chosen[1:] if entry[1].effect == "add"]

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
            if factor != _ONE:
                effect = self.scale(pay, factor, None)
                self.line(gate, "eligibility", "factor", factor, rate=factor, effect=effect, inputs={"flag": gate.flag})
            if not factor:
                return False
        return True

    # --- steps 4 to 6: points, scores, parts -----------------------------------------------------------------------

    def parts(self, base: Vector, pay: Vector) -> None:
        for root in self.prepared.roots:
            names = list(pay) if _WHOLE in pay else [name for name in root.criteria or () if base.get(name)]
            amount = sum((pay[name] for name in names), _ZERO)
            if not amount:
                continue
            share = self.part_earned(root) / _HUNDRED
            self.part_lines(root, amount)
            for name in names:
                pay[name] = pay[name] * share

    def part_earned(self, node: PartWeight) -> Decimal:
        """Percent earned of the part, after its gates."""
        known = self.earned.get(node.id)
        if known is not None:
            return known
        value = self.part_before_gates(node)
        for child in node.children:
            if isinstance(child, Gate):
                value = value * self.gate_factor(child)
        self.earned[node.id] = value
        self.figures[node.id] = value
        return value

    def part_before_gates(self, node: PartWeight) -> Decimal:
        if node.mode == "flat":
            return node.weight
        total = _ZERO
        for child in node.children:
            if isinstance(child, PartWeight):
                total += self.part_earned(child)
            elif not isinstance(child, Gate):
                total += self.score(child).value * node.weight / _HUNDRED
        return rounded(node.rounding, total)

    def part_lines(self, node: PartWeight, amount: Decimal) -> None:
        """The lines of a part and everything below it. ``amount`` is the pay that 100 percent stands for."""
        explained = _ZERO
        score: _Score | None = None
        nested = False
        for child in node.children:
            if isinstance(child, PartWeight):
                self.part_lines(child, amount)
                explained += (self.part_earned(child) - child.weight) / _HUNDRED * amount
                nested = True
            elif not isinstance(child, Gate):
                score = self.score(child)
                explained += self.score_lines(child, score, node.weight / _HUNDRED / _HUNDRED * amount)
        before = self.part_before_gates(node)
        inputs: dict[str, Any] = {"weight": node.weight, "rupiah": self.part_earned(node) / _HUNDRED * amount}
        if score is not None:
            inputs["score"] = score.value
        self.line(
            node,
            "parts",
            "percent",
            before,
            base=amount,
            rate=None if nested else node.weight,
            quantity=None if score is None else score.value,
            effect=(before - node.weight) / _HUNDRED * amount - explained,
            inputs=inputs,
        )
        for child in node.children:
            if isinstance(child, Gate):
                factor = self.gate_factor(child)
                after = before * factor
                self.gate_line(child, factor, (after - before) / _HUNDRED * amount)
                before = after

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

    def deduction_score(self, node: DeductionScore) -> _Score:
        start = node.start
        inputs: dict[str, Any] = {}
        if node.start_score is not None:
            start = self.score(node.start_score).value
            inputs = self.ratio_inputs(node.start_score)
        leaves = tuple(leaf for child in node.children for leaf in self.leaves(child))
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
                points = node.points_by_category.get(self.facts.position_category, node.points)
                if self.facts.unit_category in node.exclude_unit_categories or self.facts.flags & set(
                    node.exclude_flags
                ):
                    points = _ZERO
                return [self.leaf(node, node.label, node.code, counts[node.code], points)]
            case Penalty():
                return [
                    _Leaf(node, f"{node.label}: {record.level}", 1, cut, cut, _penalty_inputs(record))
                    for record, cut in self.penalties(node)
                ]
            case _:
                return []

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

    def month(self, pay: Vector) -> None:
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

    def whole_penalty(self, node: Penalty, pay: Vector) -> None:
        records = self.penalties(node)
        cut = min(sum((percent for _, percent in records), _ZERO), _HUNDRED)
        factor = (_HUNDRED - cut) / _HUNDRED
        self.figures[node.id] = factor
        if records:
            effect = self.scale(pay, factor, None)
            inputs = {"penalties": [_penalty_inputs(record) for record, _ in records]}
            self.line(node, "multipliers", "factor", factor, quantity=cut, rate=factor, effect=effect, inputs=inputs)

    def multiplier_factor(self, node: Multiplier) -> Decimal:
        for row in node.rows:
            position = EVERY in row.position_categories or self.facts.position_category in row.position_categories
            unit = EVERY in row.unit_categories or self.facts.unit_category in row.unit_categories
            if position and unit and (not row.flag or row.flag in self.facts.flags):
                return row.factor
        return _ONE

    def gate_factor(self, node: Gate) -> Decimal:
        known = self.factors.get(node.id)
        if known is not None:
            return known
        metric = self.gate_metric(node)
        factor = _ONE
        for test in node.when:
            if (test.below is not None and metric < test.below) or (
                test.at_least is not None and metric >= test.at_least
            ):
                factor = test.factor
                break
        self.metrics[node.id] = metric
        self.factors[node.id] = factor
        self.figures[node.id] = factor
        return factor

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
        metric = self.metrics[node.id]
        inputs: dict[str, Any] = {"metric": metric}
        if node.score is not None:
            inputs.update(self.ratio_inputs(node.score))
        self.line(node, "multipliers", "factor", factor, quantity=metric, rate=factor, effect=effect, inputs=inputs)

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

    # --- step 9: tax, contributions, deductions ---------------------------------------------------------------------

    def deductions(self, gross: Decimal, pagu: Decimal) -> tuple[dict[str, Decimal], dict[str, Decimal]]:
        """Sums by column: as they are carried on, and as printed."""
        carried = {"tax": _ZERO, "contribution": _ZERO, "deduction": _ZERO}
        printed = dict(carried)
        for node in self.prepared.deductions:
            remaining = gross - sum(carried.values(), _ZERO)
            for value, more in self.taken(node, gross, pagu, remaining):
                amount = rounded(self.policy.deduction, value)
                carried[node.column] += value if self.policy.carry == "unrounded" else amount
                printed[node.column] += amount
                self.figures[node.id] = self.figures.get(node.id, _ZERO) + value
                self.line(node, "deductions", "rupiah", value, column=node.column, amount=amount, **more)
        return carried, printed

    def taken(
        self, node: Deduction, gross: Decimal, pagu: Decimal, remaining: Decimal
    ) -> list[tuple[Decimal, dict[str, Any]]]:
        match node.rule:
            case FinalByGolongan():
                percent = self.golongan_percent(node)
                inputs: dict[str, Any] = {"golongan": self.facts.golongan}
                return [(gross * percent / _HUNDRED, {"base": gross, "rate": percent, "inputs": inputs})]
            case SharedCapContribution() as rule:
                return [self.shared_cap(node, rule, gross if rule.base == "gross" else pagu, remaining)]
            case FixedList() as rule:
                entries = [entry for entry in self.facts.deductions if entry.code in rule.codes]
                if rule.required and not entries:
                    raise MissingFact("deductions", node.id)
                return [
                    (entry.amount, {"label": entry.label or node.label, "inputs": {"code": entry.code}})
                    for entry in entries
                ]
            case ConsentPercent() as rule if rule.flag in self.facts.flags:
                base = gross if rule.base == "gross" else remaining
                return [(base * rule.percent / _HUNDRED, {"base": base, "rate": rule.percent})]
            case _:
                return []

    def golongan_percent(self, node: Deduction) -> Decimal:
        golongan = self.facts.golongan
        if golongan is None:
            raise MissingFact("golongan", node.id)
        rates = self.prepared.golongan[node.id].get(self.facts.status)
        if rates is None:
            raise NoRuleFor("status", self.facts.status, node.id)
        percent = rates.get(golongan.partition("/")[0])
        if percent is None:
            raise NoRuleFor("golongan", golongan, node.id)
        return percent

    def shared_cap(
        self, node: Deduction, rule: SharedCapContribution, base: Decimal, remaining: Decimal
    ) -> tuple[Decimal, dict[str, Any]]:
        """The contribution, at most what is left of the pay: TPP that was lost leaves no debt."""
        salary = self.facts.salary_base
        if salary is None:
            raise MissingFact("salary_base", node.id)
        together = min(salary + base, rule.ceiling) * rule.percent / _HUNDRED
        borne = min(salary, rule.ceiling) * rule.percent / _HUNDRED
        if rule.round_each:
            together, borne = round_rupiah(together), round_rupiah(borne)
        due = max(together - borne, _ZERO)
        value = min(due, max(remaining, _ZERO))
        inputs: dict[str, Any] = {"salary_base": salary, "ceiling": rule.ceiling, "borne_by_salary": borne}
        if rule.employer_percent:
            inputs["employer"] = quotient(value * rule.employer_percent, rule.percent) if rule.percent else _ZERO
        capped = salary + base >= rule.ceiling
        note = "Batas dasar iuran tercapai bersama gaji; iuran dari gaji diperhitungkan." if capped else ""
        if value < due:
            note = "Iuran lebih besar dari sisa TPP; dipotong sampai sisa itu."
        return value, {"base": base, "rate": rule.percent, "inputs": inputs, "note": note}

    # --- facts and lines ---------------------------------------------------------------------------------------------

    def fact(self, name: str, node: Node) -> Decimal:
        """A fact by the name that rules use, derived where it is not stored. Raises ``MissingFact``."""
        value = self.derived(name) if name in _DERIVED else getattr(self.facts, name)
        if value is None:
            raise MissingFact("minutes_approved" if name == "minutes_total" else name, node.id)
        return value if isinstance(value, Decimal) else Decimal(value)

    def derived(self, name: str) -> Decimal | None:
        facts = self.facts
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


_DERIVED: Final = frozenset({"behaviour_sum", "minutes_total", "present_days", "absent_days", "attendance_ratio"})


def _penalty_inputs(record: PenaltyRecord) -> dict[str, Any]:
    inputs = {"level": record.level, "from_month": record.from_month}
    if record.until_month:
        inputs["until_month"] = record.until_month
    if record.reference:
        inputs["reference"] = record.reference
    return inputs
