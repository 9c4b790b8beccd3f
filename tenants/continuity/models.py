"""Kits that were made, and the sheets of attendance that came back."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from kernel import clock
from kernel.ids import Addressed
from kernel.tenancy.fence import Fenced
from kernel.texts.modes import How
from tenants.fallback.by_hand import WAITING, WITHDRAWN, SheetByHand


class KitKey(models.Model):
    """Which version of an OPD's password is in use. The password itself is derived and nowhere stored (`keys`)."""

    id = models.BigAutoField(primary_key=True)
    opd = models.OneToOneField("organisation.Unit", on_delete=models.CASCADE, related_name="+")
    version = models.IntegerField(default=1)
    changed_at = models.DateTimeField(default=clock.now)

    @override
    def __str__(self) -> str:
        return f"{self.opd_id}: {self.version}"


class ContinuityKit(Addressed, Fenced):
    """The kit of an OPD as one night made it: day lists and sheets, both encrypted, in one archive."""

    opd = models.ForeignKey("organisation.Unit", on_delete=models.CASCADE, related_name="+", db_index=False)
    # The region's date on whose morning it is there.
    made_for = models.DateField()
    file = models.ForeignKey("files.StoredFile", on_delete=models.PROTECT, related_name="+", db_index=False)
    people = models.IntegerField()
    days = models.IntegerField()
    key_version = models.IntegerField()
    made_at = models.DateTimeField(default=clock.now)
    fetched_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    fetched_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["opd", "made_for"], name="kit_once_a_day")]

    @override
    def __str__(self) -> str:
        return f"{self.opd_id} {self.made_for}"


class AttendanceSheet(SheetByHand):
    """Attendance of an OPD's people, written by hand for some days of one month, with its cover letter.

    It counts once somebody of the personnel agency who did not bring it in has approved it: then its times are punches
    of the source "manual" and its codes are letters. Withdrawn, they count no more.
    """

    free_text = {"reason": How.HOLD, "letter_number": How.HOLD}

    class State(models.TextChoices):
        WAITING = WAITING, _("Menunggu persetujuan")
        APPROVED = "approved", _("Disetujui")
        WITHDRAWN = WITHDRAWN, _("Ditarik")

    COUNTING = State.APPROVED
    PREFIX = "AM"

    # The days with a row, half-open.
    period = DateRangeField()
    letter = models.ForeignKey("files.StoredFile", on_delete=models.PROTECT, related_name="+", db_index=False)
    letter_number = models.CharField(max_length=100)
    days = models.IntegerField()
    # Rows on whose day a phone, machine or tablet has recorded something.
    beside_others = models.IntegerField(default=0)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["month", "number"], name="attendance_sheet_number_once"),
            models.CheckConstraint(condition=models.Q(month__day=1), name="attendance_sheet_month_is_first_day"),
            models.CheckConstraint(
                condition=~models.Q(reason="") & ~models.Q(letter_number=""), name="attendance_sheet_has_letter"
            ),
            models.CheckConstraint(
                condition=~models.Q(state="approved")
                | models.Q(decided_by__isnull=False) & ~models.Q(decided_by=models.F("uploaded_by")),
                name="attendance_sheet_approved_by_another",
            ),
        ]
        indexes = [models.Index(fields=["opd", "-id"], name="attendance_sheet_by_opd")]


class AttendanceSheetRow(models.Model):
    """One person's day as the sheet says it: times, or the code of a document."""

    id = models.BigAutoField(primary_key=True)
    sheet = models.ForeignKey(AttendanceSheet, on_delete=models.CASCADE, related_name="rows", db_index=False)
    employee = models.ForeignKey("employees.Employee", on_delete=models.PROTECT, related_name="+")
    date = models.DateField()
    came_at = models.DateTimeField(null=True)
    left_at = models.DateTimeField(null=True)
    code = models.CharField(max_length=20, blank=True)
    is_beside_others = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sheet", "date", "employee"], name="attendance_sheet_row_once"),
            models.CheckConstraint(
                condition=models.Q(code="", came_at__isnull=False)
                | models.Q(code="", left_at__isnull=False)
                | ~models.Q(code="") & models.Q(came_at__isnull=True, left_at__isnull=True),
                name="attendance_sheet_row_times_or_code",
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.sheet_id}: {self.employee_id} {self.date}"
