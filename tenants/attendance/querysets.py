"""Questions about many documents."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.backends.postgresql.psycopg_any import DateRange

from kernel.among import among_keys

if TYPE_CHECKING:
    from tenants.attendance.models import AttendanceDocument


class DocumentQuerySet(models.QuerySet["AttendanceDocument"]):
    def of(self, employee_id: int) -> DocumentQuerySet:
        return self.filter(employee_id=employee_id)

    def standing(self) -> DocumentQuerySet:
        """Waiting or approved: those that keep others off their days."""
        return self.filter(state__in=["submitted", "approved"])

    def touching(self, first: date, end: date) -> DocumentQuerySet:
        """Those with a day in the half-open period."""
        return self.filter(period__overlap=DateRange(first, end))

    def in_the_way(self, employee_id: int, first: date, end: date) -> AttendanceDocument | None:
        """A standing document of this person on one of these days."""
        return self.of(employee_id).standing().touching(first, end).order_by("id").first()

    def of_people(self, employee_ids: Collection[int]) -> DocumentQuerySet:
        return self.filter(among_keys("employee_id", employee_ids))
