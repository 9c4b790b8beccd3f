"""Attendance machines: what each is called and where it stands, whom it means by a PIN, what it is to do, and the lines
that wait for somebody."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from kernel import clock
from kernel.ids import Addressed
from kernel.tenancy.context import current_region
from kernel.tenancy.fence import Fenced
from kernel.texts.modes import How, Page
from tenants.machines.querysets import KeptLineQuerySet, MachineQuerySet

# A machine asks for commands every ten seconds, at the slowest firmware every few minutes.
SILENT_AFTER: Final = timedelta(minutes=30)


class Machine(Addressed, Fenced):
    """One machine that sends by itself. A serial that nobody knows is listed until somebody claims it.

    `device` is the name under which its PINs and punches are kept; it never changes, `name` is what people call it.
    `secret_digest` is the SHA-256 of the word in its address, "" where the machine cannot have one. `stamp` is the
    machine's own mark of what it sent last. `clock_off_s` is by how many seconds its clock is ahead of ours (negative:
    behind), null while it is right; `clock_doubt_s` what one line alone let suspect.
    """

    free_text = {"name": How.HOLD}
    text_page = Page("machines-machine")

    class State(models.TextChoices):
        LISTED = "listed", _("Belum diklaim")
        ACTIVE = "active", _("Dipakai")
        RETIRED = "retired", _("Tidak dipakai lagi")

    serial = models.CharField(max_length=40, unique=True, db_index=False)
    device = models.CharField(max_length=80, unique=True, db_index=False)
    name = models.CharField(max_length=80, blank=True)
    unit = models.ForeignKey("organisation.Unit", null=True, on_delete=models.PROTECT, related_name="machines")
    # "" is the region's own.
    time_zone = models.CharField(max_length=40, blank=True)
    state = models.CharField(max_length=10, choices=State.choices)
    secret_digest = models.CharField(max_length=64, blank=True)
    stamp = models.CharField(max_length=40, default="0")
    user_stamp = models.CharField(max_length=40, default="0")
    firmware = models.CharField(max_length=60, blank=True)
    model = models.CharField(max_length=60, blank=True)
    push_version = models.CharField(max_length=60, blank=True)
    first_contact_at = models.DateTimeField(null=True)
    last_contact_at = models.DateTimeField(null=True)
    last_line_at = models.DateTimeField(null=True)
    clock_off_s = models.BigIntegerField(null=True)
    clock_doubt_s = models.BigIntegerField(null=True)
    # [{"network": "203.0.113.0/24", "since": ISO, "is_known": bool}], in the order in which they were seen.
    networks = models.JSONField(default=list)
    claimed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    claimed_at = models.DateTimeField(null=True)

    objects = MachineQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="listed") | models.Q(unit__isnull=False), name="machine_stands_somewhere"
            ),
        ]

    @override
    def __str__(self) -> str:
        return self.name or self.serial

    @property
    def zone(self) -> str:
        """The name of the zone of its clock."""
        return self.time_zone or current_region().time_zone

    @property
    def clock_off_minutes(self) -> int:
        """By how many minutes its clock is wrong, without sign."""
        return (abs(self.clock_off_s or 0) + 30) // 60

    @property
    def is_silent(self) -> bool:
        """Whether a machine in use has said nothing for longer than any firmware pauses."""
        quiet_since = clock.now() - SILENT_AFTER
        return self.state == self.State.ACTIVE and (self.last_contact_at is None or self.last_contact_at < quiet_since)

    @property
    def new_networks(self) -> list[str]:
        """From where it spoke that nobody has looked at."""
        return [seen["network"] for seen in self.networks if not seen["is_known"]]


class MachineCommand(models.Model):
    """Something that a machine is to do when it next asks. The key is the number by which it answers."""

    class Kind(models.TextChoices):
        TIME = "time", _("Setel jam")
        REBOOT = "reboot", _("Mulai ulang mesin")
        AGAIN = "again", _("Kirim ulang log")
        CHECK = "check", _("Periksa yang belum terkirim")
        INFO = "info", _("Minta keterangan mesin")

    class State(models.TextChoices):
        QUEUED = "queued", _("Menunggu mesin")
        SENT = "sent", _("Dikirim")
        DONE = "done", _("Selesai")
        FAILED = "failed", _("Gagal")
        WITHDRAWN = "withdrawn", _("Ditarik")

    id = models.BigAutoField(primary_key=True)
    machine = models.ForeignKey(Machine, on_delete=models.CASCADE, related_name="commands", db_index=False)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    # The instants between which a log is sent again.
    first_at = models.DateTimeField(null=True)
    last_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    # Nobody for what the platform itself asks.
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=clock.now)
    times_sent = models.IntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    # As the machine says it: 0 or more is done, below is a failure.
    result = models.IntegerField(null=True)

    class Meta:
        indexes = [models.Index(fields=["machine", "id"], name="machine_command_in_order")]

    @override
    def __str__(self) -> str:
        return f"{self.machine_id} {self.kind} {self.state}"


class ClockDecision(Addressed, Fenced):
    """What somebody decided about lines whose time was ahead when they came: counted with the clock's error taken off,
    or not counted. Taken back, the lines wait again.

    `ahead_s` is what was taken off each line's time, in seconds; null where they were not counted.
    """

    free_text = {"reason": How.HOLD}

    machine = models.ForeignKey(Machine, on_delete=models.CASCADE, related_name="clock_decisions")
    ahead_s = models.BigIntegerField(null=True)
    lines = models.IntegerField()
    reason = models.CharField(max_length=300, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    decided_at = models.DateTimeField(default=clock.now)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    undone_at = models.DateTimeField(null=True)

    @override
    def __str__(self) -> str:
        return f"{self.machine_id}: {self.lines} {'dropped' if self.ahead_s is None else 'counted'}"

    @property
    def ahead_minutes(self) -> int:
        """What was taken off, in whole minutes."""
        return round((self.ahead_s or 0) / 60)


class KeptLine(Fenced):
    """A line of a log that is no punch yet: its machine or its PIN is unknown, or it cannot be read.

    The key is made from machine and line, so that a replay is the same row. It goes once it has become a punch; one
    that was ahead stays with the decision about it, so that a replay is recognised when its time has passed.
    """

    class Reason(models.TextChoices):
        UNCLAIMED = "unclaimed", _("Mesin belum diklaim")
        UNKNOWN_PIN = "unknown_pin", _("PIN belum dikenal")
        RETIRED = "retired", _("Mesin sudah tidak dipakai")
        ADDRESS = "address", _("Tidak lewat alamat rahasia mesin ini")
        COLUMNS = "columns", _("Bukan baris log")
        PIN = "pin", _("PIN tidak terbaca")
        TIME = "time", _("Waktu tidak terbaca")
        FUTURE = "future", _("Waktunya di depan")
        OLD = "old", _("Waktunya lebih dari 400 hari yang lalu")

    id = models.UUIDField(primary_key=True)
    machine = models.ForeignKey(Machine, on_delete=models.CASCADE, related_name="kept_lines", db_index=False)
    reason = models.CharField(max_length=12, choices=Reason.choices)
    pin = models.CharField(max_length=20, blank=True)
    captured_at = models.DateTimeField(null=True)
    kind = models.CharField(max_length=10, blank=True)
    text = models.CharField(max_length=200)
    received_at = models.DateTimeField(default=clock.now)
    decision = models.ForeignKey(
        ClockDecision, null=True, on_delete=models.RESTRICT, related_name="kept_lines", db_index=False
    )

    objects = KeptLineQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["machine", "reason", "pin"], name="kept_line_by_reason")]

    @override
    def __str__(self) -> str:
        return f"{self.machine_id} {self.reason}: {self.text}"


class MachineUser(models.Model):
    """The name that stands beside a PIN in the machine's own list; a help for pairing, nothing counts it."""

    id = models.BigAutoField(primary_key=True)
    machine = models.ForeignKey(Machine, on_delete=models.CASCADE, related_name="users", db_index=False)
    pin = models.CharField(max_length=20)
    name = models.CharField(max_length=60)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["machine", "pin"], name="machine_user_once")]

    @override
    def __str__(self) -> str:
        return f"{self.pin} {self.name}"


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
