"""The work of a period that speaks for each result: approved activities that were entered for it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.db.models import Count

from tenants.activities.models import Activity
from tenants.skp.rating_periods import RatingPeriod

SHOWN = 5


@dataclass(frozen=True, slots=True)
class Work:
    """One approved activity."""

    date: date
    description: str
    minutes: int
    files: int


@dataclass(slots=True)
class Done:
    """What was done for one result: how many activities, minutes, and the newest few."""

    count: int = 0
    minutes: int = 0
    newest: list[Work] = field(default_factory=list)


def approved_work_by_result(
    employee_id: int, period: RatingPeriod, keys: Collection[UUID]
) -> tuple[dict[UUID, Done], Done]:
    """Approved activities of the period by result, and those that serve none of these. One statement."""
    found = {key: Done() for key in keys}
    other = Done()
    rows = (
        Activity.objects.filter(
            employee=employee_id,
            state=Activity.State.APPROVED,
            date__gte=period.first_day,
            date__lt=period.end,
        )
        .annotate(file_count=Count("evidence"))
        .order_by("-date", "-pk")
        .values_list("target_uid", "date", "description", "approved_minutes", "file_count")
    )
    for target, day, description, minutes, files in rows:
        done = found.get(target, other) if target is not None else other
        done.count += 1
        done.minutes += minutes or 0
        if len(done.newest) < SHOWN:
            done.newest.append(Work(day, description, minutes or 0, files))
    return found, other
