"""What was granted to whom: an append-only ledger of plus and minus entries."""

from __future__ import annotations

from django.db import models
from typing_extensions import override

from kernel import clock
from kernel.ids import Addressed
from kernel.tenancy.fence import Fenced
from tenants.payout.querysets import LedgerEntryQuerySet


class LedgerEntry(Addressed, Fenced):
    """One amount granted (plus) or taken back (minus). Append-only (trigger); a balance is a sum."""

    class Kind(models.TextChoices):
        NET_TPP = "net_tpp", "TPP bersih"
        TAX = "tax", "PPh 21"
        CONTRIBUTION = "contribution", "Iuran"
        DEDUCTION = "deduction", "Potongan lain"

    employee = models.ForeignKey("employees.Employee", on_delete=models.PROTECT, related_name="ledger")
    month = models.DateField()
    kind = models.CharField(max_length=15, choices=Kind.choices)
    amount = models.DecimalField(max_digits=18, decimal_places=2)
    slip = models.ForeignKey("tpp.Slip", on_delete=models.PROTECT, related_name="ledger")
    entered_at = models.DateTimeField(default=clock.now)

    objects = LedgerEntryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "ledger entries"
        constraints = [
            models.UniqueConstraint(fields=["slip", "kind"], name="ledger_once_per_slip_and_kind"),
            models.CheckConstraint(condition=models.Q(month__day=1), name="ledger_month_is_first_day"),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.employee_id} {self.month:%Y-%m} {self.kind}"
