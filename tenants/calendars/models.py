"""The calendar's layers, work patterns with dated hours and assignment, and the roster."""

from __future__ import annotations

from typing import Final

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from kernel import clock
from kernel.clock import ZONE_LABELS
from kernel.ids import Addressed
from kernel.ranges import Id8Range
from kernel.tenancy.fence import Fenced
from kernel.texts.modes import How, Page
from tenants.calendars.patterns import ALWAYS, NORMAL, RAMADAN, ROTATION, WEEKLY, Version
from tenants.calendars.querysets import (
    HolidayQuerySet,
    PatternAssignmentQuerySet,
    RosterCellQuerySet,
    WorkPatternQuerySet,
)

# The zones of Indonesia, one name for each.
TIME_ZONES: Final = [
    (name, f"{ZONE_LABELS[name]} ({name})") for name in ("Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura")
]


class Holiday(Addressed):
    """A day off, or a working day in its stead. It counts only once the region has confirmed it.

    National ones and joint leave are confirmed against the joint decree (SKB). A removed one stays with the reason, so
    that the next import does not bring it back. With a unit it counts for that unit and those below; there it goes
    before what the region says. `like_weekday` (0 = Monday): whose hours a working day of a weekly pattern has.
    """

    free_text = {"name": How.HOLD, "source": How.HOLD, "removal_reason": How.HOLD}
    text_page = Page("calendars-holidays", key="")

    class Kind(models.TextChoices):
        NASIONAL = "nasional", "Libur nasional"
        CUTI_BERSAMA = "cuti_bersama", "Cuti bersama"
        DAERAH = "daerah", "Libur daerah"
        UNIT = "unit", _("Libur unit kerja")
        KERJA = "kerja", _("Hari kerja pengganti")

    date = models.DateField()
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=15, choices=Kind.choices)
    unit = models.ForeignKey("organisation.Unit", null=True, on_delete=models.CASCADE, related_name="holidays")
    like_weekday = models.SmallIntegerField(null=True)
    is_confirmed = models.BooleanField(default=False)
    source = models.CharField(max_length=200, blank=True)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)
    removal_reason = models.CharField(max_length=300, blank=True)

    objects = HolidayQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["date", "kind"], condition=models.Q(unit=None), name="holiday_once"),
            models.UniqueConstraint(
                fields=["unit", "date"], condition=models.Q(unit__isnull=False), name="holiday_once_for_unit"
            ),
            models.CheckConstraint(
                condition=models.Q(is_confirmed=False) | models.Q(confirmed_at__isnull=False) & ~models.Q(source=""),
                name="holiday_confirmed_with_source",
            ),
            models.CheckConstraint(
                condition=models.Q(removed_at__isnull=True) | ~models.Q(removal_reason=""),
                name="holiday_removed_with_reason",
            ),
            models.CheckConstraint(
                condition=models.Q(unit__isnull=True) & ~models.Q(kind="unit")
                | models.Q(unit__isnull=False, kind__in=["unit", "kerja"]),
                name="holiday_of_unit_or_region",
            ),
            models.CheckConstraint(
                condition=models.Q(like_weekday__isnull=True)
                | models.Q(kind="kerja", like_weekday__gte=0, like_weekday__lte=6),
                name="holiday_like_weekday",
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.date}: {self.name}"


class WorkPattern(Addressed):
    """A work pattern: what stays the same while its hours change (`PatternVersion`)."""

    free_text = {"name": How.HOLD}
    text_page = Page("calendars-pattern")

    class Kind(models.TextChoices):
        WEEKLY = WEEKLY, _("Mingguan")
        ROTATION = ROTATION, _("Bergilir")

    code = models.SlugField(max_length=40, unique=True, db_index=False)
    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.WEEKLY)
    # The first day of a rotation's cycle.
    anchor = models.DateField(null=True)
    works_on_holidays = models.BooleanField(default=False)
    # Until when, on the next date, a punch may belong to the day of work before; empty: the region's usual boundary.
    night_ends_at = models.TimeField(null=True)
    # The least rest between two shifts of a roster.
    rest_hours = models.SmallIntegerField(default=8)
    # Units without a pattern of their own or above them work by this one.
    is_default = models.BooleanField(default=False)

    objects = WorkPatternQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"], condition=models.Q(is_default=True), name="pattern_one_default"
            ),
            models.CheckConstraint(
                condition=models.Q(kind="weekly") | models.Q(kind="rotation", anchor__isnull=False),
                name="pattern_rotation_has_anchor",
            ),
            models.CheckConstraint(
                condition=models.Q(rest_hours__gte=0, rest_hours__lte=48), name="pattern_rest_0_to_48"
            ),
        ]

    @override
    def __str__(self) -> str:
        return self.name


class PatternVersion(Addressed):
    """The hours of a pattern from a day on, until the next version of the same variant begins.

    `content` is what `tenants.calendars.patterns.Version` writes: shifts, and their codes by weekday or day of cycle.
    """

    class Variant(models.TextChoices):
        NORMAL = NORMAL, _("Jam biasa")
        RAMADAN = RAMADAN, _("Jam Ramadan")

    pattern = models.ForeignKey(WorkPattern, on_delete=models.CASCADE, related_name="versions")
    variant = models.CharField(max_length=10, choices=Variant.choices, default=Variant.NORMAL)
    valid_from = models.DateField(default=ALWAYS)
    content = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pattern", "variant", "valid_from"], name="pattern_version_once_a_day"),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.pattern_id}: {self.variant} {self.valid_from}"

    @property
    def version(self) -> Version:
        return Version.of_content(self.content, valid_from=self.valid_from, variant=self.variant)


class PatternAssignment(Addressed):
    """A unit or a person works by a pattern for a half-open period; units below inherit it unless they have their own.

    `offset` is by how many days this team begins a rotation later than the pattern's anchor.
    """

    unit = models.ForeignKey(
        "organisation.Unit", null=True, on_delete=models.CASCADE, related_name="pattern_assignments"
    )
    employee = models.ForeignKey(
        "employees.Employee", null=True, on_delete=models.CASCADE, related_name="pattern_assignments"
    )
    pattern = models.ForeignKey(WorkPattern, on_delete=models.PROTECT, related_name="assignments")
    period = DateRangeField()
    offset = models.SmallIntegerField(default=0)
    assigned_at = models.DateTimeField(default=clock.now)

    objects = PatternAssignmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(unit__isnull=True, employee__isnull=False)
                | models.Q(unit__isnull=False, employee__isnull=True),
                name="pattern_of_unit_or_person",
            ),
            ExclusionConstraint(
                name="pattern_one_per_unit_at_a_time",
                expressions=[
                    (Id8Range("unit", "unit"), RangeOperators.OVERLAPS),
                    ("period", RangeOperators.OVERLAPS),
                ],
                condition=models.Q(unit__isnull=False),
            ),
            ExclusionConstraint(
                name="pattern_one_per_person_at_a_time",
                expressions=[
                    (Id8Range("employee", "employee"), RangeOperators.OVERLAPS),
                    ("period", RangeOperators.OVERLAPS),
                ],
                condition=models.Q(employee__isnull=False),
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.unit_id or self.employee_id}: {self.pattern_id} {self.period}"


class RamadanPeriod(Addressed):
    """The days on which the region works by the Ramadan hours of each pattern that has them."""

    free_text = {"name": How.HOLD, "source": How.HOLD}

    name = models.CharField(max_length=100)
    period = DateRangeField()
    source = models.CharField(max_length=200)

    class Meta:
        constraints = [
            ExclusionConstraint(name="ramadan_once_at_a_time", expressions=[("period", RangeOperators.OVERLAPS)]),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.name}: {self.period}"


class UnitZone(models.Model):
    """The time zone of a unit and those below it, where it is not the region's."""

    unit = models.OneToOneField(
        "organisation.Unit", primary_key=True, on_delete=models.CASCADE, related_name="time_zone"
    )
    zone = models.CharField(max_length=40, choices=TIME_ZONES)

    @override
    def __str__(self) -> str:
        return f"{self.unit_id}: {self.zone}"


class RosterCell(Fenced):
    """One day of one person in the roster: a shift of a pattern, or free (no code). It goes before every pattern.

    A draft counts for nothing until it is published; a draft that `follows` takes the published cell away, so that the
    pattern holds again.
    """

    id = models.BigAutoField(primary_key=True)
    employee = models.ForeignKey("employees.Employee", on_delete=models.CASCADE, related_name="roster_cells")
    date = models.DateField()
    is_draft = models.BooleanField(default=True)
    follows = models.BooleanField(default=False)
    code = models.CharField(max_length=6, blank=True)
    pattern = models.ForeignKey(WorkPattern, null=True, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField(default=clock.now)

    objects = RosterCellQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["employee", "date", "is_draft"], name="roster_cell_once"),
            models.CheckConstraint(
                condition=models.Q(code="", pattern__isnull=True)
                | ~models.Q(code="") & models.Q(pattern__isnull=False, follows=False),
                name="roster_shift_of_a_pattern",
            ),
            models.CheckConstraint(
                condition=models.Q(follows=False) | models.Q(is_draft=True), name="roster_follows_only_as_draft"
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.employee_id} {self.date}: {self.code}"
