"""Facts (punches, documents) and the judgement of a day (day result), kept apart."""

from __future__ import annotations

from datetime import date, timedelta

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField
from django.contrib.postgres.indexes import BrinIndex
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from typing_extensions import override

from kernel import clock
from kernel.ids import Addressed
from kernel.ranges import Id8Range
from kernel.tenancy.fence import Fenced
from tenants.attendance.querysets import DocumentQuerySet


class Punch(Fenced):
    """One check-in or check-out as it was captured. Append-only (trigger).

    The key is the phone's own UUIDv7; a machine's line gets one made from its content. `captured_at` is the phone's
    time corrected by `skew_ms` (server minus phone at sending), `received_at` the server's.
    """

    class Kind(models.TextChoices):
        IN = "in", "Masuk"
        OUT = "out", "Pulang"
        UNDEFINED = "undefined", "Belum tentu"
        # Kept as a fact of the machine; no rule counts it.
        BREAK = "break", "Istirahat"

    class Source(models.TextChoices):
        PHONE = "phone", "HP"
        MACHINE = "machine", "Mesin"

    class State(models.TextChoices):
        ACCEPTED = "accepted", "Diterima"
        # Counts for the time being; the phone's clock or a late sending needs a look.
        REVIEW = "review", "Ditinjau"

    id = models.UUIDField(primary_key=True)
    # The receipt that the person reads out to a help desk: counts up within the region.
    receipt = models.BigIntegerField(db_default=models.Func(models.Value("attendance_receipt"), function="nextval"))
    employee = models.ForeignKey("employees.Employee", on_delete=models.PROTECT, related_name="punches", db_index=False)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    source = models.CharField(max_length=10, choices=Source.choices)
    captured_at = models.DateTimeField()
    received_at = models.DateTimeField(default=clock.now)
    skew_ms = models.BigIntegerField(null=True)
    latitude = models.DecimalField(max_digits=9, decimal_places=6, null=True)
    longitude = models.DecimalField(max_digits=9, decimal_places=6, null=True)
    accuracy_m = models.IntegerField(null=True)
    place_error = models.CharField(max_length=40, blank=True)
    device = models.CharField(max_length=80, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.ACCEPTED)

    class Meta:
        indexes = [
            models.Index(fields=["employee", "captured_at"], name="punch_by_employee_time"),
            # Rows come in the order of time, so a small block index serves questions about a day of the region.
            BrinIndex(fields=["captured_at"], name="punch_by_time"),
        ]
        constraints = [
            # A machine replays its log; the same line is one punch.
            models.UniqueConstraint(
                fields=["device", "employee", "captured_at", "kind"],
                condition=models.Q(source="machine"),
                name="punch_machine_line_once",
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.kind} {self.captured_at:%Y-%m-%d %H:%M}"


class RefusedPunch(models.Model):
    """A punch that was not taken, kept as it came: nothing that a phone sent is thrown away."""

    id = models.BigAutoField(primary_key=True)
    punch_uid = models.UUIDField()
    employee = models.ForeignKey("employees.Employee", on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=20)
    payload = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    received_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            # A phone that repeats a refused punch adds nothing.
            models.UniqueConstraint(fields=["punch_uid", "employee", "reason"], name="refused_punch_once"),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.punch_uid}: {self.reason}"


class AttendanceDocument(Addressed, Fenced):
    """A leave, permit, duty or dispensation for days, with its letter. Counts once approved.

    `kind` is a document code of the rule set (S, I, C, CT, TL, ...), `label` its words when the document was made.
    """

    class Covers(models.TextChoices):
        DAY = "day", "Sehari penuh"
        IN = "in", "Absen masuk saja"
        OUT = "out", "Absen pulang saja"

    class Purpose(models.TextChoices):
        """What it is for the approvals, by the kind of document that its chain is for."""

        LEAVE = "attendance_leave", "Cuti atau izin"
        DUTY = "attendance_duty", "Tugas kedinasan"
        CORRECTION = "attendance_correction", "Koreksi absen"

    class State(models.TextChoices):
        SUBMITTED = "submitted", "Menunggu"
        APPROVED = "approved", "Disetujui"
        REJECTED = "rejected", "Ditolak"
        WITHDRAWN = "withdrawn", "Ditarik"

    employee = models.ForeignKey("employees.Employee", on_delete=models.PROTECT, related_name="attendance_documents")
    kind = models.CharField(max_length=20)
    label = models.CharField(max_length=100)
    covers = models.CharField(max_length=5, choices=Covers.choices, default=Covers.DAY)
    purpose = models.CharField(max_length=25, choices=Purpose.choices, default=Purpose.LEAVE)
    period = DateRangeField()
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


class MachinePin(models.Model):
    """Which employee a machine means by a PIN."""

    id = models.BigAutoField(primary_key=True)
    device = models.CharField(max_length=80)
    pin = models.CharField(max_length=20)
    employee = models.ForeignKey("employees.Employee", on_delete=models.CASCADE, related_name="machine_pins")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["device", "pin"], name="machine_pin_once")]

    @override
    def __str__(self) -> str:
        return f"{self.device} {self.pin}"


class UnknownPin(models.Model):
    """A PIN that a machine's log used and nobody has claimed; the file is read again once somebody does."""

    id = models.BigAutoField(primary_key=True)
    device = models.CharField(max_length=80)
    pin = models.CharField(max_length=20)
    file = models.ForeignKey("files.StoredFile", on_delete=models.CASCADE, related_name="+")
    lines = models.IntegerField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["device", "pin", "file"], name="unknown_pin_once_per_file")]

    @override
    def __str__(self) -> str:
        return f"{self.device} {self.pin}"


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
    # A punch under review, an undecided document or missing rules: the result may still change.
    is_provisional = models.BooleanField(default=False)
    note = models.CharField(max_length=200, blank=True)
    inputs_digest = models.CharField(max_length=64)
    # The same in 64 bits, so that one statement finds whose days must be judged again (`tenants.attendance.prints`).
    inputs_print = models.BigIntegerField(default=0)
    computed_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["employee", "date"], name="day_result_once")]

    @override
    def __str__(self) -> str:
        return f"{self.employee_id} {self.date}: {self.presence}"
