"""Questions about the queue."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from django.db import models

from kernel.among import among_keys

if TYPE_CHECKING:
    from tenants.punch_review.models import ReviewItem  # noqa: F401 (in the bases)


class ReviewItemQuerySet(models.QuerySet["ReviewItem"]):
    def waiting(self) -> ReviewItemQuerySet:
        """Those that nobody has settled."""
        return self.filter(settled_at__isnull=True)

    def of_people(self, employee_ids: Collection[int] | None) -> ReviewItemQuerySet:
        """Those of these people; everybody's when None."""
        return self if employee_ids is None else self.filter(among_keys("employee_id", employee_ids))
