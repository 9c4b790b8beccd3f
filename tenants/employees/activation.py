"""Codes with which employees set their first password, or a new one when it is forgotten: who may hand out which.

What a code is and how it is used: `kernel.accounts.codes`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction

from kernel import clock
from kernel.accounts.codes import VALID_FOR, issue_codes
from kernel.accounts.models import RoleGrant, User
from kernel.accounts.permissions import MANAGE_USERS
from kernel.audit.record import declare_action, record
from kernel.permissions import opd_scope, user_may
from tenants.employees.models import Employee
from tenants.organisation.models import Unit

CODES_MADE = declare_action("employees.codes_made", "Kode aktivasi dibuat")

EVERYBODYS_ROLES: Final = ("asn", "atasan")


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
    served = [
        employee
        for employee in employees
        if employee.is_active
        and employee.user is not None
        and employee.user.is_active
        and employee.user_id not in reserved
    ]
    codes = issue_codes([employee.user_id for employee in served if employee.user_id is not None], moment=moment)
    issued = [IssuedCode(employee, codes[employee.user_id or 0], expires_at) for employee in served]
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
