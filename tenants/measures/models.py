"""Figures that the region records each month and that its rule set reads: an IP ASN score, a unit's absorption."""

from __future__ import annotations

from django.db import models
from typing_extensions import override

from kernel import clock
from kernel.exact import ExactDecimalField
from kernel.tenancy.fence import Fenced
from kernel.texts.modes import How


class Measure(Fenced):
    """One figure of one month, of a person or of a unit. `code` is one that a rule set declares under `measures`."""

    free_text = {"source": How.HOLD}

    id = models.BigAutoField(primary_key=True)
    month = models.DateField()
    code = models.CharField(max_length=16)
    employee = models.ForeignKey(
        "employees.Employee", null=True, on_delete=models.PROTECT, related_name="measures", db_index=False
    )
    unit = models.ForeignKey(
        "organisation.Unit", null=True, on_delete=models.PROTECT, related_name="measures", db_index=False
    )
    value = ExactDecimalField()
    source = models.CharField(max_length=100)
    recorded_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["month", "code", "employee"], name="measure_once_per_person_and_month"),
            models.UniqueConstraint(fields=["month", "code", "unit"], name="measure_once_per_unit_and_month"),
            models.CheckConstraint(
                condition=models.Q(employee__isnull=True) ^ models.Q(unit__isnull=True), name="measure_of_one_subject"
            ),
            models.CheckConstraint(condition=models.Q(month__day=1), name="measure_month_is_first_day"),
            models.CheckConstraint(condition=models.Q(value__gte=0), name="measure_not_negative"),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.code} {self.month:%Y-%m}"
