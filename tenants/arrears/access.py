"""Who may see which difference."""

from __future__ import annotations

from uuid import UUID

from kernel.accounts.models import User
from kernel.errors import NotFound
from kernel.permissions import user_may
from tenants.arrears.models import DifferenceSlip
from tenants.arrears.querysets import DifferenceSlipQuerySet
from tenants.tpp.models import MonthRun
from tenants.tpp.permissions import READ_ALL, READ_OPD, READ_OWN


def readable_difference(user: User, uid: UUID) -> DifferenceSlip:
    """The difference, for its owner once it is locked, the operator of its OPD, and those who read all.

    Raises NotFound for a stranger as for an unknown uid.
    """
    found = (
        DifferenceSlip.objects.select_related(
            "run__rule_set", "employee", "opd", "slip", "base__run__rule_set", "rule_set"
        )
        .filter(uid=uid)
        .first()
    )
    if found is None:
        raise NotFound("difference")
    if user_may(user, READ_ALL) or user_may(user, READ_OPD, opd=found.opd.uid):
        return found
    is_own = found.employee.user_id == user.pk and user_may(user, READ_OWN)
    if is_own and DifferenceSlip.objects.locked().filter(pk=found.pk).exists():
        return found
    raise NotFound("difference")


def own_differences(user: User) -> DifferenceSlipQuerySet:
    """The person's own locked differences."""
    return DifferenceSlip.objects.locked().filter(employee__user=user)


def readable_run(uid: UUID) -> MonthRun:
    """The difference run, for those whose page permission lets them see runs. Raises NotFound."""
    found = (
        MonthRun.objects.filter(kind=MonthRun.Kind.DIFFERENCE)
        .select_related("rule_set", "job", "started_by", "span")
        .filter(uid=uid)
        .first()
    )
    if found is None:
        raise NotFound("run")
    return found
