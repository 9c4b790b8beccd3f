"""Punches as they were captured, taken or refused: facts that nobody changes."""

from __future__ import annotations

from django.contrib.postgres.indexes import BrinIndex
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from typing_extensions import override

from kernel import clock
from kernel.tenancy.fence import Fenced


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
    receipt = models.BigIntegerField(db_default=models.Func(models.Value("punch_receipt"), function="nextval"))
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
