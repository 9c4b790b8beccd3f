"""People, their dated placements, and who is their superior against the map of posts."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from kernel import clock
from kernel.dated import DatedRecord
from kernel.ids import Addressed
from kernel.ranges import Id8Range
from kernel.tenancy.fence import Fenced
from tenants.employees.querysets import EmployeeQuerySet, PlacementQuerySet, SuperiorOverrideQuerySet


class Employee(Addressed, Fenced):
    """A person with a job. The NIP is an attribute (18 digits), never the key: it can change.

    Status and golongan are dated (`Standing`).
    """

    class Status(models.TextChoices):
        PNS = "PNS", "PNS"
        CPNS = "CPNS", "CPNS"
        PPPK = "PPPK", "PPPK"
        KONTRAK = "KONTRAK", "Tenaga kontrak"

    nip = models.CharField(max_length=18)
    name = models.CharField(max_length=200)
    email = models.EmailField(blank=True)
    is_active = models.BooleanField(default=True)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="employee"
    )

    objects = EmployeeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["nip"], condition=models.Q(is_active=True), name="employee_nip_once_active"
            ),
            models.CheckConstraint(condition=models.Q(nip__regex=r"^[0-9]{18}$"), name="employee_nip_18_digits"),
        ]
        indexes = [models.Index(fields=["name"], name="employee_by_name")]

    @override
    def __str__(self) -> str:
        return self.name


class Standing(DatedRecord):
    """A person's status and golongan for a half-open period.

    A month is paid by the standing of its reference date.
    """

    employee = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="standings")
    status = models.CharField(max_length=10, choices=Employee.Status.choices)
    golongan = models.CharField(max_length=6, blank=True)

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="standing_one_at_a_time",
                expressions=[(Id8Range("employee", "employee"), "&&"), ("period", "&&")],
            ),
            models.CheckConstraint(condition=models.Q(period__isempty=False), name="standing_counts_some_day"),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.employee_id}: {self.status} {self.golongan} {self.period}"


class Placement(Addressed):
    """A person holds a post for a half-open period: definitively, or acting (Plt, Plh) beside it."""

    class Kind(models.TextChoices):
        DEFINITIF = "definitif", "Definitif"
        PLT = "plt", "Plt"
        PLH = "plh", "Plh"

    employee = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="placements")
    position = models.ForeignKey("organisation.Position", on_delete=models.PROTECT, related_name="placements")
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.DEFINITIF)
    period = DateRangeField()
    letter_number = models.CharField(max_length=100, blank=True)

    objects = PlacementQuerySet.as_manager()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="placement_one_definitive_at_a_time",
                expressions=[(Id8Range("employee", "employee"), "&&"), ("period", "&&")],
                condition=models.Q(kind="definitif"),
            ),
        ]
        indexes = [models.Index(fields=["position", "kind"], name="placement_by_position")]

    @override
    def __str__(self) -> str:
        return f"{self.employee_id}: {self.position_id} {self.period}"


class SuperiorOverride(Addressed):
    """Somebody else than the map of posts says is a person's superior, for a period.

    It belongs to the posts that both hold when it is written: once either post is over, the map counts again.
    """

    employee = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="superior_overrides")
    superior = models.ForeignKey(
        Employee, on_delete=models.PROTECT, related_name="subordinate_overrides", db_index=False
    )
    placement = models.ForeignKey(Placement, on_delete=models.CASCADE, related_name="superior_overrides")
    superior_placement = models.ForeignKey(
        Placement, on_delete=models.CASCADE, related_name="subordinate_overrides", db_index=False
    )
    period = DateRangeField()
    reason = models.CharField(max_length=500)
    letter_number = models.CharField(max_length=100, blank=True)

    objects = SuperiorOverrideQuerySet.as_manager()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="superior_override_one_at_a_time",
                expressions=[(Id8Range("employee", "employee"), "&&"), ("period", "&&")],
            ),
            models.CheckConstraint(
                condition=~models.Q(superior=models.F("employee")), name="superior_override_not_oneself"
            ),
            models.CheckConstraint(condition=~models.Q(reason=""), name="superior_override_has_reason"),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.employee_id}: {self.superior_id} {self.period}"


class SuperiorCorrection(Addressed, Fenced):
    """A person says that the superior is wrong and names the right one: a document of kind `position_correction`."""

    class State(models.TextChoices):
        SUBMITTED = "submitted", _("Menunggu")
        APPROVED = "approved", _("Disetujui")
        RETURNED = "returned", _("Dikembalikan")
        REJECTED = "rejected", _("Ditolak")
        WITHDRAWN = "withdrawn", _("Ditarik")

    employee = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="superior_corrections")
    # Who stood there when it was written, None for nobody.
    former = models.ForeignKey(Employee, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    superior = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="+", db_index=False)
    # Why the page proposed this person, in the words that were shown; empty for somebody picked by hand.
    grounds = models.JSONField(default=list)
    note = models.CharField(max_length=500, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.SUBMITTED)
    made_at = models.DateTimeField(default=clock.now)
    # What its approval wrote, and what it ended by that, with the day from which that would not have counted any more.
    result = models.ForeignKey(SuperiorOverride, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    ended = models.ForeignKey(SuperiorOverride, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    ended_until = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["employee"], condition=models.Q(state="submitted"), name="superior_correction_one_waiting"
            ),
            models.CheckConstraint(
                condition=~models.Q(superior=models.F("employee")), name="superior_correction_not_oneself"
            ),
            models.CheckConstraint(
                condition=models.Q(state="approved") | models.Q(result__isnull=True),
                name="superior_correction_result_when_approved",
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.employee_id}: {self.superior_id} ({self.state})"


class ActivationCode(models.Model):
    """A one-time code with which an employee sets the first password. Only its keyed digest is kept."""

    id = models.BigAutoField(primary_key=True)
    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="activation_code")
    digest = models.CharField(max_length=64)
    made_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    failed_attempts = models.SmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(expires_at__gt=models.F("made_at")), name="activation_expires_after_made"
            ),
            models.CheckConstraint(condition=models.Q(failed_attempts__gte=0), name="activation_attempts_not_negative"),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.user_id} until {self.expires_at:%Y-%m-%d}"
