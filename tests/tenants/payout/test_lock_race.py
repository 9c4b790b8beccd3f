"""Two at once: a writer and a lock, two locks. In a committed region with connections of their own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from kernel.accounts.models import User
from kernel.tenancy.context import region_scope
from kernel.tenancy.state import RegionState
from tenants.employees.models import Employee
from tenants.organisation.models import Unit
from tenants.payout.actions import lock_opd
from tenants.tpp.errors import PracticeRefused
from tenants.tpp.models import GoLive, MonthLock, MonthRun, RunIssue
from tenants.tpp.practice import choose_pilots, propose_go_live, sign_go_live
from tenants.tpp.sealing import digest_of
from tests.cast import make_employee, make_opd, make_user
from tests.tenants.payout.closing_steps import take_steps_before_lock
from tests.tenants.tpp.manado_month import MAY
from tests.tenants.tpp.small_run import stored_rules


def beside(region: RegionState, work: Callable[[], Any]) -> tuple[threading.Thread, list[BaseException]]:
    """Do the work in a thread of its own in this region; what it raised ends up in the list."""
    raised: list[BaseException] = []

    def run() -> None:
        try:
            with region_scope(region):
                work()
        except (IntegrityError, PracticeRefused) as error:
            raised.append(error)
        finally:
            connection.close()

    return threading.Thread(target=run), raised


REASON = "Dibayar bulan depan"


def finished_run(opd: Unit, employee: Employee) -> MonthRun:
    """A run of the OPD in which its one person could not be computed, so that nobody's facts can have changed."""
    rules = stored_rules()
    run = MonthRun.objects.create(
        month=date(2024, 5, 1),
        number=1,
        state=MonthRun.State.DONE,
        rule_set=rules,
        rule_set_digest=rules.digest,
        reference_date=date(2024, 5, 1),
        digest=digest_of(()),
    )
    RunIssue.objects.create(run=run, employee=employee, opd=opd, kind="error", place="rules", reason="Tanpa golongan")
    take_steps_before_lock(MAY, opds=[opd])
    return run


@pytest.fixture
def people(fresh_region: RegionState) -> tuple[User, Employee]:
    return make_user("198505052010021001", "BKPSDM", "bkpsdm"), make_employee("Ani")


@pytest.fixture
def opd(fresh_region: RegionState) -> Unit:
    return make_opd()


def test_a_write_that_races_with_the_lock_waits_and_is_refused(
    fresh_region: RegionState, people: tuple[User, Employee], opd: Unit
) -> None:
    user, employee = people
    run = finished_run(opd, employee)
    latecomer = make_employee("Budi")

    def write() -> None:
        RunIssue.objects.create(run=run, employee=latecomer, kind="error", place="rules", reason="terlambat")

    with transaction.atomic():
        lock_opd(month=MAY, opd=opd, actor=user, reason=REASON)
        writer, raised = beside(fresh_region, write)
        writer.start()
        writer.join(timeout=1)
        assert writer.is_alive()
    writer.join(timeout=60)
    assert [type(error) for error in raised] == [IntegrityError]
    assert not RunIssue.objects.filter(employee=latecomer).exists()


def test_two_who_lock_at_once_make_one_lock(
    fresh_region: RegionState, people: tuple[User, Employee], opd: Unit
) -> None:
    user, employee = people
    finished_run(opd, employee)
    locks: list[MonthLock] = []
    threads = [
        beside(fresh_region, lambda: locks.append(lock_opd(month=MAY, opd=opd, actor=user, reason=REASON)))
        for _ in range(4)
    ]
    for thread, _ in threads:
        thread.start()
    for thread, _ in threads:
        thread.join(timeout=60)
    assert len(locks) == 4
    assert {lock.pk for lock in locks} == {MonthLock.objects.get().pk}


def test_a_go_live_that_races_with_the_lock_waits_and_is_refused(
    fresh_region: RegionState, people: tuple[User, Employee], opd: Unit
) -> None:
    user, employee = people
    finished_run(opd, employee)
    choose_pilots(opds=[opd.uid], month=MAY.next.next, actor=user)
    (proposal,) = propose_go_live(opds=[opd.uid], month=MAY, actor=user)
    second = make_user("198505052010021002", "Kedua", "bkpsdm")
    with transaction.atomic():
        lock_opd(month=MAY, opd=opd, actor=user, reason=REASON)
        signer, raised = beside(fresh_region, lambda: sign_go_live(uids=[proposal.uid], actor=second))
        signer.start()
        signer.join(timeout=1)
        assert signer.is_alive()
    signer.join(timeout=60)
    assert [type(error) for error in raised] == [PracticeRefused]
    assert not GoLive.objects.signed().exists()
