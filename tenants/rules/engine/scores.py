"""Steps 4 and 5: points off, and scores of 0 to 100."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final

from kernel.money import decimal_text, quotient, rounded

from .days import band_at
from .errors import MissingFact, NoRuleFor
from .facts import FACT_TITLES
from .fields import Node
from .nodes import (
    EVERY,
    AbsenceDay,
    BandScore,
    BehaviourScore,
    Ceremony,
    DeductionScore,
    EventTier,
    LogRule,
    MissingPunch,
    Penalty,
    PredikatMap,
    RatioScore,
    RelatedScore,
    ScoreNode,
    ThresholdScore,
)
from .post_pay import PostPay
from .records import PenaltyRecord
from .worksheet import Leaf, Score

_ZERO: Final = Decimal(0)
_HUNDRED: Final = Decimal(100)

_RELATED_NOTES: Final[Mapping[str, str]] = {
    "superior": "Dari nilai atasan langsung.",
    "mean": "Rata-rata nilai bawahan langsung.",
    "min": "Nilai terendah di antara bawahan langsung.",
}


class Scores(PostPay):
    """The score of each node, with what was taken off."""

    def score(self, node: ScoreNode) -> Score:
        """Score 0 to 100 of a node, computed once."""
        known = self.scores.get(node.id)
        if known is None:
            known = self.compute(node)
            self.scores[node.id] = known
            self.figures[node.id] = known.value
        return known

    def compute(self, node: ScoreNode) -> Score:
        match node:
            case DeductionScore():
                return self.deduction_score(node)
            case RatioScore():
                value = self.ratio(node)
                return Score(value, inputs=self.ratio_inputs(node))
            case ThresholdScore():
                return self.threshold(node)
            case BandScore():
                measure = self.fact(node.fact, node)
                return Score(self.banded(node, node.fact, measure), inputs={node.fact: measure})
            case BehaviourScore():
                total = self.fact("behaviour_sum", node)
                inputs: dict[str, Any] = {"behaviour_sum": total}
                if self.facts.behaviour_scores:
                    inputs["behaviour_scores"] = self.facts.behaviour_scores
                return Score(self.banded(node, "behaviour_sum", total), inputs=inputs)
            case PredikatMap():
                predikat = self.facts.predikat
                if predikat is None:
                    if node.none is None:
                        raise MissingFact("predikat", node.id)
                    return Score(node.none, note="Belum ada predikat SKP.")
                return Score(node.values[predikat], inputs={"predikat": predikat})
            case RelatedScore():
                related = self.facts.related.get(node.id)
                if related is None:
                    raise MissingFact("related", node.id)
                note = _RELATED_NOTES[node.aggregate or "superior"]
                return Score(rounded(node.rounding, related), note=note)

    def deduction_score(self, node: DeductionScore) -> Score:
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
            return Score(_ZERO, leaves, start, inputs, f"Pengurangan lebih dari {node.zero_if_over}, nilai menjadi 0.")
        note = ""
        if node.cap_points is not None and points > node.cap_points:
            points = node.cap_points
            note = f"Pengurangan paling banyak {node.cap_points}."
        value = start - points
        if value < node.floor:
            value = node.floor
            note = f"Nilai paling rendah {node.floor}."
        return Score(value, leaves, start, inputs, note)

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

    def threshold(self, node: ThresholdScore) -> Score:
        value = self.fact(node.fact, node)
        if node.target is not None:
            target = node.month_targets.get(int(self.facts.month[5:]), node.target)
        else:
            target = self.fact(node.target_fact or "", node)
        reached = value >= target
        note = "" if reached else f"Target {target} belum tercapai."
        return Score(node.score if reached else _ZERO, inputs={node.fact: value, "target": target}, note=note)

    def banded(self, node: BandScore | BehaviourScore, fact: str, value: Decimal) -> Decimal:
        """The score of the first band that does not end below the value. Raises ``NoRuleFor`` beyond the last."""
        band = next((band for band in node.bands if band.to_value is None or value <= band.to_value), None)
        if band is None:
            raise NoRuleFor(fact, decimal_text(value), node.id)
        if band.proportional and node.maximum is not None:
            return min(quotient(value * _HUNDRED, node.maximum), _HUNDRED)
        return band.score if band.score is not None else _ZERO

    # --- points off --------------------------------------------------------------------------------------------------

    def leaves(self, node: Node) -> list[Leaf]:
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
                    Leaf(node, f"{node.label}: {record.level}", 1, cut, cut, penalty_inputs(record))
                    for record, cut in self.penalties(node)
                ]
            case _:
                return []

    def leaf(self, node: Node, label: str, code: str, count: int, each: Decimal) -> Leaf:
        inputs: dict[str, Any] = {"code": code, "count": count}
        days = self.days.get(code)
        if days:
            inputs["days"] = days
            minutes = [day["minutes"] for day in days if day["minutes"] is not None]
            if minutes:
                inputs["minutes"] = sum(minutes)
        return Leaf(node, label, count, each, each * count, inputs)

    def is_called(self, node: Ceremony) -> bool:
        return self.facts.unit_category not in node.exclude_unit_categories and not (
            self.facts.flags & set(node.exclude_flags)
        )

    def month_total(self, node: EventTier) -> list[Leaf]:
        """At most one event: the band that holds the month's minutes."""
        minutes = self.month_minutes(node.minutes_of or "both")
        if minutes is None:
            raise MissingFact({"early_leave": "early_minutes"}.get(node.minutes_of or "", "late_minutes"), node.id)
        band = band_at(node, minutes)
        if band is None:
            return []
        return [Leaf(node, band.label, 1, band.points, band.points, {"code": band.code, "minutes": minutes})]

    def log_leaves(self, node: LogRule) -> list[Leaf]:
        found = []
        for fact, each, label in (
            ("log_days_missing", node.missing_day_points, node.label),
            ("late_decisions", node.late_decision_points, f"{node.label}: {FACT_TITLES['late_decisions']}"),
        ):
            if each is None:
                continue
            count = int(self.fact(fact, node))
            if count:
                found.append(Leaf(node, label, count, each, each * count, {fact: count}))
        return found

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


def penalty_inputs(record: PenaltyRecord) -> dict[str, Any]:
    inputs = {"level": record.level, "from_month": record.from_month}
    if record.until_month:
        inputs["until_month"] = record.until_month
    if record.reference:
        inputs["reference"] = record.reference
    return inputs
