"""Sums and percents taken from a person's pay month by month, by an official's list or by the person's consent."""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.db import models
from typing_extensions import override

from kernel import clock
from kernel.ids import Addressed
from kernel.tenancy.fence import Fenced
from kernel.texts.modes import How, Page
from tenants.deductions.querysets import ListedDeductionQuerySet, ZakatConsentQuerySet

_MONTHS_ARE_FIRST_DAYS = models.Q(from_month__day=1) & (
    models.Q(until_month__isnull=True) | models.Q(until_month__day=1)
)
_SUM_OR_PERCENT = models.Q(amount__gt=0, percent__isnull=True) | models.Q(
    amount__isnull=True, percent__gt=0, percent__lte=100
)


class ListedDeduction(Addressed, Fenced):
    """A sum or percent that a list takes from one person, from one month up to but without another (open when None).

    `code` is one that a rule set deducts (`fixed_list`): KOPERASI, KORPRI.
    """

    free_text = {"label": How.HOLD, "letter_number": How.HOLD}
    text_page = Page("deductions-deduction")

    class Base(models.TextChoices):
        GROSS = "gross", "TPP bruto"
        REMAINING = "remaining", "Sisa sesudah potongan sebelumnya"

    employee = models.ForeignKey("employees.Employee", on_delete=models.PROTECT, related_name="+", db_index=False)
    code = models.CharField(max_length=16)
    # What the slip says, such as the cooperative's name; empty: the words of the rule.
    label = models.CharField(max_length=80, blank=True)
    amount = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    percent = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    base = models.CharField(max_length=10, choices=Base.choices, default=Base.GROSS)
    from_month = models.DateField()
    until_month = models.DateField(null=True)
    letter_number = models.CharField(max_length=100)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=clock.now)
    # Recorded wrongly: it counts in no month.
    cancelled_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    cancelled_at = models.DateTimeField(null=True)

    objects = ListedDeductionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["employee", "code", "letter_number"],
                condition=models.Q(cancelled_at__isnull=True),
                name="deduction_once_per_letter",
            ),
            models.CheckConstraint(condition=_MONTHS_ARE_FIRST_DAYS, name="deduction_months_are_first_days"),
            models.CheckConstraint(condition=_SUM_OR_PERCENT, name="deduction_sum_or_percent"),
            models.CheckConstraint(
                condition=models.Q(until_month__isnull=True) | models.Q(until_month__gt=models.F("from_month")),
                name="deduction_ends_after_it_begins",
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.code} {self.letter_number}"


class ZakatConsent(Addressed, Fenced):
    """The person agrees to zakat from one month up to but without another (open when None).

    Given and taken back by the person alone. One that was replaced before its first month counts in no month
    (`until_month` is `from_month`).
    """

    employee = models.ForeignKey("employees.Employee", on_delete=models.PROTECT, related_name="+")
    amount = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    percent = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    from_month = models.DateField()
    until_month = models.DateField(null=True)
    given_at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True)

    objects = ZakatConsentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["employee"], condition=models.Q(until_month__isnull=True), name="zakat_one_open_consent"
            ),
            models.CheckConstraint(condition=_MONTHS_ARE_FIRST_DAYS, name="zakat_months_are_first_days"),
            models.CheckConstraint(condition=_SUM_OR_PERCENT, name="zakat_sum_or_percent"),
            models.CheckConstraint(
                condition=models.Q(until_month__isnull=True) | models.Q(until_month__gte=models.F("from_month")),
                name="zakat_ends_after_it_begins",
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.employee_id} {self.from_month:%Y-%m}"

    @property
    def figure(self) -> Decimal:
        """The percent or the sum of a month."""
        return self.percent if self.percent is not None else self.amount or Decimal(0)
