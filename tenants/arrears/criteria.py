"""Which criterion a line of the gross of a difference is about."""

from __future__ import annotations

from tenants.rules.engine import RuleSet


def criterion_of(label: str, rule_set: RuleSet) -> str | None:
    """The criterion with this label in the rule set of the difference; None for what no criterion explains."""
    return next((code for code, title in rule_set.criteria.items() if title.label == label), None)
