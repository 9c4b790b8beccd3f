"""Questions about places and for whom they count."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from tenants.places.models import Place, PlaceAssignment  # noqa: F401 (in the bases)


class PlaceQuerySet(models.QuerySet["Place"]):
    def on(self, day: date) -> PlaceQuerySet:
        """Those that count on the day."""
        return self.filter(period__contains=day)

    def standing(self, day: date) -> PlaceQuerySet:
        """Those that count on the day or will."""
        return self.exclude(period__fully_lt=(day, None))

    def over(self, day: date) -> PlaceQuerySet:
        """Those that counted for the last time before the day."""
        return self.filter(period__fully_lt=(day, None))

    def kept_by(self, opds: Collection[UUID] | None) -> PlaceQuerySet:
        """Those that these OPDs keep; all, also the region's own, when None."""
        return self if opds is None else self.filter(opd__uid__in=opds)

    def seen_by(self, opds: Collection[UUID] | None) -> PlaceQuerySet:
        """Those that these OPDs keep, those of the region, and those that count for their units."""
        if opds is None:
            return self
        from tenants.places.models import PlaceAssignment

        theirs = PlaceAssignment.objects.filter(unit__opd__uid__in=opds)
        return self.filter(Q(opd__uid__in=opds) | Q(opd__isnull=True) | Q(pk__in=theirs.values("place")))


class AssignmentQuerySet(models.QuerySet["PlaceAssignment"]):
    def with_whom(self) -> AssignmentQuerySet:
        return self.select_related("unit", "employee", "letter")
