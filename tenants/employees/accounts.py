"""Accounts of a region's people: who holds which role where, who may log in, and what a role may do."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final
from uuid import UUID

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kernel import clock
from kernel.accounts.models import Role, RoleGrant, User
from kernel.accounts.permissions import MANAGE_USERS
from kernel.accounts.sessions import SessionStore
from kernel.audit.record import declare_action, record
from kernel.errors import DomainError, NotAllowed, NotFound
from kernel.permissions import known, opd_scope
from kernel.watching import names
from tenants.employees.errors import RoleHeldBySelf
from tenants.organisation.models import Unit

ROLE_GRANTED = declare_action("accounts.role_granted", "Peran diberikan", event=names.ROLE_GRANTED)
ROLE_REVOKED = declare_action("accounts.role_revoked", "Peran dicabut", event=names.ROLE_REVOKED)
FACTOR_CHANGED = declare_action(
    "accounts.factor_changed", "Kewajiban faktor kedua sebuah peran diubah", event=names.AUTHZ_CHANGE
)
ROLE_CHANGED = declare_action("accounts.role_changed", "Izin peran diubah", event=names.PRIVILEGE_PERMISSIONS_CHANGED)
DEACTIVATED = declare_action("accounts.deactivated", "Akun dinonaktifkan", event=names.USER_ARCHIVED)
REACTIVATED = declare_action("accounts.reactivated", "Akun diaktifkan kembali", event=names.USER_UPDATED)
SESSIONS_ENDED = declare_action("accounts.sessions_ended", "Semua sesi diakhiri", event=names.SESSION_EXPIRED)

USER_ID: Final = "_auth_user_id"


class FactorRequired(DomainError):
    """The platform requires a second factor of this role."""

    code = "factor_required"
    words = _("Peran ini menyentuh uang, akun, atau data banyak orang: faktor kedua tetap wajib. Isi jumlah harinya.")


class NobodyManages(DomainError):
    """After this, nobody could manage accounts any more."""

    code = "nobody_manages"
    words = _("Harus tetap ada paling sedikit satu akun aktif yang mengelola akun untuk seluruh daerah.")


@transaction.atomic
def grant_role(*, user_uid: UUID, role_code: str, opd_uid: UUID | None, actor: User) -> RoleGrant:
    """Give a role, in one OPD or (None) in the whole region. Giving it twice changes nothing.

    Raises NotAllowed, RoleHeldBySelf, NotFound.
    """
    _require_reach(actor, opd_uid)
    user = _user(user_uid)
    _refuse_self(user, actor)
    role = Role.objects.filter(code=role_code).first()
    if role is None:
        raise NotFound("role")
    if opd_uid is not None and not Unit.objects.opds().filter(uid=opd_uid).exists():
        raise NotFound("opd")
    grant, is_new = RoleGrant.objects.get_or_create(user=user, role=role, opd_uid=opd_uid)
    if is_new:
        record(ROLE_GRANTED, actor=actor, subject=user, after={"role": role_code, "opd": opd_uid})
    return grant


@transaction.atomic
def revoke_role(*, user_uid: UUID, role_code: str, opd_uid: UUID | None, actor: User) -> None:
    """Take a role away. Raises NotAllowed, RoleHeldBySelf, NotFound, NobodyManages."""
    _require_reach(actor, opd_uid)
    user = _user(user_uid)
    _refuse_self(user, actor)
    grant = RoleGrant.objects.filter(user=user, role__code=role_code, opd_uid=opd_uid).first()
    if grant is None:
        raise NotFound("role_grant")
    grant.delete()
    _require_a_manager()
    record(ROLE_REVOKED, actor=actor, subject=user, before={"role": role_code, "opd": opd_uid})


@transaction.atomic
def deactivate_user(*, user_uid: UUID, actor: User) -> User:
    """The account can no longer log in, and is logged out now.

    Raises NotAllowed, RoleHeldBySelf, NotFound, NobodyManages.
    """
    _require_reach(actor, None)
    return switch_off(_user(user_uid), actor=actor)


@transaction.atomic
def reactivate_user(*, user_uid: UUID, actor: User) -> User:
    """The account may log in again, with the password it had. Raises NotAllowed, RoleHeldBySelf, NotFound."""
    _require_reach(actor, None)
    return switch_on(_user(user_uid), actor=actor)


def switch_off(user: User, *, actor: User, note: str = "") -> User:
    """For an action that has checked its own permission: whoever ends a person's service ends the account."""
    _refuse_self(user, actor)
    if user.is_active:
        user.is_active = False
        user.save(update_fields=["is_active"])
        _require_a_manager()
        _delete_sessions(user)
        record(DEACTIVATED, actor=actor, subject=user, note=note)
    return user


def switch_on(user: User, *, actor: User) -> User:
    """For an action that has checked its own permission."""
    _refuse_self(user, actor)
    if not user.is_active:
        user.is_active = True
        user.save(update_fields=["is_active"])
        record(REACTIVATED, actor=actor, subject=user)
    return user


@transaction.atomic
def end_sessions(*, user_uid: UUID, actor: User) -> int:
    """Log the person out everywhere; returns how many sessions ended. Raises NotAllowed, NotFound."""
    _require_reach(actor, None)
    user = _user(user_uid)
    ended = _delete_sessions(user)
    record(SESSIONS_ENDED, actor=actor, subject=user, after={"count": ended})
    return ended


@transaction.atomic
def set_role_permissions(*, role_code: str, names: Iterable[str], actor: User) -> Role:
    """What a role may do from now on. Nobody adds to a role of their own.

    Raises NotAllowed, NotFound, RoleHeldBySelf, NobodyManages, UnknownPermission.
    """
    _require_reach(actor, None)
    role = Role.objects.select_for_update().filter(code=role_code).first()
    if role is None:
        raise NotFound("role")
    before = set(role.permissions)
    after = {known(name) for name in names}
    if after - before and role_code in actor.role_codes:
        raise RoleHeldBySelf
    if after != before:
        role.permissions = sorted(after)
        role.save(update_fields=["permissions"])
        _require_a_manager()
        record(
            ROLE_CHANGED,
            actor=actor,
            before={"removed": sorted(before - after)},
            after={"role": role_code, "added": sorted(after - before)},
        )
    return role


@transaction.atomic
def set_second_factor(*, role_code: str, days: int | None, begins: datetime | None, actor: User) -> Role:
    """From when holders of a role must have a second factor: `days` after the grant, not before `begins`.

    A role for which the platform requires one keeps the requirement; the region chooses days and beginning. Nobody
    changes it for a role of their own. Raises NotAllowed, NotFound, RoleHeldBySelf, FactorRequired.
    """
    _require_reach(actor, None)
    role = Role.objects.select_for_update().filter(code=role_code).first()
    if role is None:
        raise NotFound("role")
    if role_code in actor.role_codes:
        raise RoleHeldBySelf
    if days is None and role_code in settings.SECOND_FACTOR_DAYS:
        raise FactorRequired
    before = {"days": role.second_factor_days, "begins": role.second_factor_from}
    role.second_factor_days, role.second_factor_from = days, begins
    role.save(update_fields=["second_factor_days", "second_factor_from"])
    record(FACTOR_CHANGED, actor=actor, before=before, after={"role": role_code, "days": days, "begins": begins})
    return role


def _require_reach(actor: User, opd_uid: UUID | None) -> None:
    """Accounts are managed in the whole region or in the OPD that is named; one OPD's manager reaches no further."""
    scope = opd_scope(actor, MANAGE_USERS)
    if scope is not None and opd_uid not in scope:
        raise NotAllowed(MANAGE_USERS)


def _user(uid: UUID) -> User:
    user = User.objects.select_for_update().filter(uid=uid).first()
    if user is None:
        raise NotFound("user")
    return user


def _refuse_self(user: User, actor: User) -> None:
    if user.pk == actor.pk:
        raise RoleHeldBySelf


def _require_a_manager() -> None:
    # Two who take from each other at once meet on these rows: the second sees what the first has done.
    managing = Role.objects.filter(permissions__contains=MANAGE_USERS).order_by("pk")
    list(managing.select_for_update(no_key=True).values_list("pk"))
    grants = RoleGrant.objects.filter(user__is_active=True, opd_uid__isnull=True)
    if not grants.filter(role__permissions__contains=MANAGE_USERS).exists():
        raise NobodyManages


def _delete_sessions(user: User) -> int:
    """Sessions carry their owner only inside, so all living ones are looked into."""
    keys = [
        session.session_key
        for session in Session.objects.filter(expire_date__gt=clock.now()).iterator()
        if session.get_decoded().get(USER_ID) == str(user.pk)
    ]
    for key in keys:
        SessionStore(key).delete()
    return len(keys)
