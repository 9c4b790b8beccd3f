"""A person's month: what is drafted, waiting and approved, against what the rules ask for."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Sum

from kernel.periods import Month
from tenants.activities.counting import counted_points_in_sql
from tenants.activities.models import Activity
from tenants.activities.month_target import minutes_target
from tenants.employees.models import Employee
from tenants.rules.engine import RuleSet
from tenants.rules.frozen import rules_of


@dataclass(frozen=True, slots=True)
class Work:
    """Activities of one state: how many, minutes, points."""

    count: int = 0
    minutes: int = 0
    points: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Totals:
    """`drafted` holds drafts and returned ones. `target` in minutes, None where the rules pay nothing by minutes."""

    drafted: Work
    waiting: Work
    approved: Work
    target: int | None

    @property
    def share(self) -> int:
        """Approved minutes in percent of the target, 0..100; 0 without a target."""
        return min(100, self.approved.minutes * 100 // self.target) if self.target else 0


def totals_of(employee: Employee, month: Month, rules: RuleSet | None = None) -> Totals:
    """The month's sums. One statement when the caller has the `rules` of the month, else three."""
    rows = (
        Activity.objects.of(employee)
        .in_month(month)
        .exclude(state="rejected")
        .order_by()
        .values_list("state")
        .annotate(
            count=Count("pk"),
            all_minutes=Sum("minutes"),
            catalogue_points=Sum(counted_points_in_sql("job_kind__points", "job_kind__weight")),
            frozen_points=Sum("approved_points"),
        )
    )
    found = {}
    for state, count, minutes, points, frozen in rows:
        found[state] = Work(count, minutes, (frozen if state == "approved" else points) or Decimal(0))
    rule_set = rules or rules_of(employee.pk, month)
    return Totals(
        drafted=_added(found.get("draft", Work()), found.get("returned", Work())),
        waiting=found.get("submitted", Work()),
        approved=found.get("approved", Work()),
        target=None if rule_set is None else minutes_target(rule_set, month),
    )


def _added(one: Work, other: Work) -> Work:
    return Work(one.count + other.count, one.minutes + other.minutes, one.points + other.points)
