"""Writing the ledger: the entries of a lock, of held slips that are released later, and what reverses them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db import connection
from django.dispatch import receiver

from kernel import clock
from kernel.tenancy.context import scope_number
from tenants.tpp.models import MonthLock, MonthRun, Slip
from tenants.tpp.querysets import SlipQuerySet
from tenants.tpp.signals import holds_released

# One statement for all people; a slip gives an entry for each amount that is not zero. The uid is made by the server:
# PostgreSQL 18 has UUIDv7, older servers give a random one.
_ENTER = """
    INSERT INTO payout_ledgerentry (uid, region_id, employee_id, month, kind, amount, slip_id, lock_id, entered_at)
    SELECT {new_uid}(), %s, s.employee_id, %s, part.kind, part.amount, s.id, %s, %s
    FROM tpp_slip s
    CROSS JOIN LATERAL (VALUES
        ('net_tpp', s.net), ('tax', s.tax), ('contribution', s.contributions), ('deduction', s.other_deductions)
    ) AS part(kind, amount)
    WHERE s.id IN ({slips}) AND part.amount <> 0
    ORDER BY s.id
"""
_REVERSE = """
    INSERT INTO payout_ledgerentry
        (uid, region_id, employee_id, month, kind, amount, slip_id, difference_id, lock_id, entered_at, reverses_id)
    SELECT {new_uid}(), e.region_id, e.employee_id, e.month, e.kind, -e.amount, e.slip_id, e.difference_id, e.lock_id,
        %s, e.id
    FROM payout_ledgerentry e
    WHERE e.lock_id = %s AND e.reverses_id IS NULL
    ORDER BY e.id
"""


def enter(run: MonthRun, slips: SlipQuerySet, lock: int) -> int:
    """The entries of these slips under the lock with this key; returns how many. Call it in the lock's transaction,
    before the lock: once it stands, its ledger takes no more."""
    chosen, parameters = slips.values("pk").query.sql_with_params()
    with connection.cursor() as cursor:
        statement = _ENTER.format(new_uid=new_uid(), slips=chosen)
        cursor.execute(statement, [scope_number(), run.month, lock, clock.now(), *parameters])
        return int(cursor.rowcount)


def enter_released(slips: Collection[int]) -> int:
    """The entries of slips that were held when their OPD was locked, under that lock; returns how many.

    For who releases them, in the same transaction; slips of months that are still open are left to their lock. The
    database refuses a second entry of the same slip and one that was not held.
    """
    entered = 0
    held = Slip.objects.filter(pk__in=slips, is_practice=False)
    locks = MonthLock.objects.standing().select_related("run").order_by("pk")
    for lock in locks.filter(run__in=held.values("run")):
        own = held.filter(run=lock.run_id, opd=lock.opd_id)
        entered += enter(lock.run, own.exclude(ledger__lock=lock), lock.pk)
    return entered


@receiver(holds_released, dispatch_uid="payout.ledger")
def _enter_released(sender: Any, slips: Collection[int], **kwargs: Any) -> None:
    enter_released(slips)


def reverse(lock: MonthLock) -> int:
    """A minus for every entry of the lock; returns how many. Call it in the transaction that reopens it, before."""
    with connection.cursor() as cursor:
        cursor.execute(_REVERSE.format(new_uid=new_uid()), [clock.now(), lock.pk])
        return int(cursor.rowcount)


def new_uid() -> str:
    """The server's function for a new uid."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version_num')::int")
        return "uuidv7" if cursor.fetchone()[0] >= 180000 else "gen_random_uuid"
