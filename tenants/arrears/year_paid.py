"""What difference runs paid people in a tax year: income of the year in which it is paid."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Sum

from kernel.periods import Month
from tenants.arrears.models import DifferenceSlip
from tenants.tpp.year_income import Paid


def paid_in(employee_ids: Collection[int], first: Month, last: Month) -> dict[int, Paid]:
    """Gross and tax of the locked differences paid from one month to another, by employee key. One statement."""
    slips = DifferenceSlip.objects.locked().filter(
        employee__in=employee_ids, run__month__gte=first.first_day, run__month__lte=last.first_day
    )
    sums = slips.order_by().values_list("employee_id").annotate(paid=Sum("gross"), taxed=Sum("tax"))
    return {employee: Paid(gross, tax) for employee, gross, tax in sums}
