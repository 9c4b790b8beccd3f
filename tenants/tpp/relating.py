"""Pay that depends on others: each person's frozen facts with the figures of superiors or subordinates in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from tenants.employees.querysets import superiors_of
from tenants.rules.engine import EvaluationError, FactsError, MonthFacts, RuleSet
from tenants.rules.engine.prepared import prepare
from tenants.rules.engine.together import relate


def relates(rule_set: RuleSet) -> bool:
    """Whether somebody's pay depends on another's by these rules."""
    return bool(prepare(rule_set).related)


def related_facts(
    rule_set: RuleSet,
    facts: Mapping[int, MonthFacts],
    *,
    on: date,
    failed: Mapping[int, EvaluationError | FactsError],
) -> Mapping[int, MonthFacts | EvaluationError]:
    """Everybody's facts with `related` filled in, or why that cannot be, by employee.

    The superiors are those of the day `on`: three statements for any number of people. `failed` are people of the month
    without facts: whoever needs them gets an error. A superior who is in neither counts as a vacancy.
    """
    if not relates(rule_set):
        return dict(facts)
    superiors = {
        employee: None if superior is None else superior.pk
        for employee, superior in superiors_of([*facts, *failed], on).items()
    }
    return relate(rule_set, facts, superiors, failed)


def without_relations(facts: MonthFacts) -> MonthFacts:
    """The facts as they were before others' figures came into them."""
    return replace(facts, related={}) if facts.related else facts
