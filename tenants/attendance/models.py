"""Documents (facts) and the judgement of a day (day result), kept apart."""

from __future__ import annotations

from datetime import date, timedelta

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField
from django.db import models
from typing_extensions import override

from kernel import clock
from kernel.ids import Addressed
from kernel.ranges import Id8Range
from kernel.tenancy.fence import Fenced
from kernel.texts.modes import How, Page
from tenants.attendance.querysets import DocumentQuerySet


class AttendanceDocument(Addressed, Fenced):
    """A leave, permit, duty or dispensation for days, with its letter. Counts once approved.

    `kind` is a document code of the rule set (S, I, C, CT, TL, ...), `label` its words when the document was made.
    """

    free_text = {"label": How.HOLD, "letter_number": How.HOLD, "reason": How.HOLD, "decision_note": How.HOLD}
    text_page = Page("attendance-document", needs="attendance.read_unit")

    class Covers(models.TextChoices):
        DAY = "day", "Sehari penuh"
        IN = "in", "Absen masuk saja"
        OUT = "out", "Absen pulang saja"
        HOURS = "hours", "Beberapa jam"

    class Cause(models.TextChoices):
        """Why a punch is missing that a correction puts in."""

        FORGOT = "forgot", "Lupa absen"
        PHONE = "phone", "HP rusak atau habis baterai"
        NO_SIGNAL = "no_signal", "Tidak ada sinyal"
        MACHINE = "machine", "Mesin absen rusak"
        OTHER = "other", "Lainnya"

    class Evidence(models.TextChoices):
        """What shows that somebody was there."""

        PHOTO = "photo", "Foto atau tangkapan layar"
        SUPERIOR = "superior", "Keterangan atasan"
        COLLEAGUE = "colleague", "Keterangan rekan kerja"
        CAMERA = "camera", "Rekaman CCTV"
        NONE = "none", "Tidak ada"

    class Purpose(models.TextChoices):
        """What it is for the approvals, by the kind of document that its chain is for."""

        LEAVE = "attendance_leave", "Cuti atau izin"
        DUTY = "attendance_duty", "Tugas kedinasan"
        CORRECTION = "attendance_correction", "Koreksi absen"
        ORDER = "attendance_order", "Surat tugas untuk banyak pegawai"

    class State(models.TextChoices):
        SUBMITTED = "submitted", "Menunggu"
        APPROVED = "approved", "Disetujui"
        REJECTED = "rejected", "Ditolak"
        WITHDRAWN = "withdrawn", "Ditarik"
        # Approved once; an official has said since that it does not count.
        REVOKED = "revoked", "Dicabut"

    employee = models.ForeignKey("employees.Employee", on_delete=models.PROTECT, related_name="attendance_documents")
    kind = models.CharField(max_length=20)
    label = models.CharField(max_length=100)
    covers = models.CharField(max_length=5, choices=Covers.choices, default=Covers.DAY)
    purpose = models.CharField(max_length=25, choices=Purpose.choices, default=Purpose.LEAVE)
    period = DateRangeField()
    # A permit for hours, half-open.
    begins_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    # The time of the punch that a correction puts in; None where it only excuses the missing one.
    corrected_at = models.DateTimeField(null=True)
    cause = models.CharField(max_length=10, choices=Cause.choices, blank=True)
    evidence = models.CharField(max_length=10, choices=Evidence.choices, blank=True)
    # The order for many people that it is part of; its request stands for all of them.
    order = models.ForeignKey("attendance.DutyOrder", null=True, on_delete=models.PROTECT, related_name="documents")
    letter_number = models.CharField(max_length=100, blank=True)
    reason = models.TextField(blank=True)
    file = models.ForeignKey("files.StoredFile", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.SUBMITTED)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decision_note = models.TextField(blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=clock.now)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="document_one_per_day",
                expressions=[(Id8Range("employee", "employee"), "&&"), ("period", "&&")],
                condition=models.Q(state__in=["submitted", "approved"]),
            ),
            models.CheckConstraint(condition=models.Q(period__isempty=False), name="document_has_days"),
            models.CheckConstraint(
                condition=models.Q(period__endswith__isnull=False, period__startswith__isnull=False),
                name="document_days_are_bounded",
            ),
            models.CheckConstraint(
                condition=~models.Q(covers="hours") | models.Q(begins_at__lt=models.F("ends_at")),
                name="document_hours_end_after_start",
            ),
            models.CheckConstraint(
                condition=models.Q(corrected_at__isnull=True) | models.Q(covers__in=["in", "out"]),
                name="document_corrects_one_punch",
            ),
        ]
        indexes = [models.Index(fields=["employee", "-id"], name="document_by_employee")]

    @override
    def __str__(self) -> str:
        return f"{self.label} {self.period.lower} – {self.last_day}"

    @property
    def last_day(self) -> date:
        """The last day that it covers; the period is half-open."""
        end: date = self.period.upper
        return end - timedelta(days=1)


class DutyOrder(Addressed, Fenced):
    """An order that sends many people at once; one request stands for the documents of all of them.

    Once approved, its places count for them (`letter`), and its number is that of the letter of assignment.
    """

    free_text = {"number": How.HOLD, "subject": How.HOLD}
    text_page = Page("attendance-order", needs="attendance.read_unit")

    proposed_by = models.ForeignKey("employees.Employee", on_delete=models.PROTECT, related_name="+", db_index=False)
    number = models.CharField(max_length=100)
    subject = models.CharField(max_length=200)
    period = DateRangeField()
    places: models.ManyToManyField[models.Model, models.Model] = models.ManyToManyField(
        "places.Place", related_name="+"
    )
    letter = models.OneToOneField("places.DutyLetter", null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=clock.now)

    @override
    def __str__(self) -> str:
        return f"{self.number}: {self.subject}"


class DocumentPolicy(models.Model):
    """What the region asks of documents from a day on until a later row; a number that is None asks nothing."""

    free_text = {"source": How.HOLD}

    id = models.BigAutoField(primary_key=True)
    valid_from = models.DateField(unique=True)
    corrections_per_month = models.SmallIntegerField(null=True)
    # Working days after the absence within which a document is expected; a later one is an exception.
    excuse_days = models.SmallIntegerField(null=True)
    # {"S": 2}: a document of this code must carry a file from so many calendar days on.
    letter_from_days = models.JSONField(default=dict)
    source = models.CharField(max_length=300)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.CheckConstraint(condition=~models.Q(source=""), name="document_policy_has_source")]

    @override
    def __str__(self) -> str:
        return f"{self.valid_from}"


class PunchFollowing(Fenced):
    """How far the days have followed the punches (`tenants.attendance.following`): one row for the region.

    Receipts up to `floor` are taken, above it those in `taken`.
    """

    id = models.SmallIntegerField(primary_key=True)
    floor = models.BigIntegerField(default=0)
    taken = ArrayField(models.BigIntegerField(), default=list)
    high = models.BigIntegerField(default=0)
    fence = ArrayField(models.CharField(max_length=40), default=list)
    claimed_until = models.DateTimeField(null=True)
    # Counts up whenever a day of now is stored: what a board shows has changed.
    version = models.BigIntegerField(default=0)

    @override
    def __str__(self) -> str:
        return str(self.floor)


class DayResult(Fenced):
    """What one day is judged to be, from facts, pattern, calendar and the tiers of the rule set. Recomputable."""

    class Presence(models.TextChoices):
        PRESENT = "hadir", "Hadir"
        ABSENT = "tk", "Tanpa keterangan"
        EXCUSED = "dokumen", "Dengan surat"
        FREE = "libur", "Libur"
        OPEN = "berjalan", "Belum selesai"

    id = models.BigAutoField(primary_key=True)
    employee = models.ForeignKey(
        "employees.Employee", on_delete=models.CASCADE, related_name="day_results", db_index=False
    )
    date = models.DateField()
    presence = models.CharField(max_length=10, choices=Presence.choices)
    is_working_day = models.BooleanField()
    scheduled_in = models.DateTimeField(null=True)
    scheduled_out = models.DateTimeField(null=True)
    first_in = models.DateTimeField(null=True)
    last_out = models.DateTimeField(null=True)
    # [{"code": "TMK1", "minutes": 12, "node": "disiplin.terlambat"}, ...] as the rule set's tiers classify the day.
    events = models.JSONField(default=list)
    # The code of the document that covers the whole day, "" without one.
    document = models.CharField(max_length=20, blank=True)
    # The result may still change; `details` say why.
    is_provisional = models.BooleanField(default=False)
    note = models.CharField(max_length=200, blank=True)
    # Where the person is by it (`day.Live`), for the board of the running day.
    live = models.CharField(max_length=10, blank=True, default="")
    # What has no column of its own (`tenants.attendance.stored`): shifts of a day that is not one plain shift, why the
    # result may change, disturbances that counted.
    details = models.JSONField(default=dict)
    inputs_digest = models.CharField(max_length=64)
    # The same in 64 bits, so that one statement finds whose days must be judged again (`tenants.attendance.prints`).
    inputs_print = models.BigIntegerField(default=0)
    computed_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["employee", "date"], name="day_result_once")]

    @override
    def __str__(self) -> str:
        return f"{self.employee_id} {self.date}: {self.presence}"
