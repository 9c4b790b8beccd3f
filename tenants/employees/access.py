"""Who may see and change whose data."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db.models import Q

from kernel.accounts.models import User
from kernel.errors import NotFound
from kernel.permissions import opd_scope, require, user_may
from kernel.tenancy import here
from tenants.employees.errors import OwnRecord
from tenants.employees.models import Employee, Placement
from tenants.employees.permissions import MANAGE_EMPLOYEES, VIEW_EMPLOYEES
from tenants.employees.querysets import EmployeeQuerySet
from tenants.organisation.models import Position


def own_employee(user: User) -> Employee:
    """The employee that this user is. Raises NotFound for an account without one (a pure administrator)."""
    employee = Employee.objects.filter(user=user, is_active=True).first()
    if employee is None:
        raise NotFound("employee")
    return employee


def employees_for(user: User, permission: str) -> EmployeeQuerySet:
    """The people whose data the person may reach with this permission, with their posts of today."""
    return Employee.objects.in_opds(opd_scope(user, permission), here.today())


def people_in_scope(user: User, permission: str, day: date) -> EmployeeQuerySet:
    """Active people whose post of that day is in an OPD for which the person holds the permission."""
    people = Employee.objects.active().in_opds(opd_scope(user, permission), day)
    # As a tuple: the column is an annotation of `placed_on`, which the type checker does not know.
    return people.filter(Q(("unit_id__isnull", False)))


def reach(user: User, permission: str, day: date) -> set[int] | None:
    """The keys of `people_in_scope`; None when the person holds the permission in the whole region."""
    if opd_scope(user, permission) is None:
        return None
    return set(people_in_scope(user, permission, day).values_list("pk", flat=True))


def employee_to_see(user: User, uid: UUID) -> Employee:
    """The employee: for officials of the region, or of an OPD in which the employee has or had a post.

    Raises NotFound for a stranger as for an unknown uid.
    """
    require(user, VIEW_EMPLOYEES)
    return _reached(user, VIEW_EMPLOYEES, uid)


def employee_to_manage(user: User, uid: UUID, permission: str = MANAGE_EMPLOYEES) -> Employee:
    """The employee, whose present post is in an OPD that the person manages. Raises NotAllowed, NotFound, OwnRecord."""
    require(user, permission)
    found = employees_for(user, permission).select_related("user").filter(uid=uid).first()
    if found is None:
        raise NotFound("employee")
    if _is_own(user, found, permission):
        raise OwnRecord
    return found


def may_reach(user: User, employee: Employee, permission: str) -> bool:
    """Whether `employee_to_manage` would give the employee, for the buttons of a page."""
    if _is_own(user, employee, permission):
        return False
    return user_may(user, permission) and employees_for(user, permission).filter(pk=employee.pk).exists()


def _is_own(user: User, employee: Employee, permission: str) -> bool:
    return permission == MANAGE_EMPLOYEES and employee.user_id == user.pk


def position_to_fill(user: User, uid: UUID) -> Position:
    """The position, in an OPD in which the person manages people. Raises NotFound."""
    scope = opd_scope(user, MANAGE_EMPLOYEES)
    position = Position.objects.active().in_opds(scope).select_related("unit").filter(uid=uid).first()
    if position is None:
        raise NotFound("position")
    return position


def _reached(user: User, permission: str, uid: UUID) -> Employee:
    scope = opd_scope(user, permission)
    people = Employee.objects.select_related("user").filter(uid=uid)
    if scope is not None:
        held = Placement.objects.filter(position__unit__opd__uid__in=scope).values("employee_id")
        people = people.filter(Q(pk__in=held))
    found = people.first()
    if found is None:
        raise NotFound("employee")
    return found
