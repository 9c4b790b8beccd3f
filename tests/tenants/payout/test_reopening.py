"""Two people reopen a lock before the payment is ordered; the ledger gets a minus for every entry."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from kernel import clock
from kernel.accounts.models import User
from kernel.errors import NotAllowed
from kernel.periods import Month
from tenants.calendars import closing
from tenants.payout import gates
from tenants.payout.errors import NotReady, ReopeningRefused, SignatureRefused
from tenants.payout.models import LedgerEntry, Reopening
from tenants.payout.reopening import confirm_reopening, propose_reopening, withdraw_reopening
from tenants.payout.signing import fully_signed, sign_lock
from tenants.skp.models import MonthlyRating
from tenants.tpp.models import MonthLock, MonthRun
from tests.tenants.payout.closing_steps import is_intact, lock_one
from tests.tenants.tpp.manado_month import AFTERWARDS, MAY, Case

REASON = "Nilai SKP dua orang tertukar"


def execute(statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(statement)


@pytest.fixture
def lock(month_run: MonthRun, bkpsdm: User) -> MonthLock:
    with clock.at(AFTERWARDS):
        return lock_one(MAY, actor=bkpsdm)


@pytest.fixture
def inspector(with_role: Callable[..., User]) -> User:
    return with_role("inspektorat")


@pytest.fixture
def reopened(lock: MonthLock, bkpsdm: User, inspector: User) -> MonthLock:
    proposal = propose_reopening(lock=lock.uid, reason=REASON, actor=bkpsdm)
    return confirm_reopening(uid=proposal.uid, actor=inspector)


def test_the_ledger_is_taken_back_and_the_month_is_open(reopened: MonthLock) -> None:
    assert not reopened.is_standing
    assert LedgerEntry.objects.count() == 60
    assert set(LedgerEntry.objects.all().by_kind().values()) == {Decimal(0)}
    assert not closing.is_closed(MAY)


def test_it_is_computed_and_locked_again(
    reopened: MonthLock, cases: list[Case], run_month: Callable[[], MonthRun], bkpsdm: User
) -> None:
    MonthlyRating.objects.filter(employee=cases[0].employee).update(skp_percent=Decimal(50))
    again = run_month()
    with clock.at(AFTERWARDS):
        lock = lock_one(MAY, actor=bkpsdm)
    assert (lock.run, lock.is_standing) == (again, True)
    assert LedgerEntry.objects.of_month(MAY).by_kind()["net_tpp"] == again.net_total
    assert is_intact(MAY)
    assert closing.is_closed(MAY, cases[0].employee.pk)


def test_one_person_does_not_reopen_alone(lock: MonthLock, bkpsdm: User, with_role: Callable[..., User]) -> None:
    proposal = propose_reopening(lock=lock.uid, reason=REASON, actor=bkpsdm)
    with pytest.raises(ReopeningRefused, match="same_person"):
        confirm_reopening(uid=proposal.uid, actor=bkpsdm)
    with pytest.raises(ReopeningRefused, match="proposed"):
        propose_reopening(lock=lock.uid, reason=REASON, actor=with_role("bkpsdm"))
    with pytest.raises(NotAllowed):
        confirm_reopening(uid=proposal.uid, actor=with_role("bpkad"))
    with pytest.raises(IntegrityError, match="two_people"):
        execute("UPDATE payout_reopening SET confirmed_by_id = proposed_by_id, confirmed_at = now()")
    assert closing.is_closed(MAY)


def test_a_proposal_needs_a_reason_and_can_be_taken_back(lock: MonthLock, bkpsdm: User, inspector: User) -> None:
    with pytest.raises(ReopeningRefused, match="reason"):
        propose_reopening(lock=lock.uid, reason="  ", actor=bkpsdm)
    proposal = propose_reopening(lock=lock.uid, reason=REASON, actor=bkpsdm)
    with pytest.raises(ReopeningRefused, match="not_own"):
        withdraw_reopening(uid=proposal.uid, actor=inspector)
    withdraw_reopening(uid=proposal.uid, actor=bkpsdm)
    with pytest.raises(ReopeningRefused, match="withdrawn"):
        confirm_reopening(uid=proposal.uid, actor=inspector)
    assert propose_reopening(lock=lock.uid, reason=REASON, actor=bkpsdm).pk != proposal.pk


def test_confirming_twice_reopens_once(reopened: MonthLock, inspector: User) -> None:
    confirm_reopening(uid=Reopening.objects.get().uid, actor=inspector)
    assert LedgerEntry.objects.count() == 60
    with pytest.raises(ReopeningRefused, match="reopened"):
        propose_reopening(lock=reopened.uid, reason=REASON, actor=inspector)


def test_signatures_of_a_reopened_lock_no_longer_count(
    lock: MonthLock, bkpsdm: User, inspector: User, with_role: Callable[..., User]
) -> None:
    for office, person in (("bkpsdm", bkpsdm), ("inspektorat", inspector), ("bpkad", with_role("bpkad"))):
        sign_lock(uid=lock.uid, office=office, actor=person)
    proposal = propose_reopening(lock=lock.uid, reason=REASON, actor=bkpsdm)
    confirm_reopening(uid=proposal.uid, actor=inspector)
    assert fully_signed([lock.pk]) == set()
    with pytest.raises(SignatureRefused, match="reopened"):
        sign_lock(uid=lock.uid, office="bpkad", actor=with_role("bpkad"))


@pytest.fixture
def payment_is_ordered() -> Iterator[None]:
    def check(month: Month, kind: str, opd: int) -> list[gates.Reason]:
        return [gates.Reason("sp2d", "SP2D sudah terbit.")]

    gates.register_reopening(check)
    yield
    gates._against_reopening.remove(check)


@pytest.mark.usefixtures("payment_is_ordered")
def test_what_is_ordered_to_be_paid_stays_locked(lock: MonthLock, bkpsdm: User) -> None:
    with pytest.raises(NotReady) as refused:
        propose_reopening(lock=lock.uid, reason=REASON, actor=bkpsdm)
    assert refused.value.message() == "SP2D sudah terbit."
    assert not Reopening.objects.exists()


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE tpp_monthlock SET reopened_at = now()", "append-only"),
        (
            "INSERT INTO payout_ledgerentry (uid, region_id, employee_id, month, kind, amount, slip_id, lock_id,"
            " entered_at, reverses_id) SELECT gen_random_uuid(), region_id, employee_id, month, kind, -amount, slip_id,"
            " lock_id, now(), id FROM payout_ledgerentry LIMIT 1",
            "only with its lock",
        ),
        (
            "INSERT INTO payout_ledgerentry (uid, region_id, employee_id, month, kind, amount, slip_id, lock_id,"
            " entered_at, reverses_id) SELECT gen_random_uuid(), region_id, employee_id, month, kind, 1, slip_id,"
            " lock_id, now(), id FROM payout_ledgerentry LIMIT 1",
            "takes back its entry|only with its lock",
        ),
        ("UPDATE payout_reopening SET reason = 'lain'", "append-only"),
        ("DELETE FROM payout_reopening", "append-only"),
        ("TRUNCATE payout_reopening", "append-only"),
    ],
)
def test_no_lock_is_reopened_by_raw_sql(lock: MonthLock, bkpsdm: User, statement: str, words: str) -> None:
    propose_reopening(lock=lock.uid, reason=REASON, actor=bkpsdm)
    with pytest.raises(IntegrityError, match=words):
        execute(statement)


def test_a_reopened_lock_stays_as_it_is(reopened: MonthLock) -> None:
    for statement in (
        "UPDATE tpp_monthlock SET reopened_at = NULL",
        "UPDATE payout_reopening SET confirmed_at = now()",
        "UPDATE tpp_slip SET net = net",
    ):
        with pytest.raises(IntegrityError, match=r"append-only|locked"):
            execute(statement)
