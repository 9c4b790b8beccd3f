"""Places of work with their days, and for whom they count."""

from __future__ import annotations

from datetime import date, timedelta

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField
from django.db import models
from typing_extensions import override

from kernel import clock
from kernel.ids import Addressed
from kernel.ranges import Id8Range
from kernel.tenancy.fence import Fenced
from kernel.texts.modes import How, Page
from tenants.places.judging import Fence, Point
from tenants.places.querysets import AssignmentQuerySet, PlaceQuerySet


class Place(Addressed, Fenced):
    """A point with a radius, or an area, where people check in; counts on the days of `period`.

    `opd` may manage it; without one it is the region's. A shape that counted is not edited: the place ends and another
    one, which names it in `replaces`, goes on, so that an old punch is still seen against what it was judged by.
    """

    free_text = {"name": How.HOLD, "note": How.HOLD, "end_reason": How.HOLD}
    text_page = Page("places-place")

    class Shape(models.TextChoices):
        CIRCLE = "circle", "Titik dan jari-jari"
        AREA = "area", "Wilayah"

    name = models.CharField(max_length=120)
    opd = models.ForeignKey("organisation.Unit", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    shape = models.CharField(max_length=10, choices=Shape.choices, default=Shape.CIRCLE)
    # The centre of a circle; of an area the middle of its corners.
    latitude = models.DecimalField(max_digits=9, decimal_places=6)
    longitude = models.DecimalField(max_digits=9, decimal_places=6)
    radius_m = models.IntegerField(default=0)
    # [["1.474830", "124.842079"], ...] of an area, without repeating the first corner; text, so that it stays exact.
    ring = models.JSONField(default=list, blank=True)
    period = DateRangeField()
    note = models.CharField(max_length=300, blank=True)
    replaces = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="successors")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    created_at = models.DateTimeField(default=clock.now)
    end_reason = models.CharField(max_length=300, blank=True)

    objects = PlaceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(shape="circle", radius_m__gte=10, radius_m__lte=5000, ring=[])
                | models.Q(shape="area", radius_m=0) & ~models.Q(ring=[]),
                name="place_is_circle_or_area",
            ),
            models.CheckConstraint(
                condition=models.Q(latitude__gte=-90, latitude__lte=90, longitude__gte=-180, longitude__lte=180),
                name="place_is_on_earth",
            ),
            models.CheckConstraint(
                condition=models.Q(period__isempty=False, period__startswith__isnull=False),
                name="place_counts_some_day",
            ),
        ]
        indexes = [models.Index(fields=["name"], name="place_by_name")]

    @override
    def __str__(self) -> str:
        return self.name

    @property
    def fence(self) -> Fence:
        """As it is judged by."""
        return Fence(
            self.pk,
            self.name,
            Point.of(self.latitude, self.longitude),
            self.radius_m,
            tuple(Point.of(latitude, longitude) for latitude, longitude in self.ring),
        )

    @property
    def first_day(self) -> date:
        first: date = self.period.lower
        return first

    @property
    def last_day(self) -> date | None:
        """The last day on which it counts; None when it goes on."""
        end: date | None = self.period.upper
        return end and end - timedelta(days=1)


class DutyLetter(Addressed, Fenced):
    """A letter that sends people elsewhere for some days: the places assigned to it count for them on those days."""

    free_text = {"number": How.HOLD, "subject": How.HOLD}
    text_page = Page("places-letter")

    number = models.CharField(max_length=100, unique=True, db_index=False)
    subject = models.CharField(max_length=200)
    period = DateRangeField()
    opd = models.ForeignKey("organisation.Unit", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    recorded_at = models.DateTimeField(default=clock.now)
    withdrawn_at = models.DateTimeField(null=True)
    people: models.ManyToManyField[models.Model, models.Model] = models.ManyToManyField(
        "employees.Employee", through="DutyLetterPerson", related_name="duty_letters"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    period__isempty=False, period__startswith__isnull=False, period__endswith__isnull=False
                ),
                name="duty_letter_days_are_bounded",
            )
        ]

    @override
    def __str__(self) -> str:
        return self.number

    @property
    def first_day(self) -> date:
        first: date = self.period.lower
        return first

    @property
    def last_day(self) -> date:
        end: date = self.period.upper
        return end - timedelta(days=1)


class DutyLetterPerson(models.Model):
    """Somebody whom a letter sends."""

    id = models.BigAutoField(primary_key=True)
    letter = models.ForeignKey(DutyLetter, on_delete=models.CASCADE, related_name="rows", db_index=False)
    employee = models.ForeignKey("employees.Employee", on_delete=models.CASCADE, related_name="+")

    class Meta:
        verbose_name_plural = "duty letter people"
        constraints = [models.UniqueConstraint(fields=["letter", "employee"], name="duty_letter_person_once")]

    @override
    def __str__(self) -> str:
        return f"{self.letter_id}: {self.employee_id}"


class PlaceAssignment(Addressed):
    """A place counts for a unit and those below it, for a person, or for the people of a letter, for a period."""

    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="assignments", db_index=False)
    unit = models.ForeignKey("organisation.Unit", null=True, on_delete=models.CASCADE, related_name="+")
    employee = models.ForeignKey("employees.Employee", null=True, on_delete=models.CASCADE, related_name="+")
    letter = models.ForeignKey(DutyLetter, null=True, on_delete=models.CASCADE, related_name="assignments")
    period = DateRangeField()
    assigned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    assigned_at = models.DateTimeField(default=clock.now)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(unit__isnull=False, employee__isnull=True, letter__isnull=True)
                | models.Q(unit__isnull=True, employee__isnull=False, letter__isnull=True)
                | models.Q(unit__isnull=True, employee__isnull=True, letter__isnull=False),
                name="place_assigned_to_one",
            ),
            models.CheckConstraint(
                condition=models.Q(period__isempty=False, period__startswith__isnull=False),
                name="place_assigned_some_day",
            ),
            *(
                ExclusionConstraint(
                    name=f"place_once_per_{whom}",
                    expressions=[(Id8Range("place", "place"), "&&"), (Id8Range(whom, whom), "&&"), ("period", "&&")],
                    condition=models.Q(**{f"{whom}__isnull": False}),
                )
                for whom in ("unit", "employee", "letter")
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.place_id} {self.period}"

    @property
    def first_day(self) -> date:
        first: date = self.period.lower
        return first

    @property
    def last_day(self) -> date | None:
        end: date | None = self.period.upper
        return end and end - timedelta(days=1)
