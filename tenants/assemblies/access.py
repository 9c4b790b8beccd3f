"""Who may see and change which assembly."""

from __future__ import annotations

from uuid import UUID

from kernel.accounts.models import User
from kernel.errors import NotFound
from kernel.permissions import opd_scope
from tenants.assemblies.models import Assembly
from tenants.assemblies.permissions import READ
from tenants.assemblies.querysets import AssemblyQuerySet
from tenants.employees.models import Employee


def readable(user: User) -> AssemblyQuerySet:
    """The assemblies that call units in the person's OPDs, or that the person called."""
    scope = opd_scope(user, READ)
    if scope is None:
        return Assembly.objects.all()
    mine = Assembly.objects.filter(called_by=user)
    keys = Assembly.objects.in_opds(scope).values("pk")
    return Assembly.objects.filter(pk__in=keys) | mine


def assembly_of(user: User, uid: UUID, permission: str, *, lock: bool = False) -> Assembly:
    """An assembly that the person may see, and with this permission for every unit that it calls.

    Raises NotFound; for a stranger as for an unknown uid.
    """
    found = readable(user).filter(uid=uid).first()
    if found is None or not may(user, found, permission):
        raise NotFound("assembly")
    return Assembly.objects.select_for_update(of=("self",)).get(pk=found.pk) if lock else found


def may(user: User, assembly: Assembly, permission: str) -> bool:
    """Whether the person holds the permission in every OPD that the assembly calls."""
    scope = opd_scope(user, permission)
    if scope is None:
        return True
    opds = set(assembly.called_units.values_list("unit__opd__uid", flat=True))
    return bool(opds) and opds <= scope


def led_by(employee: Employee, uid: UUID) -> Assembly:
    """A standing assembly that this person leads. Raises NotFound."""
    found = Assembly.objects.standing().filter(leader=employee, uid=uid).first()
    if found is None:
        raise NotFound("assembly")
    return found
