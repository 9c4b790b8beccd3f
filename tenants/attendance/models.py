"""Facts (punches, documents) and the judgement of a day (day result), kept apart."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField
from django.db import models
from typing_extensions import override

from kernel import clock
from kernel.ids import Addressed
from kernel.ranges import Id8Range
from kernel.tenancy.fence import Fenced


class Punch(Fenced):
    """One check-in or check-out as it was captured. Append-only (trigger); the key is the phone's own UUIDv7."""

    class Kind(models.TextChoices):
        IN = "in", "Masuk"
        OUT = "out", "Pulang"
        UNDEFINED = "undefined", "Belum tentu"

    class Source(models.TextChoices):
        PHONE = "phone", "HP"
        MACHINE = "machine", "Mesin"

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

    class Meta:
        indexes = [models.Index(fields=["employee", "captured_at"], name="punch_by_employee_time")]
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


class AttendanceDocument(Addressed, Fenced):
    """A leave, permit, duty or dispensation for days, with its letter. Counts once approved."""

    class Kind(models.TextChoices):
        SAKIT = "S", "Sakit"
        IZIN = "I", "Izin"
        CUTI = "C", "Cuti"
        DINAS = "TL", "Tugas luar"
        DISPENSASI = "DISP", "Dispensasi"

    class State(models.TextChoices):
        SUBMITTED = "submitted", "Menunggu"
        APPROVED = "approved", "Disetujui"
        REJECTED = "rejected", "Ditolak"

    employee = models.ForeignKey("employees.Employee", on_delete=models.PROTECT, related_name="attendance_documents")
    kind = models.CharField(max_length=6, choices=Kind.choices)
    period = DateRangeField()
    letter_number = models.CharField(max_length=100, blank=True)
    reason = models.TextField(blank=True)
    file = models.ForeignKey("files.StoredFile", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.SUBMITTED)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="document_one_per_day",
                expressions=[(Id8Range("employee", "employee"), "&&"), ("period", "&&")],
                condition=~models.Q(state="rejected"),
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.period}"


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
    # [{"code": "TMK1", "minutes": 12}, ...] as the rule set's tiers classify the day.
    events = models.JSONField(default=list)
    inputs_digest = models.CharField(max_length=64)
    computed_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["employee", "date"], name="day_result_once")]

    @override
    def __str__(self) -> str:
        return f"{self.employee_id} {self.date}: {self.presence}"
