"""Punches as facts, the proof behind the signed ones, and the keys that phones sign with."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.contrib.postgres.indexes import BrinIndex
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from kernel import clock
from kernel.ids import Addressed
from kernel.tenancy.fence import Fenced
from kernel.texts.modes import How
from tenants.punches.grading import KeyState
from tenants.punches.querysets import PhoneKeyQuerySet

# A new phone works at once in grade B this long; then its punches are looked at until somebody confirms it.
UNCONFIRMED_AFTER: Final = timedelta(hours=24)


class PhoneKey(Addressed, Fenced):
    """The public half of a key that a phone or a kiosk signs with; the other half cannot leave its browser.

    A person's first phone is active at once, a further one waits for the operator and works meanwhile. An ended key
    stays: what it signed was signed.
    """

    free_text = {"name": How.HOLD}

    class Kind(models.TextChoices):
        PHONE = "phone", _("HP")
        KIOSK = "kiosk", _("Kios")
        # The platform's own, to see from outside whether punches are taken (`Probe`).
        PROBE = "probe", _("Pemeriksa")

    class State(models.TextChoices):
        ACTIVE = "active", _("Dipakai")
        PENDING = "pending", _("Menunggu konfirmasi")
        ENDED = "ended", _("Tidak dipakai lagi")

    class End(models.TextChoices):
        LOST = "lost", _("Hilang")
        REPLACED = "replaced", _("Diganti")
        REJECTED = "rejected", _("Ditolak")

    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.PHONE)
    # A phone's only: at a kiosk each event says whose it is, and a probe is nobody's.
    employee = models.ForeignKey(
        "employees.Employee", null=True, blank=True, on_delete=models.PROTECT, related_name="phone_keys"
    )
    # An uncompressed point on P-256 in base64url (`signatures.point_of`).
    public_key = models.CharField(max_length=90, unique=True)
    name = models.CharField(max_length=80, blank=True)
    state = models.CharField(max_length=10, choices=State.choices)
    registered_at = models.DateTimeField(default=clock.now)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    confirmed_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    end = models.CharField(max_length=10, choices=End.choices, blank=True)
    # When it last sent something, moved at most once an hour.
    last_contact_at = models.DateTimeField(null=True, blank=True)

    objects = PhoneKeyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=["kiosk", "probe"], employee__isnull=True)
                | models.Q(kind="phone", employee__isnull=False),
                name="phone_key_of_a_person",
            ),
            models.CheckConstraint(
                condition=models.Q(state="ended", ended_at__isnull=False) | ~models.Q(state="ended"),
                name="phone_key_ended_at_some_time",
            ),
        ]
        indexes = [
            # The few that somebody has to look at.
            models.Index(fields=["registered_at"], name="phone_key_waiting", condition=models.Q(state="pending")),
        ]

    @override
    def __str__(self) -> str:
        return self.name or str(self.uid)

    @property
    def confirm_until(self) -> datetime:
        """Until then a phone that waits for its confirmation punches without anybody looking."""
        return self.registered_at + UNCONFIRMED_AFTER


def key_state(
    *, state: str, end: str, registered_at: datetime, ended_at: datetime | None, at: datetime, received_at: datetime
) -> KeyState:
    """What a key was worth for an event of this instant that came at `received_at`."""
    if state == PhoneKey.State.ENDED:
        was_replaced = end == PhoneKey.End.REPLACED and ended_at is not None and at < ended_at
        return "replaced" if was_replaced else "revoked"
    if state == PhoneKey.State.PENDING:
        return "pending" if received_at - registered_at <= UNCONFIRMED_AFTER else "unconfirmed"
    return "active"


class Punch(Fenced):
    """One event of attendance as it was captured. Append-only (trigger).

    The key is the phone's own UUIDv7; a machine's line gets one made from its content. `captured_at` is the instant
    that counts, by our clock (`grading.reckon`); `claimed_at` is what the phone's wall clock said, `skew_ms` how far
    that clock is behind ours, `received_at` when it came. Places are degrees to seven digits, distances metres.
    """

    free_text = {"note": How.FLAG}

    class Kind(models.TextChoices):
        IN = "in", "Masuk"
        OUT = "out", "Pulang"
        UNDEFINED = "undefined", "Belum tentu"
        # Kept as a fact of the machine; no rule counts it.
        BREAK = "break", "Istirahat"
        CHECKPOINT = "checkpoint", "Titik hadir"
        ROLL_CALL = "roll_call", "Apel"

    class Source(models.TextChoices):
        PHONE = "phone", "HP"
        MACHINE = "machine", "Mesin"
        KIOSK = "kiosk", "Kios"
        # Written by hand from the continuity kit; kept apart from what a device saw.
        MANUAL = "manual", "Manual"

    class State(models.TextChoices):
        ACCEPTED = "accepted", "Diterima"
        # Counts for the time being; somebody looks at it.
        REVIEW = "review", "Ditinjau"

    class Grade(models.TextChoices):
        A = "A", "A"
        B = "B", "B"
        C = "C", "C"

    id = models.UUIDField(primary_key=True)
    # The receipt that the person reads out to a help desk: counts up within the region.
    receipt = models.BigIntegerField(db_default=models.Func(models.Value("punch_receipt"), function="nextval"))
    employee = models.ForeignKey("employees.Employee", on_delete=models.PROTECT, related_name="punches", db_index=False)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    source = models.CharField(max_length=10, choices=Source.choices)
    captured_at = models.DateTimeField()
    received_at = models.DateTimeField(default=clock.now)
    skew_ms = models.BigIntegerField(null=True)
    latitude = models.DecimalField(max_digits=9, decimal_places=7, null=True)
    longitude = models.DecimalField(max_digits=10, decimal_places=7, null=True)
    accuracy_m = models.IntegerField(null=True)
    place_error = models.CharField(max_length=40, blank=True)
    device = models.CharField(max_length=80, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.ACCEPTED)
    grade = models.CharField(max_length=1, choices=Grade.choices, default=Grade.B, db_default="B")
    # Codes of `grading.REASONS`, in the order in which they were found.
    reasons = models.JSONField(default=list, db_default=models.Value([], models.JSONField()))
    # Null without a signature: the form without script, the API, a machine, a paper.
    key = models.ForeignKey(PhoneKey, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    claimed_at = models.DateTimeField(null=True)
    mark_at = models.DateTimeField(null=True)
    mono_ms = models.BigIntegerField(null=True)
    boot = models.CharField(max_length=64, blank=True, default="", db_default="")
    # SHA-256 of the signed text and of the key's event before it, in base64url: the chain.
    digest = models.CharField(max_length=43, blank=True, default="", db_default="")
    prev = models.CharField(max_length=64, blank=True, default="", db_default="")
    # Another person's phone brought it; it counts for the signer only.
    carried_by = models.ForeignKey(
        "employees.Employee", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    # The place of work that it was judged against, and how far it was from it.
    place = models.ForeignKey("places.Place", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    distance_m = models.IntegerField(null=True)
    office = models.UUIDField(null=True)
    assembly = models.UUIDField(null=True)
    # What the person wrote with it, where a place was missing or another one.
    note = models.CharField(max_length=200, blank=True, default="", db_default="")

    class Meta:
        indexes = [
            models.Index(fields=["employee", "captured_at"], name="punch_by_employee_time"),
            # Rows come in the order of time, so a small block index serves questions about a day of the region. Blocks
            # that are not summarised are read by each question: not only a vacuum, months apart, is to do that.
            BrinIndex(fields=["captured_at"], name="punch_by_time", autosummarize=True),
            # Rows are followed in the order in which they came, and a help desk asks by it.
            models.Index(fields=["receipt"], name="punch_by_receipt"),
            # A kiosk's chain runs through many people.
            models.Index(fields=["key", "-receipt"], name="punch_by_kiosk", condition=models.Q(source="kiosk")),
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


class PunchProof(Fenced):
    """The very text that was signed, with its signature: who doubts a punch can verify it. Append-only (trigger).

    Beside the punch and not in it, so that reading a month's punches does not read a kilobyte with each.
    """

    punch = models.OneToOneField(Punch, primary_key=True, on_delete=models.PROTECT, related_name="proof")
    body = models.TextField()
    signature = models.CharField(max_length=100)

    @override
    def __str__(self) -> str:
        return str(self.punch_id)


class Probe(Fenced):
    """A synthetic punch that was taken as every other, and counts for nobody."""

    id = models.UUIDField(primary_key=True)
    received_at = models.DateTimeField(default=clock.now)

    @override
    def __str__(self) -> str:
        return str(self.id)


class RefusedPunch(models.Model):
    """A punch that was not taken, kept as it came: nothing that a phone sent is thrown away. Append-only (trigger)."""

    id = models.BigAutoField(primary_key=True)
    # As far as it said one, and as far as somebody is known.
    punch_uid = models.UUIDField(null=True)
    employee = models.ForeignKey("employees.Employee", null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=20)
    payload = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    received_at = models.DateTimeField(default=clock.now)
    # SHA-256 in base64url of what was sent, by whom.
    digest = models.CharField(max_length=43)

    class Meta:
        constraints = [
            # A phone that repeats a refused punch adds nothing.
            models.UniqueConstraint(fields=["digest", "reason"], name="refused_punch_once"),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.punch_uid}: {self.reason}"
