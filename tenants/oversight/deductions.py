"""Accepted corrections as listed deductions of the month that takes them."""

from __future__ import annotations

from collections.abc import Collection

from django.utils.translation import gettext as _

from kernel.periods import Month
from tenants.oversight.actions import CORRECTION_CODE
from tenants.oversight.models import ProposedCorrection
from tenants.rules.engine import FixedDeduction


def corrections_of(employee_ids: Collection[int], month: Month) -> dict[int, list[FixedDeduction]]:
    """What the month's run takes from these people because of findings, in one statement."""
    rows = ProposedCorrection.objects.filter(
        state=ProposedCorrection.State.ACCEPTED,
        taken_in=month.first_day,
        finding__employee_id__in=employee_ids,
    ).order_by("finding__employee_id", "pk")
    found: dict[int, list[FixedDeduction]] = {}
    for employee, amount, of_month in rows.values_list("finding__employee_id", "amount", "finding__month"):
        label = _("Pengembalian atas temuan %(month)s") % {"month": Month.of(of_month)}
        found.setdefault(employee, []).append(FixedDeduction(CORRECTION_CODE, amount, label))
    return found
