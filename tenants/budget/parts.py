"""The parts of a slip that the budget bears, and the codes that pay them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from tenants.budget.accounts import HEALTH, Accounts
from tenants.payout.payments.account_codes import TAX
from tenants.rules.engine import BUDGET_ID, RuleSet
from tenants.rules.engine.deduction_nodes import Deduction, SharedCapContribution, TerTax
from tenants.rules.engine.resolving import dated_rules

# (part, group) -> rupiah.
Parts = Mapping[tuple[str, str], Decimal]


def by_code(parts: Parts, rule_set: RuleSet, accounts: Accounts) -> dict[str, Decimal]:
    """The parts under the codes that pay them. What rounding adds to the gross goes with the largest criterion; only
    where the region bears the tax is the rest of the gross a part of its own."""
    costs: dict[str, Decimal] = defaultdict(Decimal)
    for (part, group), total in parts.items():
        if part == TAX and not bears_tax(rule_set):
            criteria = {name: sum_ for (name, of), sum_ in parts.items() if of == group and name not in (TAX, HEALTH)}
            part = max(criteria, key=lambda name: criteria[name], default=TAX)
        if total:
            costs[accounts.code(part, group, rule_set)] += total
    return dict(costs)


def employer_ratios(rule_set: RuleSet, month: date) -> dict[str, Decimal]:
    """How many times the person's contribution the employer pays on top in the month, by node."""
    found: dict[str, Decimal] = {}
    for node in rule_set.nodes:
        if isinstance(node, Deduction) and isinstance(node.rule, SharedCapContribution):
            dated = dated_rules(node.rule)
            rule = next((one.rule for one in dated if one.from_month <= f"{month:%Y-%m}"), None)
            if isinstance(rule, SharedCapContribution) and rule.percent and rule.employer_percent:
                found[node.id] = rule.employer_percent / rule.percent
    return found


def bears_tax(rule_set: RuleSet) -> bool:
    """Whether the region pays the tax, so that it is an allowance too."""
    return any(
        isinstance(node, Deduction) and isinstance(node.rule, TerTax) and node.rule.mode == "ter_gross_up"
        for node in rule_set.nodes
    )


def budget_nodes(rule_set: RuleSet) -> set[str]:
    """The nodes under which pay is held for the budget."""
    return {BUDGET_ID, *(node.id for node in rule_set.nodes if node.kind == "budget_factor")}
