"""The facts that a run takes from confirmed sheets."""

from __future__ import annotations

from collections.abc import Collection
from typing import cast

from kernel.among import among_keys
from kernel.periods import Month
from tenants.fallback.models import ManualRow, ManualSheet
from tenants.rules.engine import Predikat
from tenants.tpp.sheet_facts import SheetFacts


def facts_from_sheets(employee_ids: Collection[int], month: Month) -> dict[int, SheetFacts]:
    """Of these people those who stand on a confirmed sheet of the month, by the newest one. Two statements at most."""
    sheets = {sheet.pk: sheet for sheet in ManualSheet.objects.of(month).confirmed().order_by("number")}
    if not sheets:
        return {}
    rows = ManualRow.objects.filter(among_keys("employee_id", employee_ids), sheet__in=sheets)
    found: dict[int, SheetFacts] = {}
    for row in rows.order_by("sheet__number"):
        found[row.employee_id] = SheetFacts(
            source=sheets[row.sheet_id].title,
            working_days=row.working_days,
            counts=row.counts,
            minutes_approved=row.minutes,
            activity_points=row.points,
            skp_score=row.skp_score,
            behaviour_sum=row.behaviour_sum,
            predikat=cast("Predikat", row.predikat) if row.predikat else None,
            salary_base=row.salary_base,
            salary_tax=row.salary_tax,
            ptkp=row.ptkp or None,
        )
    return found
