"""Holidays that the region confirmed, and work patterns with dated assignment."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField
from django.db import models
from typing_extensions import override

from kernel import clock
from kernel.ids import Addressed
from kernel.ranges import Id8Range
from tenants.calendars.querysets import HolidayQuerySet, PatternAssignmentQuerySet, WorkPatternQuerySet


class Holiday(Addressed):
    """A day off. It counts only once the region has confirmed it against the joint decree (SKB).

    A removed one stays with the reason, so that the next import does not bring it back.
    """

    class Kind(models.TextChoices):
        NASIONAL = "nasional", "Libur nasional"
        CUTI_BERSAMA = "cuti_bersama", "Cuti bersama"
        DAERAH = "daerah", "Libur daerah"

    date = models.DateField()
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=15, choices=Kind.choices)
    is_confirmed = models.BooleanField(default=False)
    source = models.CharField(max_length=200, blank=True)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)
    removal_reason = models.CharField(max_length=300, blank=True)

    objects = HolidayQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["date", "kind"], name="holiday_once"),
            models.CheckConstraint(
                condition=models.Q(is_confirmed=False) | models.Q(confirmed_at__isnull=False) & ~models.Q(source=""),
                name="holiday_confirmed_with_source",
            ),
            models.CheckConstraint(
                condition=models.Q(removed_at__isnull=True) | ~models.Q(removal_reason=""),
                name="holiday_removed_with_reason",
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.date}: {self.name}"


class WorkPattern(Addressed):
    """Working hours of a week, in the region's wall-clock time."""

    code = models.SlugField(max_length=40, unique=True, db_index=False)
    name = models.CharField(max_length=100)
    # Units without a pattern of their own or above them work by this one.
    is_default = models.BooleanField(default=False)

    objects = WorkPatternQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"], condition=models.Q(is_default=True), name="pattern_one_default"
            ),
        ]

    @override
    def __str__(self) -> str:
        return self.name


class PatternDay(models.Model):
    """Hours of one weekday (0 = Monday). A weekday without a row is free."""

    id = models.BigAutoField(primary_key=True)
    pattern = models.ForeignKey(WorkPattern, on_delete=models.CASCADE, related_name="days")
    weekday = models.SmallIntegerField()
    starts_at = models.TimeField()
    ends_at = models.TimeField()
    break_minutes = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pattern", "weekday"], name="pattern_weekday_once"),
            models.CheckConstraint(condition=models.Q(weekday__gte=0, weekday__lte=6), name="pattern_weekday_0_to_6"),
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")), name="pattern_ends_after_start"
            ),
            models.CheckConstraint(condition=models.Q(break_minutes__gte=0), name="pattern_break_not_negative"),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.weekday} {self.starts_at:%H.%M}-{self.ends_at:%H.%M}"


class PatternAssignment(models.Model):
    """A unit works by a pattern for a half-open period; units below inherit it unless they have their own."""

    id = models.BigAutoField(primary_key=True)
    unit = models.ForeignKey("organisation.Unit", on_delete=models.CASCADE, related_name="pattern_assignments")
    pattern = models.ForeignKey(WorkPattern, on_delete=models.PROTECT, related_name="assignments")
    period = DateRangeField()
    assigned_at = models.DateTimeField(default=clock.now)

    objects = PatternAssignmentQuerySet.as_manager()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="pattern_one_per_unit_at_a_time",
                expressions=[(Id8Range("unit", "unit"), "&&"), ("period", "&&")],
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.unit_id}: {self.pattern_id} {self.period}"
