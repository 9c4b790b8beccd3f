"""Who may see which slip and which run."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Prefetch

from kernel.accounts.models import User
from kernel.errors import NotFound
from kernel.permissions import opd_scope, user_may
from tenants.tpp.models import MonthRun, Slip, SlipLine
from tenants.tpp.permissions import READ_ALL, READ_OPD, READ_OWN
from tenants.tpp.querysets import SlipQuerySet


def readable_slip(user: User, uid: UUID) -> Slip:
    """The slip with its run and its lines in order, for its owner, the operator of its OPD, and those who read all.

    Raises NotFound for a stranger as for an unknown uid. The owner sees slips of finished runs only.
    """
    in_order = Prefetch("lines", SlipLine.objects.order_by("order"))
    slips = Slip.objects.as_it_stands().select_related("run__rule_set", "employee", "opd").prefetch_related(in_order)
    slip = slips.filter(uid=uid).first()
    if slip is None:
        raise NotFound("slip")
    if user_may(user, READ_ALL):
        return slip
    if user_may(user, READ_OPD, opd=slip.opd.uid):
        return slip
    if slip.employee.user_id == user.pk and user_may(user, READ_OWN) and slip.run.is_done:
        return slip
    raise NotFound("slip")


def own_slips(user: User) -> SlipQuerySet:
    """The person's own slips, one for each month and kind: that of the run that counts."""
    return Slip.objects.of_counting_runs().filter(employee__user=user)


def readable_run(uid: UUID) -> MonthRun:
    """The run, for those whose page permission lets them see runs. Raises NotFound."""
    run = MonthRun.objects.select_related("rule_set", "job", "started_by").filter(uid=uid).first()
    if run is None:
        raise NotFound("run")
    return run


def slips_of_own_opds(user: User) -> SlipQuerySet:
    """Slips of the OPDs whose operator the person is, of the runs that count."""
    return Slip.objects.of_counting_runs().in_opds(opd_scope(user, READ_OPD))
