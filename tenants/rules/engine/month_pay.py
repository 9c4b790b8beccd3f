"""Steps 7 and 8: what multiplies the month, the days in paid service, and what is added without a score."""

from decimal import Decimal
from typing import Any, Final

from kernel.money import decimal_text, quotient

from .bearing import spread
from .errors import NetBelowZero, NoRuleFor
from .nodes import ActingCase, Bonus, Gate, Multiplier, Penalty, ServiceStopRule
from .parts import Parts, take
from .records import STOP_TITLES, ActingPost, ServiceStop
from .scores import penalty_inputs
from .slips import Line
from .stops import service_share
from .worksheet import Vector

_ZERO: Final = Decimal(0)
_ONE: Final = Decimal(1)
_HUNDRED: Final = Decimal(100)


class MonthPay(Parts):
    """From what the parts earned to what the month earns."""

    # --- step 7: what multiplies the month ---------------------------------------------------------------------------

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
        inputs: dict[str, Any] = {"penalties": [penalty_inputs(record) for record, _ in records]}
        if node.of == "full":
            taken = take(pay, {name: value * cut / _HUNDRED for name, value in self.full.items()})
            base = sum(self.full.values(), _ZERO)
            self.line(node, "multipliers", "points", -cut, base=base, rate=cut, effect=-taken, inputs=inputs)
            return
        effect = self.scale(pay, factor, None)
        self.line(node, "multipliers", "factor", factor, quantity=cut, rate=factor, effect=effect, inputs=inputs)

    # --- days in paid service ----------------------------------------------------------------------------------------

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

    # --- step 8: additions that no score cuts ------------------------------------------------------------------------

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
            elif take(pay, {name: -value for name, value in parts.items()}) < -entry.amount:
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


def _stop_inputs(stop: ServiceStop) -> dict[str, Any]:
    inputs: dict[str, Any] = {"kind": stop.kind, "first": stop.first}
    if stop.last is not None:
        inputs["last"] = stop.last
    if stop.reference:
        inputs["reference"] = stop.reference
    return inputs
