"""The lock of a difference run: what stands against it, what it enters in the ledger and brings with it.

A difference is locked like a month, OPD by OPD, with three differences: its month of payment need not be over, what
changed since belongs to the next run, and a person's months are one sum: more than nothing is paid, less is taken back.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Sum

from kernel import clock
from kernel.periods import Month
from kernel.tenancy.context import scope_number
from tenants.arrears import locking, recoveries, sealing
from tenants.arrears.errors import RecoveryBegun
from tenants.arrears.models import DifferenceSlip, Recovery
from tenants.arrears.payable import payable_rows
from tenants.organisation.models import Unit
from tenants.payout import gates
from tenants.payout.approving import payout_reasons_against
from tenants.payout.errors import NotApproved, NothingToLock, NotReady, SlipChanged
from tenants.payout.gates import Reason
from tenants.payout.ledger import new_uid
from tenants.tpp.models import MonthLock, MonthRun

KIND = MonthRun.Kind.DIFFERENCE

# A month gives an entry for each amount that is not zero. The net of who is paid in all is paid; that of who owes in
# all stands as owed until later slips have taken it back.
_ENTER = """
    INSERT INTO payout_ledgerentry
        (uid, region_id, employee_id, month, kind, amount, difference_id, lock_id, entered_at)
    SELECT {new_uid}(), %s, d.employee_id, %s, part.kind, part.amount, d.id, %s, %s
    FROM arrears_differenceslip d
    JOIN (
        SELECT employee_id, sum(net) AS balance FROM arrears_differenceslip
        WHERE run_id = %s AND opd_id = %s GROUP BY employee_id
    ) own ON own.employee_id = d.employee_id
    CROSS JOIN LATERAL (VALUES
        (CASE WHEN own.balance > 0 THEN 'net_tpp' ELSE 'recovery' END, d.net),
        ('tax', d.tax), ('contribution', d.contributions), ('deduction', d.other_deductions)
    ) AS part(kind, amount)
    WHERE d.run_id = %s AND d.opd_id = %s AND part.amount <> 0
    ORDER BY d.id
"""
_HOLD_PEOPLE = """
    SELECT 1 FROM employees_employee
    WHERE id IN (SELECT employee_id FROM arrears_differenceslip WHERE run_id = %s AND opd_id = %s)
    ORDER BY id FOR KEY SHARE
"""


def hold_people(run: MonthRun, opd: Unit) -> None:
    """Take the rows of the people in it, as the first thing of the lock."""
    with connection.cursor() as cursor:
        cursor.execute(_HOLD_PEOPLE, [run.pk, opd.pk])


def require_ready(run: MonthRun, opd: Unit) -> None:
    """Raises NothingToLock, NotReady (what it was compared with no longer stands, or a gate), NotApproved and
    SlipChanged (a stored row no longer has the digest that it was computed with)."""
    month = Month.of(run.month)
    if not DifferenceSlip.objects.of(run.pk, opd.pk).exists():
        raise NothingToLock(month)
    if found := [Reason("difference_stale", text) for text in locking.reasons_against(run, opd.pk)]:
        raise NotReady(tuple(found))
    if reasons := payout_reasons_against(run):
        raise NotApproved(tuple(reasons))
    if found := list(gates.reasons(month, run.kind, opd.pk)):
        raise NotReady(tuple(found))
    changed = [row.uid for row, digest in sealing.recomputed_rows(run, opd.pk) if digest != row.digest]
    if changed or sealing.run_digest(run) != run.digest:
        raise SlipChanged(len(changed))


def enter(run: MonthRun, opd: Unit, lock: int) -> int:
    """The entries of the OPD's differences under the lock with this key; returns how many. Before the lock stands."""
    with connection.cursor() as cursor:
        which = [run.pk, opd.pk]
        cursor.execute(_ENTER.format(new_uid=new_uid()), [scope_number(), run.month, lock, clock.now(), *which, *which])
        return int(cursor.rowcount)


def totals(run: MonthRun, opd: Unit) -> dict[str, Any]:
    """People who are paid, and the sum that is paid to them, as a lock says it."""
    rows = payable_rows(run, opd.pk)
    return {"people": len(rows), "net_total": sum(row.amount for row in rows)}


def expected_entries(lock: MonthLock) -> dict[str, Any]:
    """The sums that the lock's entries must have by kind, from the stored differences."""
    rows = DifferenceSlip.objects.of(lock.run_id, lock.opd_id)
    sums = rows.aggregate(tax=Sum("tax"), contribution=Sum("contributions"), deduction=Sum("other_deductions"))
    paid = sum(row["balance"] for row in rows.paid())
    owed = sum(row["balance"] for row in rows.owed())
    return {**sums, "net_tpp": paid, "recovery": owed}


def changed_rows(lock: MonthLock) -> tuple[UUID, ...]:
    """Differences whose frozen facts or new side are no longer what was computed."""
    return tuple(row.uid for row in sealing.replayed_differently(lock.run, lock.opd_id))


def against_reopening(month: Month, kind: str, opd: int) -> list[Reason]:
    """A month is not reopened under locked differences, nor a difference of which something was taken back."""
    lock = MonthLock.objects.standing().of(month, kind).filter(opd=opd).first()
    if lock is None:
        return []
    if kind == MonthRun.Kind.ORDINARY and locking.differences_on(lock):
        return [Reason("differences", str(locking.STANDS_UNDER_DIFFERENCES))]
    if kind == KIND and recoveries.is_begun(Recovery.Source.DIFFERENCE, lock.uid):
        return [Reason("recovery_begun", RecoveryBegun().message())]
    return []


def on_reopened(*, lock: MonthLock, actor: Any, **_more: Any) -> None:
    """Undo what the lock of a difference brought with it."""
    if lock.kind == KIND:
        locking.reopened(lock, actor)
