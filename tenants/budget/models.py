"""Ceilings by OPD, year and account code, what pays which part of a slip, and decisions when a month is over."""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from kernel import clock
from kernel.ids import Addressed
from kernel.tenancy.fence import Fenced
from kernel.texts.modes import How
from tenants.budget.querysets import BudgetCeilingQuerySet, BudgetDecisionQuerySet
from tenants.tpp.models import MonthRun


class BudgetAccount(Addressed, Fenced):
    """Which account code of the region pays a part of the slip, where it is not the common one (domain note 5.2)."""

    class Group(models.TextChoices):
        PNS = "pns", "PNS/CPNS"
        PPPK = "pppk", "PPPK"

    # A criterion (BK, PK ...), JKN (health contribution of the employer) or PAJAK (tax that the region bears).
    part = models.CharField(max_length=8)
    group = models.CharField(max_length=4, choices=Group.choices)
    account_code = models.CharField(max_length=20)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["part", "group"], name="budget_account_once_per_part")]

    @override
    def __str__(self) -> str:
        return f"{self.part} {self.group}: {self.account_code}"


class BudgetCeiling(Addressed, Fenced):
    """What an OPD may spend on a code in a year, from a day on: the DPA, then each DPPA.

    The newest standing row that has begun counts; earlier ones stay as history.
    """

    free_text = {"document_number": How.HOLD}

    class Document(models.TextChoices):
        DPA = "dpa", "DPA"
        DPPA = "dppa", "DPPA"

    opd = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, related_name="+", db_index=False)
    year = models.SmallIntegerField()
    account_code = models.CharField(max_length=20)
    amount = models.DecimalField(max_digits=20, decimal_places=2)
    document = models.CharField(max_length=4, choices=Document.choices)
    document_number = models.CharField(max_length=100)
    document_date = models.DateField()
    valid_from = models.DateField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=clock.now)
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)

    objects = BudgetCeilingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["opd", "year", "account_code", "valid_from"],
                condition=models.Q(withdrawn_at__isnull=True),
                name="ceiling_once_per_start",
            ),
            models.CheckConstraint(condition=models.Q(amount__gte=0), name="ceiling_not_negative"),
            models.CheckConstraint(condition=models.Q(valid_from__year=models.F("year")), name="ceiling_in_its_year"),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.opd_id} {self.year} {self.account_code}"


class BudgetDecision(Addressed, Fenced):
    """What was decided for an OPD's month that is over a ceiling, or that has none. An undone one stays as history."""

    free_text = {"reason": How.HOLD, "letter_number": How.HOLD, "undone_why": How.HOLD}

    class Option(models.TextChoices):
        PRO_RATA = "pro_rata", _("Bayar sebanding dengan pagu")
        PARTIAL = "partial", _("Bayar sebagian bulan ini")
        HOLD = "hold", _("Tahan pegawai tertentu sampai perubahan anggaran")
        REVISION = "revision", _("Tunggu pergeseran atau perubahan anggaran")
        UNRECORDED = "unrecorded", _("Lanjutkan tanpa pagu tercatat")

    month = models.DateField()
    kind = models.CharField(max_length=12, choices=MonthRun.Kind.choices)
    opd = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, related_name="+", db_index=False)
    # On which computation it was decided.
    run = models.ForeignKey(MonthRun, on_delete=models.PROTECT, related_name="+")
    option = models.CharField(max_length=10, choices=Option.choices)
    # 0 to 1, for the first two.
    share = models.DecimalField(max_digits=7, decimal_places=6, null=True)
    reason = models.CharField(max_length=300)
    letter_number = models.CharField(max_length=100)
    # What the person saw: {people, gross_before, gross_after, net_before, net_after}, rupiah as text.
    effect = models.JSONField(default=dict)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(default=clock.now)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    undone_at = models.DateTimeField(null=True)
    undone_why = models.CharField(max_length=300, blank=True)

    objects = BudgetDecisionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["month", "kind", "opd"],
                condition=models.Q(undone_at__isnull=True),
                name="decision_one_for_month_kind_and_opd",
            ),
            models.CheckConstraint(condition=models.Q(month__day=1), name="decision_month_is_first_day"),
            models.CheckConstraint(
                condition=models.Q(option__in=["pro_rata", "partial"], share__gte=0, share__lt=1)
                | models.Q(option__in=["hold", "revision", "unrecorded"], share__isnull=True),
                name="decision_share_where_it_counts",
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.opd_id} {self.option}"

    @property
    def percent(self) -> Decimal | None:
        """The share in percent."""
        return None if self.share is None else (self.share * 100).normalize()

    @property
    def net_before(self) -> Decimal:
        """The net of the OPD's month as it was shown before the decision, rupiah."""
        return Decimal(self.effect["net_before"])

    @property
    def net_after(self) -> Decimal:
        """The net that the decision gives, rupiah."""
        return Decimal(self.effect["net_after"])


class BudgetHold(models.Model):
    """One person whose pay of the month waits for the budget."""

    id = models.BigAutoField(primary_key=True)
    decision = models.ForeignKey(BudgetDecision, on_delete=models.PROTECT, related_name="holds", db_index=False)
    employee = models.ForeignKey("employees.Employee", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["decision", "employee"], name="budget_hold_once")]

    @override
    def __str__(self) -> str:
        return f"{self.decision_id}: {self.employee_id}"
