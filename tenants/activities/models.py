"""The catalogue of job kinds, daily activities, their evidence, and what they said before they were corrected."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from kernel import clock
from kernel.ids import Addressed
from kernel.ranges import Id8Range
from kernel.tenancy.fence import Fenced
from kernel.texts.modes import How, Page
from tenants.activities.points import counted_points
from tenants.activities.querysets import ActivityQuerySet, JobKindQuerySet
from tenants.employees.posts import Post


class EvidenceKind(models.TextChoices):
    """What can show that work was done."""

    PHOTO = "photo", _("Foto")
    PDF = "pdf", _("PDF")
    LETTER = "letter", _("Nomor surat")
    DISPOSITION = "disposition", _("Nomor disposisi")


class JobKind(Addressed):
    """One version of one kind of work: norm minutes and points for one unit of output, in force for a half-open period.

    A change is a new version with the same code; activities keep the version of their day.
    """

    free_text = {"name": How.REFUSE, "output_unit": How.REFUSE}
    text_page = Page("catalogue-kind")

    class EvidenceRule(models.TextChoices):
        NONE = "", _("tidak perlu")
        ANY = "any", _("salah satu")
        ALL = "all", _("semua")

    code = models.CharField(max_length=40)
    name = models.CharField(max_length=200)
    output_unit = models.CharField(max_length=60)
    norm_minutes = models.IntegerField()
    points = models.DecimalField(max_digits=8, decimal_places=2, default=0)
    # The points of one unit of output are multiplied by this.
    weight = models.DecimalField(max_digits=6, decimal_places=3, default=Decimal(1))
    evidence_rule = models.CharField(max_length=3, choices=EvidenceRule.choices, default=EvidenceRule.NONE, blank=True)
    evidence_kinds = models.JSONField(default=list)
    daily_cap = models.SmallIntegerField(null=True, blank=True)
    daily_minutes = models.SmallIntegerField(null=True, blank=True)
    # Whose work it is. Each list narrows it; an empty one does not.
    position_kinds = models.JSONField(default=list)
    position_titles = models.JSONField(default=list)
    position_categories = models.JSONField(default=list)
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
            models.CheckConstraint(
                condition=models.Q(daily_minutes__isnull=True)
                | models.Q(daily_minutes__gte=1, daily_minutes__lte=1440),
                name="job_kind_minutes_cap_of_a_day",
            ),
            models.UniqueConstraint(fields=["code", "valid_from"], name="job_kind_version_once"),
            models.CheckConstraint(
                condition=models.Q(norm_minutes__gt=0, norm_minutes__lte=1440), name="job_kind_minutes_of_a_day"
            ),
            models.CheckConstraint(
                condition=models.Q(points__gte=0, weight__gte=0), name="job_kind_points_not_negative"
            ),
            models.CheckConstraint(
                condition=models.Q(evidence_rule="", evidence_kinds=[])
                | ~models.Q(evidence_rule="") & ~models.Q(evidence_kinds=[]),
                name="job_kind_evidence_said_whole",
            ),
        ]

    @override
    def __str__(self) -> str:
        return self.name

    @property
    def needs_evidence(self) -> bool:
        """Whether an activity of this kind cannot be handed in without something to show."""
        return self.evidence_rule != self.EvidenceRule.NONE

    def holds_on(self, day: date) -> bool:
        """Whether this version is in force on the day."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)

    def fits(self, post: Post | None) -> bool:
        """Whether it is work of this post. Without a post only what is everybody's."""
        if post is None:
            return not (self.position_kinds or self.position_titles or self.position_categories)
        return (
            (not self.position_kinds or post.position_kind in self.position_kinds)
            and (not self.position_titles or post.title in self.position_titles)
            and (not self.position_categories or post.position_category in self.position_categories)
        )


class CatalogueVersion(models.Model):
    """The whole catalogue at one moment: each change of it gives the next number. Append-only (trigger).

    `digest` is the SHA-256 of all versions of all kinds in canonical JSON (`catalogue.digest_of`), so that an approved
    activity, which keeps the number, can be held against the catalogue that it was approved with.
    """

    number = models.IntegerField(primary_key=True)
    digest = models.CharField(max_length=64)
    made_at = models.DateTimeField(default=clock.now)

    @override
    def __str__(self) -> str:
        return f"{self.number} {self.digest[:12]}"


class Favourite(models.Model):
    """A kind of work that a person has starred, in whatever version."""

    id = models.BigAutoField(primary_key=True)
    employee = models.ForeignKey("employees.Employee", on_delete=models.CASCADE, related_name="+", db_index=False)
    code = models.CharField(max_length=40)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["employee", "code"], name="favourite_once")]

    @override
    def __str__(self) -> str:
        return f"{self.employee_id}: {self.code}"


class Activity(Addressed, Fenced):
    """Work that somebody did on a day. What it counts is frozen at approval and then final (trigger)."""

    free_text = {"description": How.HOLD, "letter_number": How.HOLD, "disposition_number": How.HOLD, "part": How.HOLD}
    text_page = Page("activities-unit-activity", own="activities-activity", private={"state": "draft"})

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
    # The region's log rule allowed work at the same time when this was entered.
    may_overlap = models.BooleanField(default=False)
    minutes = models.IntegerField()
    volume = models.IntegerField(default=1)
    description = models.CharField(max_length=500)
    letter_number = models.CharField(max_length=100, default="", blank=True)
    disposition_number = models.CharField(max_length=100, default="", blank=True)
    # The same without blanks and case, to find the same number again.
    letter_key = models.CharField(max_length=100, default="", blank=True)
    disposition_key = models.CharField(max_length=100, default="", blank=True)
    # The person's own part in the letter, asked for when somebody else names it as well.
    part = models.CharField(max_length=120, default="", blank=True)
    # A target of the person's plan, kept by an app above (`targets`).
    target_uid = models.UUIDField(null=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    # Counts its contents: the approver decides on the number that they saw.
    version = models.SmallIntegerField(default=1)
    # How much of it counts, in percent: less than 100 when it was handed in late, by the region's rule.
    percent = models.DecimalField(max_digits=5, decimal_places=2, default=Decimal(100))
    approved_minutes = models.IntegerField(null=True)
    # As large as the catalogue's largest points, weight and amount make it.
    approved_points = models.DecimalField(max_digits=16, decimal_places=2, null=True)
    approved_weight = models.DecimalField(max_digits=6, decimal_places=3, null=True)
    # The number of the catalogue that it was approved with; 0 before the first one.
    catalogue_version = models.IntegerField(null=True)
    created_at = models.DateTimeField(default=clock.now)
    first_submitted_at = models.DateTimeField(null=True)
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
                condition=models.Q(percent__gte=0, percent__lte=100), name="activity_percent_0_to_100"
            ),
            models.CheckConstraint(
                condition=models.Q(
                    state="approved",
                    approved_minutes__isnull=False,
                    approved_points__isnull=False,
                    approved_weight__isnull=False,
                    catalogue_version__isnull=False,
                )
                | ~models.Q(state="approved")
                & models.Q(
                    approved_minutes__isnull=True,
                    approved_points__isnull=True,
                    approved_weight__isnull=True,
                    catalogue_version__isnull=True,
                ),
                name="activity_frozen_when_approved",
            ),
            ExclusionConstraint(
                name="activity_no_overlap",
                expressions=[(Id8Range("employee", "employee"), "&&"), ("span", "&&")],
                condition=~models.Q(state="rejected") & models.Q(may_overlap=False),
            ),
        ]
        indexes = [
            models.Index(fields=["employee", "date", "id"], name="activity_by_employee_day"),
            models.Index(fields=["letter_key"], name="activity_by_letter", condition=~models.Q(letter_key="")),
            models.Index(
                fields=["disposition_key"], name="activity_by_disposition", condition=~models.Q(disposition_key="")
            ),
        ]

    @override
    def __str__(self) -> str:
        return self.description

    @property
    def points(self) -> Decimal:
        """Frozen at approval; before that what the catalogue gives, cut by lateness."""
        if self.approved_points is not None:
            return self.approved_points
        return counted_points(self.job_kind.points, self.job_kind.weight, self.volume, self.percent)

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


class FormerContent(models.Model):
    """What an activity said before it was changed behind its first submission. Append-only (trigger).

    Named by the activity's uid, not by a key: it stays when the owner removes what was returned.
    """

    id = models.BigAutoField(primary_key=True)
    activity_uid = models.UUIDField()
    version = models.SmallIntegerField()
    # As `content.content_of` gives it.
    content = models.JSONField()
    replaced_at = models.DateTimeField(default=clock.now)
    replaced_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["activity_uid", "version"], name="former_content_once")]

    @override
    def __str__(self) -> str:
        return f"{self.activity_uid}/{self.version}"


class TextTrace(models.Model):
    """What is kept of a description so that another like it is found (`likeness`). Written by a worker."""

    activity = models.OneToOneField(Activity, on_delete=models.CASCADE, primary_key=True, related_name="trace")
    date = models.DateField()
    digest = models.BigIntegerField()
    bands = ArrayField(models.BigIntegerField())

    class Meta:
        indexes = [
            models.Index(fields=["digest", "date"], name="trace_by_digest"),
            GinIndex(fields=["bands"], name="trace_by_band"),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.activity_id}: {self.digest}"
