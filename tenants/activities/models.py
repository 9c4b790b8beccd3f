"""The catalogue of job kinds, daily activities, and their evidence."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField
from django.db import models
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from kernel import clock
from kernel.ids import Addressed
from kernel.ranges import Id8Range
from kernel.tenancy.fence import Fenced
from tenants.activities.querysets import ActivityQuerySet, JobKindQuerySet


class JobKind(Addressed):
    """One version of one kind of work: norm minutes and points for one unit of output, in force for a half-open period.

    A change is a new version with the same code; activities keep the version of their day.
    """

    code = models.CharField(max_length=40)
    name = models.CharField(max_length=200)
    output_unit = models.CharField(max_length=60)
    norm_minutes = models.IntegerField()
    points = models.DecimalField(max_digits=8, decimal_places=2, default=0)
    needs_evidence = models.BooleanField(default=False)
    daily_cap = models.SmallIntegerField(null=True, blank=True)
    # Empty: for every kind of position.
    position_kinds = models.JSONField(default=list)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    objects = JobKindQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(valid_to__isnull=True) | models.Q(valid_to__gt=models.F("valid_from")),
                name="job_kind_ends_after_begin",
            ),
            models.CheckConstraint(
                condition=models.Q(daily_cap__isnull=True) | models.Q(daily_cap__gte=1), name="job_kind_cap_from_1"
            ),
            models.UniqueConstraint(fields=["code", "valid_from"], name="job_kind_version_once"),
            models.CheckConstraint(
                condition=models.Q(norm_minutes__gt=0, norm_minutes__lte=1440), name="job_kind_minutes_of_a_day"
            ),
            models.CheckConstraint(condition=models.Q(points__gte=0), name="job_kind_points_not_negative"),
        ]

    @override
    def __str__(self) -> str:
        return self.name

    def holds_on(self, day: date) -> bool:
        """Whether this version is in force on the day."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


class Activity(Addressed, Fenced):
    """Work that somebody did on a day. Points and minutes are frozen at approval."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draf")
        SUBMITTED = "submitted", _("Diajukan")
        RETURNED = "returned", _("Dikembalikan")
        APPROVED = "approved", _("Disetujui")
        REJECTED = "rejected", _("Ditolak")

    employee = models.ForeignKey(
        "employees.Employee", on_delete=models.PROTECT, related_name="activities", db_index=False
    )
    job_kind = models.ForeignKey(JobKind, on_delete=models.PROTECT, related_name="activities")
    date = models.DateField()
    span = DateTimeRangeField()
    minutes = models.IntegerField()
    volume = models.IntegerField(default=1)
    description = models.CharField(max_length=500)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    approved_minutes = models.IntegerField(null=True)
    approved_points = models.DecimalField(max_digits=10, decimal_places=2, null=True)
    created_at = models.DateTimeField(default=clock.now)
    submitted_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    # What the client sent as its own id: a form sent twice is one activity.
    client_key = models.UUIDField(null=True)

    objects = ActivityQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "activities"
        constraints = [
            models.UniqueConstraint(fields=["employee", "client_key"], name="activity_once_per_client_key"),
            models.CheckConstraint(
                condition=models.Q(minutes__gt=0, minutes__lte=1440), name="activity_minutes_of_a_day"
            ),
            models.CheckConstraint(condition=models.Q(volume__gt=0), name="activity_volume_positive"),
            models.CheckConstraint(
                condition=models.Q(state="approved", approved_minutes__isnull=False, approved_points__isnull=False)
                | ~models.Q(state="approved") & models.Q(approved_minutes__isnull=True, approved_points__isnull=True),
                name="activity_frozen_when_approved",
            ),
            ExclusionConstraint(
                name="activity_no_overlap",
                expressions=[(Id8Range("employee", "employee"), "&&"), ("span", "&&")],
                condition=~models.Q(state="rejected"),
            ),
        ]
        indexes = [models.Index(fields=["employee", "date", "id"], name="activity_by_employee_day")]

    @override
    def __str__(self) -> str:
        return self.description

    @property
    def points(self) -> Decimal:
        """Frozen at approval; before that what the catalogue gives."""
        if self.approved_points is not None:
            return self.approved_points
        return self.job_kind.points * self.volume

    @property
    def is_open(self) -> bool:
        """Whether the owner may still change it."""
        return self.state in (self.State.DRAFT, self.State.RETURNED)


class Evidence(models.Model):
    """A stored file that shows an activity was done."""

    id = models.BigAutoField(primary_key=True)
    activity = models.ForeignKey(Activity, on_delete=models.CASCADE, related_name="evidence")
    file = models.ForeignKey("files.StoredFile", on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name_plural = "evidence"
        constraints = [models.UniqueConstraint(fields=["activity", "file"], name="evidence_once")]

    @override
    def __str__(self) -> str:
        return f"{self.activity_id}: {self.file_id}"
