"""Questions about many activities and job kinds."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import models
from django.db.models import Count, Max, Q

from kernel.among import among_uids
from kernel.periods import Month

if TYPE_CHECKING:
    from tenants.activities.models import Activity, JobKind  # noqa: F401  # in class bases
    from tenants.employees.models import Employee
    from tenants.employees.posts import Post

OPEN_STATES = ("draft", "returned")
COUNTED_STATES = ("draft", "submitted", "returned", "approved")


class JobKindQuerySet(models.QuerySet["JobKind"]):
    def in_force(self, day: date) -> JobKindQuerySet:
        """The versions that hold on the day."""
        return self.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=day), valid_from__lte=day)

    def for_post(self, post: Post | None) -> JobKindQuerySet:
        """The work of this post; without a post only what is everybody's. The same as `JobKind.fits`."""
        found = self
        narrowings = (
            ("position_kinds", None if post is None else post.position_kind),
            ("position_titles", None if post is None else post.title),
            ("position_categories", None if post is None else post.position_category),
        )
        for name, value in narrowings:
            fitting = Q(**{name: []})
            found = found.filter(fitting if value is None else fitting | Q(**{f"{name}__contains": value}))
        return found

    def searched(self, text: str) -> JobKindQuerySet:
        """Those whose name or code holds the words, in any order."""
        found = self
        for word in text.split()[:6]:
            found = found.filter(Q(name__icontains=word) | Q(code__istartswith=word))
        return found

    def most_used_by(self, employee: Employee, since: date, count: int) -> list[str]:
        """The codes that this person used most since the day, the most used first."""
        rows = (
            self.filter(activities__employee=employee, activities__date__gte=since)
            .values("code")
            .annotate(times=Count("activities"), last=Max("activities__date"))
            .order_by("-times", "-last", "code")[:count]
        )
        return [row["code"] for row in rows]


class ActivityQuerySet(models.QuerySet["Activity"]):
    def of(self, employee: Employee) -> ActivityQuerySet:
        return self.filter(employee=employee)

    def in_month(self, month: Month) -> ActivityQuerySet:
        return self.filter(date__gte=month.first_day, date__lt=month.end)

    def open(self) -> ActivityQuerySet:
        """Those that the owner may still change: drafts and returned ones."""
        return self.filter(state__in=OPEN_STATES)

    def named(self, uids: Collection[UUID]) -> ActivityQuerySet:
        return self.filter(among_uids("uid", uids))

    def taking_time(self) -> ActivityQuerySet:
        """All but the rejected: they occupy their time, nothing may overlap them."""
        return self.filter(state__in=COUNTED_STATES)
