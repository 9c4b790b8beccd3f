"""Bank accounts to which nobody, somebody else or two people would be paid."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from django.db.models import Count
from django.utils.translation import gettext_lazy as _
from rapidfuzz import fuzz

from tenants.employees.models import BankAccount
from tenants.preaudit.checks.registry import BPK, Found, Mend, as_facts, check
from tenants.preaudit.subject import Subject

LATELY: Final = timedelta(days=30)
# Below this a holder's name is another name: titles, initials and the order of words make less of a difference.
SAME_NAME: Final = 70
_DEGREE: Final = re.compile(r"\b(dr|drs|dra|ir|h|hj|prof|s\.?\w{1,4}|m\.?\w{1,4}|a\.?md\w*)\b\.?", re.IGNORECASE)


@check(
    "account_shared",
    title=_("Satu rekening untuk dua orang"),
    words=_("Rekening %(bank)s %(number)s juga tercatat untuk %(others)s."),
    mend=Mend.ACCOUNT,
    is_grave=True,
    source=BPK,
)
def account_shared(subject: Subject) -> Iterator[Found]:
    """The account in force belongs to somebody else of the region too, whether or not that person is paid now."""
    in_force = BankAccount.objects.in_force(subject.today)
    shared = (
        BankAccount.objects.filter(pk__in=in_force.values("pk"))
        .order_by()
        .values("bank_code", "number")
        .annotate(people=Count("employee"))
        .filter(people__gt=1)
    )
    numbers = {(row["bank_code"], row["number"]) for row in shared}
    if not numbers:
        return
    rows = BankAccount.objects.filter(
        pk__in=in_force.values("pk"), number__in={number for _bank, number in numbers}
    ).select_related("employee")
    holders: dict[tuple[str, str], list[BankAccount]] = {}
    for account in rows.order_by("employee__name", "pk"):
        if (account.bank_code, account.number) in numbers:
            holders.setdefault((account.bank_code, account.number), []).append(account)
    for group in holders.values():
        for account in group:
            others = ", ".join(other.employee.name for other in group if other.employee_id != account.employee_id)
            if account.employee_id in subject.payees:
                yield Found(
                    account.employee_id,
                    as_facts(bank=account.bank_name, number=_masked(account.number), others=others),
                )


@check(
    "account_missing",
    title=_("Belum ada rekening"),
    words=_("Tidak ada rekening yang berlaku, jadi tidak dapat dibayar."),
    mend=Mend.ACCOUNT,
    source=_("Daftar pembayaran memerlukan nomor rekening setiap pegawai."),
)
def account_missing(subject: Subject) -> Iterator[Found]:
    """No confirmed account on the region's day."""
    for employee, payee in sorted(subject.payees.items()):
        if payee.net > 0 and employee not in subject.accounts:
            yield Found(employee)


@check(
    "account_waits",
    title=_("Perubahan rekening belum dikonfirmasi"),
    words=_("Perubahan rekening ke %(bank)s %(number)s menunggu konfirmasi orang kedua."),
    mend=Mend.ACCOUNT,
    source=_("Tidak seorang pun sendirian mengalihkan pembayaran ke rekening lain."),
)
def account_waits(subject: Subject) -> Iterator[Found]:
    """A changed account that a second person has not confirmed."""
    waiting = BankAccount.objects.waiting().filter(subject.among_paid("employee"))
    for account in waiting.order_by("employee_id", "-pk").distinct("employee_id"):
        yield Found(account.employee_id, as_facts(bank=account.bank_name, number=_masked(account.number)))


@check(
    "account_of_another_name",
    title=_("Nama pemilik rekening berbeda"),
    words=_("Rekening tercatat atas nama %(holder)s."),
    mend=Mend.ACCOUNT,
    source=BPK,
)
def account_of_another_name(subject: Subject) -> Iterator[Found]:
    """The holder's name is not the person's, beyond titles, initials and the order of the words."""
    for employee, account in sorted(subject.accounts.items()):
        name = str(subject.payees[employee].heading.get("name", ""))
        if fuzz.token_set_ratio(_plain(account.holder), _plain(name)) < SAME_NAME:
            yield Found(employee, as_facts(holder=account.holder))


@check(
    "account_changed_lately",
    title=_("Rekening baru saja diganti"),
    words=_("Rekening diganti pada %(on)s, kurang dari 30 hari sebelum pembayaran."),
    mend=Mend.ACCOUNT,
    source=_("Rekening yang baru diganti dilihat sekali sebelum dibayar."),
)
def account_changed_lately(subject: Subject) -> Iterator[Found]:
    """The account in force replaced another one within thirty days."""
    for employee, account in sorted(subject.accounts.items()):
        if account.is_change and account.first > subject.today - LATELY:
            yield Found(employee, as_facts(on=account.first))


def _masked(number: str) -> str:
    return f"…{number[-4:]}"


def _plain(name: str) -> str:
    """The name without degrees and titles, in capitals."""
    before_comma = name.split(",")[0]
    return " ".join(_DEGREE.sub(" ", before_comma).upper().split()) or before_comma.upper()
