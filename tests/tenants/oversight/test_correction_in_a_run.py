"""An accepted correction goes through real runs: taken once, and due again where the slip was not paid."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from kernel import clock
from kernel.accounts.models import User
from tenants.employees.models import Employee
from tenants.organisation.models import Unit
from tenants.oversight.actions import decide_correction, propose_correction
from tenants.oversight.deductions import corrections_of
from tenants.payout.actions import lock_month, verify_lock
from tenants.tpp.models import RunIssue, Slip
from tenants.tpp.practice import choose_pilots, propose_go_live, sign_go_live
from tests.tenants.oversight.inspection import make_finding
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
        lock_month(month=JUNE, actor=bkpsdm)
    assert corrections_of([owing.pk], JULY) == {}
    assert Slip.objects.get(run=run_of(JULY), employee=owing).other_deductions == 0
    assert verify_lock(month=JUNE).is_intact


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
        lock_month(month=JUNE, actor=bkpsdm)
    july = Slip.objects.get(run=run_of(JULY), employee=owing)
    assert (july.is_practice, july.other_deductions) == (False, Decimal(150_000))


def test_a_sum_beyond_the_pay_leaves_no_slip_until_it_is_refused(
    owing: Employee,
    run_of: RunOf,
    with_role: WithRole,
    bkpsdm: User,
) -> None:
    accept(owing, 900_000_000, with_role, bkpsdm)
    run = run_of(JUNE)
    issue = RunIssue.objects.get(run=run, employee=owing)
    assert "Potongan lebih besar dari TPP" in issue.reason
    with clock.at(after(JUNE)):
        correction = owing.findings.get().correction
        decide_correction(uid=correction.uid, accept=False, note="Melebihi TPP.", actor=bkpsdm)
    assert Slip.objects.get(run=run_of(JUNE), employee=owing).other_deductions == 0
