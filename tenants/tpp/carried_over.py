"""What a listed deduction could not take because the month's pay did not bear it, taken up by the month after.

The slip's line says the rest (`carried`). It goes on from locked month to locked month; sums that are returned to the
region (KOREKSI) are not among them: they are carried by their own list (`tenants.arrears`).
"""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal
from typing import Final

from django.utils import translation
from django.utils.translation import gettext as _

from kernel.date_words import month_words
from kernel.money import exact
from kernel.periods import Month
from tenants.rules.engine import FixedDeduction
from tenants.tpp.models import MonthRun, Slip, SlipLine

_ELSEWHERE: Final = frozenset({"KOREKSI"})


def carried_into(employee_ids: Collection[int], month: Month) -> dict[int, list[FixedDeduction]]:
    """The rests of the month before, by employee key: one sum for each code. One statement."""
    before = month.previous
    slips = Slip.objects.locked().filter(
        run__month=before.first_day, run__kind=MonthRun.Kind.ORDINARY, employee__in=employee_ids
    )
    lines = SlipLine.objects.filter(slip__in=slips.values("pk"), column="deduction", inputs__has_key="carried")
    rests: dict[tuple[int, str], Decimal] = {}
    for employee, inputs in lines.order_by("pk").values_list("slip__employee_id", "inputs"):
        code = str(inputs.get("code", ""))
        if code and code not in _ELSEWHERE:
            rests[employee, code] = rests.get((employee, code), Decimal(0)) + exact(inputs["carried"])
    found: dict[int, list[FixedDeduction]] = {}
    # Frozen with the facts: the same words whoever collects them.
    with translation.override("id"):
        words = month_words(before)
        for (employee, code), rest in rests.items():
            label = _("Sisa %(code)s %(month)s") % {"code": code, "month": words}
            found.setdefault(employee, []).append(FixedDeduction(code, rest, label))
    return found
