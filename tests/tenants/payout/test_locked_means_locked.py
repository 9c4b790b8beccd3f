"""Locked means locked, whatever is written; and every sum of a lock is the sum of its parts."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection
from hypothesis import given, settings
from hypothesis import strategies as st
from psycopg.sql import SQL, Composed, Identifier

from kernel import clock
from kernel.accounts.models import User
from tenants.organisation.models import Unit
from tenants.payout.auditing import breaches
from tenants.payout.models import LedgerEntry
from tenants.tpp.models import MonthLock, MonthRun, Slip, SlipLine
from tests.tenants.payout.closing_steps import is_intact, lock_one, lock_whole_month
from tests.tenants.payout.test_signatures import execute
from tests.tenants.tpp.manado_month import AFTERWARDS, MAY
from tests.tenants.tpp.pilot import RunOf, after

FINAL = ("tpp_monthrun", "tpp_monthfacts", "tpp_slip", "tpp_slipline", "tpp_monthlock", "payout_ledgerentry")


@pytest.fixture
def lock(month_run: MonthRun, bkpsdm: User) -> MonthLock:
    with clock.at(AFTERWARDS):
        return lock_one(MAY, actor=bkpsdm)


def columns_of(table: str) -> list[str]:
    with connection.cursor() as cursor:
        return [column.name for column in connection.introspection.get_table_description(cursor, table)]


def refused(statement: Composed) -> None:
    """The database refuses the statement because of the lock, or of a row that refers to a locked one."""
    with pytest.raises(IntegrityError, match=r"locked|append-only|still referenced"):
        execute(statement)


@pytest.mark.parametrize("table", FINAL)
def test_no_column_of_a_locked_row_can_be_written(lock: MonthLock, table: str) -> None:
    columns = columns_of(table)

    @settings(max_examples=15)
    @given(st.lists(st.sampled_from(columns), min_size=1, max_size=4, unique=True))
    def write(chosen: list[str]) -> None:
        values = SQL(", ").join(SQL("{0} = {0}").format(Identifier(column)) for column in chosen)
        refused(SQL("UPDATE {} SET {}").format(Identifier(table), values))

    write()
    refused(SQL("DELETE FROM {}").format(Identifier(table)))
    refused(SQL("TRUNCATE {} CASCADE").format(Identifier(table)))
    assert is_intact(MAY)


def test_slips_locks_and_ledger_are_one_sum(four_opds: list[Unit], run_of: RunOf, bkpsdm: User) -> None:
    run = run_of(MAY)
    with clock.at(after(MAY)):
        locks = lock_whole_month(MAY, actor=bkpsdm)
    assert len(locks) == 4
    assert sum(lock.net_total for lock in locks) == run.net_total
    assert LedgerEntry.objects.all().by_kind()["net_tpp"] == run.net_total
    for slip in Slip.objects.filter(run=run):
        entered = LedgerEntry.objects.filter(slip=slip).by_kind()
        assert entered.get("net_tpp", Decimal(0)) == slip.net
        assert entered.get("tax", Decimal(0)) == slip.tax
    assert breaches() == []


@pytest.mark.parametrize(
    ("table", "trigger", "statement", "invariant"),
    [
        (
            "tpp_slipline",
            "locked_line_update",
            "UPDATE tpp_slipline SET amount = amount + 1 WHERE \"column\" = 'tax'",
            "lines_are_the_slip",
        ),
        ("tpp_monthlock", "lock_final", "UPDATE tpp_monthlock SET people = people + 1", "slips_are_the_lock"),
        (
            "payout_ledgerentry",
            "ledger_append_only",
            "DELETE FROM payout_ledgerentry WHERE id = (SELECT min(id) FROM payout_ledgerentry WHERE kind = 'net_tpp')",
            "lock_is_the_ledger",
        ),
        (
            "payout_ledgerentry",
            "ledger_append_only",
            "UPDATE payout_ledgerentry SET amount = amount + 1 WHERE kind = 'tax'",
            "entries_are_the_slip",
        ),
    ],
)
def test_the_nightly_look_finds_what_was_changed_behind_the_triggers(
    lock: MonthLock, table: str, trigger: str, statement: str, invariant: str
) -> None:
    assert breaches() == []
    assert SlipLine.objects.filter(slip__run=lock.run, column="tax", amount__gt=0).exists()
    execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    execute(statement)
    execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    assert invariant in {breach.invariant for breach in breaches()}
    with pytest.raises(CommandError, match=invariant):
        call_command("audit_locks", "manado")
