"""What a test does that only needs a locked month: every step up to the locks, for all OPDs that are paid."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from decimal import Decimal

from kernel.accounts.models import User
from kernel.periods import Month
from tenants.budget.checking import position
from tenants.budget.recording import Ceiling, Paper, record_ceilings
from tenants.organisation.models import Unit
from tenants.payout.actions import lock_month, lock_opd, open_opds
from tenants.payout.models import LockSignature
from tenants.payout.parcels.acting import return_parcel, take_step
from tenants.payout.parcels.errors import GatesClosed, StepRefused
from tenants.payout.parcels.steps import Step
from tenants.payout.signing import sign_lock
from tenants.payout.verifying import verify_month
from tenants.tpp.models import MonthLock, MonthRun, Slip
from tests.cast import make_user

_LOGIN = "197701012000011001"
# Who takes the steps before the lock: the OPD's operator, BKPSDM, BPKAD.
_CLOSERS = {
    "operator_opd": "197701012000011002",
    "bkpsdm": _LOGIN,
    "bpkad": "197701012000011003",
    "bendahara": "197701012000011004",
    "inspektorat": "197701012000011005",
}


def closer(role: str) -> User:
    """The official with this role who takes steps in tests; the operator's grant is for the whole region."""
    login = _CLOSERS[role]
    return User.objects.filter(login=login).first() or make_user(login, f"Penutup {role}", role)


def take_steps_before_lock(month: Month, *, kind: str = MonthRun.Kind.ORDINARY, opds: list[Unit] | None = None) -> None:
    """Close, check and pass the ceiling of these OPDs (all with something to lock when None), where they are next.

    What has no ceiling gets one that is ample. Steps that are not due (a run that is not finished, practice) are left;
    what then stands against the lock says it.
    """
    takers = ((Step.CLOSED, "operator_opd"), (Step.CHECKED, "bkpsdm"), (Step.CEILING, "bpkad"))
    for opd in open_opds(month, kind) if opds is None else opds:
        give_ceilings(month, opd, kind=kind)
        for step, role in takers:
            with suppress(StepRefused, GatesClosed):
                take_step(month=month, kind=kind, opd=opd, step=step, actor=closer(role), note="Uji")


def give_ceilings(month: Month, opd: Unit, *, kind: str = MonthRun.Kind.ORDINARY) -> None:
    """An ample ceiling of the year for whatever the OPD's month costs without having one."""
    begins = date(month.year, 1, 1)
    ceilings = [Ceiling(opd.pk, line.code, Decimal(10**12)) for line in position(month, kind, opd.pk).missing]
    if ceilings:
        paper = Paper("dpa", "DPA uji", begins, begins)
        record_ceilings(ceilings=ceilings, paper=paper, source="uji", actor=closer("bpkad"))


def take_steps_again(month: Month, opd: Unit) -> None:
    """Return the OPD's month, whose slips have changed since the check, and take the steps anew."""
    kind = MonthRun.Kind.ORDINARY
    return_parcel(month=month, kind=kind, opd=opd, reason="Dihitung ulang", actor=closer("bkpsdm"))
    take_steps_before_lock(month, opds=[opd])


def lock_whole_month(month: Month, *, actor: User | None = None, reason: str = "") -> list[MonthLock]:
    """Lock the month of every OPD on the run that counts for it, in the name of a BKPSDM official; by OPD code.

    Fails when an OPD is not ready. The clock must stand behind the month.
    """
    take_steps_before_lock(month)
    done = lock_month(month=month, actor=actor or closer("bkpsdm"), reason=reason)
    if done.refused:
        raise AssertionError([(left.opd.name, left.text) for left in done.refused])
    return list(done.locked)


def lock_one(month: Month, *, actor: User, reason: str = "") -> MonthLock:
    """Lock the first OPD of the month's newest run by code. Raises what `lock_opd` raises."""
    opd = Unit.objects.filter(pk__in=Slip.objects.filter(run=MonthRun.objects.counting(month)).values("opd"))
    first = opd.order_by("code")[0]
    take_steps_before_lock(month, opds=[first])
    return lock_opd(month=month, opd=first, actor=actor, reason=reason)


def sign_whole(lock: MonthLock) -> None:
    """The three offices sign the lock, each by a person of its own."""
    for office in LockSignature.Office:
        sign_lock(uid=lock.uid, office=office, actor=closer(office))


def lock_prepared(
    *, month: Month, opd: Unit, actor: User, kind: str = MonthRun.Kind.ORDINARY, reason: str = ""
) -> MonthLock:
    """Lock this OPD behind its steps. Raises what `lock_opd` raises."""
    take_steps_before_lock(month, kind=kind, opds=[opd])
    return lock_opd(month=month, opd=opd, actor=actor, kind=kind, reason=reason)


def is_intact(month: Month) -> bool:
    """Whether every lock of the month verifies."""
    return all(found.is_intact for found in verify_month(month))
