"""Apel, upacara and surprise inspections: who was called when, and what an official says about who came."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from kernel import clock
from kernel.ids import Addressed
from kernel.tenancy.fence import Fenced
from kernel.texts.modes import How, Page
from tenants.assemblies.querysets import AssemblyQuerySet

# A leader opens the code so long before the beginning, and shows it so long after the end.
OPENS_BEFORE: Final = timedelta(minutes=30)
CLOSES_AFTER: Final = timedelta(minutes=30)


class Assembly(Addressed, Fenced):
    """One event to which people are called. `code` is the ceremony of the rule set that an absence counts as.

    Its changing code comes from a derived secret (`kiosks.secrets.code_secrets`); `turn` changes it.
    """

    free_text = {"title": How.HOLD, "place": How.HOLD, "letter_number": How.HOLD, "cancel_reason": How.HOLD}
    text_page = Page("assemblies-one")

    code = models.CharField(max_length=20)
    title = models.CharField(max_length=120)
    place = models.CharField(max_length=120, blank=True)
    letter_number = models.CharField(max_length=100, blank=True)
    # The region's date on which it is held; both instants lie on it.
    date = models.DateField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    # A sidak: the inspectorate calls it, and nobody sees it before its leader opens it.
    is_inspection = models.BooleanField(default=False)
    leader = models.ForeignKey("employees.Employee", on_delete=models.PROTECT, related_name="+")
    turn = models.IntegerField(default=1)
    called_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    called_at = models.DateTimeField(default=clock.now)
    cancelled_at = models.DateTimeField(null=True)
    cancelled_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    cancel_reason = models.CharField(max_length=300, blank=True)

    objects = AssemblyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(ends_at__gt=models.F("starts_at")), name="assembly_ends_later"),
            models.CheckConstraint(
                condition=models.Q(cancelled_at__isnull=True) | ~models.Q(cancel_reason=""),
                name="assembly_cancelled_with_reason",
            ),
        ]
        indexes = [models.Index(fields=["date"], name="assembly_by_date")]

    @override
    def __str__(self) -> str:
        return f"{self.title} {self.date}"

    @property
    def opens_at(self) -> datetime:
        return self.starts_at - OPENS_BEFORE

    @property
    def closes_at(self) -> datetime:
        return self.ends_at + CLOSES_AFTER

    @property
    def is_cancelled(self) -> bool:
        return self.cancelled_at is not None


class CalledUnit(models.Model):
    """A unit whose people, and those of the units below it, must come."""

    id = models.BigAutoField(primary_key=True)
    assembly = models.ForeignKey(Assembly, on_delete=models.CASCADE, related_name="called_units")
    unit = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["assembly", "unit"], name="called_unit_once")]

    @override
    def __str__(self) -> str:
        return f"{self.assembly_id}: {self.unit_id}"


class CalledPerson(models.Model):
    """A person who must come, whatever the unit."""

    id = models.BigAutoField(primary_key=True)
    assembly = models.ForeignKey(Assembly, on_delete=models.CASCADE, related_name="called_people")
    employee = models.ForeignKey("employees.Employee", on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["assembly", "employee"], name="called_person_once")]

    @override
    def __str__(self) -> str:
        return f"{self.assembly_id}: {self.employee_id}"


class Mark(Fenced):
    """What an official says about somebody called, with the reason. The newest counts. Append-only (trigger)."""

    free_text = {"reason": How.REFUSE}

    class State(models.TextChoices):
        ATTENDED = "attended", _("Hadir")
        EXCUSED = "excused", _("Berhalangan")
        MISSED = "missed", _("Tidak hadir")

    id = models.BigAutoField(primary_key=True)
    assembly = models.ForeignKey(Assembly, on_delete=models.PROTECT, related_name="marks", db_index=False)
    employee = models.ForeignKey("employees.Employee", on_delete=models.PROTECT, related_name="+", db_index=False)
    state = models.CharField(max_length=10, choices=State.choices)
    reason = models.CharField(max_length=300)
    marked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    marked_at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [models.Index(fields=["assembly", "employee", "-id"], name="mark_by_assembly")]
        constraints = [models.CheckConstraint(condition=~models.Q(reason=""), name="mark_with_reason")]

    @override
    def __str__(self) -> str:
        return f"{self.assembly_id}: {self.employee_id} {self.state}"
