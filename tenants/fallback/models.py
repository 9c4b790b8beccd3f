"""A sheet of a month and its rows."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from kernel.exact import ExactDecimalField
from kernel.texts.modes import How
from tenants.fallback.by_hand import WAITING, WITHDRAWN, SheetByHand
from tenants.fallback.querysets import ManualSheetQuerySet


class ManualSheet(SheetByHand):
    """The facts of an OPD's people in one month, written down by hand. It counts once a second person has confirmed it.

    A newer confirmed sheet replaces the one before, person by person.
    """

    free_text = {"reason": How.HOLD}

    class State(models.TextChoices):
        WAITING = WAITING, _("Menunggu konfirmasi")
        CONFIRMED = "confirmed", _("Dipakai")
        WITHDRAWN = WITHDRAWN, _("Ditarik")

    COUNTING = State.CONFIRMED
    PREFIX = "KD"

    # sha256 of the file.
    file_digest = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)

    objects = ManualSheetQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["month", "number"], name="manual_sheet_number_once"),
            models.CheckConstraint(condition=models.Q(month__day=1), name="manual_sheet_month_is_first_day"),
            models.CheckConstraint(condition=~models.Q(reason=""), name="manual_sheet_has_reason"),
            models.CheckConstraint(
                condition=~models.Q(state="confirmed")
                | models.Q(decided_by__isnull=False) & ~models.Q(decided_by=models.F("uploaded_by")),
                name="manual_sheet_confirmed_by_another",
            ),
        ]
        indexes = [models.Index(fields=["month", "opd", "state"], name="manual_sheet_by_month")]


class ManualRow(models.Model):
    """One person's month as the sheet says it. None: the cell was empty."""

    id = models.BigAutoField(primary_key=True)
    sheet = models.ForeignKey(ManualSheet, on_delete=models.CASCADE, related_name="rows", db_index=False)
    employee = models.ForeignKey("employees.Employee", on_delete=models.PROTECT, related_name="+")
    working_days = models.SmallIntegerField()
    # Events by the code of the rule set, only those that are not zero.
    counts = models.JSONField(default=dict)
    minutes = models.IntegerField(null=True)
    points = ExactDecimalField(null=True)
    skp_score = ExactDecimalField(null=True)
    behaviour_sum = ExactDecimalField(null=True)
    predikat = models.CharField(max_length=20, blank=True)
    salary_base = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    salary_tax = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    ptkp = models.CharField(max_length=5, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["sheet", "employee"], name="manual_row_once")]

    @override
    def __str__(self) -> str:
        return f"{self.sheet_id}: {self.employee_id}"
