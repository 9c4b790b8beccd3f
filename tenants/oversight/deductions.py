"""Accepted corrections as listed deductions of the month that takes them.

A correction is due in the first open month from the one that was to take it. Where that month was closed without taking
it (the person was not computed, practised, or was held), what is left of it is due in the next.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from decimal import Decimal
from typing import Final

from django.db.models import Sum
from django.utils import translation
from django.utils.translation import gettext as _

from kernel.periods import Month
from tenants.oversight.models import ProposedCorrection
from tenants.rules.engine import FixedDeduction
from tenants.tpp.models import MonthLock, SlipLine

# The list of a rule set under which accepted corrections are deducted.
CORRECTION_CODE: Final = "KOREKSI"


def corrections_of(employee_ids: Collection[int], month: Month) -> dict[int, list[FixedDeduction]]:
    """What the month's run takes from these people because of findings, in one statement; two more where a correction
    of an earlier month is among them."""
    rows = ProposedCorrection.objects.filter(
        state=ProposedCorrection.State.ACCEPTED,
        taken_in__lte=month.first_day,
        finding__employee_id__in=employee_ids,
    ).order_by("finding__employee_id", "taken_in", "pk")
    accepted = [
        (employee, amount, of_month, first)
        for employee, amount, of_month, first in rows.values_list(
            "finding__employee_id", "amount", "finding__month", "taken_in"
        )
        if first is not None
    ]
    earlier = [row for row in accepted if row[3] < month.first_day]
    closed: set[date] = set()
    taken: dict[int, Decimal] = {}
    if earlier:
        since = min(row[3] for row in earlier)
        closed = set(
            MonthLock.objects.filter(month__gte=since, month__lt=month.first_day).values_list("month", flat=True)
        )
        taken = taken_from({row[0] for row in earlier}, since=since, before=month)
    found: dict[int, list[FixedDeduction]] = {}
    for employee, amount, of_month, first in accepted:
        already = min(amount, taken.get(employee, Decimal(0)))
        taken[employee] = taken.get(employee, Decimal(0)) - already
        if amount > already and _months_between(first, month) <= closed:
            # Frozen with the facts: the same words whoever collects them.
            with translation.override("id"):
                label = _("Pengembalian atas temuan %(month)s") % {"month": Month.of(of_month)}
            found.setdefault(employee, []).append(FixedDeduction(CORRECTION_CODE, amount - already, label))
    return found


def taken_from(employee_ids: Collection[int], *, since: date, before: Month | None = None) -> dict[int, Decimal]:
    """What slips that were paid took from these people under the code, from the month of `since` on, up to (without)
    `before`; who lost nothing has no entry. One statement."""
    lines = SlipLine.objects.filter(
        slip__run__lock__isnull=False,
        slip__run__month__gte=since,
        slip__employee_id__in=employee_ids,
        slip__is_practice=False,
        slip__holds=[],
        column="deduction",
        inputs__code=CORRECTION_CODE,
    )
    if before is not None:
        lines = lines.filter(slip__run__month__lt=before.first_day)
    return dict(lines.values_list("slip__employee_id").annotate(total=Sum("amount")).order_by())


def _months_between(first: date, until: Month) -> set[date]:
    """The first days of the months from `first` up to, without, `until`."""
    months = set()
    month = Month.of(first)
    while month < until:
        months.add(month.first_day)
        month = month.next
    return months
