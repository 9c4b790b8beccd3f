"""An OPD on the way from its lock to the bank, for the tests of payments."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from kernel.accounts.models import User
from kernel.periods import Month
from tenants.employees.bank.accounts import AccountDraft, known_accounts, write_accounts
from tenants.employees.models import Employee
from tenants.organisation.models import Unit
from tenants.payout.models import PaymentList
from tenants.payout.parcels.acting import Letter, expected_amount, take_step
from tenants.payout.parcels.board import place_of
from tenants.payout.parcels.steps import Step
from tenants.preaudit.actions import waive
from tenants.preaudit.looking import look_at_opd
from tenants.preaudit.models import Hit
from tenants.tpp.models import MonthRun
from tests.tenants.payout.closing_steps import closer, lock_prepared, sign_whole
from tests.tenants.tpp.pilot import MAY

KIND = MonthRun.Kind.ORDINARY.value


def people_of(opd: Unit) -> list[Employee]:
    """Those with a post in the OPD, by name."""
    return list(Employee.objects.filter(placements__position__unit__opd=opd).order_by("name"))


def give_accounts(people: Sequence[Employee], actor: User | None = None, *, branch: str = "007") -> None:
    """An account for each, its number from the key: `0070000001`."""
    known = known_accounts([person.pk for person in people])
    drafts = {
        person.pk: AccountDraft("127", "Bank SulutGo", f"{branch}{person.pk:07}", person.name, date(2024, 1, 1))
        for person in people
    }
    write_accounts(drafts, known=known, actor=actor or closer("bkpsdm"), batch=None)


def lock(opd: Unit) -> None:
    """The OPD's May with all steps before the lock, the lock, and its three signatures."""
    sign_whole(lock_prepared(month=MAY, opd=opd, actor=closer("bkpsdm")))


def let_through(opd: Unit, month: Month = MAY, kind: str = KIND) -> None:
    """Let every hit of the pre-audit through, such as that somebody has no account."""
    look_at_opd(month=month, kind=kind, opd=opd, actor=closer("inspektorat"))
    hits = Hit.objects.open().filter(opd=opd).values_list("uid", flat=True)
    if hits:
        waive(uids=list(hits), reason="Rekeningnya menyusul", document_number="ND 1", actor=closer("inspektorat"))


def request(opd: Unit, month: Month = MAY, kind: str = KIND) -> PaymentList:
    """The SPP of a locked OPD, and its payment list; who has no account by then is on it without one."""
    let_through(opd, month, kind)
    _letter(opd, Step.REQUESTED, "bendahara", month, kind)
    made = PaymentList.objects.standing().filter(parcel__opd=opd, parcel__month=month.first_day, parcel__kind=kind)
    return made.latest("number")


def order(opd: Unit, month: Month = MAY, kind: str = KIND) -> None:
    """SPM and SP2D of an OPD that has asked."""
    _letter(opd, Step.SPM, "bendahara", month, kind)
    _letter(opd, Step.SP2D, "bpkad", month, kind)


def _letter(opd: Unit, step: Step, role: str, month: Month = MAY, kind: str = KIND) -> None:
    amount: Decimal = expected_amount(place_of(month, kind, opd), step)
    letter = Letter(f"{step}/1", date(month.next.year, month.next.number, 3), amount)
    take_step(month=month, kind=kind, opd=opd, step=step, actor=closer(role), letter=letter)
