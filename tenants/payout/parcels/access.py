"""Who may see which parcel: officials of the region all, everybody else that of the own OPD."""

from __future__ import annotations

from uuid import UUID

from kernel.accounts.models import User
from kernel.errors import NotFound
from kernel.permissions import opd_scope, user_may
from kernel.tenancy import here
from tenants.employees.models import Employee
from tenants.employees.querysets import posts_on
from tenants.organisation.models import Unit
from tenants.payout.models import PaymentList
from tenants.payout.permissions import SEE_BOARD, SEE_OWN_OPD, TAKE_FILES
from tenants.tpp.models import Slip


def opd_to_see(user: User, uid: UUID) -> Unit:
    """The OPD whose parcels the person may see. Raises NotFound for a stranger as for an unknown uid."""
    opd = Unit.objects.opds().filter(uid=uid).first()
    if opd is None or not may_see(user, opd):
        raise NotFound("opd")
    return opd


def may_see(user: User, opd: Unit) -> bool:
    """Whether the person may see this OPD's parcels: by a role in it, or because the person works, or worked, there."""
    if user_may(user, SEE_BOARD):
        return True
    if not user_may(user, SEE_OWN_OPD):
        return False
    granted = opd_scope(user, SEE_OWN_OPD)
    if granted is not None and opd.uid in granted:
        return True
    own = own_opd(user)
    return own == opd or Slip.objects.filter(employee__user=user, opd=opd).exists()


def own_opd(user: User) -> Unit | None:
    """The OPD of the person's own post today; without one that in which the person holds a role."""
    employee = Employee.objects.filter(user=user, is_active=True).first()
    posts = None if employee is None else posts_on([employee.pk], here.today()).get(employee.pk)
    own = None if posts is None else posts.own
    if own is not None:
        return Unit.objects.filter(pk=own.opd_id).first()
    granted = opd_scope(user, SEE_OWN_OPD) or set()
    return Unit.objects.opds().filter(uid__in=granted).order_by("code").first()


def list_to_see(user: User, uid: UUID) -> PaymentList:
    """The payment list, for those who take files in its OPD. Raises NotFound."""
    made = PaymentList.objects.select_related("parcel__opd", "lock", "made_by").filter(uid=uid).first()
    if made is None or not user_may(user, TAKE_FILES, opd=made.parcel.opd.uid):
        raise NotFound("payment list")
    return made
