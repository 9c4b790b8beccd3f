"""Questions to the deductions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from kernel.periods import Month

if TYPE_CHECKING:
    from tenants.deductions.models import ListedDeduction, ZakatConsent  # noqa: F401 - named as bases below


def _in(month: Month) -> Q:
    return Q(from_month__lte=month.first_day) & (Q(until_month__isnull=True) | Q(until_month__gt=month.first_day))


class ListedDeductionQuerySet(models.QuerySet["ListedDeduction"]):
    """Sums by list."""

    def standing(self) -> Self:
        """Without those that were cancelled."""
        return self.filter(cancelled_at__isnull=True)

    def of(self, month: Month) -> Self:
        """Those that count in the month."""
        return self.standing().filter(_in(month))


class ZakatConsentQuerySet(models.QuerySet["ZakatConsent"]):
    """Consents to zakat."""

    def of(self, month: Month) -> Self:
        """Those that count in the month."""
        return self.filter(_in(month))
