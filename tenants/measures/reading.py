"""The measures of many people in one month, as the rule set declares them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal

from kernel.among import among_keys
from kernel.periods import Month
from tenants.employees.models import Placement
from tenants.employees.posts import Posts
from tenants.employees.querysets import reporting_lines_on
from tenants.measures.models import Measure
from tenants.organisation.models import Unit
from tenants.organisation.unit_tree import UnitTree
from tenants.rules.engine import RuleSet


def measures_of(
    employee_ids: Collection[int], *, month: Month, on: date, posts: Mapping[int, Posts], rule_set: RuleSet
) -> dict[int, dict[str, Decimal]]:
    """What is recorded for each of these people, by code; a code that nobody recorded for the person is left out.

    A unit's figure counts for the people of that unit and of the units below, the nearest recorded one first. One that
    spreads along the `line` (collective liability) counts for every superior of those people too: with several, the
    largest. At most five statements, none where the rule set declares no measure. Source: domain note 7.3, first rule.
    """
    found: dict[int, dict[str, Decimal]] = {pk: {} for pk in employee_ids}
    if not rule_set.measures:
        return found
    declared = rule_set.measures
    personal = {code for code, title in declared.items() if title.per == "employee"}
    rows = Measure.objects.filter(among_keys("employee_id", found), month=month.first_day, code__in=personal)
    for employee, code, value in rows.values_list("employee_id", "code", "value"):
        found[employee][code] = value
    of_units = Measure.objects.filter(month=month.first_day, code__in=set(declared) - personal, unit__isnull=False)
    recorded: dict[str, dict[int, Decimal]] = {}
    for unit, code, value in of_units.values_list("unit_id", "code", "value"):
        recorded.setdefault(code, {})[unit] = value
    if not recorded:
        return found
    tree = Unit.objects.tree()
    for code, values in recorded.items():
        for employee, figures in found.items():
            own = posts[employee].own if employee in posts else None
            nearest = None if own is None else _nearest(tree, own.unit_id, values)
            if nearest is not None:
                figures[code] = nearest
    along_the_line = {code: values for code, values in recorded.items() if declared[code].spread == "line"}
    if along_the_line:
        _spread_to_superiors(found, along_the_line, tree, on)
    return found


def _nearest(tree: UnitTree, unit_id: int, values: Mapping[int, Decimal]) -> Decimal | None:
    return next((values[unit] for unit in tree.upward(unit_id) if unit in values), None)


def _spread_to_superiors(
    found: dict[int, dict[str, Decimal]], recorded: Mapping[str, Mapping[int, Decimal]], tree: UnitTree, on: date
) -> None:
    units = {unit for values in recorded.values() for top in values for unit in tree.subtree(top)}
    lines = reporting_lines_on(on)
    people = Placement.objects.on(on).definitive().filter(position__unit_id__in=units)
    for employee, unit in people.values_list("employee_id", "position__unit_id"):
        carried = {code: value for code, values in recorded.items() if (value := _nearest(tree, unit, values))}
        for superior in lines.line_of(employee) if carried else ():
            if superior in found:
                for code, value in carried.items():
                    found[superior][code] = max(found[superior].get(code, value), value)
