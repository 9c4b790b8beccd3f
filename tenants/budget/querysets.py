"""Questions to the ceilings and decisions."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import TYPE_CHECKING, Self

from django.db import models

from kernel.periods import Month

if TYPE_CHECKING:
    from tenants.budget.models import BudgetCeiling, BudgetDecision  # noqa: F401 - named as bases below


class BudgetCeilingQuerySet(models.QuerySet["BudgetCeiling"]):
    """Ceilings, one row for each DPA or DPPA."""

    def standing(self) -> Self:
        """Without those that were withdrawn."""
        return self.filter(withdrawn_at__isnull=True)

    def in_force(self, year: int, day: date, opds: Collection[int] | None = None) -> Self:
        """The one that counts on the day for each OPD and code of the year."""
        begun = self.standing().filter(year=year, valid_from__lte=day)
        if opds is not None:
            begun = begun.filter(opd__in=opds)
        return begun.order_by("opd_id", "account_code", "-valid_from", "-pk").distinct("opd_id", "account_code")


class BudgetDecisionQuerySet(models.QuerySet["BudgetDecision"]):
    """Decisions on months that are over."""

    def standing(self) -> Self:
        """Without those that were undone."""
        return self.filter(undone_at__isnull=True)

    def of(self, month: Month, kind: str) -> Self:
        """The standing ones of a month and kind."""
        return self.standing().filter(month=month.first_day, kind=kind)
