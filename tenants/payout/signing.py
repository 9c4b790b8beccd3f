"""Three offices sign a lock: each recomputes the digest from the stored rows and signs that it is the lock's."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Count

from kernel import clock
from kernel.accounts.models import User
from kernel.audit.record import declare_action, record
from kernel.errors import DomainError, NotAllowed, NotFound
from kernel.permissions import require, user_may
from tenants.payout.errors import SignatureRefused, SlipChanged
from tenants.payout.models import LockSignature
from tenants.payout.permissions import SIGN
from tenants.payout.verifying import sealed_rows
from tenants.tpp.models import MonthLock
from tenants.tpp.querysets import MonthLockQuerySet

SIGNED = declare_action("payout.lock_signed", "Kunci bulan TPP ditandatangani")
WITHDRAWN = declare_action("payout.signature_withdrawn", "Tanda tangan kunci TPP dicabut")

OFFICES = tuple(LockSignature.Office)


@dataclass(frozen=True, slots=True)
class NotSigned:
    """A lock that was not signed, with the reason in words."""

    lock: MonthLock
    text: str


def offices_of(user: User) -> list[LockSignature.Office]:
    """The offices for which the user may sign."""
    return [office for office in OFFICES if user_may(user, SIGN[office])]


def waiting_for(user: User) -> MonthLockQuerySet:
    """Standing locks that one of the user's offices has not signed, and the user for none."""
    standing = LockSignature.objects.standing()
    missing = MonthLock.objects.none()
    for office in offices_of(user):
        missing |= MonthLock.objects.exclude(pk__in=standing.filter(office=office).values("lock"))
    signed = standing.filter(signer=user).values("lock")
    return MonthLock.objects.standing().filter(pk__in=missing.values("pk")).exclude(pk__in=signed)


def fully_signed(locks: Iterable[int]) -> set[int]:
    """Those of these locks, by key, that stand and that all three offices have signed. One statement."""
    signed = LockSignature.objects.standing().filter(lock__in=list(locks), lock__reopened_at__isnull=True)
    counted = signed.order_by().values("lock").annotate(offices=Count("office", distinct=True))
    return set(counted.filter(offices=len(OFFICES)).values_list("lock", flat=True))


def sign_locks(*, locks: Collection[UUID], office: str, actor: User) -> tuple[list[LockSignature], list[NotSigned]]:
    """Sign these locks for the office, each in a transaction of its own; what was not signed comes with the reason."""
    require(actor, SIGN[office])
    made: list[LockSignature] = []
    refused: list[NotSigned] = []
    found = MonthLock.objects.filter(uid__in=locks).select_related("opd").order_by("month", "kind", "opd__code")
    for lock in found:
        try:
            made.append(sign_lock(uid=lock.uid, office=office, actor=actor))
        except NotAllowed:
            raise
        except DomainError as error:
            refused.append(NotSigned(lock, error.message()))
    return made, refused


@transaction.atomic
def sign_lock(*, uid: UUID, office: str, actor: User) -> LockSignature:
    """The office's signature under the digest that the stored rows give now; signing twice gives the same signature.

    Raises NotFound, SignatureRefused (reopened, the office or the person has signed already) and SlipChanged when the
    rows no longer give the lock's digest.
    """
    require(actor, SIGN[office])
    lock = _locked(uid)
    if not lock.is_standing:
        raise SignatureRefused("reopened")
    standing = {row.office: row for row in LockSignature.objects.standing().filter(lock=lock)}
    own = standing.get(office)
    if own is not None:
        if own.signer_id == actor.pk:
            return own
        raise SignatureRefused("office_signed")
    if any(row.signer_id == actor.pk for row in standing.values()):
        raise SignatureRefused("person_signed")
    sealed = sealed_rows(lock.run, lock.opd)
    if sealed.changed or sealed.digest != lock.digest:
        raise SlipChanged(max(len(sealed.changed), 1))
    try:
        with transaction.atomic():
            signature = LockSignature.objects.create(lock=lock, office=office, signer=actor, digest=sealed.digest)
    except IntegrityError as error:
        raise SignatureRefused("office_signed") from error
    record(SIGNED, actor=actor, subject=lock, after={"office": office, "digest": sealed.digest})
    return signature


@transaction.atomic
def withdraw_signature(*, uid: UUID, actor: User) -> MonthLock:
    """Take one's own signature back, until the third office has signed. Raises NotFound, SignatureRefused."""
    reached = LockSignature.objects.standing().filter(uid=uid).select_related("lock").first()
    if reached is None:
        raise NotFound("signature")
    lock = _locked(reached.lock.uid)
    signature = LockSignature.objects.standing().filter(uid=uid).first()
    if signature is None:
        raise NotFound("signature")
    if signature.signer_id != actor.pk:
        raise SignatureRefused("not_own")
    if lock.pk in fully_signed([lock.pk]):
        raise SignatureRefused("complete")
    signature.withdrawn_at = clock.now()
    signature.save(update_fields=["withdrawn_at"])
    record(WITHDRAWN, actor=actor, subject=lock, before={"office": signature.office})
    return lock


def _locked(uid: UUID) -> MonthLock:
    """The lock, its row held: signatures and a reopening come one after the other."""
    lock = (
        MonthLock.objects.select_for_update(of=("self",)).select_related("run__rule_set", "opd").filter(uid=uid).first()
    )
    if lock is None:
        raise NotFound("lock")
    return lock
