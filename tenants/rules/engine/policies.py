"""What other parts of the system ask of a rule set besides a calculation."""

import calendar
from datetime import date

from .nodes import ClassAmounts, LogRule, StatusFactor
from .rule_sets import RuleSet


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
    return next((node for node in rule_set.nodes if isinstance(node, LogRule)), None)
