"""Questions about many ledger entries."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Sum

from kernel.periods import Month

if TYPE_CHECKING:
    from tenants.payout.models import (  # noqa: F401 - names of bases below
        LedgerEntry,
        LockSignature,
        PaymentList,
        PaymentRow,
    )


class LedgerEntryQuerySet(models.QuerySet["LedgerEntry"]):
    def of_month(self, month: Month) -> LedgerEntryQuerySet:
        """The month's entries of everybody."""
        return self.filter(month=month.first_day)

    def of_run(self, run_id: int) -> dict[str, Decimal]:
        """The run's entries summed by kind, rupiah."""
        return self.filter(slip__run_id=run_id).by_kind()

    def by_kind(self) -> dict[str, Decimal]:
        """The sums by kind, rupiah."""
        rows = self.order_by().values("kind").annotate(total=Sum("amount"))
        return {row["kind"]: row["total"] for row in rows}


class LockSignatureQuerySet(models.QuerySet["LockSignature"]):
    def standing(self) -> LockSignatureQuerySet:
        """Those that nobody has taken back."""
        return self.filter(withdrawn_at__isnull=True)


class PaymentListQuerySet(models.QuerySet["PaymentList"]):
    def standing(self) -> PaymentListQuerySet:
        """Those whose lock nobody has reopened, and that were not made void."""
        return self.filter(lock__reopened_at__isnull=True).exclude(rows__state="void")


class PaymentRowQuerySet(models.QuerySet["PaymentRow"]):
    def standing(self) -> PaymentRowQuerySet:
        """Those of standing locks that are not void."""
        return self.filter(list__lock__reopened_at__isnull=True).exclude(state="void")

    def newest(self) -> PaymentRowQuerySet:
        """Of each payment the row that counts: without those that a later one tries again."""
        return self.standing().filter(followed_by__isnull=True)

    def first_tries(self) -> PaymentRowQuerySet:
        """What the ledger gave: without rows that try an earlier one again."""
        return self.standing().filter(follows__isnull=True)

    def to_retry(self) -> PaymentRowQuerySet:
        """Those that could not be paid and that no later row tries again."""
        return self.newest().filter(state__in=["failed", "no_account"])
