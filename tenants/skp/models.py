"""A month's performance rating of a person, as the rating officer or the national application gives it."""

from __future__ import annotations

from django.db import models
from typing_extensions import override

from kernel import clock
from kernel.tenancy.fence import Fenced


class MonthlyRating(Fenced):
    """Predikat, mean SKP achievement (percent, unrounded) and the sum of the seven BerAKHLAK scores (0..700)."""

    class Predikat(models.TextChoices):
        SANGAT_BAIK = "sangat_baik", "Sangat Baik"
        BAIK = "baik", "Baik"
        BUTUH_PERBAIKAN = "butuh_perbaikan", "Butuh Perbaikan"
        KURANG = "kurang", "Kurang"
        SANGAT_KURANG = "sangat_kurang", "Sangat Kurang"

    id = models.BigAutoField(primary_key=True)
    employee = models.ForeignKey("employees.Employee", on_delete=models.PROTECT, related_name="ratings", db_index=False)
    month = models.DateField()
    predikat = models.CharField(max_length=20, choices=Predikat.choices, blank=True)
    skp_percent = models.DecimalField(max_digits=12, decimal_places=6, null=True)
    behaviour_sum = models.IntegerField(null=True)
    source = models.CharField(max_length=100)
    recorded_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["employee", "month"], name="rating_once_per_month"),
            models.CheckConstraint(condition=models.Q(month__day=1), name="rating_month_is_first_day"),
            models.CheckConstraint(
                condition=models.Q(behaviour_sum__isnull=True) | models.Q(behaviour_sum__gte=0, behaviour_sum__lte=700),
                name="rating_behaviour_0_to_700",
            ),
            models.CheckConstraint(
                condition=models.Q(skp_percent__isnull=True) | models.Q(skp_percent__gte=0),
                name="rating_skp_not_negative",
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.employee_id} {self.month:%Y-%m}: {self.predikat}"
