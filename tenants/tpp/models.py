"""A month's run, the frozen facts, slips with lines, the lock; which OPD practises and from when it is paid."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.conf import settings
from django.db import models
from typing_extensions import override

from kernel import clock
from kernel.date_words import month_words
from kernel.exact import ExactDecimalField
from kernel.ids import Addressed
from kernel.tenancy.fence import Fenced
from kernel.texts.modes import How
from tenants.tpp.querysets import (
    GoLiveQuerySet,
    MonthLockQuerySet,
    MonthRunQuerySet,
    RunIssueQuerySet,
    SlipQuerySet,
)


class SalaryBase(models.Model):
    """What the salary payroll counts for the BPJS ceiling of a month, and its tax, in rupiah (domain note 5)."""

    id = models.BigAutoField(primary_key=True)
    employee = models.ForeignKey(
        "employees.Employee", on_delete=models.PROTECT, related_name="salary_bases", db_index=False
    )
    month = models.DateField()
    amount = models.DecimalField(max_digits=18, decimal_places=2)
    # Only where the rules tax salary and TPP together (TER): income tax taken on the salary, and the tax-free status.
    tax = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    ptkp = models.CharField(max_length=5, blank=True)
    # Pension contributions taken of the salary: subtracted when the tax of the year is reckoned.
    pension = models.DecimalField(max_digits=18, decimal_places=2, default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["employee", "month"], name="salary_base_once_per_month"),
            models.CheckConstraint(
                condition=models.Q(tax__isnull=True) | models.Q(tax__gte=0), name="salary_tax_not_negative"
            ),
            models.CheckConstraint(condition=models.Q(pension__gte=0), name="salary_pension_not_negative"),
            models.CheckConstraint(condition=models.Q(month__day=1), name="salary_base_month_is_first_day"),
            models.CheckConstraint(condition=models.Q(amount__gte=0), name="salary_base_not_negative"),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.employee_id} {self.month:%Y-%m}"


class DisciplinePenalty(Addressed):
    """A discipline decision: it counts from one month up to but without another (open when None). PP 94/2021."""

    free_text = {"letter_number": How.HOLD}

    employee = models.ForeignKey("employees.Employee", on_delete=models.PROTECT, related_name="penalties")
    # ringan, sedang, berat, or a level that the rule set names.
    level = models.SlugField(max_length=40, db_index=False)
    from_month = models.DateField()
    until_month = models.DateField(null=True, blank=True)
    letter_number = models.CharField(max_length=100)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name_plural = "discipline penalties"
        constraints = [
            models.UniqueConstraint(fields=["employee", "letter_number"], name="penalty_once_per_letter"),
            models.CheckConstraint(
                condition=models.Q(from_month__day=1)
                & (models.Q(until_month__isnull=True) | models.Q(until_month__day=1)),
                name="penalty_months_are_first_days",
            ),
            models.CheckConstraint(
                condition=models.Q(until_month__isnull=True) | models.Q(until_month__gt=models.F("from_month")),
                name="penalty_ends_after_it_begins",
            ),
        ]

    @override
    def __str__(self) -> str:
        return self.letter_number


class Practice(Addressed, Fenced):
    """An OPD practises from a month on: its slips are computed and shown, and never paid.

    As long as a region has no such row, every OPD is paid. From its earliest month on the region pilots: an OPD is paid
    once its go-live is signed (`GoLive`), practises if it has a row here, and is not computed otherwise.
    """

    opd = models.OneToOneField("organisation.Unit", on_delete=models.PROTECT, related_name="+")
    from_month = models.DateField()
    chosen_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    chosen_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(from_month__day=1), name="practice_month_is_first_day"),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.opd_id} {self.from_month:%Y-%m}"


class GoLive(Addressed, Fenced):
    """An OPD is paid from a month on, by the signatures of two different people. Withdrawn rows stay as history."""

    opd = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, related_name="+", db_index=False)
    month = models.DateField()
    # The first signature is that of who proposes.
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(default=clock.now)
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)

    objects = GoLiveQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["opd"], condition=models.Q(withdrawn_at__isnull=True), name="go_live_one_for_an_opd"
            ),
            models.CheckConstraint(condition=models.Q(month__day=1), name="go_live_month_is_first_day"),
            models.CheckConstraint(
                condition=models.Q(signed_by__isnull=True) | ~models.Q(signed_by=models.F("proposed_by")),
                name="go_live_signed_by_two_people",
            ),
            models.CheckConstraint(
                condition=models.Q(signed_by__isnull=True, signed_at__isnull=True)
                | models.Q(signed_by__isnull=False, signed_at__isnull=False),
                name="go_live_signature_has_its_time",
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.opd_id} {self.month:%Y-%m}"

    @property
    def is_signed(self) -> bool:
        """Whether both have signed."""
        return self.signed_at is not None


class MonthRun(Addressed, Fenced):
    """One computation of one month, for the region or for the OPDs of its scope.

    The run that counts for an OPD is the newest finished one of the month and kind whose scope has the OPD; once the
    OPD is locked, that of its lock.
    """

    class Kind(models.TextChoices):
        """What is paid. The month of any but the ordinary kind is that in which it is paid."""

        ORDINARY = "ordinary", "Bulanan"
        THR = "thr", "THR"
        THIRTEENTH = "thirteenth", "Gaji ketiga belas"
        DIFFERENCE = "difference", "Selisih"

    class State(models.TextChoices):
        QUEUED = "queued", "Menunggu"
        RUNNING = "running", "Menghitung"
        DONE = "done", "Selesai"
        FAILED = "failed", "Gagal"
        CANCELLED = "cancelled", "Dibatalkan"

    month = models.DateField()
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.ORDINARY)
    # Counted from 1 within the month and kind.
    number = models.IntegerField()
    # Which OPDs it computes: {"opds": [uid]}, or {} for all of them.
    scope = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    rule_set = models.ForeignKey("rules.StoredRuleSet", on_delete=models.PROTECT, related_name="runs")
    rule_set_digest = models.CharField(max_length=64)
    reference_date = models.DateField()
    job = models.OneToOneField("jobs.Job", null=True, on_delete=models.PROTECT, related_name="+")
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=clock.now)
    finished_at = models.DateTimeField(null=True)
    # Which OPDs were paid and which practised as the run began: {"live": [uid], "practice": [uid]}; {}: all are paid.
    standing = models.JSONField(default=dict)
    # Slips that are paid, people who could not be computed, people outside of the nominative list, people of OPDs that
    # are not in the pilot yet.
    people = models.IntegerField(default=0)
    errors = models.IntegerField(default=0)
    outside = models.IntegerField(default=0)
    waiting = models.IntegerField(default=0)
    # Practice slips and their net, which is in no total below.
    practice = models.IntegerField(default=0)
    practice_net = models.DecimalField(max_digits=20, decimal_places=2, default=0)
    # Of the paid slips those that a rule holds, and their net: in the totals below, but not payable.
    held = models.IntegerField(default=0)
    held_net = models.DecimalField(max_digits=20, decimal_places=2, default=0)
    # Sums of the per-person rounded amounts of the paid slips.
    pagu_total = models.DecimalField(max_digits=20, decimal_places=2, default=0)
    gross_total = models.DecimalField(max_digits=20, decimal_places=2, default=0)
    tax_total = models.DecimalField(max_digits=20, decimal_places=2, default=0)
    contribution_total = models.DecimalField(max_digits=20, decimal_places=2, default=0)
    deduction_total = models.DecimalField(max_digits=20, decimal_places=2, default=0)
    rounding_total = models.DecimalField(max_digits=20, decimal_places=2, default=0)
    net_total = models.DecimalField(max_digits=20, decimal_places=2, default=0)
    # sha256 over the ordered slips' digests: the same facts and rules give the same value.
    digest = models.CharField(max_length=64, blank=True)

    objects = MonthRunQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["month", "kind", "number"], name="run_number_once_per_month_and_kind"),
            models.UniqueConstraint(
                fields=["month", "kind"],
                condition=models.Q(state__in=["queued", "running"]),
                name="run_one_at_a_time_per_month_and_kind",
            ),
            models.CheckConstraint(condition=models.Q(month__day=1), name="run_month_is_first_day"),
            models.CheckConstraint(
                condition=models.Q(
                    net_total=models.F("gross_total")
                    - models.F("tax_total")
                    - models.F("contribution_total")
                    - models.F("deduction_total")
                    + models.F("rounding_total")
                ),
                name="run_adds_up",
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"TPP {self.month:%Y-%m} #{self.number}"

    @property
    def month_text(self) -> str:
        """`2026-10`, as addresses name a month."""
        return f"{self.month:%Y-%m}"

    @property
    def title(self) -> str:
        """`TPP Oktober 2026`, `THR Maret 2026`, in the active language."""
        kind = "TPP" if self.kind == self.Kind.ORDINARY else self.get_kind_display()
        return f"{kind} {month_words(self.month)}"

    @property
    def taken_total(self) -> Decimal:
        """What is taken off the gross of everybody."""
        return self.tax_total + self.contribution_total + self.deduction_total

    @property
    def payable_total(self) -> Decimal:
        """The net that can be paid now: without what a rule holds."""
        return self.net_total - self.held_net

    @property
    def is_going(self) -> bool:
        """Whether it still waits or works."""
        return self.state in (self.State.QUEUED, self.State.RUNNING)

    @property
    def is_done(self) -> bool:
        return self.state == self.State.DONE

    @property
    def scope_uids(self) -> frozenset[UUID] | None:
        """The OPDs that it computes; None for all of them."""
        return frozenset(UUID(uid) for uid in self.scope["opds"]) if self.scope else None

    def covers(self, opd: UUID) -> bool:
        """Whether it computes this OPD."""
        uids = self.scope_uids
        return uids is None or opd in uids


class RunIssue(models.Model):
    """A person whom the run could not compute, or who is not on its nominative list, and why."""

    class Kind(models.TextChoices):
        ERROR = "error", "Belum dapat dihitung"
        OUTSIDE = "outside", "Tidak masuk nominatif"
        WAITING = "waiting", "OPD belum ikut"

    class Place(models.TextChoices):
        """Where the person in charge mends it."""

        EMPLOYEE = "employee", "Data pegawai"
        SALARY = "salary", "Dasar gaji"
        RATING = "rating", "Nilai SKP"
        ATTENDANCE = "attendance", "Kehadiran"
        RULES = "rules", "Aturan"
        PRACTICE = "practice", "Latihan"
        MEASURE = "measure", "Ukuran bulanan"
        HOLDS = "holds", "Ditahan"

    id = models.BigAutoField(primary_key=True)
    run = models.ForeignKey(MonthRun, on_delete=models.CASCADE, related_name="issues", db_index=False)
    employee = models.ForeignKey("employees.Employee", on_delete=models.PROTECT, related_name="+")
    # Whose month it is; None for who has no definitive post.
    opd = models.ForeignKey("organisation.Unit", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    place = models.CharField(max_length=12, choices=Place.choices)
    reason = models.TextField()

    objects = RunIssueQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "employee"], name="issue_once_per_person_and_run")]

    @override
    def __str__(self) -> str:
        return f"{self.run_id}: {self.employee_id}"


class MonthFacts(models.Model):
    """The frozen facts of one person for one run, byte for byte as `evaluate` got them (canonical JSON).

    Also of people whom the rules then could not compute.
    """

    id = models.BigAutoField(primary_key=True)
    run = models.ForeignKey(MonthRun, on_delete=models.CASCADE, related_name="facts", db_index=False)
    employee = models.ForeignKey("employees.Employee", on_delete=models.PROTECT, related_name="+")
    opd = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, related_name="+", db_index=False)
    # As on the slip: {nip, name, golongan, status, position, kelas, unit, opd, opd_code}
    heading = models.JSONField()
    text = models.TextField()
    digest = models.CharField(max_length=64)
    is_practice = models.BooleanField(default=False)

    class Meta:
        verbose_name_plural = "month facts"
        constraints = [models.UniqueConstraint(fields=["run", "employee"], name="facts_once_per_person_and_run")]

    @override
    def __str__(self) -> str:
        return f"{self.run_id}: {self.employee_id}"


class Slip(Addressed, Fenced):
    """One person's allowance of one run. Amounts in rupiah as the bank will pay them.

    `unrounded`, `criteria` and `figures` are the engine's, figures as text; with the lines they give back its slip
    and its digest (`tenants.tpp.storing`).
    """

    run = models.ForeignKey(MonthRun, on_delete=models.CASCADE, related_name="slips", db_index=False)
    employee = models.ForeignKey("employees.Employee", on_delete=models.PROTECT, related_name="slips")
    opd = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, related_name="+", db_index=False)
    # Names and posts as they were, for the paper: {nip, name, golongan, status, position, kelas, unit, opd}
    heading = models.JSONField()
    pagu = models.DecimalField(max_digits=18, decimal_places=2)
    gross = models.DecimalField(max_digits=18, decimal_places=2)
    tax = models.DecimalField(max_digits=18, decimal_places=2)
    contributions = models.DecimalField(max_digits=18, decimal_places=2)
    other_deductions = models.DecimalField(max_digits=18, decimal_places=2, default=0)
    rounding = models.DecimalField(max_digits=18, decimal_places=2, default=0)
    net = models.DecimalField(max_digits=18, decimal_places=2)
    unrounded = models.JSONField(default=dict)
    criteria = models.JSONField(default=dict)
    figures = models.JSONField(default=dict)
    # Computed and shown, never paid: the OPD practises in this month.
    is_practice = models.BooleanField(default=False)
    # Why the rules hold the payment: [{node_id, label, reason}]; empty when they do not.
    holds = models.JSONField(default=list)
    blocks_next_month = models.BooleanField(default=False)
    facts_digest = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)

    # When its OPD was locked on its run, None while it is not; set by `SlipQuerySet.with_lock`.
    locked_at: datetime | None
    # Whether its run is the one that counts; set by `SlipQuerySet.as_it_stands`.
    is_counting: bool

    objects = SlipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "employee"], name="slip_once_per_person_and_run"),
            models.CheckConstraint(
                condition=models.Q(
                    net=models.F("gross")
                    - models.F("tax")
                    - models.F("contributions")
                    - models.F("other_deductions")
                    + models.F("rounding")
                ),
                name="slip_adds_up",
            ),
        ]
        indexes = [models.Index(fields=["run", "opd"], name="slip_by_run_and_opd")]

    @override
    def __str__(self) -> str:
        return f"{self.run_id}: {self.employee_id}"

    @property
    def is_locked(self) -> bool:
        """Whether its OPD is locked on its run; read it with `SlipQuerySet.with_lock`."""
        return self.locked_at is not None

    @property
    def is_held(self) -> bool:
        """Whether a rule holds the payment."""
        return bool(self.holds)

    @property
    def hold_reasons(self) -> list[str]:
        """Why, one sentence for each rule that holds."""
        return [hold["reason"] or hold["label"] for hold in self.holds]


class SlipLine(models.Model):
    """One step of a slip: what it is, by which clause, from which base, days and minutes. As the engine's `Line`."""

    id = models.BigAutoField(primary_key=True)
    slip = models.ForeignKey(Slip, on_delete=models.CASCADE, related_name="lines", db_index=False)
    order = models.SmallIntegerField()
    node_id = models.CharField(max_length=120)
    kind = models.CharField(max_length=40)
    stage = models.CharField(max_length=20)
    label = models.TextField()
    clause_text = models.TextField()
    clause_reference = models.TextField()
    unit = models.CharField(max_length=10)
    unrounded = ExactDecimalField()
    # The total to which `amount` adds: pagu, gross, tax, contribution, deduction, rounding; empty: it explains only.
    column = models.CharField(max_length=15, blank=True)
    amount = ExactDecimalField(null=True)
    base = ExactDecimalField(null=True)
    quantity = ExactDecimalField(null=True)
    rate = ExactDecimalField(null=True)
    # What the line changed between pagu and gross, unrounded rupiah.
    effect = ExactDecimalField(null=True)
    inputs = models.JSONField(default=dict)
    note = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["slip", "order"], name="slip_line_in_order")]

    @override
    def __str__(self) -> str:
        return f"{self.slip_id}/{self.order}: {self.label}"


class MonthLock(Addressed, Fenced):
    """An OPD's month is closed: the digest over its ordered lines, and who locked it.

    Triggers refuse every change of a run that was ever locked for an OPD, and every further slip of the OPD in the
    month; a change becomes a plus or minus on a later run. A lock that two people reopen keeps its row, with the time.
    """

    free_text = {"note": How.REFUSE}

    month = models.DateField()
    kind = models.CharField(max_length=12, choices=MonthRun.Kind.choices, default=MonthRun.Kind.ORDINARY)
    opd = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, related_name="month_locks", db_index=False)
    run = models.ForeignKey(MonthRun, on_delete=models.PROTECT, related_name="locks")
    # sha256 over month, OPD, rules and every person's facts, slip and net, in order (`tenants.tpp.sealing`).
    digest = models.CharField(max_length=64)
    # People paid, and the net that can be paid now (without held slips), rupiah.
    people = models.IntegerField()
    net_total = models.DecimalField(max_digits=20, decimal_places=2)
    locked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    locked_at = models.DateTimeField(default=clock.now)
    note = models.CharField(max_length=300, blank=True)
    # The only thing that ever changes, once (trigger).
    reopened_at = models.DateTimeField(null=True)

    objects = MonthLockQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["month", "kind", "opd"],
                condition=models.Q(reopened_at__isnull=True),
                name="lock_one_for_month_kind_and_opd",
            ),
            models.CheckConstraint(condition=models.Q(month__day=1), name="lock_month_is_first_day"),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.opd_id}"

    @property
    def is_standing(self) -> bool:
        """Whether nobody has reopened it."""
        return self.reopened_at is None

    @property
    def month_text(self) -> str:
        """`2026-10`, as addresses name a month."""
        return f"{self.month:%Y-%m}"
