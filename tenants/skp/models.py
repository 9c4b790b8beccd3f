"""The SKP of a region: who keeps it, yearly plans, what was realised in a period, how it was assessed, and the month's
rating that the computation of TPP reads."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from kernel import clock
from kernel.ids import Addressed, new_uid
from kernel.periods import Month
from kernel.tenancy.fence import Fenced
from kernel.texts.modes import How, Page
from tenants.skp.querysets import (
    AssessmentQuerySet,
    MonthlyRatingQuerySet,
    PeriodReportQuerySet,
    PlanQuerySet,
    SettingQuerySet,
)
from tenants.skp.rating_periods import RatingPeriod


class Predikat(models.TextChoices):
    """The five predikat of PermenPANRB 6/2022."""

    SANGAT_BAIK = "sangat_baik", "Sangat Baik"
    BAIK = "baik", "Baik"
    BUTUH_PERBAIKAN = "butuh_perbaikan", "Butuh Perbaikan"
    KURANG = "kurang", "Kurang"
    SANGAT_KURANG = "sangat_kurang", "Sangat Kurang"


class Expectation(models.TextChoices):
    """A rating of a work result or of behaviour against what was expected."""

    ABOVE = "di_atas", "Di atas ekspektasi"
    MEETS = "sesuai", "Sesuai ekspektasi"
    BELOW = "di_bawah", "Di bawah ekspektasi"


class OrganisationRating(models.TextChoices):
    """The rating of an organisation (PermenPANRB 6/2022)."""

    ISTIMEWA = "istimewa", "Istimewa"
    BAIK = "baik", "Baik"
    BUTUH_PERBAIKAN = "butuh_perbaikan", "Butuh Perbaikan"
    KURANG = "kurang", "Kurang"
    SANGAT_KURANG = "sangat_kurang", "Sangat Kurang"


class SkpSetting(Addressed):
    """Who keeps the SKP from a day on, and how the region rates. Without a row: BKN, monthly."""

    class Source(models.TextChoices):
        BKN = "bkn", _("Dari e-Kinerja BKN (diimpor)")
        HERE = "here", _("Disimpan di sini")

    class Length(models.IntegerChoices):
        MONTH = 1, _("Bulanan")
        QUARTER = 3, _("Triwulanan")

    class Behaviour(models.TextChoices):
        SCORES = "scores", _("Nilai 0 sampai 100 tiap perilaku")
        LEVELS = "levels", _("Tiga tingkat ekspektasi tiap perilaku")

    valid_from = models.DateField(unique=True)
    source = models.CharField(max_length=10, choices=Source.choices)
    months_per_period = models.SmallIntegerField(choices=Length.choices, default=Length.MONTH)
    behaviour = models.CharField(max_length=10, choices=Behaviour.choices, default=Behaviour.SCORES)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    made_at = models.DateTimeField(default=clock.now)

    objects = SettingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(valid_from__day=1), name="skp_setting_from_first_day"),
            models.CheckConstraint(condition=models.Q(months_per_period__in=[1, 3]), name="skp_setting_month_quarter"),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.valid_from:%Y-%m}: {self.source}"


class Plan(Addressed, Fenced):
    """One version of a person's yearly SKP in one post. A change is a new version; the older ones stay."""

    class Model(models.TextChoices):
        QUANTITATIVE = "kuantitatif", _("Kuantitatif")
        QUALITATIVE = "kualitatif", _("Kualitatif")

    class State(models.TextChoices):
        DRAFT = "draft", _("Draf")
        SUBMITTED = "submitted", _("Diajukan")
        RETURNED = "returned", _("Dikembalikan")
        APPROVED = "approved", _("Disetujui")
        REPLACED = "replaced", _("Diganti versi baru")
        REJECTED = "rejected", _("Ditolak")

    employee = models.ForeignKey("employees.Employee", on_delete=models.PROTECT, related_name="plans", db_index=False)
    position = models.ForeignKey(
        "organisation.Position", on_delete=models.PROTECT, related_name="plans", db_index=False
    )
    year = models.SmallIntegerField()
    version = models.SmallIntegerField(default=1)
    model = models.CharField(max_length=12, choices=Model.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    # What the leader expects of each BerAKHLAK value, as agreed in the dialogue: {value: text}.
    expectations = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=clock.now)
    submitted_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)

    objects = PlanQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["employee", "year", "position", "version"], name="plan_version_once"),
            models.UniqueConstraint(
                fields=["employee", "year", "position"],
                condition=models.Q(state__in=["draft", "submitted", "returned"]),
                name="plan_one_open",
            ),
            models.UniqueConstraint(
                fields=["employee", "year", "position"],
                condition=models.Q(state="approved"),
                name="plan_one_in_force",
            ),
            models.CheckConstraint(condition=models.Q(version__gte=1), name="plan_version_from_1"),
        ]

    @override
    def __str__(self) -> str:
        return f"SKP {self.year} v{self.version}"

    @property
    def is_open(self) -> bool:
        """Whether the owner may still change it."""
        return self.state in (self.State.DRAFT, self.State.RETURNED)


class WorkResult(models.Model):
    """An RHK of a plan's version. `key` is the same in every version: work and evidence are linked to it."""

    free_text = {"statement": How.HOLD}
    text_page = Page(own="skp-plan", key="plan__uid")

    class Kind(models.TextChoices):
        MAIN = "utama", _("Utama")
        ADDITIONAL = "tambahan", _("Tambahan")

    id = models.BigAutoField(primary_key=True)
    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="results", db_index=False)
    key = models.UUIDField(default=new_uid)
    number = models.SmallIntegerField()
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.MAIN)
    statement = models.CharField(max_length=500)
    # The superior's RHK from which this one follows (matriks peran hasil).
    derived_from = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="derived", db_index=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key", "plan"], name="result_once_in_plan"),
            models.UniqueConstraint(fields=["plan", "number"], name="result_number_once"),
        ]

    @override
    def __str__(self) -> str:
        return self.statement


class Indicator(models.Model):
    """An IKI: how one shows that a result is reached. A figure has a target for each period; else the words count."""

    free_text = {"statement": How.HOLD, "target": How.HOLD, "unit": How.HOLD}
    text_page = Page(own="skp-plan", key="result__plan__uid")

    class Aspect(models.TextChoices):
        QUANTITY = "kuantitas", _("Kuantitas")
        QUALITY = "kualitas", _("Kualitas")
        TIME = "waktu", _("Waktu")
        COST = "biaya", _("Biaya")

    id = models.BigAutoField(primary_key=True)
    result = models.ForeignKey(WorkResult, on_delete=models.CASCADE, related_name="indicators", db_index=False)
    key = models.UUIDField(default=new_uid)
    number = models.SmallIntegerField()
    aspect = models.CharField(max_length=10, choices=Aspect.choices)
    statement = models.CharField(max_length=300)
    # The year's target in words and, where it is a figure, what of it is due in one period.
    target = models.CharField(max_length=120)
    unit = models.CharField(max_length=60, blank=True)
    period_target = models.DecimalField(max_digits=16, decimal_places=4, null=True, blank=True)
    less_is_better = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["result", "number"], name="indicator_number_once"),
            models.CheckConstraint(
                condition=models.Q(period_target__isnull=True) | models.Q(period_target__gt=0) & ~models.Q(unit=""),
                name="indicator_figure_has_unit",
            ),
        ]

    @override
    def __str__(self) -> str:
        return self.statement


class PeriodReport(Addressed, Fenced):
    """What a person realised in one period, by the plan then in force."""

    free_text = {"reason": How.HOLD}

    class State(models.TextChoices):
        DRAFT = "draft", _("Belum diserahkan")
        SUBMITTED = "submitted", _("Diserahkan")
        RETURNED = "returned", _("Dikembalikan")
        ASSESSED = "assessed", _("Dinilai")

    employee = models.ForeignKey("employees.Employee", on_delete=models.PROTECT, related_name="+", db_index=False)
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="reports")
    first_day = models.DateField()
    months_per_period = models.SmallIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    # Why it came back, while it is returned.
    reason = models.TextField(blank=True)
    submitted_at = models.DateTimeField(null=True)

    objects = PeriodReportQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["first_day", "employee"], name="report_once_per_period"),
            models.CheckConstraint(condition=models.Q(first_day__day=1), name="report_from_first_day"),
            models.CheckConstraint(condition=models.Q(months_per_period__in=[1, 3]), name="report_month_quarter"),
            models.CheckConstraint(
                condition=~models.Q(state="returned") | ~models.Q(reason=""), name="report_returned_with_reason"
            ),
        ]

    @override
    def __str__(self) -> str:
        return str(self.period)

    @property
    def period(self) -> RatingPeriod:
        return RatingPeriod(Month.of(self.first_day), self.months_per_period)


class Realisation(models.Model):
    """What was realised of one indicator: a figure, words, or both. `indicator` is its stable key."""

    free_text = {"text": How.HOLD}

    id = models.BigAutoField(primary_key=True)
    report = models.ForeignKey(PeriodReport, on_delete=models.CASCADE, related_name="realisations", db_index=False)
    indicator = models.UUIDField()
    amount = models.DecimalField(max_digits=16, decimal_places=4, null=True)
    text = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["report", "indicator"], name="realisation_once"),
            models.CheckConstraint(
                condition=models.Q(amount__isnull=True) | models.Q(amount__gte=0), name="realisation_not_negative"
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.report_id}: {self.indicator}"


class RealisationFile(models.Model):
    """A stored file that shows what was realised of one result (`result` is its stable key)."""

    id = models.BigAutoField(primary_key=True)
    report = models.ForeignKey(PeriodReport, on_delete=models.CASCADE, related_name="files")
    result = models.UUIDField()
    file = models.OneToOneField("files.StoredFile", on_delete=models.PROTECT, related_name="+")

    @override
    def __str__(self) -> str:
        return f"{self.report_id}: {self.file_id}"


class Assessment(models.Model):
    """A superior's rating of a period. Reopening closes it with a reason and leaves it in place; one counts."""

    free_text = {"feedback": How.HOLD, "reopened_because": How.HOLD}
    text_page = Page(own="skp-assessment", key="report__uid")

    id = models.BigAutoField(primary_key=True)
    report = models.ForeignKey(PeriodReport, on_delete=models.PROTECT, related_name="assessments")
    # Percent by result: {key: "95.5"}; the mean is the SKP achievement, unrounded.
    achievements = models.JSONField(default=dict)
    skp_percent = models.DecimalField(max_digits=12, decimal_places=6, null=True)
    # By BerAKHLAK value a score 0 to 100 or an expectation, as the region rates.
    behaviour = models.JSONField(default=dict)
    behaviour_sum = models.SmallIntegerField(null=True)
    result_rating = models.CharField(max_length=10, choices=Expectation.choices)
    behaviour_rating = models.CharField(max_length=10, choices=Expectation.choices)
    predikat = models.CharField(max_length=20, choices=Predikat.choices)
    feedback = models.TextField(blank=True)
    # The months whose rating it wrote: `2026-10`.
    months = models.JSONField(default=list)
    assessed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    # The person's user, copied so that the database can refuse a self-rating without a look-up.
    owner_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    assessed_at = models.DateTimeField(default=clock.now)
    reopened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    reopened_at = models.DateTimeField(null=True)
    reopened_because = models.TextField(blank=True)

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["report"], condition=models.Q(reopened_at__isnull=True), name="assessment_one_counts"
            ),
            models.CheckConstraint(
                condition=models.Q(owner_user__isnull=True) | ~models.Q(assessed_by=models.F("owner_user")),
                name="assessment_not_by_owner",
            ),
            models.CheckConstraint(
                condition=models.Q(reopened_at__isnull=True, reopened_by__isnull=True, reopened_because="")
                | models.Q(reopened_at__isnull=False, reopened_by__isnull=False) & ~models.Q(reopened_because=""),
                name="assessment_reopened_with_reason",
            ),
            models.CheckConstraint(
                condition=models.Q(behaviour_sum__isnull=True) | models.Q(behaviour_sum__gte=0, behaviour_sum__lte=700),
                name="assessment_behaviour_0_to_700",
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.report_id}: {self.predikat}"

    @property
    def achieved(self) -> dict[UUID, Decimal]:
        """Percent by the key of the result."""
        return {UUID(key): Decimal(percent) for key, percent in self.achievements.items()}


class Feedback(Fenced):
    """What a superior tells a person about the work, at any time."""

    free_text = {"text": How.HOLD}

    id = models.BigAutoField(primary_key=True)
    employee = models.ForeignKey("employees.Employee", on_delete=models.PROTECT, related_name="+", db_index=False)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    owner_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    text = models.CharField(max_length=1000)
    given_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name_plural = "feedback"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(owner_user__isnull=True) | ~models.Q(author=models.F("owner_user")),
                name="feedback_not_by_owner",
            ),
        ]
        indexes = [models.Index(fields=["employee", "-id"], name="feedback_by_employee")]

    @override
    def __str__(self) -> str:
        return self.text[:80]


class UnitRating(Fenced):
    """The rating of an OPD for a period, which lets expect a distribution of predikat."""

    id = models.BigAutoField(primary_key=True)
    opd = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, related_name="+", db_index=False)
    first_day = models.DateField()
    rating = models.CharField(max_length=20, choices=OrganisationRating.choices)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    recorded_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["first_day", "opd"], name="unit_rating_once")]

    @override
    def __str__(self) -> str:
        return f"{self.opd_id} {self.first_day:%Y-%m}: {self.rating}"


class MonthlyRating(Fenced):
    """Predikat, mean SKP achievement (percent, unrounded) and the sum of the seven BerAKHLAK scores (0..700)."""

    free_text = {"source": How.HOLD}

    Predikat = Predikat

    id = models.BigAutoField(primary_key=True)
    employee = models.ForeignKey("employees.Employee", on_delete=models.PROTECT, related_name="ratings", db_index=False)
    month = models.DateField()
    predikat = models.CharField(max_length=20, choices=Predikat.choices, blank=True)
    skp_percent = models.DecimalField(max_digits=12, decimal_places=6, null=True)
    behaviour_sum = models.IntegerField(null=True)
    source = models.CharField(max_length=100)
    recorded_at = models.DateTimeField(default=clock.now)

    objects = MonthlyRatingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["employee", "month"], name="rating_once_per_month"),
            models.CheckConstraint(condition=models.Q(month__day=1), name="rating_month_is_first_day"),
            models.CheckConstraint(
                condition=models.Q(behaviour_sum__isnull=True) | models.Q(behaviour_sum__gte=0, behaviour_sum__lte=700),
                name="rating_behaviour_0_to_700",
            ),
            models.CheckConstraint(
                condition=models.Q(skp_percent__isnull=True) | models.Q(skp_percent__gte=0),
                name="rating_skp_not_negative",
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.employee_id} {self.month:%Y-%m}: {self.predikat}"
