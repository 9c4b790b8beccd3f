"""What other parts of the system ask of a rule set besides a calculation."""

import calendar
from collections.abc import Mapping
from datetime import date
from typing import Final

from .checks import facts_named
from .deduction_nodes import (
    YEARLY_TAX,
    ConsentPercent,
    Deduction,
    FinalByGolongan,
    FixedList,
    Payment,
    SharedCapContribution,
    SpecialKind,
    SpecialPay,
    TerTax,
)
from .fields import Node
from .nodes import (
    ActingRule,
    BehaviourScore,
    Bonus,
    CalendarRule,
    Ceremony,
    ClassAmounts,
    DocumentSet,
    EventTier,
    Gate,
    LogRule,
    Multiplier,
    PredikatMap,
    ServiceStopRule,
    StatusFactor,
)
from .rule_sets import MeasureTitle, RuleSet

# Facts that the engine makes of others when a rule names them.
_MADE_OF: Final[Mapping[str, tuple[str, ...]]] = {
    "minutes_total": ("minutes_approved", "credit_minutes"),
    "behaviour_sum": ("behaviour_scores",),
}


def reference_date(rule_set: RuleSet, month: str) -> date:
    """The day of the month whose post, kelas and status count, as the rule set names it."""
    year, number = int(month[:4]), int(month[5:])
    table = next(node for node in rule_set.nodes if isinstance(node, ClassAmounts))
    day = {"first": 1, "15": 15, "last": calendar.monthrange(year, number)[1]}[table.reference_day]
    return date(year, number, day)


def paid_statuses(rule_set: RuleSet) -> frozenset[str] | None:
    """The employee statuses that the rule set pays, ``None`` where it makes no difference between them."""
    rows = [row for node in rule_set.nodes if isinstance(node, StatusFactor) for row in node.rows]
    return frozenset(status for row in rows for status in row.statuses) if rows else None


def entry_policy(rule_set: RuleSet) -> LogRule | None:
    """How far back a daily log may be entered, or ``None`` where the rule set does not say."""
    return next((node for _, node in rule_set.walk() if isinstance(node, LogRule)), None)


def calendar_rule(rule_set: RuleSet) -> CalendarRule | None:
    """When the month is worked on, or ``None`` where the rule set does not say."""
    return next((node for node in rule_set.nodes if isinstance(node, CalendarRule)), None)


def document_set(rule_set: RuleSet) -> DocumentSet | None:
    """The prints that are handed in, or ``None`` where the rule set does not say."""
    return next((node for node in rule_set.nodes if isinstance(node, DocumentSet)), None)


def measures(rule_set: RuleSet) -> Mapping[str, MeasureTitle]:
    """The figures by code that the region must record for each month."""
    return rule_set.measures


def listed_codes(rule_set: RuleSet, payment: Payment | None = None) -> frozenset[str]:
    """The codes of the sums by list that the rule set takes, from this payment or from any; a person's entry of another
    code is refused."""
    return frozenset().union(*(listed_under(node) for node in _deductions(rule_set, payment)))


def consent_codes(rule_set: RuleSet, payment: Payment | None = None) -> frozenset[str]:
    """The codes under which the rule set takes what persons agreed to, from this payment or from any; another consent
    is refused."""
    return frozenset().union(*(consented_under(node) for node in _deductions(rule_set, payment)))


def taxes_arrears_when_paid(rule_set: RuleSet) -> bool:
    """Whether a difference is taxed as income of the month in which it is paid."""
    rules = (node.rule for node in _deductions(rule_set, None))
    return any(isinstance(rule, TerTax) and rule.arrears == "payment" for rule in rules)


def _deductions(rule_set: RuleSet, payment: Payment | None) -> list[Deduction]:
    nodes = [node for node in rule_set.nodes if isinstance(node, Deduction)]
    return nodes if payment is None else [node for node in nodes if payment in node.taken_from]


def listed_under(node: Deduction) -> frozenset[str]:
    """The codes of listed sums that this deduction takes."""
    if isinstance(node.rule, FixedList):
        return frozenset(node.rule.codes)
    return frozenset({YEARLY_TAX}) if isinstance(node.rule, TerTax) and node.rule.mode != "ter_own" else frozenset()


def consented_under(node: Deduction) -> frozenset[str]:
    """The codes of consents that this deduction takes."""
    if isinstance(node.rule, FixedList):
        return frozenset(node.rule.codes)
    code = node.rule.code if isinstance(node.rule, ConsentPercent) else None
    return frozenset() if code is None else frozenset({code})


def totals_left_unrounded(rule_set: RuleSet) -> tuple[str, ...]:
    """The totals of a slip (``pagu gross deduction net``) that no policy brings to whole rupiah or cents.

    The sheets of some regions print them as they come out; nobody can be paid so.
    """
    rounding = rule_set.rounding
    is_carried = rounding.carry == "rounded"
    specials = [node.rounding for node in rule_set.nodes if isinstance(node, SpecialPay)]
    criteria = {rounding.criterion, *(policy for policy in specials if policy is not None)}
    found = {
        "pagu": rounding.pagu == "none",
        # The sum of rounded criteria is round.
        "gross": rounding.gross == "none" and not (is_carried and "none" not in criteria),
        "deduction": rounding.deduction == "none",
        # What rounded figures leave is round.
        "net": rounding.net == "none" and not is_carried,
    }
    return tuple(name for name, is_left in found.items() if is_left)


def special_pay(rule_set: RuleSet, kind: SpecialKind) -> SpecialPay | None:
    """How THR or the 13th month is paid, or ``None`` where the rule set does not say."""
    return next((node for node in rule_set.nodes if isinstance(node, SpecialPay) and node.pays == kind), None)


def paid_stops(rule_set: RuleSet) -> frozenset[str]:
    """The kinds of stop that pay something for a month that lies within them from its first to its last day."""
    rows = [row for node in rule_set.nodes if isinstance(node, ServiceStopRule) for row in node.rows]
    return frozenset(kind for row in rows if row.factor or any(step.factor for step in row.steps) for kind in row.kinds)


def pays_month_of_death(rule_set: RuleSet) -> bool:
    """Whether the month in which somebody dies is paid in full, also where that is its first day."""
    rows = [row for node in rule_set.nodes if isinstance(node, ServiceStopRule) for row in node.rows]
    return any("death" in row.kinds and row.at_start == "whole_month" for row in rows)


def counted_period(rule_set: RuleSet, month: str) -> tuple[date, date]:
    """The first and the last day that count for the month ``"2026-12"``: the calendar month, but December up to the
    day that the rule set names, and January with the rest of it where the rule set says so."""
    year, number = int(month[:4]), int(month[5:])
    first, last = date(year, number, 1), date(year, number, calendar.monthrange(year, number)[1])
    rule = calendar_rule(rule_set)
    if rule is None or rule.december_until_day is None:
        return first, last
    if number == 12:
        return first, date(year, 12, rule.december_until_day)
    if number == 1 and rule.december_rest == "january" and rule.december_until_day < 31:
        return date(year - 1, 12, rule.december_until_day + 1), last
    return first, last


def facts_read(rule_set: RuleSet) -> frozenset[str]:
    """The names of all facts that any node reads, ``ukuran.CODE`` included; what nobody reads need not be collected.

    Not among them: month, status, kelas, categories, counts and flags, which every rule set may read.
    """
    names: set[str] = set()
    for _, node in rule_set.walk():
        names.update(fact for _, fact in facts_named(node))
        names |= _read_by_kind(node)
    for name, sources in _MADE_OF.items():
        if name in names:
            names.update(sources)
    return frozenset(names)


def flags_read(rule_set: RuleSet) -> frozenset[str]:
    """The flags of a person that any node asks for."""
    flags: set[str] = set()
    for _, node in rule_set.walk():
        match node:
            case Gate():
                flags.update([*node.exclude_flags, *([node.flag] if node.flag is not None else [])])
            case ActingRule():
                flags.update(case.flag for case in node.cases)
            case Multiplier():
                flags.update(row.flag for row in node.rows)
            case Ceremony():
                flags.update(node.exclude_flags)
            case ServiceStopRule():
                flags.update(row.flag for row in node.rows)
            case Bonus() | Deduction(rule=ConsentPercent()):
                flags.add(node.flag if isinstance(node, Bonus) else getattr(node.rule, "flag", ""))
            case _:
                pass
    return frozenset(flags - {""})


def _read_by_kind(node: Node) -> set[str]:
    match node:
        case PredikatMap():
            return {"predikat"}
        case BehaviourScore():
            return {"behaviour_sum"}
        case EventTier() if node.event == "month_total":
            both = {"late": {"late_minutes"}, "early_leave": {"early_minutes"}}
            return both.get(node.minutes_of or "", {"late_minutes", "early_minutes"})
        case LogRule():
            missing = {"log_days_missing"} if node.missing_day_points else set()
            return missing | ({"late_decisions"} if node.late_decision_points else set())
        case Deduction(rule=FinalByGolongan()):
            return {"golongan"}
        case Deduction(rule=SharedCapContribution()):
            return {"salary_base"}
        case Deduction(rule=TerTax(mode="ter_own")):
            return {"ptkp"}
        case Deduction(rule=TerTax()) as node:
            yearly = {"year_income"} if isinstance(node.rule, TerTax) and node.rule.yearly else set()
            return {"salary_base", "salary_tax", "ptkp"} | yearly
        case ServiceStopRule():
            return {"stops", "stop_working_days"} if node.days == "working" else {"stops"}
        case _:
            return set()
