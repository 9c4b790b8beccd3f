"""Pay that depends on others: each person's frozen facts with the figures of superiors or subordinates in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from tenants.employees.querysets import superiors_of
from tenants.rules.engine import EvaluationError, MonthFacts, RuleSet


def relates(rule_set: RuleSet) -> bool:
    """Whether somebody's pay depends on another's by these rules."""
    return any(node.kind == "related_score" for _, node in rule_set.walk())


def related_facts(
    rule_set: RuleSet, facts: Mapping[int, MonthFacts], *, on: date
) -> Mapping[int, MonthFacts | EvaluationError]:
    """Everybody's facts with `related` filled in, or why that cannot be, by employee.

    The superiors are those of the day `on`: three statements for any number of people. A superior who is not among the
    people is as one who has no facts.
    """
    if not relates(rule_set):
        return dict(facts)
    from tenants.rules.engine.together import relate

    superiors = {
        employee: None if superior is None else superior.pk
        for employee, superior in superiors_of(list(facts), on).items()
    }
    return relate(rule_set, facts, superiors)


def without_relations(facts: MonthFacts) -> MonthFacts:
    """The facts as they were before others' figures came into them."""
    return replace(facts, related={})
