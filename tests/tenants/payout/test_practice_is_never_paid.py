"""Practice slips and money: the lock pays the others, and no ledger row of a practice slip can be made."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import IntegrityError, connection, transaction

from kernel import clock
from kernel.accounts.models import User
from tenants.organisation.models import Unit
from tenants.payout.actions import lock_month, lock_opd
from tenants.payout.errors import OnlyPractice, PracticeChanged
from tenants.payout.models import LedgerEntry
from tenants.tpp.errors import PracticeRefused
from tenants.tpp.models import MonthLock, Slip
from tenants.tpp.practice import choose_pilots, propose_go_live, sign_go_live, standing_in
from tests.tenants.payout.closing_steps import is_intact, lock_one, lock_whole_month, take_steps_before_lock
from tests.tenants.tpp.pilot import JULY, JUNE, MAY, RunOf, after

ENTRY = """
    INSERT INTO payout_ledgerentry (uid, region_id, employee_id, month, kind, amount, slip_id, lock_id, entered_at)
    SELECT gen_random_uuid(), s.region_id, s.employee_id, r.month, 'net_tpp', s.net, s.id, 0, now()
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
            lock_one(month, actor=bkpsdm)
    assert not LedgerEntry.objects.exists()
    rows = propose_go_live(opds=[pilots[0].uid], month=JULY, actor=bkpsdm)
    sign_go_live(uids=[row.uid for row in rows], actor=bpkad)
    run = run_of(JULY)
    with clock.at(after(JULY)):
        lock_one(JULY, actor=bkpsdm)
    paid = set(LedgerEntry.objects.values_list("slip__opd__name", flat=True))
    assert paid == {pilots[0].name}
    assert LedgerEntry.objects.of_run(run.pk)["net_tpp"] == run.net_total
    assert is_intact(JULY)


def test_the_database_refuses_a_ledger_row_of_a_practice_slip(
    pilots: list[Unit], run_of: RunOf, bkpsdm: User, bpkad: User
) -> None:
    rows = propose_go_live(opds=[pilots[0].uid], month=MAY, actor=bkpsdm)
    sign_go_live(uids=[row.uid for row in rows], actor=bpkad)
    run_of(MAY)
    with pytest.raises(IntegrityError, match="never paid"):
        enter(is_practice=True)
    # The same statement passes for a slip that is paid (until the commit, which asks for the entries' lock).
    with transaction.atomic():
        enter(is_practice=False)
        assert LedgerEntry.objects.count() == 2
        transaction.set_rollback(True)


def test_a_go_live_signed_after_the_run_asks_for_a_new_run(
    pilots: list[Unit], run_of: RunOf, bkpsdm: User, bpkad: User
) -> None:
    for opd in pilots[:2]:
        run_of(MAY)
        rows = propose_go_live(opds=[opd.uid], month=MAY, actor=bkpsdm)
        sign_go_live(uids=[row.uid for row in rows], actor=bpkad)
        with clock.at(after(MAY)), pytest.raises(PracticeChanged):
            lock_opd(month=MAY, opd=opd, actor=bkpsdm)
    run_of(MAY)
    with clock.at(after(MAY)):
        take_steps_before_lock(MAY)
        done = lock_month(month=MAY, actor=bkpsdm)
    assert [(lock.opd, lock.people) for lock in done.locked] == [(opd, 2) for opd in pilots[:2]]
    assert [(left.opd, left.code) for left in done.refused] == [(pilots[2], "only_practice")]


def test_no_go_live_reaches_back_over_a_locked_month(
    pilots: list[Unit], run_of: RunOf, bkpsdm: User, bpkad: User
) -> None:
    rows = propose_go_live(opds=[pilots[0].uid], month=MAY, actor=bkpsdm)
    sign_go_live(uids=[row.uid for row in rows], actor=bpkad)
    (late,) = propose_go_live(opds=[pilots[1].uid], month=MAY, actor=bkpsdm)
    run_of(MAY)
    with clock.at(after(MAY)):
        lock_one(MAY, actor=bkpsdm)
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
        lock_whole_month(MAY, actor=bkpsdm)
    with pytest.raises(PracticeRefused, match="locked"):
        choose_pilots(opds=[four_opds[0].uid], month=MAY, actor=bkpsdm)
    with pytest.raises(PracticeRefused, match="paying"):
        choose_pilots(opds=[four_opds[0].uid], month=JUNE, actor=bkpsdm)
    assert sum(lock.people for lock in MonthLock.objects.all()) == 8
    assert is_intact(MAY)
    assert run_of(JUNE).practice == 0
