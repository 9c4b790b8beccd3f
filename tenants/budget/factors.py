"""What standing decisions say of people's pay: the share that is paid, or that it waits."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from django.utils import translation
from django.utils.translation import gettext as _

from kernel.periods import Month
from tenants.budget.models import BudgetDecision, BudgetHold
from tenants.rules.engine import BudgetFactor


def factors_of(opds: Mapping[int, int], month: Month, kind: str) -> dict[int, BudgetFactor]:
    """For each of these people (with the key of their OPD) for whom something was decided. Two statements at most."""
    decisions = {row.opd_id: row for row in BudgetDecision.objects.of(month, kind).filter(opd__in=set(opds.values()))}
    found: dict[int, BudgetFactor] = {}
    if not decisions:
        return found
    for employee, opd in opds.items():
        decision = decisions.get(opd)
        if decision is not None and decision.share is not None:
            found[employee] = factor_of(decision)
    holding = [row.pk for row in decisions.values() if row.option == BudgetDecision.Option.HOLD]
    if holding:
        for hold in BudgetHold.objects.filter(decision__in=holding, employee__in=opds).select_related("decision"):
            found[hold.employee_id] = factor_of(hold.decision)
    return found


def factor_of(decision: BudgetDecision) -> BudgetFactor:
    """The decision as the engine takes it; frozen with the facts, so in the same words whoever computes."""
    with translation.override("id"):
        if decision.option == BudgetDecision.Option.HOLD:
            words = _("Ditahan sampai perubahan anggaran: %(reason)s") % {"reason": decision.reason}
            return BudgetFactor(Decimal(1), words, decision.letter_number, is_held=True)
        return BudgetFactor(decision.share or Decimal(0), decision.reason, decision.letter_number)
