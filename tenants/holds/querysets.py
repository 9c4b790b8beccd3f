"""Questions about many holds and releases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q

from kernel.periods import Month

if TYPE_CHECKING:
    from tenants.holds.models import HoldRelease, OrderedHold  # noqa: F401 (in the bases)


class OrderedHoldQuerySet(models.QuerySet["OrderedHold"]):
    def in_force(self, month: Month) -> OrderedHoldQuerySet:
        """Those that hold the payment of the month."""
        return self.filter(
            Q(until_month__isnull=True) | Q(until_month__gt=month.first_day), from_month__lte=month.first_day
        )

    def meant(self) -> OrderedHoldQuerySet:
        """Without those that were taken back before they held any month."""
        return self.exclude(until_month=F("from_month"))


class HoldReleaseQuerySet(models.QuerySet["HoldRelease"]):
    def of(self, month: Month, run_kind: str) -> HoldReleaseQuerySet:
        return self.filter(month=month.first_day, run_kind=run_kind)

    def counting(self) -> HoldReleaseQuerySet:
        """Those for which nobody's word is missing."""
        return self.filter(Q(needs_second=False) | Q(confirmed_at__isnull=False))
