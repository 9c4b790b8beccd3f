"""Questions about jobs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

from kernel.jobs.permissions import VIEW_ALL_JOBS
from kernel.permissions import user_may

if TYPE_CHECKING:
    from kernel.accounts.models import User
    from kernel.jobs.models import Job  # noqa: F401 (in the base)


class JobQuerySet(models.QuerySet["Job"]):
    def of_kind(self, kind: str) -> JobQuerySet:
        return self.filter(kind=kind)

    def seen_by(self, user: User) -> JobQuerySet:
        """The person's own jobs; all of them for one who may see all."""
        return self if user_may(user, VIEW_ALL_JOBS) else self.filter(started_by=user)
