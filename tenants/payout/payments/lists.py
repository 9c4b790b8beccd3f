"""Making a payment list from the ledger, once; making one void; saying by hand that the bank has paid."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet, Sum

from kernel import clock
from kernel.accounts.models import User
from kernel.audit.record import declare_action, record
from kernel.errors import NotFound
from kernel.money import decimal_text
from kernel.periods import Month
from kernel.permissions import require
from kernel.tenancy import here
from tenants.calendars import closing
from tenants.employees.models import BankAccount, Employee
from tenants.employees.querysets import accounts_on
from tenants.payout import gates
from tenants.payout.models import LedgerEntry, Parcel, ParcelStep, PaymentList, PaymentRow
from tenants.payout.parcels.errors import GatesClosed
from tenants.payout.payments.errors import PaymentRefused
from tenants.payout.permissions import ORDER_PAYMENT
from tenants.tpp.models import MonthLock, MonthRun

MADE = declare_action("payout.payment_list_made", "Daftar pembayaran dibuat")
VOIDED = declare_action("payout.payment_list_voided", "Daftar pembayaran dibatalkan")
MARKED = declare_action("payout.payment_list_marked_paid", "Daftar pembayaran ditandai dibayar")

# The gate of the pre-audit.
_PREAUDIT: Final = "preaudit"
# How a reference begins: it must never read as a figure or a formula.
_LETTERS: Final = {
    MonthRun.Kind.ORDINARY: "T",
    MonthRun.Kind.THR: "R",
    MonthRun.Kind.THIRTEENTH: "G",
    MonthRun.Kind.DIFFERENCE: "S",
}


@dataclass(frozen=True, slots=True)
class Due:
    """One payment of a new list: the person, rupiah, the account that counts now, the row that it tries again."""

    employee: Employee
    amount: Decimal
    account: BankAccount | None
    follows: PaymentRow | None = None


def due(lock: MonthLock) -> list[Due]:
    """What a list made now would hold, by name: what the ledger grants and no list has yet, and what failed and has an
    account by now. Five statements.
    """
    granted = _by_person(LedgerEntry.objects.filter(lock=lock, kind=LedgerEntry.Kind.NET_TPP))
    listed = _by_person(PaymentRow.objects.first_tries().filter(list__lock=lock))
    open_amounts = {key: amount - listed.get(key, Decimal(0)) for key, amount in granted.items()}
    retried = list(PaymentRow.objects.to_retry().filter(list__lock=lock).select_related("employee"))
    keys = {key for key, amount in open_amounts.items() if amount > 0} | {row.employee_id for row in retried}
    people = Employee.objects.in_bulk(keys)
    accounts = accounts_on(keys, here.today())
    found = [Due(people[key], amount, accounts.get(key)) for key, amount in open_amounts.items() if amount > 0]
    # One row for a person on a list: what failed waits for the next one when there is something new, too.
    fresh = {entry.employee.pk for entry in found}
    found += [
        Due(row.employee, row.amount, accounts[row.employee_id], row)
        for row in retried
        if row.employee_id in accounts and row.employee_id not in fresh
    ]
    return sorted(found, key=lambda entry: (entry.employee.name, entry.employee.pk))


def _by_person(rows: QuerySet[Any]) -> dict[int, Decimal]:
    return dict(rows.order_by().values_list("employee_id").annotate(total=Sum("amount")))


def make_list(*, parcel: Parcel, lock: MonthLock, actor: User) -> PaymentList:
    """Freeze what is due now, with everybody's account. The caller holds the parcel's row and has checked the rights.

    People without an account are on it, to be paid by a later list. Raises PaymentRefused when nothing is due.
    """
    entries = due(lock)
    if not entries:
        raise PaymentRefused("nothing")
    number = parcel.payment_lists.count() + 1
    prefix = f"{_LETTERS[MonthRun.Kind(parcel.kind)]}{parcel.month:%y%m}-{parcel.opd.code}-{number}"
    rows = [_row(entry, order, prefix) for order, entry in enumerate(entries, 1)]
    made = PaymentList.objects.create(
        parcel=parcel,
        lock=lock,
        number=number,
        digest=digest_of_rows(rows, {entry.employee.pk: entry.employee.uid for entry in entries}),
        people=len(rows),
        total=sum((row.amount for row in rows), Decimal(0)),
        made_by=actor,
    )
    for row in rows:
        row.list = made
    PaymentRow.objects.bulk_create(rows)
    record(
        MADE,
        actor=actor,
        subject=made,
        after={"digest": made.digest, "people": made.people, "total": made.total, "lock": lock.uid},
    )
    return made


def _row(entry: Due, order: int, prefix: str) -> PaymentRow:
    account = entry.account
    return PaymentRow(
        order=order,
        employee=entry.employee,
        amount=entry.amount,
        bank_code=account.bank_code if account else "",
        bank_name=account.bank_name if account else "",
        number=account.number if account else "",
        holder=account.holder if account else "",
        reference=f"{prefix}-{order}",
        follows=entry.follows,
        state=PaymentRow.State.WAITING if account else PaymentRow.State.NO_ACCOUNT,
    )


def digest_of_rows(rows: Sequence[PaymentRow], uids: Mapping[int, UUID]) -> str:
    """sha256 over `<reference> <employee uid> <amount> <bank> <number>` of every row, in their order."""
    seal = hashlib.sha256()
    for row in rows:
        account = f"{row.bank_code} {row.number}" if row.number else "-"
        seal.update(f"{row.reference} {uids[row.employee_id]} {decimal_text(row.amount)} {account}\n".encode())
    return seal.hexdigest()


def digest_now(made: PaymentList) -> str:
    """The digest of the list's rows as they are stored now."""
    rows = list(made.rows.select_related("employee").order_by("order"))
    return digest_of_rows(rows, {row.employee_id: row.employee.uid for row in rows})


@transaction.atomic
def make_follow_up(*, parcel_uid: UUID, actor: User) -> PaymentList:
    """A further list: released people, and those whose payment failed and who have an account by now.

    Raises NotAllowed, NotFound, PaymentRefused when nothing is due or nothing was requested yet, and GatesClosed while
    a hit of the pre-audit is open: who was released since was not looked at before.
    """
    require(actor, ORDER_PAYMENT)
    reached = Parcel.objects.filter(uid=parcel_uid).first()
    if reached is None:
        raise NotFound("parcel")
    month = Month.of(reached.month)
    # In the order of a lock: the gate of the month, then the parcel.
    closing.hold(month.first_day, month.end)
    parcel = Parcel.objects.select_for_update(of=("self",)).select_related("opd").get(pk=reached.pk)
    former = parcel.payment_lists.standing().select_related("lock").order_by("-number").first()
    if former is None:
        raise PaymentRefused("not_requested")
    found = gates.reasons(month, parcel.kind, parcel.opd_id)
    if hits := tuple(reason for reason in found if reason.code.startswith(_PREAUDIT)):
        raise GatesClosed(hits)
    return make_list(parcel=parcel, lock=former.lock, actor=actor)


def void_list(made: PaymentList, *, actor: User) -> None:
    """Make a list void that nothing was paid of. The caller holds the parcel's row. Raises PaymentRefused."""
    if made.rows.filter(state__in=[PaymentRow.State.PAID, PaymentRow.State.FAILED]).exists():
        raise PaymentRefused("settled")
    made.rows.update(state=PaymentRow.State.VOID)
    record(VOIDED, actor=actor, subject=made, before={"digest": made.digest, "total": made.total})


def void_lists(lock: MonthLock, *, actor: User) -> int:
    """Make all lists of a lock void that is being reopened; returns how many. Raises PaymentRefused."""
    found = list(PaymentList.objects.filter(lock=lock).exclude(rows__state="void").order_by("number"))
    for made in found:
        void_list(made, actor=actor)
    return len(found)


@transaction.atomic
def mark_paid(*, list_uid: UUID, note: str, actor: User) -> int:
    """Say by hand that the bank has paid what still waits on a list; `note` names the proof. Returns how many rows.

    For banks that answer with no file. Raises NotAllowed, NotFound, PaymentRefused.
    """
    require(actor, ORDER_PAYMENT)
    made = PaymentList.objects.standing().select_related("parcel").filter(uid=list_uid).first()
    if made is None:
        raise NotFound("payment list")
    Parcel.objects.select_for_update().get(pk=made.parcel_id)
    require_order(made.parcel_id, made.lock_id)
    note = " ".join(note.split())
    if not note:
        raise PaymentRefused("reason")
    count = made.rows.filter(state=PaymentRow.State.WAITING).update(state=PaymentRow.State.PAID, settled_at=clock.now())
    record(MARKED, actor=actor, subject=made, after={"rows": count}, note=note)
    return count


def require_order(parcel_id: int, lock_id: int) -> None:
    """Raise PaymentRefused unless an SP2D stands for this lock of the parcel."""
    if (parcel_id, lock_id) not in ordered([parcel_id]):
        raise PaymentRefused("no_order")


def ordered(parcel_ids: Iterable[int]) -> set[tuple[int, int]]:
    """Of these parcels the (parcel, lock) pairs for which an SP2D stands. One statement."""
    rows = ParcelStep.objects.filter(
        parcel_id__in=list(parcel_ids), kind=ParcelStep.Kind.SP2D, undone_by__isnull=True, lock__isnull=False
    )
    return set(rows.values_list("parcel_id", "lock_id"))
