"""Who lost phone and recovery codes is let in again by two officers: one begins with a reason, another one confirms.

Neither is the person, and they are not the same. The second is shown a code, once, and hands it over in person after
looking at the person's card. With it the person sets a new password; the second factors go and all sessions end then,
so until then the recovery can be taken back and nothing has changed. On the operators' side the same by two operators.
Source: ASVS 5.0 V6.4.3 and V6.4.4.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from kernel import clock
from kernel.accounts.codes import issue_codes
from kernel.accounts.errors import RecoveryRefused
from kernel.accounts.models import AccountRecovery, EntryCode, User
from kernel.accounts.permissions import RECOVER
from kernel.audit.record import declare_action, record
from kernel.errors import NotFound
from kernel.permissions import require
from kernel.watching import Severity, emit, names

BEGUN = declare_action("accounts.recovery_begun", "Pemulihan akun dimulai")
CONFIRMED = declare_action("accounts.recovery_confirmed", "Pemulihan akun disetujui")
WITHDRAWN = declare_action("accounts.recovery_withdrawn", "Pemulihan akun dibatalkan")

# So long a recovery waits for the second officer, and so long its code is good.
WAITS_FOR: Final = timedelta(days=2)
CODE_FOR: Final = timedelta(days=1)


@transaction.atomic
def begin_recovery(*, login: str, reason: str, actor: User) -> AccountRecovery:
    """Ask for it. Raises NotAllowed and RecoveryRefused (unknown, own, under_way)."""
    require(actor, RECOVER)
    user = User.objects.select_for_update(no_key=True).filter(login=login, is_active=True).first()
    if user is None:
        raise RecoveryRefused("unknown")
    if user.pk == actor.pk:
        raise RecoveryRefused("own")
    moment = clock.now()
    # What ran out makes room.
    AccountRecovery.objects.open().filter(user=user, expires_at__lte=moment).update(
        state=AccountRecovery.State.EXPIRED, closed_at=moment
    )
    if AccountRecovery.objects.open().filter(user=user).exists():
        raise RecoveryRefused("under_way")
    begun = AccountRecovery.objects.create(
        user=user, reason=reason, asked_by=actor, asked_at=moment, expires_at=moment + WAITS_FOR
    )
    record(BEGUN, actor=actor, subject=user, note=reason)
    emit(names.USER_UPDATED, severity=Severity.LOW, subject=str(user.uid), why="recovery_begun")
    return begun


@transaction.atomic
def confirm_recovery(*, uid: UUID, actor: User) -> tuple[AccountRecovery, str]:
    """The second officer agrees; gives the code, which is kept nowhere.

    Raises NotAllowed, NotFound and RecoveryRefused (over, same, own).
    """
    require(actor, RECOVER)
    recovery = _open(uid, AccountRecovery.State.WAITING)
    if actor.pk == recovery.asked_by_id:
        raise RecoveryRefused("same")
    if actor.pk == recovery.user_id:
        raise RecoveryRefused("own")
    moment = clock.now()
    codes = issue_codes([recovery.user_id], moment=moment, valid_for=CODE_FOR, clears_factors=True)
    recovery.state, recovery.confirmed_by, recovery.confirmed_at = AccountRecovery.State.CONFIRMED, actor, moment
    recovery.expires_at = moment + CODE_FOR
    recovery.save(update_fields=["state", "confirmed_by", "confirmed_at", "expires_at"])
    record(CONFIRMED, actor=actor, subject=recovery.user, note=recovery.reason)
    emit(names.USER_UPDATED, severity=Severity.MEDIUM, subject=str(recovery.user.uid), why="recovery_confirmed")
    return recovery, codes[recovery.user_id]


@transaction.atomic
def withdraw_recovery(*, uid: UUID, actor: User) -> AccountRecovery:
    """Take it back while the code is not used. Raises NotAllowed, NotFound and RecoveryRefused (over)."""
    require(actor, RECOVER)
    recovery = _open(uid, AccountRecovery.State.WAITING, AccountRecovery.State.CONFIRMED)
    EntryCode.objects.filter(user_id=recovery.user_id, clears_factors=True, used_at__isnull=True).delete()
    recovery.state, recovery.closed_at = AccountRecovery.State.WITHDRAWN, clock.now()
    recovery.save(update_fields=["state", "closed_at"])
    record(WITHDRAWN, actor=actor, subject=recovery.user, note=recovery.reason)
    return recovery


def _open(uid: UUID, *states: AccountRecovery.State) -> AccountRecovery:
    found = AccountRecovery.objects.select_for_update(of=("self",)).select_related("user").filter(uid=uid).first()
    if found is None:
        raise NotFound("recovery")
    if found.state not in states or found.expires_at <= clock.now():
        raise RecoveryRefused("over")
    return found
