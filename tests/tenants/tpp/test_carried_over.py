"""What a month could not take by list is taken up by the month after the lock, once, under the same code."""

from __future__ import annotations

from decimal import Decimal

import pytest

from kernel.periods import Month
from tenants.rules.engine import FixedDeduction
from tenants.tpp.carried_over import carried_into
from tenants.tpp.models import MonthRun, SlipLine
from tests.cast import Office, Person
from tests.tenants.tpp.small_run import finished_run, lock_of, slip_in

MAY = Month(2024, 5)


@pytest.fixture
def run(office: Office, ani: Person) -> MonthRun:
    """May 2024 with one slip: two sums of the cooperative and one returned sum that the pay did not bear in full."""
    run = finished_run()
    slip = slip_in(run, ani.employee, office.opd)
    for order, (code, carried) in enumerate(
        [("KOPERASI", "40000"), ("KOPERASI", "2500"), ("KOREKSI", "9000"), ("KORPRI", None)]
    ):
        inputs = {"code": code} if carried is None else {"code": code, "carried": carried}
        SlipLine.objects.create(
            slip=slip,
            order=order,
            node_id="iuran",
            kind="deduction",
            stage="deductions",
            label=code,
            clause_text="Iuran",
            clause_reference="Daftar",
            unit="rupiah",
            unrounded=Decimal(0),
            column="deduction",
            amount=Decimal(0),
            inputs=inputs,
        )
    return run


def test_the_rest_of_a_locked_month_is_taken_up_by_the_next(
    run: MonthRun, office: Office, ani: Person, citra: Person
) -> None:
    people = [ani.employee.pk]
    assert carried_into(people, MAY.next) == {}
    lock_of(run, office.opd, citra.user)
    rest = FixedDeduction("KOPERASI", Decimal(42_500), "Sisa KOPERASI Mei 2024")
    assert carried_into(people, MAY.next) == {ani.employee.pk: [rest]}


def test_no_other_month_takes_it(run: MonthRun, office: Office, ani: Person, citra: Person) -> None:
    lock_of(run, office.opd, citra.user)
    assert carried_into([ani.employee.pk], MAY) == {}
    assert carried_into([ani.employee.pk], MAY.next.next) == {}
    assert carried_into([citra.employee.pk], MAY.next) == {}
