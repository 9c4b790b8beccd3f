"""Which visits run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models

from kernel import clock

if TYPE_CHECKING:
    from kernel.guests.models import Visit  # noqa: F401 (in the base)


class VisitQuerySet(models.QuerySet["Visit"]):
    def running(self) -> Self:
        """Neither ended nor run out."""
        return self.filter(ended_at__isnull=True, ends_at__gt=clock.now())
