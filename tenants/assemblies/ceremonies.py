"""To which events people can be called: the ceremonies of the rule set in force."""

from __future__ import annotations

from datetime import date

from tenants.rules.engine import event_codes
from tenants.rules.loading import rules_on


def ceremonies_on(day: date) -> dict[str, str]:
    """Code and words of every ceremony that the rule set of the day counts, in its order; none without a rule set."""
    rules = rules_on(day)
    if rules is None:
        return {}
    return {code.code: code.label for code in event_codes(rules).values() if code.source == "ceremony"}
