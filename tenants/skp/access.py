"""Whose plan, report and assessment it is: the owner, the superior of the day, officials of the OPD."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from uuid import UUID

from kernel import clock
from kernel.accounts.models import User
from kernel.errors import NotFound
from kernel.files.access import reader
from kernel.files.models import StoredFile
from kernel.permissions import opd_scope, require, user_may
from kernel.tenancy.context import current_region
from tenants.approvals.access import may_read_document
from tenants.employees.models import Employee
from tenants.employees.querysets import posts_on, reporting_lines_on, superior_of
from tenants.organisation.models import Position
from tenants.skp.models import Plan, RealisationFile
from tenants.skp.permissions import ASSESS, ASSESS_TOP, OWN, READ

DOCUMENT_KIND = "skp_plan"
PURPOSE = "skp_evidence"


def today() -> date:
    """The date in the open region."""
    return clock.today(current_region().time_zone)


def lock_owner(employee: Employee, actor: User) -> Employee:
    """The employee, locked: what one person writes is written one after the other.

    Raises NotAllowed without the permission, NotFound when somebody else's SKP is meant.
    """
    require(actor, OWN)
    if employee.user_id != actor.pk:
        raise NotFound("employee")
    return Employee.objects.select_for_update().get(pk=employee.pk)


def own_plan(employee: Employee, uid: UUID) -> Plan:
    """The person's own plan with its lines. Raises NotFound."""
    found = Plan.objects.filter(employee=employee, uid=uid).select_related("position").with_lines().first()
    if found is None:
        raise NotFound("plan")
    return found


def lock_plan(employee: Employee, uid: UUID) -> Plan:
    """The person's own plan, locked. Raises NotFound."""
    found = Plan.objects.select_for_update().filter(employee=employee, uid=uid).first()
    if found is None:
        raise NotFound("plan")
    return found


def plan_to_see(user: User, uid: UUID) -> Plan:
    """For its owner, who decides on it or decided, the superior of the day, and officials of the person's OPD.

    Drafts are their owner's alone. Raises NotFound.
    """
    plan = Plan.objects.filter(uid=uid).select_related("employee", "position").with_lines().first()
    if plan is None:
        raise NotFound("plan")
    if plan.employee.user_id == user.pk:
        return plan
    if plan.state == Plan.State.DRAFT:
        raise NotFound("plan")
    if (
        may_read_document(user, document_kind=DOCUMENT_KIND, document_uid=plan.uid)
        or is_assessor(user, plan.employee)
        or reads_opd_of(user, plan.employee)
    ):
        return plan
    raise NotFound("plan")


def is_assessor(user: User, employee: Employee, day: date | None = None) -> bool:
    """Whether the person assesses this employee on the day: as the superior by the reporting lines (a vacant post is
    passed over, a Plt counts), or for the head of the region where nobody stands above. Never oneself."""
    if not user_may(user, ASSESS) or employee.user_id == user.pk:
        return False
    superior = superior_of(employee, day or today())
    if superior is None:
        return user_may(user, ASSESS_TOP) and _holds_post(employee, day or today())
    return superior.user_id == user.pk


def _holds_post(employee: Employee, day: date) -> bool:
    return employee.is_active and employee.pk in posts_on([employee.pk], day)


def person_to_assess(user: User, uid: UUID) -> Employee:
    """Somebody whom the person assesses today. Raises NotAllowed without the permission, NotFound for anybody else."""
    require(user, ASSESS)
    found = Employee.objects.filter(uid=uid).first()
    if found is None or not is_assessor(user, found):
        raise NotFound("employee")
    return found


def people_to_assess(user: User, day: date) -> list[int]:
    """The keys of everybody whom the person assesses on the day. At most three statements."""
    own = Employee.objects.filter(user=user, is_active=True).values_list("pk", flat=True).first()
    takes_the_top = user_may(user, ASSESS_TOP)
    if own is None and not takes_the_top:
        return []
    lines = reporting_lines_on(day)
    found = set() if own is None else set(lines.subordinates_of(own))
    if takes_the_top:
        found |= {person for person in lines.posts if person != own and lines.superior_of(person) is None}
    return sorted(found)


def has_people(user: User, position_ids: Collection[int]) -> bool:
    """Whether a link to the people to assess makes sense: there is a post below these, or the top is the person's."""
    if not user_may(user, ASSESS):
        return False
    if Position.objects.active().filter(superior__in=position_ids).exists():
        return True
    return user_may(user, ASSESS_TOP)


def reads_opd_of(user: User, employee: Employee) -> bool:
    """Whether the person reads SKP in the OPD where the employee has a post today."""
    if not user_may(user, READ):
        return False
    return Employee.objects.in_opds(opd_scope(user, READ), today()).filter(pk=employee.pk).exists()


@reader(PURPOSE)
def may_read_evidence(user: User, stored: StoredFile) -> bool:
    """The owner, the superior of the day, and officials of the OPD; others than the owner only what is not refused."""
    if stored.owner_id == user.pk:
        return True
    found = RealisationFile.objects.filter(file=stored).select_related("report__employee").first()
    if found is None:
        return False
    employee = found.report.employee
    if is_assessor(user, employee):
        return True
    return stored.scan == StoredFile.Scan.CLEAN and reads_opd_of(user, employee)
