"""What a month's activities come to, for the TPP run."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, Q, Sum

from kernel.among import among_keys
from kernel.periods import Month
from tenants.activities.models import Activity


@dataclass(frozen=True, slots=True)
class WorkFacts:
    """Minutes and points frozen at approval, how many activities still wait, and on how many days something counts.

    What counted because its superior let the deadline pass is approved like any other.
    """

    minutes: int
    points: Decimal
    waiting: int
    days_logged: int = 0


NOTHING = WorkFacts(0, Decimal(0), 0)


def approved_work(employee_ids: Collection[int], month: Month) -> dict[int, WorkFacts]:
    """The work of each of these people dated in the month, in one statement; every asked key has an entry."""
    return approved_between(employee_ids, month.first_day, month.end)


def approved_between(employee_ids: Collection[int], first: date, end: date) -> dict[int, WorkFacts]:
    """The work dated from `first` up to but without `end`, in one statement; every asked key has an entry."""
    rows = (
        Activity.objects.filter(date__gte=first, date__lt=end)
        .filter(among_keys("employee_id", employee_ids), state__in=("approved", "submitted"))
        .order_by()
        .values("employee_id")
        .annotate(
            total_minutes=Sum("approved_minutes"),
            total_points=Sum("approved_points"),
            waiting=Count("pk", filter=Q(state="submitted")),
            days=Count("date", filter=Q(state="approved"), distinct=True),
        )
        .values_list("employee_id", "total_minutes", "total_points", "waiting", "days")
    )
    found = {
        employee: WorkFacts(minutes or 0, points or Decimal(0), waiting, days)
        for employee, minutes, points, waiting, days in rows
    }
    return {employee: found.get(employee, NOTHING) for employee in employee_ids}
