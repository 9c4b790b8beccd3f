"""Steps 1 and 6: who is eligible, and the weighted parts of each criterion with the gates on them."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from kernel.money import ROUNDING_CONTEXT, decimal_text, quotient, rounded

from .conditions import is_within, release_note
from .facts import FACT_TITLES, MEASURE_PREFIX
from .nodes import DeductionScore, Gate, GateTest, PartWeight, ScoreNode
from .post_pay import WHOLE
from .scores import Scores
from .worksheet import Leaf, Score, Vector

_ZERO: Final = Decimal(0)
_ONE: Final = Decimal(1)
_HUNDRED: Final = Decimal(100)
_WEIGHT_PLACES: Final = Decimal("0.000001")
_ACTION_NOTES: Final[Mapping[str, str]] = {
    "hold": "TPP dihitung, tetapi ditahan sampai syarat ini dipenuhi.",
    "block_next_month": "Bulan berikut belum boleh dibuka.",
}


class Parts(Scores):
    """What each part earns of the pay, after gates and points off; scores and parts ask gates and are asked by them."""

    # --- step 1: eligibility; its line stands after the pagu because it takes that pagu away -------------------------

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

    # --- step 6: parts -----------------------------------------------------------------------------------------------

    def parts(self, base: Vector, pay: Vector) -> None:
        self.full = dict(pay)
        for root in self.prepared.roots:
            names = list(pay) if WHOLE in pay else [name for name in root.criteria or () if base.get(name)]
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
                taken = take(pay, cut)
                self.cut_line(leaf, base, taken, base * leaf.points / _HUNDRED)

    def cut_line(self, leaf: Leaf, base: Decimal, taken: Decimal, due: Decimal) -> None:
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
        score: Score | None = None
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

    def score_lines(self, node: ScoreNode, score: Score, per_point: Decimal) -> Decimal:
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

    # --- gates -------------------------------------------------------------------------------------------------------

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
        return next((test for test in node.when if is_within(metric, test.below, test.at_least)), None)

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

    def action_note(self, node: Gate) -> str:
        released = self.released(node) if node.action == "hold" else None
        return _ACTION_NOTES[node.action] if released is None else release_note(released)


def take(pay: Vector, cut: Vector) -> Decimal:
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
