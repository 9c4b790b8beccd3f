"""Roles are data; their seed is what the apps declared."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.dispatch import receiver
from django.utils.translation import gettext_lazy as _

from kernel.accounts.models import Role, User
from kernel.permissions import REGION_ROLES, names_for_role
from kernel.tenancy.signals import region_provisioned
from kernel.usage import counter


def seed_roles(names: Mapping[str, str]) -> None:
    """Create those of these roles that are missing, with their default permissions. Existing roles stay as they are."""
    Role.objects.bulk_create(
        [
            Role(
                code=code,
                name=name,
                permissions=names_for_role(code),
                second_factor_days=settings.SECOND_FACTOR_DAYS.get(code),
            )
            for code, name in names.items()
        ],
        ignore_conflicts=True,
    )


@receiver(region_provisioned, dispatch_uid="accounts.seed-roles")
def _seed_region_roles(sender: Any, **kwargs: Any) -> None:
    seed_roles(REGION_ROLES)


@counter("users", _("Akun aktif"), order=20)
def _active_users() -> int:
    return User.objects.filter(is_active=True).count()
