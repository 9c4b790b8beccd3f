"""An accepted correction goes through real runs: taken once, and due again where the slip was not paid."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from kernel import clock
from kernel.accounts.models import User
from tenants.arrears.codes import RECOVERY_CODE
from tenants.arrears.recoveries import deductions_of, settlements
from tenants.employees.models import Employee
from tenants.organisation.models import Unit
from tenants.oversight.actions import decide_correction, propose_correction
from tenants.tpp.models import Slip
from tenants.tpp.practice import choose_pilots, propose_go_live, sign_go_live
from tests.tenants.oversight.inspection import make_finding
from tests.tenants.payout.closing_steps import is_intact, lock_prepared, lock_whole_month
from tests.tenants.tpp.pilot import JULY, JUNE, MAY, RunOf, after

WithRole = Callable[..., User]


@pytest.fixture
def owing(four_opds: list[Unit]) -> Employee:
    return Employee.objects.filter(placements__position__unit=four_opds[0]).order_by("pk")[0]


def accept(employee: Employee, amount: int, with_role: WithRole, decider: User) -> None:
    """Accepted in the first days of June, so that June's run takes it."""
    with clock.at(after(MAY)):
        inspector = with_role("inspektorat")
        made = propose_correction(
            finding_uid=make_finding(employee, inspector).uid, amount=Decimal(amount), reason="x", actor=inspector
        )
        assert decide_correction(uid=made.uid, accept=True, note="", actor=decider).taken_in == JUNE.first_day


def test_what_a_paid_slip_took_is_not_taken_again(
    owing: Employee,
    run_of: RunOf,
    with_role: WithRole,
    bkpsdm: User,
) -> None:
    accept(owing, 150_000, with_role, bkpsdm)
    june = run_of(JUNE)
    assert Slip.objects.get(run=june, employee=owing).other_deductions == 150_000
    with clock.at(after(JUNE)):
        lock_whole_month(JUNE, actor=bkpsdm)
    assert deductions_of([owing.pk], JULY) == {}
    assert Slip.objects.get(run=run_of(JULY), employee=owing).other_deductions == 0
    assert is_intact(JUNE)


def test_what_a_practice_slip_showed_is_taken_by_the_first_paid_one(
    owing: Employee,
    four_opds: list[Unit],
    run_of: RunOf,
    with_role: WithRole,
    bkpsdm: User,
) -> None:
    choose_pilots(opds=[opd.uid for opd in four_opds], month=MAY, actor=bkpsdm)
    for opd, month in ((four_opds[1], JUNE), (four_opds[0], JULY)):
        rows = propose_go_live(opds=[opd.uid], month=month, actor=bkpsdm)
        sign_go_live(uids=[row.uid for row in rows], actor=with_role("bpkad"))
    accept(owing, 150_000, with_role, bkpsdm)
    june = Slip.objects.get(run=run_of(JUNE), employee=owing)
    assert (june.is_practice, june.other_deductions) == (True, Decimal(150_000))
    with clock.at(after(JUNE)):
        lock_prepared(month=JUNE, opd=four_opds[1], actor=bkpsdm)
    july = Slip.objects.get(run=run_of(JULY), employee=owing)
    assert (july.is_practice, july.other_deductions) == (False, Decimal(150_000))


def test_a_sum_beyond_the_pay_is_taken_in_parts_and_can_be_refused_until_a_month_is_locked(
    owing: Employee,
    run_of: RunOf,
    with_role: WithRole,
    bkpsdm: User,
) -> None:
    accept(owing, 900_000_000, with_role, bkpsdm)
    slip = Slip.objects.get(run=run_of(JUNE), employee=owing)
    assert slip.net > 0
    line = slip.lines.get(inputs__code=RECOVERY_CODE)
    assert (line.rate, line.inputs["due"]) == (Decimal(50), "900000000")
    assert line.base is not None
    assert line.amount == line.base // 2
    with clock.at(after(JUNE)):
        correction = owing.findings.get().correction
        decide_correction(uid=correction.uid, accept=False, note="Melebihi TPP.", actor=bkpsdm)
    assert Slip.objects.get(run=run_of(JUNE), employee=owing).other_deductions == 0


def test_the_rest_is_carried_to_the_next_months_until_it_is_settled(
    owing: Employee,
    run_of: RunOf,
    with_role: WithRole,
    bkpsdm: User,
) -> None:
    accept(owing, 2_000_000, with_role, bkpsdm)
    june = Slip.objects.get(run=run_of(JUNE), employee=owing).other_deductions
    with clock.at(after(JUNE)):
        lock_whole_month(JUNE, actor=bkpsdm)
    july = Slip.objects.get(run=run_of(JULY), employee=owing).other_deductions
    assert 0 < june < 2_000_000
    assert june + july == 2_000_000
    (owed,) = settlements([owing.pk])[owing.pk]
    assert (owed.settled, owed.left) == (june, july)
