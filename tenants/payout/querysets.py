"""Questions about many ledger entries."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Sum

from kernel.periods import Month

if TYPE_CHECKING:
    from tenants.payout.models import LedgerEntry


class LedgerEntryQuerySet(models.QuerySet["LedgerEntry"]):
    def of_month(self, month: Month) -> models.QuerySet[LedgerEntry]:
        """The month's entries of everybody."""
        return self.filter(month=month.first_day)

    def of_run(self, run_id: int) -> dict[str, Decimal]:
        """The run's entries summed by kind, rupiah."""
        rows = self.filter(slip__run_id=run_id).values("kind").annotate(total=Sum("amount"))
        return {row["kind"]: row["total"] for row in rows}
