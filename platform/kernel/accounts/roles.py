"""Roles are data; their seed is what the apps declared, and what a release declares besides is added once."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import transaction
from django.dispatch import receiver
from django.utils.translation import gettext_lazy as _

from kernel.accounts.actors import System
from kernel.accounts.models import Role, User
from kernel.audit.record import declare_action, record
from kernel.permissions import REGION_ROLES, names_for_role
from kernel.tenancy.signals import region_provisioned
from kernel.usage import counter

EXTENDED = declare_action("accounts.role_extended", "Izin baru dari pembaruan platform")
BY_RELEASE = System("migrate_platform")


@transaction.atomic
def seed_roles(names: Mapping[str, str]) -> None:
    """Create those of these roles that are missing, and give the others what was declared for them since.

    A name is given once: whoever takes it out of a role afterwards has done so for good. What is added to a role that
    is there already stands in the audit log.
    """
    known = {role.code: role for role in Role.objects.select_for_update().filter(code__in=names)}
    for code, role in known.items():
        offered = set(role.offered)
        new = [name for name in names_for_role(code) if name not in offered]
        if not new:
            continue
        added = sorted(set(new) - set(role.permissions))
        role.permissions = sorted({*role.permissions, *new})
        role.offered = sorted({*offered, *new})
        role.save(update_fields=["permissions", "offered"])
        if added:
            record(EXTENDED, actor=BY_RELEASE, after={"role": code, "added": added})
    Role.objects.bulk_create(
        [
            Role(
                code=code,
                name=name,
                permissions=names_for_role(code),
                offered=names_for_role(code),
                second_factor_days=settings.SECOND_FACTOR_DAYS.get(code),
            )
            for code, name in names.items()
            if code not in known
        ],
        ignore_conflicts=True,
    )


def seed_region_roles() -> None:
    """The same for the roles of the open region."""
    seed_roles(REGION_ROLES)


@receiver(region_provisioned, dispatch_uid="accounts.seed-roles")
def _seed_new_region(sender: Any, **kwargs: Any) -> None:
    seed_region_roles()


@counter("users", _("Akun aktif"), order=20)
def _active_users() -> int:
    return User.objects.filter(is_active=True).count()
