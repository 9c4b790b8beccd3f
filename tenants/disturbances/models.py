"""Windows of minutes in which lateness is nobody's fault, and what the synthetic punch of each minute found."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from kernel import clock
from kernel.ids import Addressed
from kernel.tenancy.fence import Fenced
from kernel.texts.modes import How, Page
from tenants.disturbances.querysets import DisturbanceQuerySet


class Disturbance(Addressed, Fenced):
    """Minutes of a disturbance, half-open, for some units with everything below them or for the whole region.

    It counts while approved. What was approved is never changed: it is undone, with a reason, and stays on record.
    """

    free_text = {"evidence": How.HOLD, "decision_note": How.HOLD, "undo_reason": How.HOLD}
    text_page = Page("disturbances-one")

    class Cause(models.TextChoices):
        PLATFORM = "platform", _("Layanan absen tidak menjawab")
        NETWORK = "network", _("Internet atau sinyal putus")
        POWER = "power", _("Listrik padam")
        MACHINE = "machine", _("Mesin absen rusak")
        SILENT = "silent", _("Mesin absen tidak terdengar")
        DISASTER = "disaster", _("Bencana atau keadaan darurat")
        OTHER = "other", _("Sebab lain")

    class Origin(models.TextChoices):
        DECLARED = "declared", _("Dilaporkan")
        DETECTED = "detected", _("Terpantau")

    class State(models.TextChoices):
        PROPOSED = "proposed", _("Menunggu persetujuan")
        APPROVED = "approved", _("Berlaku")
        REJECTED = "rejected", _("Tidak disetujui")
        UNDONE = "undone", _("Dibatalkan")

    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    is_everywhere = models.BooleanField(default=False)
    units = models.ManyToManyField(
        "organisation.Unit", through="DisturbedUnit", related_name="disturbances", blank=True
    )
    cause = models.CharField(max_length=10, choices=Cause.choices)
    evidence = models.TextField()
    file = models.ForeignKey("files.StoredFile", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    origin = models.CharField(max_length=10, choices=Origin.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PROPOSED)
    # Nobody for what was detected.
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(default=clock.now)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decision_note = models.CharField(max_length=500, blank=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    undone_at = models.DateTimeField(null=True)
    undo_reason = models.CharField(max_length=500, blank=True)

    objects = DisturbanceQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["starts_at"], name="disturbance_by_start")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")), name="disturbance_has_minutes"
            ),
            models.CheckConstraint(
                condition=models.Q(origin="detected") | models.Q(proposed_by__isnull=False),
                name="disturbance_has_proposer",
            ),
            # Two people: a NULL proposer (detected) leaves the comparison undecided, which a CHECK lets pass.
            models.CheckConstraint(
                condition=~models.Q(state__in=["approved", "undone"])
                | models.Q(decided_by__isnull=False)
                & (models.Q(proposed_by__isnull=True) | ~models.Q(decided_by=models.F("proposed_by"))),
                name="disturbance_approved_by_another",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="undone") | models.Q(undone_by__isnull=False) & ~models.Q(undo_reason=""),
                name="disturbance_undone_with_reason",
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d %H:%M} {self.cause}"


class DisturbedUnit(models.Model):
    """A unit, with everything below it, in which the disturbance was."""

    id = models.BigAutoField(primary_key=True)
    disturbance = models.ForeignKey(Disturbance, on_delete=models.CASCADE, related_name="places", db_index=False)
    unit = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["disturbance", "unit"], name="disturbed_unit_once")]

    @override
    def __str__(self) -> str:
        return f"{self.disturbance_id}: {self.unit_id}"


class SyntheticPunch(Fenced):
    """What the synthetic punch of one minute found: the answer's milliseconds, or what went wrong."""

    id = models.BigAutoField(primary_key=True)
    minute = models.DateTimeField(unique=True)
    is_answered = models.BooleanField()
    milliseconds = models.IntegerField()
    problem = models.CharField(max_length=200, blank=True)

    @override
    def __str__(self) -> str:
        return f"{self.minute:%Y-%m-%d %H:%M} {'ok' if self.is_answered else self.problem}"
