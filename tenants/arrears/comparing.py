"""What a person-month gives now, less what stands of it. Pure: no database, no clock.

What stands is the locked slip with the locked differences since, total by total and line by line. Both sides name the
same totals, so the difference of every total is the sum of the differences of the lines that add to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Final, Literal, Protocol

from kernel.money import decimal_text, exact
from tenants.rules.engine import MonthFacts, Slip
from tenants.tpp.matching import Line, LineKey, by_key

Reason = Literal["rule", "fact", "decision", "follows"]

TOTALS: Final = ("pagu", "gross", "tax", "contributions", "other_deductions", "rounding", "net")
# The node under which the engine writes sums by decision.
DECISION: Final = "keputusan"
_ZERO: Final = Decimal(0)
# Columns and kinds of lines that only follow from what stands before them.
_FOLLOWING: Final = frozenset({"gross", "tax", "contribution", "deduction", "rounding"})
# Money arranged for the month when it was locked: a later list, consent or budget decision belongs to later months.
_OF_THE_LOCK: Final = ("deductions", "consents", "budget_factor", "year_income")
# Facts that are figures of attendance; they are told by their days.
_OF_DAYS: Final = frozenset(
    {"counts", "days", "working_days", "late_minutes", "early_minutes", "absent_days_year", "stop_working_days"}
)
_UNTOLD: Final = frozenset({"month", "flags", "related", "adjustments", "arrears_tax", *_OF_THE_LOCK})


@dataclass(frozen=True, slots=True)
class Totals:
    """The printed totals of a slip, rupiah; `net = gross - tax - contributions - other_deductions + rounding`."""

    pagu: Decimal = _ZERO
    gross: Decimal = _ZERO
    tax: Decimal = _ZERO
    contributions: Decimal = _ZERO
    other_deductions: Decimal = _ZERO
    rounding: Decimal = _ZERO
    net: Decimal = _ZERO

    @classmethod
    def of(cls, row: object) -> Totals:
        """From anything that has the totals under these names, such as a stored slip."""
        return cls(*(exact(getattr(row, name)) for name in TOTALS))

    @classmethod
    def computed(cls, slip: Slip) -> Totals:
        """From the engine's slip, which calls the other deductions by another name."""
        return cls(slip.pagu, slip.gross, slip.tax, slip.contributions, slip.deductions, slip.rounding, slip.net)

    def plus(self, other: Totals) -> Totals:
        return Totals(*(getattr(self, name) + getattr(other, name) for name in TOTALS))

    def less(self, other: Totals) -> Totals:
        return Totals(*(getattr(self, name) - getattr(other, name) for name in TOTALS))


class AnyLine(Line, Protocol):
    """What is read of a line besides: the words under which a difference shows it."""

    @property
    def label(self) -> str: ...
    @property
    def clause_reference(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Value:
    """A line's figure, rupiah: printed where it adds to a column, else its unrounded effect between pagu and gross."""

    figure: Decimal
    label: str
    clause_reference: str = ""
    # What was counted for it: a change here is a change of facts.
    counted: tuple[tuple[str, str], ...] = ()


Values = Mapping[LineKey, Value]


@dataclass(frozen=True, slots=True)
class Side:
    """One side of the comparison: totals, and the figures of the lines."""

    totals: Totals = Totals()
    values: Values = field(default_factory=dict)

    def with_difference(self, totals: Totals, values: Values) -> Side:
        """What stands after a difference has been locked on top."""
        both = dict(self.values)
        for key, value in values.items():
            known = both.get(key)
            both[key] = replace(value, figure=value.figure + (known.figure if known else _ZERO))
        return Side(self.totals.plus(totals), both)


@dataclass(frozen=True, slots=True)
class LineDifference:
    """A line that differs, rupiah."""

    key: LineKey
    label: str
    clause_reference: str
    old: Decimal
    new: Decimal
    reason: Reason

    @property
    def difference(self) -> Decimal:
        return self.new - self.old


@dataclass(frozen=True, slots=True)
class Difference:
    """What stands, what it is now, and the lines that differ in the order of the new slip, gone ones last."""

    old: Totals
    new: Totals
    lines: tuple[LineDifference, ...]

    @property
    def totals(self) -> Totals:
        return self.new.less(self.old)


def values_of(lines: Iterable[AnyLine]) -> dict[LineKey, Value]:
    """The lines that say rupiah, under their keys."""
    found = {}
    for key, line in by_key(lines).items():
        figure = line.amount if line.column else line.effect
        if figure is not None:
            found[key] = Value(exact(figure), line.label, line.clause_reference, _counted(line.inputs))
    return found


def _counted(inputs: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    names = ("count", "minutes", "score", "metric", "kelas", "golongan", "status")
    return tuple((name, str(inputs[name])) for name in names if name in inputs)


def taken_back(values: Values, code: str) -> Decimal:
    """What a slip took under this code of its lists, rupiah."""
    return sum((value.figure for key, value in values.items() if _is_taken_back(key, code)), _ZERO)


def with_taken_back(computed: Side, stands: Side, code: str) -> Side:
    """The new side with what the month took back under the code: that was another month's, and it stays taken."""
    taken = taken_back(stands.values, code)
    if not taken:
        return computed
    kept = {key: value for key, value in stands.values.items() if _is_taken_back(key, code)}
    extra = Totals(other_deductions=taken, net=-taken)
    return Side(computed.totals.plus(extra), {**computed.values, **kept})


def _is_taken_back(key: LineKey, code: str) -> bool:
    _, own_code, column, _ = key
    return column == "deduction" and own_code == code


def difference_of(stands: Side, now: Side, *, rules_differ: bool, facts_differ: bool) -> Difference | None:
    """The difference, None where every total is the same."""
    if stands.totals == now.totals:
        return None
    keys = [*now.values, *(key for key in stands.values if key not in now.values)]
    lines = []
    for key in keys:
        old, new = stands.values.get(key), now.values.get(key)
        before, after = (value.figure if value else _ZERO for value in (old, new))
        some = new or old
        if before == after or some is None:
            continue
        reason = _reason(key, old, new, rules_differ=rules_differ, facts_differ=facts_differ)
        lines.append(LineDifference(key, some.label, some.clause_reference, before, after, reason))
    return Difference(stands.totals, now.totals, tuple(lines))


def _reason(key: LineKey, old: Value | None, new: Value | None, *, rules_differ: bool, facts_differ: bool) -> Reason:
    node_id, _, column, _ = key
    if node_id == DECISION:
        return "decision"
    if column in _FOLLOWING:
        return "follows"
    if not rules_differ:
        return "fact" if facts_differ else "decision"
    if not facts_differ:
        return "rule"
    # Both changed: a line that counts something else is due to the facts, the rest to the rules.
    return "fact" if old is not None and new is not None and old.counted != new.counted else "rule"


def as_of_the_lock(facts: MonthFacts, frozen: MonthFacts | None, *, code: str) -> MonthFacts:
    """The facts of now with what belongs to the time of the lock.

    Lists, consents, the budget's share and the year's income were arranged for that month when it was paid; categories
    of units have no date. Sums taken back under `code` are left out: `with_taken_back` keeps them as they were.
    """
    if frozen is None:
        return replace(facts, deductions=(), consents=(), budget_factor=None, year_income=None)
    kept: dict[str, Any] = {name: getattr(frozen, name) for name in _OF_THE_LOCK}
    kept["deductions"] = tuple(entry for entry in frozen.deductions if entry.code != code)
    kept["unit_category"] = frozen.unit_category
    then = {(post.title, post.kelas): post for post in frozen.acting}
    kept["acting"] = tuple(then.get((post.title, post.kelas), post) for post in facts.acting)
    return replace(facts, **kept)


@dataclass(frozen=True, slots=True)
class FactChange:
    """A fact of the month that is another one now; figures and words as text, "" where there is none."""

    fact: str
    old: str
    new: str

    def to_json(self) -> dict[str, str]:
        return {"fact": self.fact, "old": self.old, "new": self.new}


def changed_facts(then: MonthFacts | None, now: MonthFacts) -> list[FactChange]:
    """The facts besides attendance that differ, with measures and flags one by one; all that are given when `then` is
    None."""
    before = {} if then is None else then.to_mapping()
    after = now.to_mapping()
    changes = []
    for name in sorted({*before, *after} - _OF_DAYS - _UNTOLD):
        old, new = before.get(name), after.get(name)
        if old == new:
            continue
        if isinstance(old or new, Mapping):
            changes += _entries(name, old or {}, new or {})
        else:
            changes.append(FactChange(name, _text(old), _text(new)))
    return changes


def _entries(name: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> list[FactChange]:
    return [
        FactChange(f"{name}.{key}", _text(old.get(key)), _text(new.get(key)))
        for key in sorted({*old, *new})
        if old.get(key) != new.get(key)
    ]


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return decimal_text(value)
    if isinstance(value, list | tuple | set | frozenset):
        return "; ".join(_text(entry) for entry in value)
    if isinstance(value, Mapping):
        return ", ".join(_text(entry) for entry in value.values() if entry not in (None, ""))
    return str(value)
