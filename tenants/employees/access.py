"""Who may see which employee."""

from __future__ import annotations

from kernel.accounts.models import User
from kernel.errors import NotFound
from tenants.employees.models import Employee


def own_employee(user: User) -> Employee:
    """The employee that this user is. Raises NotFound for an account without one (a pure administrator)."""
    employee = Employee.objects.filter(user=user, is_active=True).first()
    if employee is None:
        raise NotFound("employee")
    return employee
