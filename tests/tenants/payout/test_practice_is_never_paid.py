"""Practice slips and money: the lock pays the others, and no ledger row of a practice slip can be made."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import IntegrityError, connection, transaction

from kernel import clock
from kernel.accounts.models import User
from tenants.organisation.models import Unit
from tenants.payout.actions import lock_month, verify_lock
from tenants.payout.errors import OnlyPractice, PracticeChanged
from tenants.payout.models import LedgerEntry
from tenants.tpp.errors import PracticeRefused
from tenants.tpp.models import MonthLock, Slip
from tenants.tpp.practice import choose_pilots, propose_go_live, sign_go_live, standing_in
from tests.tenants.tpp.pilot import JULY, JUNE, MAY, RunOf, after

ENTRY = """
    INSERT INTO payout_ledgerentry (uid, region_id, employee_id, month, kind, amount, slip_id, entered_at)
    SELECT gen_random_uuid(), s.region_id, s.employee_id, r.month, 'net_tpp', s.net, s.id, now()
    FROM tpp_slip s JOIN tpp_monthrun r ON r.id = s.run_id WHERE s.is_practice = %s
"""


def enter(is_practice: bool) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(ENTRY, [is_practice])


@pytest.fixture
def bpkad(with_role: Callable[..., User]) -> User:
    return with_role("bpkad")


@pytest.fixture
def pilots(four_opds: list[Unit], bkpsdm: User) -> list[Unit]:
    """The first three of the four OPDs practise from May 2024 on."""
    choose_pilots(opds=[opd.uid for opd in four_opds[:3]], month=MAY, actor=bkpsdm)
    return four_opds


def test_two_months_of_practice_and_then_one_opd_is_paid(
    pilots: list[Unit], run_of: RunOf, bkpsdm: User, bpkad: User
) -> None:
    for month in (MAY, JUNE):
        run = run_of(month)
        assert Slip.objects.filter(run=run, is_practice=True).count() == 6
        with clock.at(after(month)), pytest.raises(OnlyPractice):
            lock_month(month=month, actor=bkpsdm)
    assert not LedgerEntry.objects.exists()
    rows = propose_go_live(opds=[pilots[0].uid], month=JULY, actor=bkpsdm)
    sign_go_live(uids=[row.uid for row in rows], actor=bpkad)
    run = run_of(JULY)
    with clock.at(after(JULY)):
        lock_month(month=JULY, actor=bkpsdm)
    paid = set(LedgerEntry.objects.values_list("slip__opd__name", flat=True))
    assert paid == {pilots[0].name}
    assert LedgerEntry.objects.of_run(run.pk)["net_tpp"] == run.net_total
    assert verify_lock(month=JULY).is_intact


def test_the_database_refuses_a_ledger_row_of_a_practice_slip(
    pilots: list[Unit], run_of: RunOf, bkpsdm: User, bpkad: User
) -> None:
    rows = propose_go_live(opds=[pilots[0].uid], month=MAY, actor=bkpsdm)
    sign_go_live(uids=[row.uid for row in rows], actor=bpkad)
    run_of(MAY)
    with pytest.raises(IntegrityError, match="never paid"):
        enter(is_practice=True)
    # The same statement passes for a slip that is paid.
    enter(is_practice=False)
    assert LedgerEntry.objects.count() == 2


def test_a_go_live_signed_after_the_run_asks_for_a_new_run(
    pilots: list[Unit], run_of: RunOf, bkpsdm: User, bpkad: User
) -> None:
    for opd in pilots[:2]:
        run_of(MAY)
        rows = propose_go_live(opds=[opd.uid], month=MAY, actor=bkpsdm)
        sign_go_live(uids=[row.uid for row in rows], actor=bpkad)
        with clock.at(after(MAY)), pytest.raises(PracticeChanged):
            lock_month(month=MAY, actor=bkpsdm)
    run_of(MAY)
    with clock.at(after(MAY)):
        assert lock_month(month=MAY, actor=bkpsdm).run.people == 4


def test_no_go_live_reaches_back_over_a_locked_month(
    pilots: list[Unit], run_of: RunOf, bkpsdm: User, bpkad: User
) -> None:
    rows = propose_go_live(opds=[pilots[0].uid], month=MAY, actor=bkpsdm)
    sign_go_live(uids=[row.uid for row in rows], actor=bpkad)
    (late,) = propose_go_live(opds=[pilots[1].uid], month=MAY, actor=bkpsdm)
    run_of(MAY)
    with clock.at(after(MAY)):
        lock_month(month=MAY, actor=bkpsdm)
    with pytest.raises(PracticeRefused, match="locked"):
        sign_go_live(uids=[late.uid], actor=bpkad)
    for month in (MAY, MAY.previous):
        with pytest.raises(PracticeRefused, match="locked"):
            propose_go_live(opds=[pilots[2].uid], month=month, actor=bkpsdm)
        with pytest.raises(PracticeRefused, match="locked"):
            choose_pilots(opds=[pilots[3].uid], month=month, actor=bkpsdm)
    assert standing_in(MAY).live == {pilots[0].uid}
    assert propose_go_live(opds=[pilots[2].uid], month=JUNE, actor=bkpsdm)


def test_a_region_cannot_unpay_a_locked_month_by_starting_to_practise(
    four_opds: list[Unit], run_of: RunOf, bkpsdm: User
) -> None:
    run_of(MAY)
    with clock.at(after(MAY)):
        lock_month(month=MAY, actor=bkpsdm)
    with pytest.raises(PracticeRefused, match="locked"):
        choose_pilots(opds=[four_opds[0].uid], month=MAY, actor=bkpsdm)
    with pytest.raises(PracticeRefused, match="paying"):
        choose_pilots(opds=[four_opds[0].uid], month=JUNE, actor=bkpsdm)
    assert MonthLock.objects.get().run.people == 8
    assert verify_lock(month=MAY).is_intact
    assert run_of(JUNE).practice == 0
