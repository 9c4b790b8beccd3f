"""One-time codes with which people set their first password, or a new one when it is forgotten.

A code has 59 random bits, so a keyed SHA-256 is as good as a slow hash and thousands are made in a moment. Only the
digest is kept; the code itself is shown once, to whoever made it.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import structlog
from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.utils.crypto import constant_time_compare, salted_hmac

from kernel import clock
from kernel.accounts.models import RoleGrant, User
from kernel.accounts.permissions import MANAGE_USERS
from kernel.audit.record import declare_action, record
from kernel.permissions import opd_scope, user_may
from kernel.tenancy.context import current_region
from kernel.watching import names
from tenants.employees.errors import CodeRefused
from tenants.employees.models import ActivationCode, Employee
from tenants.employees.nip import InvalidNip, only_digits
from tenants.organisation.models import Unit

CODES_MADE = declare_action("employees.codes_made", "Kode aktivasi dibuat")
ACTIVATED = declare_action("employees.activated", "Akun diaktifkan dengan kode", event=names.ACTIVATION_USED)

VALID_FOR: Final = timedelta(days=14)
MOST_ATTEMPTS: Final = 10
EVERYBODYS_ROLES: Final = ("asn", "atasan")
# Without 0/O, 1/I/L, 5/S, 2/Z and U/V: people read these codes from paper.
_ALPHABET: Final = "3469ABCDEFGHJKMNPQRTWXY78"
_LENGTH: Final = 13
_GROUP: Final = 5

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class IssuedCode:
    """A code as it is handed over, once."""

    employee: Employee
    code: str
    expires_at: datetime


@transaction.atomic
def make_codes(*, employees: Sequence[Employee], actor: User, opd: Unit | None = None) -> list[IssuedCode]:
    """Make a code for each of these people who has an active account; earlier codes of theirs end.

    Whoever has a person's code can become that person, so people with more than the roles of everybody get theirs only
    from somebody who manages accounts in the whole region; others make none for them.
    """
    moment = clock.now()
    expires_at = moment + VALID_FOR
    reserved = _reserved(employees, actor)
    issued = [
        IssuedCode(employee, _new_code(), expires_at)
        for employee in employees
        if employee.is_active
        and employee.user is not None
        and employee.user.is_active
        and employee.user_id not in reserved
    ]
    ActivationCode.objects.bulk_create(
        [
            ActivationCode(
                user=one.employee.user,
                digest=_digest(one.employee.user_id or 0, one.code),
                made_at=moment,
                expires_at=expires_at,
            )
            for one in issued
        ],
        update_conflicts=True,
        unique_fields=["user"],
        update_fields=["digest", "made_at", "expires_at", "used_at", "failed_attempts"],
        batch_size=2000,
    )
    subject = opd if opd is not None else (issued[0].employee if len(issued) == 1 else None)
    record(CODES_MADE, actor=actor, subject=subject, after={"count": len(issued), "expires_at": expires_at})
    return issued


def _reserved(employees: Sequence[Employee], actor: User) -> frozenset[int]:
    """The accounts among these for which the actor may make no code."""
    if user_may(actor, MANAGE_USERS) and opd_scope(actor, MANAGE_USERS) is None:
        return frozenset()
    users = [employee.user_id for employee in employees if employee.user_id is not None]
    grants = RoleGrant.objects.filter(user_id__in=users).exclude(role__code__in=EVERYBODYS_ROLES)
    return frozenset(grants.values_list("user_id", flat=True))


def without_password(employees: Iterable[Employee]) -> list[Employee]:
    """Those who have an account and never set a password."""
    return [one for one in employees if one.user is not None and not one.user.has_usable_password()]


def activate(*, nip: str, code: str, password: str) -> User:
    """Set the password of the person to whom the code was given; the code is used up.

    Raises CodeRefused (whatever is wrong with NIP or code) and ValidationError (a weak password; the code stays good).
    """
    with transaction.atomic():
        row = _row_of(nip)
        if row is not None and _fits(row, code):
            user = row.user
            validate_password(password, user)
            user.set_password(password)
            user.must_change_password = False
            user.save(update_fields=["password", "must_change_password"])
            row.used_at = clock.now()
            row.save(update_fields=["used_at"])
            record(ACTIVATED, actor=user, subject=user)
            return user
        if row is not None:
            row.failed_attempts = min(row.failed_attempts + 1, MOST_ATTEMPTS)
            row.save(update_fields=["failed_attempts"])
    # Outside of the transaction: the count of failures must stay.
    log.warning("activation_refused", known=row is not None)
    raise CodeRefused


def _row_of(nip: str) -> ActivationCode | None:
    try:
        login = only_digits(nip)
    except InvalidNip:
        return None
    return (
        ActivationCode.objects.select_for_update(of=("self",))
        .select_related("user")
        .filter(user__login=login, user__is_active=True)
        .first()
    )


def _fits(row: ActivationCode, code: str) -> bool:
    return (
        row.used_at is None
        and row.failed_attempts < MOST_ATTEMPTS
        and clock.now() < row.expires_at
        and constant_time_compare(row.digest, _digest(row.user_id, code))
    )


def _new_code() -> str:
    letters = "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))
    return "-".join(letters[start : start + _GROUP] for start in range(0, _LENGTH, _GROUP))


def _digest(user_id: int, code: str) -> str:
    plain = "".join(letter for letter in code.upper() if letter.isalnum())
    return salted_hmac(
        "employees.activation", f"{current_region().code}:{user_id}:{plain}", algorithm="sha256"
    ).hexdigest()
