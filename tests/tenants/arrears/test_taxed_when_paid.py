"""Rules that tax a difference as income of the month in which it is paid, by the effective rate."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from kernel import clock
from kernel.accounts.models import User
from kernel.ids import new_uid
from kernel.tenancy.state import RegionState
from tenants.arrears.actions import order
from tenants.arrears.models import DifferenceIssue, DifferenceSlip
from tenants.employees.models import Employee
from tenants.payout.actions import lock_month
from tenants.payout.verifying import verify_month
from tenants.tpp.models import MonthRun, SalaryBase, Slip
from tests.tenants.arrears.closed import Difference
from tests.tenants.payout.closing_steps import lock_whole_month, take_steps_before_lock
from tests.tenants.tpp.manado_month import AFTERWARDS, MAY, build, run_month
from tests.tenants.tpp.pilot import JULY, after
from tests.tenants.tryout.drafts import draft, node_of

__all__ = ["run_month"]


def effective_rate(tree: dict[str, Any]) -> None:
    node_of(tree, "pph")["rule"] = {
        "mode": "ter_minus_salary",
        "national": ["ter_bulanan@2024-01-01"],
        "arrears": "payment",
    }


@pytest.fixture
def people(manado: RegionState, bkpsdm: User, run_month: Callable[[], MonthRun]) -> list[Employee]:
    """The printed month, locked; each of them gets a million more by decision."""
    draft(effective_rate, state="published", since=date(2024, 1, 1))
    cases = build(bkpsdm)
    SalaryBase.objects.update(tax=0, ptkp="TK/0")
    run_month()
    with clock.at(AFTERWARDS):
        lock_whole_month(MAY, actor=bkpsdm)
    found = [case.employee for case in cases[:2]]
    for person in found:
        order(
            employee=person,
            of_month=MAY,
            amount=Decimal(1_000_000),
            reason="Putusan",
            source="court",
            source_uid=new_uid(),
            actor=bkpsdm,
        )
    return found


def earns_in_july(person: Employee, amount: int) -> None:
    SalaryBase.objects.create(employee=person, month=JULY.first_day, amount=amount, tax=480_000, ptkp="TK/0")


def test_a_difference_is_taxed_on_top_of_the_salary_of_the_month_of_payment(
    people: list[Employee], difference: Difference, bkpsdm: User
) -> None:
    earns_in_july(people[0], 12_000_000)
    run = difference(MAY, MAY, paid_in=JULY)
    found = DifferenceSlip.objects.get(run=run)
    locked = Slip.objects.get(employee=people[0], run__month=MAY.first_day)
    # May: 1.5 % of 4,000,000 + 3,637,788. July: 5 % of 13,000,000 less 4 % of 12,000,000.
    assert (locked.tax, found.old_tax) == (Decimal(114_567), Decimal(114_567))
    assert (found.gross, found.tax) == (Decimal(1_000_000), Decimal(170_000))
    line = found.lines.get(column="tax")
    assert (line.old, line.new) == (Decimal(114_567), Decimal(284_567))
    with clock.at(after(JULY)):
        take_steps_before_lock(JULY, kind="difference")
        assert not lock_month(month=JULY, kind="difference", actor=bkpsdm, opds=[found.opd]).refused
    assert all(verified.is_intact for verified in verify_month(JULY, "difference"))


def test_whose_salary_of_that_month_is_not_known_waits(people: list[Employee], difference: Difference) -> None:
    earns_in_july(people[0], 12_000_000)
    run = difference(MAY, MAY, paid_in=JULY)
    issue = DifferenceIssue.objects.get(run=run)
    assert (issue.employee, issue.place) == (people[1], "salary")
    assert "Juli 2024" in issue.reason
