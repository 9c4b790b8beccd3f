"""Locked means locked, whatever is written; and every sum of a lock is the sum of its parts."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection
from django.db.models import Model
from psycopg.sql import SQL, Composed, Identifier

from kernel import clock
from kernel.accounts.models import User
from tenants.organisation.models import Unit
from tenants.payout.auditing import breaches
from tenants.payout.models import LedgerEntry
from tenants.tpp.models import MonthLock, MonthRun, Slip, SlipLine
from tests.cast import make_employee
from tests.tenants.payout.closing_steps import (
    closer,
    is_intact,
    lock_one,
    lock_prepared,
    lock_whole_month,
    sign_whole,
)
from tests.tenants.payout.paying import give_accounts, people_of, request
from tests.tenants.payout.test_signatures import execute
from tests.tenants.tpp.manado_month import AFTERWARDS, MAY, Case
from tests.tenants.tpp.pilot import RunOf, after

FINAL = (
    "tpp_monthrun",
    "tpp_monthfacts",
    "tpp_slip",
    "tpp_slipline",
    "tpp_runissue",
    "tpp_monthlock",
    "payout_ledgerentry",
)
# What hangs on a difference run; held to the same in tests/tenants/arrears/test_difference_lock.py.
OF_DIFFERENCES = (
    "arrears_differenceslip",
    "arrears_differenceline",
    "arrears_differenceissue",
    "arrears_differencespan",
    "arrears_latefact",
    "arrears_order",
)
# What is written about a locked month after its lock, once and for all, and what is never money.
PAID_BY = ("payout_parcelstep", "payout_paymentlist", "payout_paymentrow", "payout_locksignature", "payout_reopening")
NOT_MONEY = (
    "appeals_appeal",
    "budget_budgetdecision",
    "budget_budgethold",
    "preaudit_hit",
    "preaudit_look",
    "preaudit_waiver",
    "reports_issuedpaper",
    "reports_paperbundle",
    "reports_papercopy",
    "tryout_tryoutmonth",
    "tryout_tryoutperson",
)
TEXTS = {"number", "reference", "bank_code", "holder"}
# What a further row of the table differs in, so that nothing but the lock can refuse it.
FURTHER = {
    "tpp_monthfacts": {"employee_id": "{stranger}"},
    "tpp_slip": {"employee_id": "{stranger}"},
    "tpp_slipline": {"order": "999"},
    "tpp_runissue": {"employee_id": "{stranger}"},
    "tpp_monthlock": {},
    "payout_ledgerentry": {"kind": "'deduction'", "amount": "1"},
    "payout_paymentrow": {"employee_id": "{stranger}", "order": "999", "reference": "'T0000-1'"},
}


@pytest.fixture
def lock(cases: list[Case], run_month: Callable[[], MonthRun], bkpsdm: User) -> MonthLock:
    """The printed month and somebody without a post, whom the run names; locked."""
    make_employee("Orang tanpa jabatan")
    run_month()
    with clock.at(AFTERWARDS):
        return lock_one(MAY, actor=bkpsdm)


def columns_of(table: str) -> list[str]:
    with connection.cursor() as cursor:
        return [column.name for column in connection.introspection.get_table_description(cursor, table)]


def is_refused(statement: str | Composed) -> bool:
    """Whether the database refuses the statement because of the lock, or of a row that refers to a locked one."""
    try:
        execute(statement)
    except IntegrityError as error:
        return any(words in str(error) for words in ("locked", "append-only", "still referenced"))
    return False


def test_nothing_of_a_locked_month_can_be_written_or_removed(lock: MonthLock) -> None:
    for table in FINAL:
        for column in map(Identifier, columns_of(table)):
            assert is_refused(SQL("UPDATE {} SET {} = {}").format(Identifier(table), column, column)), (table, column)
        assert is_refused(SQL("DELETE FROM {}").format(Identifier(table))), table
        assert is_refused(SQL("TRUNCATE {} CASCADE").format(Identifier(table))), table
    assert is_intact(MAY)


def test_every_table_that_hangs_on_a_run_or_a_lock_is_known() -> None:
    found = {MonthRun._meta.db_table, MonthLock._meta.db_table}
    more = found
    while more:
        more = {
            model._meta.db_table
            for model in apps.get_models()
            if model._meta.db_table not in found
            and any(field.related_model and field.related_model._meta.db_table in found for field in _keys(model))
        }
        found |= more
    assert found == {*FINAL, *OF_DIFFERENCES, *PAID_BY, *NOT_MONEY}


def _keys(model: type[Model]) -> list[Any]:
    return [field for field in model._meta.fields if field.is_relation]


def further_row(table: str, stranger: int) -> Composed:
    """A copy of one of the table's rows with an id, a uid and what else would not be unique of its own."""
    own = {"id": "nextval(pg_get_serial_sequence('{table}', 'id'))", "uid": "gen_random_uuid()", **FURTHER[table]}
    columns = columns_of(table)
    values = [
        SQL(own[name].format(table=table, stranger=stranger)) if name in own else Identifier(name) for name in columns
    ]
    return SQL("INSERT INTO {table} ({columns}) SELECT {values} FROM {table} LIMIT 1").format(
        table=Identifier(table), columns=SQL(", ").join(map(Identifier, columns)), values=SQL(", ").join(values)
    )


def test_a_locked_month_takes_no_further_row(lock: MonthLock) -> None:
    stranger = make_employee("Orang luar").pk
    for table in FINAL:
        if table == "tpp_monthrun":
            # A further run of the month is none of the locked one; it can pay nobody of the OPD (`tpp_slip`).
            continue
        # A second lock of the OPD meets the one that stands.
        with pytest.raises(IntegrityError, match=r"locked|lock_one_for_month_kind_and_opd"):
            execute(further_row(table, stranger))
    assert is_intact(MAY)


def test_what_was_asked_for_and_signed_stays_and_takes_no_further_row(four_opds: list[Unit], run_of: RunOf) -> None:
    run_of(MAY)
    opd = four_opds[0]
    with clock.at(after(MAY)):
        give_accounts(people_of(opd))
        sign_whole(lock_prepared(month=MAY, opd=opd, actor=closer("bkpsdm")))
        request(opd)
    stranger = make_employee("Orang luar").pk
    for table in PAID_BY:
        with connection.cursor() as cursor:
            cursor.execute(SQL("SELECT count(*) FROM {}").format(Identifier(table)))
            assert cursor.fetchone()[0] or table == "payout_reopening"
        for words in ("DELETE FROM {}", "TRUNCATE {} CASCADE"):
            if table != "payout_reopening" or "TRUNCATE" in words:
                assert is_refused(SQL(words).format(Identifier(table))), (table, words)
    assert is_refused("UPDATE payout_paymentlist SET total = total")
    assert is_refused("UPDATE payout_parcelstep SET note = note")
    assert is_refused("UPDATE payout_locksignature SET digest = digest")
    for column in ("amount", "number", "employee_id", "list_id", "reference", "bank_code", "holder"):
        with pytest.raises(IntegrityError, match="frozen"):
            execute(
                SQL(
                    "UPDATE payout_paymentrow SET {0} = 'x'"
                    if column in TEXTS
                    else "UPDATE payout_paymentrow SET {0} = {0} + 1"
                ).format(Identifier(column))
            )
    with pytest.raises(IntegrityError, match="frozen"):
        execute(further_row("payout_paymentrow", stranger))


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
