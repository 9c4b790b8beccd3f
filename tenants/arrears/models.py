"""Difference runs over closed months, sums by decision, and what is taken back from later pay."""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from kernel import clock
from kernel.exact import ExactDecimalField
from kernel.ids import Addressed
from kernel.money import round_rupiah
from kernel.tenancy.fence import Fenced
from kernel.texts.modes import How
from tenants.arrears.payments import payment_words
from tenants.arrears.querysets import (
    DifferenceSlipQuerySet,
    LateFactQuerySet,
    OrderQuerySet,
    RecoveryQuerySet,
    RecoveryShareQuerySet,
)
from tenants.tpp.models import MonthRun

_MINUS_COLUMNS = frozenset({"tax", "contribution", "deduction"})
_TOTALS = ("pagu", "gross", "tax", "contributions", "other_deductions", "rounding", "net")


def _money() -> models.DecimalField:  # type: ignore[type-arg]  # the field's two types follow from `null`
    return models.DecimalField(max_digits=18, decimal_places=2)


def _kind() -> models.CharField:  # type: ignore[type-arg]  # as above
    return models.CharField(max_length=12, choices=MonthRun.Kind.choices, default=MonthRun.Kind.ORDINARY)


def _adds_up(prefix: str) -> models.Q:
    names = {name: models.F(f"{prefix}{name}") for name in _TOTALS}
    sums = names["gross"] - names["tax"] - names["contributions"] - names["other_deductions"] + names["rounding"]
    return models.Q(**{f"{prefix}net": sums})


class DifferenceSpan(models.Model):
    """Which closed months a difference run compares, and how far it has come.

    People are compared payment by payment (month and kind) in the order of their keys; everybody of the payments before
    `reached_month` and `reached_kind`, and in that one up to `reached_employee`, is done.
    """

    run = models.OneToOneField("tpp.MonthRun", on_delete=models.CASCADE, primary_key=True, related_name="span")
    first_month = models.DateField()
    # With it.
    last_month = models.DateField()
    reached_month = models.DateField(null=True)
    reached_kind = _kind()
    reached_employee = models.BigIntegerField(default=0)
    # Person-months that were compared, and those of them that differ.
    compared = models.IntegerField(default=0)
    differing = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(first_month__day=1, last_month__day=1), name="span_months_are_first_days"
            ),
            models.CheckConstraint(
                condition=models.Q(last_month__gte=models.F("first_month")), name="span_ends_after_it_begins"
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.first_month:%Y-%m} – {self.last_month:%Y-%m}"


class DifferenceSlip(Addressed, Fenced):
    """One person's closed payment of a month: what stands (`old_`), what it gives now (`new_`), the difference, rupiah.

    The difference has the names of the totals themselves, as on a slip. What stands is the locked slip with the locked
    differences since. Months that give the same have no row.
    """

    run = models.ForeignKey("tpp.MonthRun", on_delete=models.CASCADE, related_name="differences", db_index=False)
    employee = models.ForeignKey("employees.Employee", on_delete=models.PROTECT, related_name="differences")
    # The OPD of the locked month, whose budget bears it.
    opd = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, related_name="+", db_index=False)
    of_month = models.DateField()
    # The month's own allowance, or what was paid in it as THR or the 13th month.
    of_kind = _kind()
    # As on the slip of that month: {nip, name, golongan, status, position, kelas, unit, opd, opd_code}
    heading = models.JSONField()
    # The lock of that month, and its slip; None for who had none.
    base = models.ForeignKey("tpp.MonthLock", on_delete=models.PROTECT, related_name="+")
    slip = models.ForeignKey("tpp.Slip", null=True, on_delete=models.PROTECT, related_name="differences")
    # The last locked difference of the same month that is part of what stands.
    former = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    old_pagu, new_pagu, pagu = _money(), _money(), _money()
    old_gross, new_gross, gross = _money(), _money(), _money()
    old_tax, new_tax, tax = _money(), _money(), _money()
    old_contributions, new_contributions, contributions = _money(), _money(), _money()
    old_other_deductions, new_other_deductions, other_deductions = _money(), _money(), _money()
    old_rounding, new_rounding, rounding = _money(), _money(), _money()
    old_net, new_net, net = _money(), _money(), _money()
    # Other rules than those of the lock, other facts, a sum by decision; several may hold.
    is_rapel = models.BooleanField()
    is_koreksi = models.BooleanField()
    is_decided = models.BooleanField(default=False)
    # Which facts: [{"fact", "old", "new"}], for attendance [{"fact": "days", "date", "old", "new"}].
    reasons = models.JSONField(default=list)
    # Uids of the orders in it.
    orders = models.JSONField(default=list)
    # By which rules, and the facts as they were evaluated (canonical JSON; empty: off the list).
    rule_set = models.ForeignKey("rules.StoredRuleSet", on_delete=models.PROTECT, related_name="+")
    facts_text = models.TextField()
    facts_digest = models.CharField(max_length=64)
    # sha256 over everything that the row and its lines say.
    digest = models.CharField(max_length=64)

    objects = DifferenceSlipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["run", "employee", "of_month", "of_kind"], name="difference_once_per_month_and_run"
            ),
            models.CheckConstraint(condition=models.Q(of_month__day=1), name="difference_month_is_first_day"),
            models.CheckConstraint(
                condition=models.Q(*(models.Q(**{n: models.F(f"new_{n}") - models.F(f"old_{n}")}) for n in _TOTALS)),
                name="difference_is_new_less_old",
            ),
            models.CheckConstraint(condition=_adds_up("old_") & _adds_up("new_"), name="difference_adds_up"),
            models.CheckConstraint(
                condition=models.Q(is_rapel=True) | models.Q(is_koreksi=True) | models.Q(is_decided=True),
                name="difference_has_a_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["run", "opd"], name="difference_by_run_and_opd"),
            models.Index(fields=["employee", "of_month"], name="difference_by_person_month"),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.run_id}: {self.employee_id} {self.of_month:%Y-%m}"

    @property
    def payment(self) -> str:
        """What it is about, in words."""
        return payment_words(self.of_kind, self.of_month)


class DifferenceLine(models.Model):
    """One line that differs: what stands, what it is now, and why."""

    class Reason(models.TextChoices):
        RULE = "rule", _("aturan berubah")
        FACT = "fact", _("data berubah")
        DECISION = "decision", _("keputusan")
        FOLLOWS = "follows", _("mengikuti")

    id = models.BigAutoField(primary_key=True)
    slip = models.ForeignKey(DifferenceSlip, on_delete=models.CASCADE, related_name="lines", db_index=False)
    order = models.SmallIntegerField()
    node_id = models.CharField(max_length=120)
    # What tells it from the node's other lines: the event's or list's code, and its number among its like.
    code = models.CharField(max_length=60, blank=True)
    number = models.SmallIntegerField(default=0)
    column = models.CharField(max_length=15, blank=True)
    label = models.TextField()
    clause_reference = models.TextField(blank=True)
    # Printed rupiah where the line adds to a column, else its unrounded effect between pagu and gross.
    old = ExactDecimalField()
    new = ExactDecimalField()
    difference = ExactDecimalField()
    reason = models.CharField(max_length=10, choices=Reason.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["slip", "order"], name="difference_line_in_order"),
            models.UniqueConstraint(
                fields=["slip", "node_id", "code", "column", "number"], name="difference_line_once"
            ),
            models.CheckConstraint(
                condition=models.Q(difference=models.F("new") - models.F("old")), name="difference_line_adds_up"
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.slip_id}/{self.order}: {self.label}"

    def _shown(self, figure: Decimal) -> Decimal:
        """Whole rupiah as the person feels it: what is taken off is a minus."""
        return round_rupiah(-figure if self.column in _MINUS_COLUMNS else figure)

    @property
    def shown_old(self) -> Decimal:
        return self._shown(self.old)

    @property
    def shown_new(self) -> Decimal:
        return self._shown(self.new)

    @property
    def shown(self) -> Decimal:
        """The difference."""
        return self._shown(self.difference)


class DifferenceIssue(models.Model):
    """A closed person-month that the run could not compare, or that waits, and why."""

    class Kind(models.TextChoices):
        ERROR = "error", _("Belum dapat dihitung")
        HELD = "held", _("Ditahan menurut aturan")

    id = models.BigAutoField(primary_key=True)
    run = models.ForeignKey("tpp.MonthRun", on_delete=models.CASCADE, related_name="difference_issues", db_index=False)
    employee = models.ForeignKey("employees.Employee", on_delete=models.PROTECT, related_name="+")
    opd = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, related_name="+", db_index=False)
    of_month = models.DateField()
    of_kind = _kind()
    kind = models.CharField(max_length=10, choices=Kind.choices)
    # One of `RunIssue.Place`.
    place = models.CharField(max_length=12)
    reason = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["run", "employee", "of_month", "of_kind"], name="difference_issue_once_per_month_and_run"
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.run_id}: {self.employee_id} {self.of_month:%Y-%m}"

    @property
    def payment(self) -> str:
        """What could not be compared, in words."""
        return payment_words(self.of_kind, self.of_month)


class Order(Addressed, Fenced):
    """A sum of a closed month by decision: the outcome of an appeal, a finding in the person's favour, a judgment.

    Gross rupiah, plus or minus, of the month's allowance or of what was paid in it as THR or the 13th month. It goes
    into the next difference run and stays part of that payment; `taken_in` is the
    locked difference that took it. Never changed but to be cancelled, before it is taken.
    """

    free_text = {"reason": How.REFUSE, "reference": How.REFUSE, "cancel_reason": How.REFUSE}

    class Source(models.TextChoices):
        APPEAL = "appeal", _("Keberatan")
        FINDING = "finding", _("Temuan")
        COURT = "court", _("Putusan pengadilan")
        OTHER = "other", _("Keputusan lain")

    employee = models.ForeignKey("employees.Employee", on_delete=models.PROTECT, related_name="orders")
    of_month = models.DateField()
    of_kind = _kind()
    amount = models.DecimalField(max_digits=18, decimal_places=0)
    reason = models.CharField(max_length=300)
    # Number of the letter or decision.
    reference = models.CharField(max_length=100, blank=True)
    source = models.CharField(max_length=10, choices=Source.choices)
    # What it comes from; the same source gives one order, however often it is asked for.
    source_uid = models.UUIDField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(default=clock.now)
    cancelled_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    cancelled_at = models.DateTimeField(null=True)
    cancel_reason = models.CharField(max_length=300, blank=True)
    taken_in = models.ForeignKey(DifferenceSlip, null=True, on_delete=models.PROTECT, related_name="+")

    objects = OrderQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "source_uid"], name="order_once_per_source"),
            models.CheckConstraint(condition=models.Q(of_month__day=1), name="order_month_is_first_day"),
            models.CheckConstraint(condition=~models.Q(amount=0), name="order_is_not_nothing"),
            models.CheckConstraint(
                condition=models.Q(cancelled_at__isnull=True, cancelled_by__isnull=True)
                | models.Q(cancelled_at__isnull=False, cancelled_by__isnull=False, taken_in__isnull=True),
                name="order_cancelled_before_taken",
            ),
        ]
        indexes = [models.Index(fields=["employee", "of_month"], name="order_by_person_month")]

    @override
    def __str__(self) -> str:
        return f"{self.employee_id} {self.of_month:%Y-%m}: {self.amount}"

    @property
    def payment(self) -> str:
        """What it is added to or taken from, in words."""
        return payment_words(self.of_kind, self.of_month)


class Recovery(Addressed, Fenced):
    """Rupiah that later ordinary runs take back, in parts that the month's net bears (`RecoveryShare`), until settled.

    How much of it is settled is the sum of what locked, paid slips took; the oldest is settled first.
    """

    class Source(models.TextChoices):
        DIFFERENCE = "difference", _("Perhitungan selisih")
        FINDING = "finding", _("Temuan")

    employee = models.ForeignKey("employees.Employee", on_delete=models.PROTECT, related_name="recoveries")
    amount = models.DecimalField(max_digits=18, decimal_places=2)
    # The closed months that it is about, from and with; the first month whose run takes of it.
    of_month = models.DateField()
    of_month_last = models.DateField()
    from_month = models.DateField()
    source = models.CharField(max_length=10, choices=Source.choices)
    source_uid = models.UUIDField()
    opened_at = models.DateTimeField(default=clock.now)
    # The finding's correction was refused again, or the difference was reopened, before anything was taken.
    withdrawn_at = models.DateTimeField(null=True)

    objects = RecoveryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "recoveries"
        constraints = [
            models.UniqueConstraint(
                fields=["source", "source_uid", "employee"],
                condition=models.Q(withdrawn_at__isnull=True),
                name="recovery_once_per_source_and_person",
            ),
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="recovery_above_zero"),
            models.CheckConstraint(
                condition=models.Q(of_month__day=1, of_month_last__day=1, from_month__day=1),
                name="recovery_months_are_first_days",
            ),
        ]
        indexes = [
            models.Index(
                fields=["employee", "from_month"],
                name="recovery_by_person",
                condition=models.Q(withdrawn_at__isnull=True),
            )
        ]

    @override
    def __str__(self) -> str:
        return f"{self.employee_id}: {self.amount}"


class RecoveryShare(Addressed, Fenced):
    """From a month on, the percent of a month's net that is taken back at most. Never changed; a later row follows."""

    free_text = {"reference": How.REFUSE}

    from_month = models.DateField(unique=True)
    percent = models.DecimalField(max_digits=5, decimal_places=2)
    reference = models.CharField(max_length=100, blank=True)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField(default=clock.now)

    objects = RecoveryShareQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(percent__gt=0, percent__lte=100), name="recovery_share_percent"),
            models.CheckConstraint(condition=models.Q(from_month__day=1), name="recovery_share_month_is_first_day"),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.from_month:%Y-%m}: {self.percent}"


class LateFact(Fenced):
    """A fact of a closed person-month that came after its lock; the next difference run looks at that month."""

    id = models.BigAutoField(primary_key=True)
    employee = models.ForeignKey("employees.Employee", on_delete=models.PROTECT, related_name="late_facts")
    of_month = models.DateField()
    # In words: "Surat", "Aktivitas", "Nilai SKP".
    what = models.CharField(max_length=60)
    noted_at = models.DateTimeField(default=clock.now)
    # The locked difference run that began after it.
    settled_by = models.ForeignKey("tpp.MonthLock", null=True, on_delete=models.PROTECT, related_name="+")

    objects = LateFactQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(of_month__day=1), name="late_fact_month_is_first_day"),
        ]
        indexes = [
            models.Index(
                fields=["of_month", "employee"],
                name="late_fact_waiting",
                condition=models.Q(settled_by__isnull=True),
            )
        ]

    @override
    def __str__(self) -> str:
        return f"{self.employee_id} {self.of_month:%Y-%m}: {self.what}"
