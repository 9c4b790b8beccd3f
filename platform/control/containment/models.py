"""What was imposed on which region, and what waits for a second operator. The truth; regions carry a projection."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from control.containment.querysets import ImpositionQuerySet, PairedDeedQuerySet
from kernel import clock
from kernel.ids import Addressed

if TYPE_CHECKING:
    from control.containment.catalogue import Kind


class Imposition(Addressed):
    """One measure over one region, from its beginning to its end. `measure` is a name of the catalogue.

    `terms` are what it was imposed with and what it did (`actions`); `people` how many accounts it concerned then.
    `everywhere` joins those that were imposed on all regions at once (`control.containment.everywhere`).
    """

    region = models.ForeignKey("regions.Region", on_delete=models.PROTECT, related_name="impositions")
    measure = models.CharField(max_length=30)
    terms = models.JSONField(default=dict)
    reason = models.CharField(max_length=200)
    people = models.IntegerField(default=0)
    incident = models.UUIDField(null=True, blank=True)
    everywhere = models.UUIDField(null=True, blank=True)
    # Of the form that was sent: sent twice, it happens once.
    key = models.UUIDField(unique=True, null=True, blank=True)
    imposed_by = models.CharField(max_length=200)
    confirmed_by = models.CharField(max_length=200, blank=True)
    imposed_at = models.DateTimeField(default=clock.now)
    # Null: until somebody lifts it.
    until = models.DateTimeField(null=True, blank=True)
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.CharField(max_length=200, blank=True)
    lift_reason = models.CharField(max_length=200, blank=True)

    objects = ImpositionQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["region", "-imposed_at"], name="imposition_by_region"),
            models.Index(fields=["incident"], name="imposition_by_incident"),
            models.Index(
                fields=["everywhere"],
                name="imposition_of_all_regions",
                condition=models.Q(everywhere__isnull=False, lifted_at__isnull=True),
            ),
            # What the beat looks at.
            models.Index(fields=["until"], name="imposition_to_end", condition=models.Q(lifted_at__isnull=True)),
        ]
        ordering: ClassVar[list[str]] = ["-imposed_at", "-id"]

    @override
    def __str__(self) -> str:
        return f"{self.measure} {self.region_id}"

    @property
    def kind(self) -> Kind:
        """The measure in the catalogue."""
        from control.containment.catalogue import KINDS

        return KINDS[self.measure]

    @property
    def steps(self) -> list[tuple[str, datetime, bool]]:
        """The OPDs of a renewal by stages ("" for accounts without one), when each is due, and whether it is done."""
        said = self.terms.get("steps", ())
        return [(step["name"], datetime.fromisoformat(step["at"]), "done_at" in step) for step in said]

    @property
    def label(self) -> str:
        """Its words."""
        return str(self.kind.label)


class PairedDeed(Addressed):
    """Something destructive that one operator asked for and another one has to confirm. `deed` is declared in `pairs`.

    `args` are what the deed is called with; `summary` says it in words, as it was shown when it was asked for.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Menunggu operator kedua")
        DONE = "done", _("Disetujui dan dijalankan")
        DECLINED = "declined", _("Ditolak")
        EXPIRED = "expired", _("Kedaluwarsa")

    deed = models.CharField(max_length=60)
    args = models.JSONField(default=dict)
    region = models.ForeignKey("regions.Region", null=True, on_delete=models.PROTECT, related_name="+")
    summary = models.CharField(max_length=300)
    reason = models.CharField(max_length=200)
    incident = models.UUIDField(null=True, blank=True)
    key = models.UUIDField(unique=True, null=True, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    asked_by_uid = models.UUIDField()
    asked_by = models.CharField(max_length=200)
    asked_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    decided_by = models.CharField(max_length=200, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)

    objects = PairedDeedQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["expires_at"], name="paired_deed_waiting", condition=models.Q(state="waiting")),
        ]

    @override
    def __str__(self) -> str:
        return self.summary
