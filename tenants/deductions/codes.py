"""Which codes the rules of a month take by list."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from kernel.periods import Month
from tenants.rules.engine import YEARLY_TAX, listed_codes
from tenants.rules.loading import rules_on

# Kept by others: returned overpayments by their own list, the tax of the year by the payroll.
_NOT_BY_HAND: Final = frozenset({"KOREKSI", YEARLY_TAX})


def codes_in(month: Month) -> Mapping[str, str]:
    """The codes that an official may list for the month, each with the words of the rule that takes it."""
    rules = rules_on(month.first_day)
    if rules is None:
        return {}
    names = {code: node.label for node in rules.nodes for code in getattr(getattr(node, "rule", None), "codes", ())}
    return {code: names.get(code, code) for code in sorted(listed_codes(rules) - _NOT_BY_HAND)}
