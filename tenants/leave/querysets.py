"""Questions about kinds of leave and about the ledger."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import TYPE_CHECKING

from django.db import models

from kernel.among import among_keys
from tenants.leave.ledger import Entry

if TYPE_CHECKING:
    from tenants.leave.models import LeaveEntry, LeaveKind  # noqa: F401 (in the bases)


class LeaveKindQuerySet(models.QuerySet["LeaveKind"]):
    def in_force(self, day: date) -> LeaveKindQuerySet:
        """The row that counts on the day, of each code and status."""
        return (
            self.filter(valid_from__lte=day).order_by("code", "status", "-valid_from", "-pk").distinct("code", "status")
        )


class LeaveEntryQuerySet(models.QuerySet["LeaveEntry"]):
    def of_people(self, employee_ids: Collection[int]) -> LeaveEntryQuerySet:
        return self.filter(among_keys("employee_id", employee_ids))

    def by_person(self) -> dict[int, list[Entry]]:
        """As the accounts are computed from them, in one statement, one line for each sum."""
        found: dict[int, list[Entry]] = {}
        sums = self.order_by().values_list("employee_id", "year", "what").annotate(days_in_all=models.Sum("days"))
        for employee, year, what, days in sums:
            found.setdefault(employee, []).append(Entry(year, what, days))
        return found
