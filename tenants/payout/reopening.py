"""Reopening a lock: two people and a reason, before the payment is ordered; the ledger gets a minus for every entry."""

from __future__ import annotations

from uuid import UUID

from django.db import IntegrityError, transaction

from kernel import clock
from kernel.accounts.models import User
from kernel.audit.record import declare_action, record
from kernel.errors import NotFound
from kernel.periods import Month
from kernel.permissions import require
from tenants.calendars import closing
from tenants.payout import gates, ledger
from tenants.payout.errors import NotReady, ReopeningRefused
from tenants.payout.models import Reopening
from tenants.payout.permissions import REOPEN
from tenants.payout.signals import lock_reopened
from tenants.tpp.models import MonthLock, MonthRun

PROPOSED = declare_action("payout.reopening_proposed", "Buka kunci bulan TPP diusulkan")
CONFIRMED = declare_action("payout.lock_reopened", "Kunci bulan TPP dibuka")
WITHDRAWN = declare_action("payout.reopening_withdrawn", "Usul buka kunci TPP dicabut")


@transaction.atomic
def propose_reopening(*, lock: UUID, reason: str, actor: User) -> Reopening:
    """The first of the two says why the OPD's month must be computed again. The lock stands until the second agrees.

    Raises NotFound, ReopeningRefused (no reason, proposed already, reopened) and NotReady (a payment is ordered,
    differences are locked on it).
    """
    require(actor, REOPEN)
    reason = reason.strip()
    if not reason:
        raise ReopeningRefused("reason")
    found = _locked(lock)
    _require_reopenable(found)
    try:
        with transaction.atomic():
            made = Reopening.objects.create(lock=found, reason=reason[:500], proposed_by=actor)
    except IntegrityError as error:
        raise ReopeningRefused("proposed") from error
    record(PROPOSED, actor=actor, subject=found, after={"opd": found.opd.uid}, note=reason)
    return made


@transaction.atomic
def confirm_reopening(*, uid: UUID, actor: User) -> MonthLock:
    """The second person agrees: the ledger is reversed and the month is open for this OPD again.

    A second call is left alone. Raises NotFound, ReopeningRefused (the same person, withdrawn), NotReady.
    """
    require(actor, REOPEN)
    reached = Reopening.objects.filter(uid=uid).select_related("lock").first()
    if reached is None:
        raise NotFound("reopening")
    month = Month.of(reached.lock.month)
    # In the order of a lock: the gate of the month, its runs, the lock.
    closing.hold_alone(month)
    list(MonthRun.objects.of(month, reached.lock.kind).order_by("pk").select_for_update().values_list("pk"))
    lock = _locked(reached.lock.uid)
    reopening = Reopening.objects.select_for_update(of=("self",)).select_related("proposed_by").get(pk=reached.pk)
    if reopening.confirmed_at is not None:
        return lock
    if reopening.withdrawn_at is not None:
        raise ReopeningRefused("withdrawn")
    if reopening.proposed_by_id == actor.pk:
        raise ReopeningRefused("same_person")
    _require_reopenable(lock)
    moment = clock.now()
    reopening.confirmed_by, reopening.confirmed_at = actor, moment
    reopening.save(update_fields=["confirmed_by", "confirmed_at"])
    entries = ledger.reverse(lock)
    lock.reopened_at = moment
    lock.save(update_fields=["reopened_at"])
    lock_reopened.send(sender=MonthLock, lock=lock, actor=actor)
    record(
        CONFIRMED,
        actor=actor,
        subject=lock,
        before={"digest": lock.digest, "net": lock.net_total},
        after={"reversed": entries, "proposed_by": reopening.proposed_by.uid},
        note=reopening.reason,
    )
    return lock


@transaction.atomic
def withdraw_reopening(*, uid: UUID, actor: User) -> MonthLock:
    """Take a proposal back before the second agrees: who made it. Raises NotFound, ReopeningRefused."""
    require(actor, REOPEN)
    reopening = Reopening.objects.select_for_update(of=("self",)).select_related("lock").filter(uid=uid).first()
    if reopening is None:
        raise NotFound("reopening")
    if reopening.confirmed_at is not None:
        raise ReopeningRefused("reopened")
    if reopening.withdrawn_at is None:
        if reopening.proposed_by_id != actor.pk:
            raise ReopeningRefused("not_own")
        reopening.withdrawn_at = clock.now()
        reopening.save(update_fields=["withdrawn_at"])
        record(WITHDRAWN, actor=actor, subject=reopening.lock, before={"reason": reopening.reason})
    return reopening.lock


def _require_reopenable(lock: MonthLock) -> None:
    if not lock.is_standing:
        raise ReopeningRefused("reopened")
    if found := gates.reopening_reasons(Month.of(lock.month), lock.kind, lock.opd_id):
        raise NotReady(found)


def _locked(uid: UUID) -> MonthLock:
    lock = MonthLock.objects.select_for_update(of=("self",)).select_related("opd").filter(uid=uid).first()
    if lock is None:
        raise NotFound("lock")
    return lock
