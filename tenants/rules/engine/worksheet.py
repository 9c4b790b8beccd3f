"""What one calculation works on: facts by the names that rules use, and the lines of the slip in their order."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from kernel.money import quotient

from .deduction_nodes import Payment
from .errors import MissingFact, NoRuleFor
from .facts import MEASURE_PREFIX, MonthFacts
from .fields import Clause, Node
from .nodes import ActingCase, GateTest
from .prepared import Prepared
from .records import ActingPost
from .slips import Column, Hold, Line, Unit
from .stops import ServiceShare

_ZERO: Final = Decimal(0)
_ONE: Final = Decimal(1)

Vector = dict[str, Decimal]


@dataclass(frozen=True, slots=True)
class Leaf:
    """Points that one event or record takes off a score."""

    node: Node
    label: str
    count: int
    each: Decimal
    points: Decimal
    inputs: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Score:
    """A result of 0 to 100: what was taken off, where it started, what it was made of."""

    value: Decimal
    leaves: tuple[Leaf, ...] = ()
    start: Decimal | None = None
    inputs: Mapping[str, Any] | None = None
    note: str = ""


class Worksheet:
    """The state of one calculation. Results of nodes are computed on demand and once, lines written in tree order."""

    def __init__(self, prepared: Prepared, facts: MonthFacts) -> None:
        self.prepared = prepared
        self.facts = facts
        self.policy = prepared.rule_set.rounding
        self.lines: list[Line] = []
        self.figures: dict[str, Decimal] = {}
        self.scores: dict[str, Score] = {}
        self.earned: dict[str, Decimal] = {}
        # What a part earns before its gates.
        self.before: dict[str, Decimal] = {}
        self.factors: dict[str, Decimal] = {}
        self.metrics: dict[str, Decimal] = {}
        self.tests: dict[str, GateTest | None] = {}
        self.weights: dict[str, Decimal] = {}
        self.cuts: dict[str, list[tuple[Leaf, str, Decimal]]] = {}
        self.full: Vector = {}
        self.running = _ZERO
        self.additions: list[tuple[Vector, ActingPost, ActingCase]] = []
        self.held: dict[str, Hold] = {}
        self.blocks = False
        self.share = ServiceShare(_ONE, 1)
        self.payment: Payment = "month"
        self.days: dict[str, list[dict[str, Any]]] = {}
        for day in facts.days:
            self.days.setdefault(day.code, []).append({"date": day.date, "minutes": day.minutes})
        for days in self.days.values():
            days.sort(key=lambda day: day["date"])

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

    # --- facts -------------------------------------------------------------------------------------------------------

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

    # --- lines -------------------------------------------------------------------------------------------------------

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
