"""One-time codes with which people set their first password, or a new one when it is lost; on both sides.

A code has 59 random bits, so a keyed SHA-256 is as good as a slow hash and thousands are made in a moment. Only the
digest is kept; the code itself is shown once, to whoever made it. It works once and for a time. Wrong ones are slowed
down as wrong passwords are (`kernel.accounts.throttle`), so a stranger who knows a NIP cannot use up somebody's code;
what ends it after a thousand is the bound that also holds without a cache. Source: ASVS 5.0 V6.4.1; security note 5.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from allauth.mfa.models import Authenticator
from django.contrib.auth.password_validation import validate_password
from django.db import connection, transaction
from django.db.models import F
from django.utils.crypto import constant_time_compare, salted_hmac

from kernel import clock
from kernel.accounts.epochs import sign_out
from kernel.accounts.errors import CodeRefused
from kernel.accounts.models import AccountRecovery, EntryCode, User
from kernel.audit.record import declare_action, record
from kernel.tenancy.context import current_region, is_control
from kernel.watching import Severity, account_print, emit, names

ACTIVATED = declare_action("employees.activated", "Akun diaktifkan dengan kode", event=names.ACTIVATION_USED)
RECOVERED = declare_action("accounts.recovered", "Akun dipulihkan, faktor kedua dihapus")

VALID_FOR: Final = timedelta(days=14)
MOST_ATTEMPTS: Final = 1000
# Without 0/O, 1/I/L, 5/S, 2/Z and U/V: people read these codes from paper.
_ALPHABET: Final = "3469ABCDEFGHJKMNPQRTWXY78"
_LENGTH: Final = 13
_GROUP: Final = 5


def issue_codes(
    users: Iterable[int], *, moment: datetime, valid_for: timedelta = VALID_FOR, clears_factors: bool = False
) -> dict[int, str]:
    """A code for each of these people (keys), whose earlier codes end. For actions that checked their permission."""
    codes = {user: _new_code() for user in users}
    EntryCode.objects.bulk_create(
        [
            EntryCode(
                user_id=user,
                digest=_digest(user, code),
                clears_factors=clears_factors,
                made_at=moment,
                expires_at=moment + valid_for,
            )
            for user, code in codes.items()
        ],
        update_conflicts=True,
        unique_fields=["user"],
        update_fields=["digest", "clears_factors", "made_at", "expires_at", "used_at", "failed_attempts"],
        batch_size=2000,
    )
    return codes


def use_code(*, login: str, code: str, password: str) -> User:
    """Set the password of the person to whom the code was given; the code is used up.

    A code of a recovery also removes the person's second factors and ends their sessions.

    Raises CodeRefused (whatever is wrong with name or code) and ValidationError (a weak password; the code stays good).
    """
    row = EntryCode.objects.filter(user__login=login, user__is_active=True).first()
    if row is None or not _fits(row, code):
        _count_failure(login)
        if row is not None and row.used_at is not None and _is_of(row, code):
            _tell_reuse(row)
        raise CodeRefused
    return _use(row.pk, code, password)


@transaction.atomic
def _use(key: int, code: str, password: str) -> User:
    row = EntryCode.objects.select_for_update(of=("self",)).select_related("user").get(pk=key)
    if not _fits(row, code):
        # Somebody was faster with the same code.
        raise CodeRefused
    user = row.user
    validate_password(password, user)
    user.set_password(password)
    user.must_change_password = False
    user.save(update_fields=["password", "must_change_password"])
    row.used_at = clock.now()
    row.save(update_fields=["used_at"])
    if row.clears_factors:
        _clear_factors(user)
    else:
        record(ACTIVATED, actor=user, subject=user)
    return user


@transaction.atomic
def _count_failure(login: str) -> None:
    """The same for a name that nobody has, in time as well: one statement, whose commit waits for no disk."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = off")
    tried = EntryCode.objects.filter(user__login=login, user__is_active=True, failed_attempts__lt=MOST_ATTEMPTS)
    tried.update(failed_attempts=F("failed_attempts") + 1)


def _tell_reuse(row: EntryCode) -> None:
    what = "recovery" if row.clears_factors else "activation"
    user = row.user
    subject = account_print(user.login)
    emit(names.AUTHN_TOKEN_REUSE, severity=Severity.MEDIUM, subject=subject, person=user.uid, what=what)


def _clear_factors(user: User) -> None:
    removed, _kinds = Authenticator.objects.filter(user_id=user.pk).delete()
    sign_out([user.pk])
    AccountRecovery.objects.filter(user=user, state=AccountRecovery.State.CONFIRMED).update(
        state=AccountRecovery.State.USED, closed_at=clock.now()
    )
    record(RECOVERED, actor=user, subject=user, before={"factors": removed})
    emit(names.USER_UPDATED, severity=Severity.MEDIUM, subject=str(user.uid), person=user.uid, why="recovery_used")


def _fits(row: EntryCode, code: str) -> bool:
    return (
        row.used_at is None
        and row.failed_attempts < MOST_ATTEMPTS
        and clock.now() < row.expires_at
        and _is_of(row, code)
    )


def _is_of(row: EntryCode, code: str) -> bool:
    return constant_time_compare(row.digest, _digest(row.user_id, code))


def _new_code() -> str:
    letters = "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))
    return "-".join(letters[start : start + _GROUP] for start in range(0, _LENGTH, _GROUP))


def _digest(user_id: int, code: str) -> str:
    plain = "".join(letter for letter in code.upper() if letter.isalnum())
    place = "" if is_control() else current_region().code
    return salted_hmac("employees.activation", f"{place}:{user_id}:{plain}", algorithm="sha256").hexdigest()
