"""A rule set made ready for many people: its nodes sorted by what they do, its tables as dictionaries."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from .canonical import sha256
from .days import event_codes
from .deduction_nodes import PAYMENTS, BudgetRule, Deduction, Payment, SpecialKind, SpecialPay
from .fields import Node
from .nodes import (
    EVERY,
    AbsenceDay,
    ActingRule,
    AmountRow,
    Bonus,
    CalendarRule,
    Ceremony,
    ClassAmounts,
    CriteriaRow,
    DeductionScore,
    EventTier,
    Gate,
    MissingPunch,
    Multiplier,
    OffBase,
    PartWeight,
    Penalty,
    RelatedScore,
    ServiceStopRule,
    StatusFactor,
    StatusRow,
    needs_of,
)
from .policies import consented_under, listed_under
from .resolving import DatedRule, dated_rules, dated_yearly
from .rule_sets import RuleSet, canonical_text
from .yearly_tax import YearlyTables

Row = TypeVar("Row", AmountRow, CriteriaRow)
N = TypeVar("N", bound=Node)


@dataclass(frozen=True, slots=True)
class Prepared:
    """Everything that does not depend on a person. ``month_nodes`` are the multipliers of step 7, in list order.

    ``points`` are what stands under each deduction score and takes points off it, with the event codes it counts
    (``None``: it counts something else). ``whole_cuts`` and ``part_cuts`` (by part) are points off another base.
    ``tier_codes`` are the codes with minutes by event; ``parents`` the part above each nested part. ``dependencies``
    are the related scores that the result of a node is made of, for nodes that others ask for. ``taken_from`` are the
    deductions by payment, ``rules`` their rules with all figures, the newest first.
    """

    rule_set: RuleSet
    digest: str
    nodes: Mapping[str, Node]
    amounts: ClassAmounts
    values: Mapping[tuple[str, str], Mapping[int, Decimal]]
    percents: Mapping[tuple[str, str], Mapping[str, Decimal]]
    acting: ActingRule | None
    status: StatusFactor | None
    status_rows: Mapping[str, StatusRow]
    eligibility: tuple[Gate, ...]
    before_score: tuple[Multiplier, ...]
    roots: tuple[PartWeight, ...]
    month_nodes: tuple[Gate | Penalty | Multiplier, ...]
    taken_from: Mapping[Payment, tuple[Deduction, ...]]
    codes: frozenset[str]
    has_penalties: bool
    absences: tuple[AbsenceDay, ...]
    credits: Mapping[str, int]
    fixed_codes: Mapping[Payment, frozenset[str]]
    consent_codes: Mapping[Payment, frozenset[str]]
    points: Mapping[str, tuple[tuple[Node, frozenset[str] | None], ...]]
    whole_cuts: tuple[OffBase, ...]
    part_cuts: Mapping[str, tuple[OffBase, ...]]
    zeroing: tuple[Ceremony, ...]
    tier_codes: Mapping[str, frozenset[str]]
    parents: Mapping[str, PartWeight]
    has_alternates: bool
    bonuses: tuple[Bonus, ...]
    after_tax: tuple[Multiplier, ...]
    related: Mapping[str, RelatedScore]
    dependencies: Mapping[str, tuple[str, ...]]
    rules: Mapping[str, tuple[DatedRule, ...]]
    yearly: Mapping[str, tuple[tuple[str, YearlyTables], ...]]
    stops: ServiceStopRule | None
    budget: BudgetRule | None
    specials: Mapping[SpecialKind, SpecialPay]
    calendar: CalendarRule | None


def prepare(rule_set: RuleSet) -> Prepared:
    """The prepared form, made once for a rule set object and kept with it."""
    known = rule_set._prepared
    # A copy of the model carries the private attributes of its original along.
    if isinstance(known, Prepared) and known.rule_set is rule_set:
        return known
    prepared = _prepare(rule_set)
    rule_set._prepared = prepared
    return prepared


def _prepare(rule_set: RuleSet) -> Prepared:
    everything = [node for _, node in rule_set.walk()]
    top = rule_set.nodes
    amounts = _of(ClassAmounts, top)[0]
    status = next(iter(_of(StatusFactor, top)), None)
    deductions = _of(Deduction, top)
    taken_from: dict[Payment, tuple[Deduction, ...]] = {
        payment: tuple(node for node in deductions if payment in node.taken_from) for payment in PAYMENTS
    }
    absences = _of(AbsenceDay, everything)
    off_base = _of(OffBase, everything)
    parts = _of(PartWeight, everything)
    related = {node.id: node for node in _of(RelatedScore, everything)}
    needs = {node.id: needs_of(node) for node in everything}
    month_nodes = tuple(
        node
        for node in top
        if (isinstance(node, Gate) and node.stage == "month")
        or (isinstance(node, Penalty) and node.base == "whole")
        or (isinstance(node, Multiplier) and node.stage == "after_score")
    )
    return Prepared(
        rule_set=rule_set,
        digest=sha256(canonical_text(rule_set)),
        nodes={node.id: node for node in everything},
        amounts=amounts,
        values={key: row.values for key, row in _by_category(amounts.amounts)},
        percents={key: row.percent for key, row in _by_category(amounts.criteria)},
        acting=next(iter(_of(ActingRule, top)), None),
        status=status,
        status_rows={name: row for row in (status.rows if status else ()) for name in row.statuses},
        eligibility=tuple(gate for gate in _of(Gate, top) if gate.stage == "eligibility"),
        before_score=tuple(node for node in _of(Multiplier, top) if node.stage == "before_score"),
        roots=_of(PartWeight, top),
        month_nodes=month_nodes,
        taken_from=taken_from,
        codes=frozenset(event_codes(rule_set)),
        has_penalties=any(isinstance(node, Penalty) for node in everything),
        absences=absences,
        credits={node.code: node.credit_minutes for node in absences if node.credit_minutes},
        fixed_codes={payment: _listed(nodes) for payment, nodes in taken_from.items()},
        consent_codes={payment: _consented(nodes) for payment, nodes in taken_from.items()},
        points={
            score.id: tuple(
                (child, _counted_codes(child))
                for child in score.children
                if not isinstance(child, OffBase) or child.base == "part"
            )
            for score in _of(DeductionScore, everything)
        },
        whole_cuts=tuple(node for node in off_base if node.base == "whole"),
        part_cuts={
            part.id: tuple(node for node in off_base if node.base_part == part.id)
            for part in parts
            if any(node.base_part == part.id for node in off_base)
        },
        zeroing=tuple(node for node in _of(Ceremony, everything) if node.month_becomes_zero),
        tier_codes={
            node.event: frozenset(band.code for band in node.bands)
            for node in _of(EventTier, everything)
            if node.event != "month_total"
        },
        parents={child.id: part for part in parts for child in part.children if isinstance(child, PartWeight)},
        has_alternates=any(part.alternates for part in parts),
        bonuses=_of(Bonus, top),
        after_tax=tuple(node for node in _of(Multiplier, top) if node.stage == "after_tax"),
        related=related,
        dependencies={node.node: _related_below(node.node, needs, related) for node in related.values()},
        rules={node.id: dated_rules(node.rule) for node in deductions},
        yearly={node.id: dated_yearly(node.rule) for node in deductions},
        stops=next(iter(_of(ServiceStopRule, top)), None),
        budget=next(iter(_of(BudgetRule, top)), None),
        specials={node.pays: node for node in _of(SpecialPay, top)},
        calendar=next(iter(_of(CalendarRule, top)), None),
    )


def _listed(nodes: Iterable[Deduction]) -> frozenset[str]:
    return frozenset().union(*(listed_under(node) for node in nodes))


def _consented(nodes: Iterable[Deduction]) -> frozenset[str]:
    return frozenset().union(*(consented_under(node) for node in nodes))


def _counted_codes(node: Node) -> frozenset[str] | None:
    match node:
        case EventTier() if node.event != "month_total":
            return frozenset(band.code for band in node.bands)
        case MissingPunch():
            return frozenset([node.code] if node.code is not None else [])
        case AbsenceDay() | Ceremony():
            return frozenset([node.code])
        case _:
            return None


def _related_below(start: str, needs: Mapping[str, list[str]], related: Mapping[str, object]) -> tuple[str, ...]:
    """The related scores that the result of a node is made of, in the order they are met."""
    seen, waiting, found = {start}, [start], []
    while waiting:
        node_id = waiting.pop()
        if node_id in related:
            found.append(node_id)
        for needed in reversed(needs.get(node_id, [])):
            if needed not in seen:
                seen.add(needed)
                waiting.append(needed)
    return tuple(found)


def _of(kind: type[N], nodes: Iterable[Node]) -> tuple[N, ...]:
    return tuple(node for node in nodes if isinstance(node, kind))


def _by_category(rows: Iterable[Row]) -> Iterable[tuple[tuple[str, str], Row]]:
    for row in rows:
        for position in row.position_categories:
            for unit in row.unit_categories:
                yield (position, unit), row


T = TypeVar("T")


def fitting(table: Mapping[tuple[str, str], T], position: str, unit: str) -> T | None:
    """The entry for these categories, the more particular one first; position counts before unit."""
    for key in ((position, unit), (position, EVERY), (EVERY, unit), (EVERY, EVERY)):
        found = table.get(key)
        if found is not None:
            return found
    return None
