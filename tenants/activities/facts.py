"""What a month's activities count for, for many people at once."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Q, Sum

from kernel.periods import Month
from tenants.activities.models import Activity


@dataclass(frozen=True, slots=True)
class WorkFacts:
    """One person's month: minutes and points as frozen at approval, and how many activities still wait."""

    minutes: int = 0
    points: Decimal = Decimal(0)
    waiting: int = 0


def approved_work(employee_ids: Collection[int], month: Month) -> dict[int, WorkFacts]:
    """The work of these people dated in the month; every asked id has an entry. One statement."""
    rows = (
        Activity.objects.filter(employee_id__in=employee_ids, date__gte=month.first_day, date__lt=month.end)
        .values("employee_id")
        .annotate(
            sum_minutes=Sum("approved_minutes", filter=Q(state="approved")),
            sum_points=Sum("approved_points", filter=Q(state="approved")),
            waiting=Count("pk", filter=Q(state="submitted")),
        )
        .values_list("employee_id", "sum_minutes", "sum_points", "waiting")
    )
    found = {pk: WorkFacts(minutes or 0, points or Decimal(0), waiting) for pk, minutes, points, waiting in rows}
    return {pk: found.get(pk, WorkFacts()) for pk in employee_ids}
