"""A locked month: what is sealed, who may lock, and that nothing gets in or out afterwards, not even by SQL."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from kernel import clock
from kernel.accounts.models import User
from kernel.audit.models import AuditEvent
from kernel.errors import NotAllowed
from kernel.tenancy.state import RegionState
from tenants.calendars import closing
from tenants.organisation.models import Unit
from tenants.payout.actions import lock_month
from tenants.payout.errors import (
    FactsChanged,
    MonthNotOver,
    NothingToLock,
    NotLocked,
    RulesChanged,
    RunTooEarly,
    SlipChanged,
    UnresolvedErrors,
)
from tenants.payout.models import LedgerEntry
from tenants.payout.verifying import verify_lock, verify_month
from tenants.rules.actions import load_rule_set_file, publish_rule_set, sign_rule_set
from tenants.skp.models import MonthlyRating
from tenants.tpp.actions import start_run
from tenants.tpp.errors import RunGoing
from tenants.tpp.models import MonthFacts, MonthLock, MonthRun, SalaryBase, Slip, SlipLine
from tenants.tpp.salary import record_salary_bases
from tests.cast import make_employee, with_regulation
from tests.tenants.payout.closing_steps import lock_prepared, take_steps_again
from tests.tenants.tpp.manado_month import AFTERWARDS, MAY, Case

RunMonth = Callable[[], MonthRun]


@pytest.fixture
def lock(month_run: MonthRun, bkpsdm: User) -> MonthLock:
    with clock.at(AFTERWARDS):
        return lock_the_opd(bkpsdm)


def the_opd() -> Unit:
    return Unit.objects.get(code="4.01")


def lock_the_opd(actor: User, reason: str = "") -> MonthLock:
    """Lock May 2024 of the one OPD of the printed month, behind its steps."""
    return lock_prepared(month=MAY, opd=the_opd(), actor=actor, reason=reason)


def execute(statement: str, *values: str | int) -> None:
    """Run it as SQL; what the test's open transaction still owes is settled first, as a commit would."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(statement, values or None)


def test_the_lock_seals_the_run_and_fills_the_ledger(lock: MonthLock, month_run: MonthRun) -> None:
    assert lock.run == month_run
    assert len(lock.digest) == 64
    sums = LedgerEntry.objects.of_run(month_run.pk)
    assert sums == {
        "net_tpp": month_run.net_total,
        "tax": month_run.tax_total,
        "contribution": month_run.contribution_total,
    }
    assert LedgerEntry.objects.of_month(MAY).count() == 30
    assert AuditEvent.objects.filter(action="payout.month_locked").count() == 1


def test_a_second_click_is_the_same_lock(lock: MonthLock, bkpsdm: User) -> None:
    with clock.at(AFTERWARDS):
        assert lock_the_opd(bkpsdm) == lock
    assert LedgerEntry.objects.count() == 30


def test_a_locked_month_verifies(lock: MonthLock) -> None:
    found = verify_lock(lock)
    assert found.is_intact
    assert (found.slips, found.digest, found.ledger_difference) == (10, lock.digest, Decimal(0))


def test_a_changed_row_behind_the_triggers_is_found(lock: MonthLock, month_run: MonthRun) -> None:
    slip = Slip.objects.filter(run=month_run).order_by("pk")[0]
    execute("ALTER TABLE tpp_slipline DISABLE TRIGGER locked_line_update")
    SlipLine.objects.filter(slip=slip, node_id="disiplin").update(label="Bobot lain")
    execute("ALTER TABLE tpp_slipline ENABLE TRIGGER locked_line_update")
    found = verify_lock(lock)
    assert not found.is_intact
    assert found.changed_slips == (slip.uid,)


def test_changed_frozen_facts_are_found(lock: MonthLock, month_run: MonthRun) -> None:
    slip = Slip.objects.filter(run=month_run).order_by("pk")[0]
    execute("ALTER TABLE tpp_monthfacts DISABLE TRIGGER locked_facts_update")
    execute(
        "UPDATE tpp_monthfacts SET text = replace(text, %s, %s) WHERE employee_id = %s",
        '"salary_base":"4000000"',
        '"salary_base":"11900000"',
        slip.employee_id,
    )
    execute("ALTER TABLE tpp_monthfacts ENABLE TRIGGER locked_facts_update")
    found = verify_lock(lock)
    assert found.changed_facts == found.replayed_differently == (slip.uid,)


def test_a_row_changed_before_the_lock_keeps_the_month_open(month_run: MonthRun, bkpsdm: User) -> None:
    SlipLine.objects.filter(slip__run=month_run, node_id="pph").update(label="Pajak lain")
    with clock.at(AFTERWARDS), pytest.raises(SlipChanged):
        lock_the_opd(bkpsdm)
    assert not LedgerEntry.objects.exists()


def test_frozen_facts_that_are_gone_are_found(lock: MonthLock, month_run: MonthRun) -> None:
    slip = Slip.objects.filter(run=month_run).order_by("pk")[0]
    execute("ALTER TABLE tpp_monthfacts DISABLE TRIGGER locked_facts_delete")
    MonthFacts.objects.filter(run=month_run, employee_id=slip.employee_id).delete()
    execute("ALTER TABLE tpp_monthfacts ENABLE TRIGGER locked_facts_delete")
    found = verify_lock(lock)
    assert found.changed_facts == (slip.uid,)
    assert not found.is_intact


def test_what_came_in_after_the_run_is_computed_before_the_month_is_closed(
    month_run: MonthRun, bkpsdm: User, run_month: Callable[[], MonthRun]
) -> None:
    first, second = Slip.objects.filter(run=month_run).order_by("pk")[:2]
    with clock.at(AFTERWARDS):
        record_salary_bases(month=MAY, amounts={first.employee_id: Decimal(9_000_000)}, actor=bkpsdm)
        MonthlyRating.objects.filter(employee=second.employee).update(skp_percent=Decimal(50))
        with pytest.raises(FactsChanged) as refused:
            lock_the_opd(bkpsdm)
    assert refused.value.people == 2
    assert "2 pegawai" in refused.value.message()
    again = run_month()
    with clock.at(AFTERWARDS):
        take_steps_again(MAY, the_opd())
        assert lock_the_opd(bkpsdm).run == again


@pytest.mark.parametrize(
    ("begun", "is_refused"),
    [
        (datetime(2024, 5, 20, 4, tzinfo=UTC), True),
        # 02.59 and 03.00 of 1 June in Manado: the last day of work ends in between.
        (datetime(2024, 5, 31, 18, 59, tzinfo=UTC), True),
        (datetime(2024, 5, 31, 19, 0, tzinfo=UTC), False),
    ],
)
def test_a_run_of_half_a_month_is_not_locked(
    month_run: MonthRun, bkpsdm: User, begun: datetime, is_refused: bool
) -> None:
    MonthRun.objects.filter(pk=month_run.pk).update(created_at=begun)
    with clock.at(AFTERWARDS):
        if is_refused:
            with pytest.raises(RunTooEarly):
                lock_the_opd(bkpsdm)
        else:
            lock_the_opd(bkpsdm)
    assert MonthLock.objects.exists() is not is_refused


def test_a_run_by_rules_that_were_replaced_is_not_locked(
    month_run: MonthRun, run_month: RunMonth, bkpsdm: User, with_role: Callable[..., User]
) -> None:
    text = month_run.rule_set.text.replace("title: ", "title: Naskah perbaikan ", 1)
    draft = with_regulation(load_rule_set_file(text=text, valid_from=MAY.first_day, actor=bkpsdm), bkpsdm)
    for signer in (bkpsdm, with_role("bpkad")):
        sign_rule_set(uid=draft.uid, actor=signer)
    publish_rule_set(uid=draft.uid, actor=bkpsdm)
    with clock.at(AFTERWARDS):
        with pytest.raises(RulesChanged, match="2024-05"):
            lock_the_opd(bkpsdm)
        assert not MonthLock.objects.exists()
        again = run_month()
        take_steps_again(MAY, the_opd())
        assert lock_the_opd(bkpsdm).run == again


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE tpp_monthrun SET net_total = net_total",
        "DELETE FROM tpp_monthrun",
        "UPDATE tpp_monthfacts SET digest = 'x'",
        "DELETE FROM tpp_monthfacts",
        "UPDATE tpp_slip SET heading = '{}'",
        "UPDATE tpp_slip SET run_id = run_id + 0 WHERE id = (SELECT min(id) FROM tpp_slip)",
        "DELETE FROM tpp_slip",
        "UPDATE tpp_slipline SET label = 'lain'",
        "DELETE FROM tpp_slipline WHERE id = (SELECT min(id) FROM tpp_slipline)",
        'INSERT INTO tpp_slipline (slip_id, "order", node_id, kind, stage, label, clause_text, clause_reference, unit,'
        " unrounded, \"column\", inputs, note) SELECT id, 999, 'x', 'x', 'x', 'x', 'x', 'x', 'rupiah', 0, '', '{}', ''"
        " FROM tpp_slip LIMIT 1",
        "INSERT INTO tpp_runissue (run_id, employee_id, kind, place, reason)"
        " SELECT run_id, employee_id, 'error', 'rules', 'x' FROM tpp_slip LIMIT 1",
        "UPDATE tpp_monthlock SET digest = 'x'",
        "UPDATE tpp_monthlock SET reopened_at = now(), digest = 'x'",
        "DELETE FROM tpp_monthlock",
        "TRUNCATE tpp_slipline",
        "TRUNCATE payout_ledgerentry",
        "UPDATE payout_ledgerentry SET amount = 0",
        "DELETE FROM payout_ledgerentry",
        "INSERT INTO payout_ledgerentry (uid, region_id, employee_id, month, kind, amount, slip_id, lock_id,"
        " entered_at)"
        " SELECT gen_random_uuid(), s.region_id, employee_id, '2024-05-01', 'deduction', 1, s.id, l.id, now()"
        " FROM tpp_slip s, tpp_monthlock l LIMIT 1",
    ],
)
def test_a_locked_month_refuses_raw_sql(lock: MonthLock, statement: str) -> None:
    with pytest.raises(IntegrityError, match=r"locked|append-only|still referenced"):
        execute(statement)


def test_a_row_cannot_be_moved_into_a_locked_run(lock: MonthLock, bkpsdm: User, run_outbox: Callable[[], int]) -> None:
    with clock.at(AFTERWARDS):
        other = start_run(month=MAY.previous, actor=bkpsdm)
        run_outbox()
    stranger = make_employee("Orang Luar")
    opd = Slip.objects.filter(run=lock.run)[0].opd
    facts = MonthFacts.objects.create(run=other, employee=stranger, opd=opd, heading={}, text="{}", digest="x")
    with pytest.raises(IntegrityError, match="locked"):
        execute("UPDATE tpp_monthfacts SET run_id = %s WHERE id = %s", lock.run_id, facts.pk)


def test_a_month_without_a_run_cannot_be_locked(manado: RegionState, bkpsdm: User) -> None:
    with clock.at(AFTERWARDS), pytest.raises(NothingToLock):
        lock_month(month=MAY, actor=bkpsdm)


def test_an_unfinished_run_cannot_be_locked_by_sql(cases: list[Case], bkpsdm: User) -> None:
    with clock.at(AFTERWARDS):
        run = start_run(month=MAY, actor=bkpsdm)
    with pytest.raises(IntegrityError, match="finished run"):
        MonthLock.objects.create(
            month=MAY.first_day,
            opd=the_opd(),
            run=run,
            digest="x",
            people=0,
            net_total=0,
            locked_by=bkpsdm,
        )


def test_facts_of_a_locked_month_are_closed(lock: MonthLock, cases: list[Case], bkpsdm: User) -> None:
    assert closing.is_closed(MAY)
    assert not closing.is_closed(MAY.next)
    with pytest.raises(closing.MonthClosed):
        closing.require_open(date(2024, 5, 31))
    with pytest.raises(closing.MonthClosed):
        record_salary_bases(month=MAY, amounts={cases[0].employee.pk: Decimal(1)}, actor=bkpsdm)
    with clock.at(AFTERWARDS), pytest.raises(closing.MonthClosed):
        start_run(month=MAY, actor=bkpsdm)


def test_no_lock_while_a_run_is_going(month_run: MonthRun, bkpsdm: User) -> None:
    with clock.at(AFTERWARDS):
        start_run(month=MAY, actor=bkpsdm)
        with pytest.raises(RunGoing):
            lock_the_opd(bkpsdm)


def test_no_lock_before_the_month_is_over(month_run: MonthRun, bkpsdm: User) -> None:
    with clock.at(datetime(2024, 5, 31, 12, tzinfo=UTC)), pytest.raises(MonthNotOver):
        lock_the_opd(bkpsdm)


def test_unresolved_errors_need_a_reason(cases: list[Case], run_month: RunMonth, bkpsdm: User) -> None:
    SalaryBase.objects.filter(employee=cases[0].employee).delete()
    run_month()
    with clock.at(AFTERWARDS):
        with pytest.raises(UnresolvedErrors) as refused:
            lock_the_opd(bkpsdm, reason="  ")
        assert refused.value.count == 1
        assert lock_the_opd(bkpsdm, reason="Pegawai pindah, dibayar bulan depan").note


def test_only_bkpsdm_locks(month_run: MonthRun, with_role: Callable[..., User]) -> None:
    with clock.at(AFTERWARDS), pytest.raises(NotAllowed):
        lock_the_opd(with_role("bpkad"))


def test_an_open_month_has_no_lock_to_verify(manado: RegionState) -> None:
    with pytest.raises(NotLocked):
        verify_month(MAY)


def test_an_entry_carries_person_month_and_slip(lock: MonthLock, cases: list[Case]) -> None:
    entry = LedgerEntry.objects.get(employee=cases[0].employee, kind=LedgerEntry.Kind.NET_TPP)
    assert (entry.amount, entry.month) == (cases[0].expect["net"], MAY.first_day)
    assert entry.slip is not None
    assert entry.slip.employee == cases[0].employee
