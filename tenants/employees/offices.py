"""What accounts ask about posts: the OPDs, and whose post is in which today."""

from __future__ import annotations

from uuid import UUID

from kernel.accounts.offices import Office
from kernel.tenancy import here
from tenants.employees.models import Employee
from tenants.organisation.models import Unit


def listed() -> list[Office]:
    """Every OPD in use, by code."""
    rows = Unit.objects.filter(kind=Unit.Kind.OPD, is_active=True).order_by("code")
    return [Office(uid, name) for uid, name in rows.values_list("uid", "name")]


def accounts_within(opd: UUID) -> set[int]:
    """The keys of the accounts of active people whose post of today is in the OPD."""
    people = Employee.objects.active().in_opds([opd], here.today())
    return set(people.filter(user__isnull=False).values_list("user_id", flat=True))
