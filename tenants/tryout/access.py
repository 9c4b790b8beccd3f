"""Which try-out and person a page is about."""

from __future__ import annotations

from uuid import UUID

from kernel.errors import NotFound
from tenants.employees.models import Employee
from tenants.tryout.models import TryOut


def readable_try_out(uid: UUID) -> TryOut:
    """The try-out, for those whose page permission lets them see try-outs. Raises NotFound."""
    found = TryOut.objects.select_related("rule_set", "job", "started_by").filter(uid=uid).first()
    if found is None:
        raise NotFound("tryout")
    return found


def person_in(tryout: TryOut, uid: UUID) -> Employee:
    """An employee who is in the try-out. Raises NotFound."""
    found = Employee.objects.filter(uid=uid, pk__in=tryout.months.values("people__employee")).first()
    if found is None:
        raise NotFound("employee")
    return found
