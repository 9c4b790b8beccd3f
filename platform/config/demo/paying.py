"""The demo's money: everybody has an account, and each OPD's month comes to its lock by the real steps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from django.db import transaction

from kernel.accounts.actors import Actor
from kernel.accounts.models import Role, RoleGrant, User
from kernel.errors import DomainError
from kernel.periods import Month
from tenants.employees.bank.accounts import AccountDraft, known_accounts, write_accounts
from tenants.employees.models import Employee
from tenants.organisation.models import Unit
from tenants.payout.actions import open_opds
from tenants.payout.parcels.acting import take_step
from tenants.payout.parcels.steps import Step
from tenants.tpp.models import MonthRun

OPERATOR_NIP = "198003032005031003"
# Two of the second OPD, who name the same account where the demo shows what the pre-audit stops.
SHARING = ("Pegawai 30", "Pegawai 31")
_BANKS = (("127", "Bank SulutGo"), ("122", "Bank Kalsel"), ("008", "Bank Mandiri"))


def opd_officer(password: str) -> User:
    """Operator and treasurer of every OPD of the demo, who is no employee of them."""
    user = User.objects.filter(login=OPERATOR_NIP).first()
    if user is None:
        user = User(login=OPERATOR_NIP, display_name="Operator dan bendahara OPD")
        user.set_password(password)
        user.save()
        for opd in Unit.objects.opds():
            for role in ("operator_opd", "bendahara"):
                RoleGrant.objects.create(user=user, role=Role.objects.get(code=role), opd_uid=opd.uid)
    return user


@transaction.atomic
def give_accounts(since: date, actor: Actor, *, shared: Sequence[str] = ()) -> int:
    """An account for everybody who never had one; returns how many. The last of them stays without: a thing to mend.

    Those of the `shared` names have one between them: another thing to mend.
    """
    people = list(Employee.objects.active().filter(bank_accounts__isnull=True).order_by("nip"))[:-1]
    drafts = {}
    for person in people:
        code, bank = _BANKS[person.pk % len(_BANKS)]
        drafts[person.pk] = AccountDraft(code, bank, f"0{person.nip[-9:]}", person.name, since)
    sharing = [person.pk for person in people if person.name in shared]
    for key in sharing[1:]:
        drafts[key] = replace(drafts[sharing[0]], holder=drafts[key].holder)
    return len(write_accounts(drafts, known=known_accounts(drafts), actor=actor, batch=None))


def take_steps_before_lock(month: Month, *, operator: User, checker: User, treasurer: User) -> None:
    """Close, check and pass the ceiling of every OPD that can be; what a visitor has begun goes on from there."""
    takers = ((Step.CLOSED, operator), (Step.CHECKED, checker), (Step.CEILING, treasurer))
    for opd in open_opds(month):
        for step, taker in takers:
            try:
                take_step(month=month, kind=MonthRun.Kind.ORDINARY, opd=opd, step=step, actor=taker, note="Data contoh")
            except DomainError:
                # What stands against it is told when the lock is tried.
                break
