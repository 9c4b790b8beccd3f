"""Recording an account, the second person's confirmation of a changed one, withdrawing one."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from kernel import clock
from kernel.accounts.actors import Actor
from kernel.accounts.models import User
from kernel.audit.record import Deed, declare_action, record_many
from kernel.errors import NotFound
from kernel.permissions import opd_scope, require
from kernel.watching import names
from tenants.employees.access import employee_to_manage, employees_for
from tenants.employees.bank.errors import AccountRefused
from tenants.employees.models import BankAccount, Employee
from tenants.employees.permissions import CONFIRM_ACCOUNTS, IMPORT_ACCOUNTS, RECORD_ACCOUNTS
from tenants.employees.querysets import BankAccountQuerySet

RECORDED = declare_action("employees.account_recorded", "Rekening pegawai diisi", event=names.SENSITIVE_CREATE)
CONFIRMED = declare_action(
    "employees.account_confirmed", "Rekening yang berubah dikonfirmasi", event=names.SENSITIVE_UPDATE
)
WITHDRAWN = declare_action("employees.account_withdrawn", "Rekening pegawai dibatalkan", event=names.SENSITIVE_DELETE)


@dataclass(frozen=True, slots=True)
class AccountDraft:
    """An account as a page or a sheet gives it: bank code (three digits) and name, number (digits), its holder."""

    bank_code: str
    bank_name: str
    number: str
    holder: str
    first: date

    @classmethod
    def of(cls, account: BankAccount) -> AccountDraft:
        """What a recorded account says."""
        return cls(account.bank_code, account.bank_name, account.number, account.holder, account.first)

    def pays_as(self, other: AccountDraft) -> bool:
        """Whether money goes to the same place under the same name."""
        return (self.bank_code, self.number, self.holder.casefold()) == (
            other.bank_code,
            other.number,
            other.holder.casefold(),
        )


def accounts_for(user: User, permission: str) -> BankAccountQuerySet:
    """The accounts of the people whom the person reaches with this permission."""
    if opd_scope(user, permission) is None:
        return BankAccount.objects.all()
    return BankAccount.objects.filter(employee__in=employees_for(user, permission).values("pk"))


@transaction.atomic
def record_account(*, employee_uid: UUID, draft: AccountDraft, actor: User) -> BankAccount:
    """Record the person's account. Recorded again as it stands, nothing changes.

    Raises NotAllowed, NotFound, and AccountRefused where a change waits for its second person.
    """
    employee = employee_to_manage(actor, employee_uid, RECORD_ACCOUNTS)
    if employee.user_id == actor.pk:
        raise AccountRefused("own")
    Employee.objects.select_for_update().get(pk=employee.pk)
    known = known_accounts([employee.pk])
    standing = known.standing.get(employee.pk)
    if standing is not None and draft.pays_as(AccountDraft.of(standing)):
        return standing
    if standing is not None and standing.is_waiting:
        raise AccountRefused("waiting")
    (account,) = write_accounts({employee.pk: draft}, known=known, actor=actor, batch=None)
    return account


@dataclass(frozen=True, slots=True)
class Known:
    """What is recorded of people: who ever had an account, and the newest one that nobody has withdrawn."""

    ever: frozenset[int]
    standing: Mapping[int, BankAccount]


def known_accounts(employee_ids: Collection[int]) -> Known:
    """The recorded accounts of these people. Two statements."""
    rows = BankAccount.objects.filter(employee_id__in=employee_ids)
    newest = rows.standing().order_by("employee", "-id").distinct("employee")
    return Known(
        frozenset(rows.values_list("employee_id", flat=True)), {account.employee_id: account for account in newest}
    )


def write_accounts(
    drafts: Mapping[int, AccountDraft], *, known: Known, actor: Actor, batch: UUID | None
) -> list[BankAccount]:
    """Write accounts by the key of their employee, whose rows the caller holds; two statements. Changes then wait."""
    moment = clock.now()
    made = BankAccount.objects.bulk_create(
        BankAccount(
            employee_id=key,
            bank_code=draft.bank_code,
            bank_name=draft.bank_name,
            number=draft.number,
            holder=draft.holder,
            first=draft.first,
            is_change=key in known.ever,
            recorded_by=actor if isinstance(actor, User) else None,
            recorded_at=moment,
            batch=batch,
            confirmed_at=None if key in known.ever else moment,
        )
        for key, draft in drafts.items()
    )
    record_many(RECORDED, actor=actor, deeds=[Deed(account, after=_told(account)) for account in made])
    return made


@transaction.atomic
def confirm_accounts(*, uids: Collection[UUID], actor: User) -> list[BankAccount]:
    """Confirm changed accounts as the second person; those confirmed already stay as they are.

    Raises NotAllowed, NotFound, and AccountRefused for one that the actor recorded or that is the actor's own.
    """
    require(actor, CONFIRM_ACCOUNTS)
    accounts = _held(accounts_for(actor, CONFIRM_ACCOUNTS), uids)
    waiting = [account for account in accounts if account.is_waiting]
    for account in waiting:
        if account.recorded_by_id == actor.pk:
            raise AccountRefused("same_person")
        if account.employee.user_id == actor.pk:
            raise AccountRefused("own")
    BankAccount.objects.filter(pk__in=[account.pk for account in waiting]).update(
        confirmed_by=actor, confirmed_at=clock.now()
    )
    record_many(CONFIRMED, actor=actor, deeds=[Deed(account, after=_told(account)) for account in waiting])
    return waiting


@transaction.atomic
def withdraw_account(*, uid: UUID, reason: str, actor: User) -> BankAccount:
    """Withdraw an account that was recorded wrongly: the one before it counts again. What was paid stays as it was.

    Raises NotAllowed, NotFound, and AccountRefused without a reason or for the actor's own.
    """
    require(actor, RECORD_ACCOUNTS)
    (account,) = _held(accounts_for(actor, RECORD_ACCOUNTS), [uid])
    if account.employee.user_id == actor.pk:
        raise AccountRefused("own")
    reason = " ".join(reason.split())
    if not reason:
        raise AccountRefused("reason")
    if account.withdrawn_at is None:
        _withdraw([account], reason, actor)
    return account


@transaction.atomic
def undo_import(*, batch: UUID, actor: User) -> int:
    """Withdraw all accounts that an import brought in and that still stand; returns how many."""
    require(actor, IMPORT_ACCOUNTS)
    accounts = list(BankAccount.objects.standing().filter(batch=batch).order_by("pk").select_for_update())
    _withdraw(accounts, str(batch), actor)
    return len(accounts)


def _withdraw(accounts: Iterable[BankAccount], reason: str, actor: User) -> None:
    rows = list(accounts)
    BankAccount.objects.filter(pk__in=[row.pk for row in rows]).update(withdrawn_by=actor, withdrawn_at=clock.now())
    record_many(WITHDRAWN, actor=actor, deeds=[Deed(row, before=_told(row), note=reason) for row in rows])


def _held(accounts: BankAccountQuerySet, uids: Collection[UUID]) -> list[BankAccount]:
    rows = list(accounts.filter(uid__in=uids).select_related("employee").order_by("pk").select_for_update(of=("self",)))
    if len(rows) != len(set(uids)):
        raise NotFound("bank account")
    return rows


def shared_numbers(numbers: Iterable[str]) -> dict[str, set[int]]:
    """Of these numbers those that stand for more than one person: number to the employees' keys. One statement."""
    found: dict[str, set[int]] = {}
    rows = BankAccount.objects.standing().filter(Q(number__in=list(numbers)))
    for number, employee in rows.values_list("number", "employee_id"):
        found.setdefault(number, set()).add(employee)
    return found


def _told(account: BankAccount) -> dict[str, object]:
    """What the audit log keeps: enough to recognise the account, not to use it."""
    return {
        "bank": account.bank_code,
        "number": account.masked,
        "holder": account.holder,
        "first": account.first,
        "is_change": account.is_change,
    }
