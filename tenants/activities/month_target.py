"""The minutes that the region's rule set asks for in a month."""

from __future__ import annotations

from kernel.periods import Month
from tenants.rules.engine import RuleSet, parameters_of

_MINUTES = ("minutes_total", "minutes_approved")


def minutes_target(rule_set: RuleSet, month: Month) -> int | None:
    """The target of approved minutes in this month, None where the rule set pays nothing by minutes."""
    for _depth, node in rule_set.walk():
        values = parameters_of(node)
        if node.kind == "threshold_score" and values.get("fact") in _MINUTES:
            special = {int(number): target for number, target in (values.get("month_targets") or {}).items()}
            target = special.get(month.number, values.get("target"))
            return None if target is None else int(target)
        if node.kind == "ratio_score" and values.get("numerator") in _MINUTES and values.get("out_of") is not None:
            return int(values["out_of"])
    return None
