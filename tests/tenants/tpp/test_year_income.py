"""The tax year besides the month's own TPP: salaries, locked slips, zakat; nobody is reckoned with a part of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from kernel.accounts.models import User
from kernel.periods import Month
from tenants.employees.models import Placement
from tenants.rules.engine import YearIncome
from tenants.tpp.models import MonthRun, Slip, SlipLine
from tenants.tpp.salary import Salary, record_salaries
from tenants.tpp.year_income import year_incomes
from tests.cast import Office, Person
from tests.tenants.tpp.small_run import finished_run, lock_of, slip_in

MAY = Month(2024, 5)


@pytest.fixture
def salaries(ani: Person, with_role: Callable[..., User]) -> None:
    """Five salaries of 4,000,000 with 50,000 tax and 190,000 pension contribution, January to May 2024."""
    Placement.objects.filter(employee=ani.employee).update(period=(date(2020, 1, 1), None))
    for number in range(1, 6):
        salary = Salary(Decimal(4_000_000), Decimal(50_000), "TK/0", Decimal(190_000))
        record_salaries(month=Month(2024, number), salaries={ani.employee.pk: salary}, actor=with_role("bkpsdm"))


def april(ani: Person, office: Office) -> tuple[MonthRun, Slip]:
    """A slip of a million in April with 15,000 tax and 25,000 zakat."""
    run = finished_run()
    MonthRun.objects.filter(pk=run.pk).update(month=date(2024, 4, 1))
    run.refresh_from_db()
    slip = slip_in(run, ani.employee, office.opd)
    Slip.objects.filter(pk=slip.pk).update(tax=15_000, other_deductions=25_000, net=960_000)
    SlipLine.objects.create(
        slip=slip,
        order=1,
        node_id="zakat",
        kind="deduction",
        stage="deductions",
        label="Zakat",
        clause_text="Zakat",
        clause_reference="Persetujuan",
        unit="rupiah",
        unrounded=Decimal(25_000),
        column="deduction",
        amount=Decimal(25_000),
        inputs={"code": "ZAKAT"},
    )
    return run, slip


@pytest.mark.usefixtures("salaries")
def test_salaries_and_locked_slips_add_up(ani: Person, office: Office, citra: Person) -> None:
    run, _slip = april(ani, office)
    people = [ani.employee.pk]
    only_salaries = YearIncome(5, Decimal(20_000_000), Decimal(250_000), Decimal(950_000))
    assert year_incomes(people, MAY) == {ani.employee.pk: only_salaries}
    lock_of(run, office.opd, citra.user)
    both = YearIncome(5, Decimal(21_000_000), Decimal(265_000), Decimal(950_000), Decimal(25_000))
    assert year_incomes(people, MAY) == {ani.employee.pk: both}


@pytest.mark.usefixtures("salaries")
def test_a_missing_salary_of_the_year_leaves_no_income(ani: Person) -> None:
    assert year_incomes([ani.employee.pk], MAY.next) == {}


@pytest.mark.usefixtures("salaries")
def test_who_began_in_the_year_needs_salaries_from_then_on_only(ani: Person) -> None:
    Placement.objects.filter(employee=ani.employee).update(period=(date(2024, 3, 1), None))
    ani.employee.salary_bases.filter(month__lt=date(2024, 3, 1)).delete()
    found = year_incomes([ani.employee.pk], MAY)[ani.employee.pk]
    assert (found.months, found.gross) == (3, Decimal(12_000_000))


@pytest.mark.usefixtures("salaries")
def test_a_salary_without_its_tax_leaves_no_income(ani: Person) -> None:
    ani.employee.salary_bases.filter(month=date(2024, 2, 1)).update(tax=None)
    assert year_incomes([ani.employee.pk], MAY) == {}
