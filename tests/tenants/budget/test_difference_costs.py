"""What closed months give more is charged to the codes in the year in which it is paid."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from django.db.models import Sum

from kernel.accounts.models import User
from tenants.arrears.models import DifferenceSlip
from tenants.budget.checking import position
from tenants.budget.costs import costs_of_year
from tenants.organisation.models import Unit
from tenants.rules.models import StoredRuleSet
from tests.tenants.arrears.closed import Difference, backdated, closed_months, difference
from tests.tenants.tpp.manado_month import bkpsdm
from tests.tenants.tpp.pilot import JULY, four_opds, run_of

__all__ = ["bkpsdm", "closed_months", "difference", "four_opds", "run_of"]


def test_a_rise_from_january_is_charged_to_the_codes_of_the_month_that_pays_it(
    closed_months: list[Unit],
    difference: Difference,
    manado_rules: StoredRuleSet,
    bkpsdm: User,
    with_role: Callable[..., User],
) -> None:
    backdated(manado_rules, date(2024, 5, 1), (bkpsdm, with_role("inspektorat")))
    run = difference()
    for opd in closed_months:
        gross = DifferenceSlip.objects.filter(run=run, opd=opd).aggregate(total=Sum("gross"))["total"]
        found = [cost for cost in costs_of_year(2024, [opd.pk]) if cost.run == run]
        assert sum(sum(cost.costs.values(), Decimal(0)) for cost in found) == (gross or 0)
        assert all(not cost.is_locked for cost in found)
        ordinary = [cost for cost in costs_of_year(2024, [opd.pk]) if cost.run != run]
        assert len(ordinary) == 3
        assert all(cost.is_locked for cost in ordinary)
    first = closed_months[0]
    assert DifferenceSlip.objects.filter(run=run, opd=first).exists()
    here = position(JULY.next, "difference", first.pk)
    assert here.this == DifferenceSlip.objects.filter(run=run, opd=first).aggregate(total=Sum("gross"))["total"]
    assert {line.code for line in here.lines} == {"5.1.01.02.01.0001", "5.1.01.02.05.0001"}
