"""Whose plan, report and assessment it is: the owner, the superior of the day, officials of the OPD."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from uuid import UUID

from django.db.backends.postgresql.psycopg_any import DateRange

from kernel.accounts.models import User
from kernel.errors import NotFound
from kernel.files.access import reader
from kernel.files.models import StoredFile
from kernel.permissions import opd_scope, require, user_may
from kernel.tenancy import here
from tenants.approvals.access import may_read_document
from tenants.employees.models import Employee, Placement
from tenants.employees.querysets import reporting_lines_on, superior_of
from tenants.employees.reporting_lines import ReportingLines
from tenants.organisation.models import Position
from tenants.skp.models import Plan, RealisationFile
from tenants.skp.permissions import ASSESS, ASSESS_TOP, OWN, READ
from tenants.skp.rating_periods import RatingPeriod

DOCUMENT_KIND = "skp_plan"
PURPOSE = "skp_evidence"


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


def is_assessor(user: User, employee: Employee) -> bool:
    """Whether the person assesses this employee today: as the superior by the reporting lines (a vacant post is passed
    over, a Plt counts), or for the head of the region where nobody stands above. Who has left is assessed by whoever
    stands above the last post today. Never oneself."""
    if not user_may(user, ASSESS) or employee.user_id == user.pk:
        return False
    day = here.today()
    superior = superior_of(employee, day)
    if superior is not None:
        return superior.user_id == user.pk
    held = Placement.objects.definitive().filter(employee=employee, period__startswith__lte=day).order_by("-period")
    last = held.values_list("position_id", flat=True).first()
    if last is None:
        return False
    above = Position.objects.line_above([last])
    lines = ReportingLines.of(above, Placement.objects.on(day).filter(position_id__in=above).holdings())
    found = replace(lines, posts={employee.pk: last}).superior_of(employee.pk)
    if found is None:
        return user_may(user, ASSESS_TOP)
    return Employee.objects.filter(pk=found, user=user).exists()


def person_to_assess(user: User, uid: UUID) -> Employee:
    """Somebody whom the person assesses today. Raises NotAllowed without the permission, NotFound for anybody else."""
    require(user, ASSESS)
    found = Employee.objects.filter(uid=uid).first()
    if found is None or not is_assessor(user, found):
        raise NotFound("employee")
    return found


def people_to_assess(user: User, period: RatingPeriod) -> list[int]:
    """The keys of everybody whom the person assesses today, with those who left in the period. Five statements."""
    own = Employee.objects.filter(user=user, is_active=True).values_list("pk", flat=True).first()
    takes_the_top = user_may(user, ASSESS_TOP)
    if own is None and not takes_the_top:
        return []
    lines = reporting_lines_on(here.today())
    found = set() if own is None else set(lines.subordinates_of(own))
    if takes_the_top:
        found |= {person for person in lines.posts if person != own and lines.superior_of(person) is None}
    in_period = Placement.objects.definitive().filter(period__overlap=DateRange(period.first_day, period.end))
    held = dict(in_period.order_by("period").values_list("employee_id", "position_id"))
    left = {person: post for person, post in held.items() if person not in lines.posts}
    after = replace(lines, posts={**lines.posts, **left})
    for person in left:
        superior = after.superior_of(person)
        if (superior is None and takes_the_top) or (superior is not None and superior == own):
            found.add(person)
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
    return Employee.objects.in_opds(opd_scope(user, READ), here.today()).filter(pk=employee.pk).exists()


@reader(PURPOSE)
def may_read_evidence(user: User, stored: StoredFile) -> bool:
    """The owner, the superior of the day, and officials of the OPD."""
    if stored.owner_id == user.pk:
        return True
    found = RealisationFile.objects.filter(file=stored).select_related("report__employee").first()
    if found is None:
        return False
    employee = found.report.employee
    if is_assessor(user, employee):
        return True
    return reads_opd_of(user, employee)
