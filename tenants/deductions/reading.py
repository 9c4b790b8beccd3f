"""What a month's run takes from people by list and by consent, in two statements for any number of people."""

from __future__ import annotations

from collections.abc import Collection

from kernel.among import among_keys
from kernel.periods import Month
from tenants.deductions.models import ListedDeduction, ZakatConsent
from tenants.deductions.querysets import ListedDeductionQuerySet
from tenants.rules.engine import Consent, FixedDeduction

ZAKAT = "ZAKAT"


def sums_of(employee_ids: Collection[int], month: Month) -> dict[int, list[FixedDeduction]]:
    """The listed sums of rupiah, by employee key, in the order in which they began."""
    found: dict[int, list[FixedDeduction]] = {}
    for row in _listed(employee_ids, month).filter(amount__isnull=False):
        if row.amount is not None:
            found.setdefault(row.employee_id, []).append(FixedDeduction(row.code, row.amount, row.label))
    return found


def consents_of(
    employee_ids: Collection[int], month: Month, *, codes: Collection[str]
) -> dict[int, tuple[Consent, ...]]:
    """Zakat that people agreed to and listed percents, by employee key.

    `codes` are the consents that the rules take: where they take no zakat, none is collected; a listed percent under
    another code stays in, so that the run names it as an error.
    """
    found: dict[int, list[Consent]] = {}
    agreed = ZakatConsent.objects.of(month).filter(among_keys("employee_id", employee_ids)).order_by("pk")
    for consent in agreed if ZAKAT in codes else ():
        reference = f"{consent.given_at:%Y-%m-%d}"
        found.setdefault(consent.employee_id, []).append(
            Consent(ZAKAT, percent=consent.percent, amount=consent.amount, reference=reference)
        )
    for row in _listed(employee_ids, month).filter(percent__isnull=False):
        is_of_gross = row.base == ListedDeduction.Base.GROSS
        found.setdefault(row.employee_id, []).append(
            Consent(
                row.code,
                percent=row.percent,
                base="gross" if is_of_gross else "remaining",
                reference=row.letter_number,
            )
        )
    return {employee: tuple(consents) for employee, consents in found.items()}


def _listed(employee_ids: Collection[int], month: Month) -> ListedDeductionQuerySet:
    return (
        ListedDeduction.objects.of(month).filter(among_keys("employee_id", employee_ids)).order_by("from_month", "pk")
    )
