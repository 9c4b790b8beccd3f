"""Who would decide a document of this employee, level by level, and why these people. Writes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from kernel.accounts.models import RoleGrant, User
from tenants.approvals.access import Authority
from tenants.approvals.approvers import Applicant, Standing
from tenants.approvals.models import ApprovalRequest, Chain, ChainStep
from tenants.approvals.routing import Deadlines, Router, steps_in_force
from tenants.employees.models import Employee
from tenants.organisation.models import Position

_MOST_NAMES = 5


@dataclass(frozen=True, slots=True)
class Level:
    """One level: the step, who decides it, and why. `people` are at most five names, `more` how many others.

    `passed` says why a document like this does not come to the level; then nobody is named.
    """

    step: ChainStep
    people: Sequence[str] = ()
    more: int = 0
    post: str = ""
    role: str = ""
    why: str = ""
    due_on: date | None = None
    passed: str = ""


@dataclass(frozen=True, slots=True)
class Preview:
    """The chain that is in force for this person, None where there is none, with its levels."""

    chain: Chain | None
    levels: Sequence[Level]


def preview(
    document_kind: str, employee: Employee, day: date, *, measure: int | None = None, is_exception: bool = False
) -> Preview:
    """The levels of a document that the employee would hand in on this day."""
    applicant = Applicant(employee.pk, employee.user_id)
    chains = Chain.objects.all_in_force(document_kind, day)
    router = Router(Standing([applicant], steps_in_force(chains), day), Deadlines(day))
    chain = chains.get(router.standing.position_kind(applicant)) or chains.get("")
    if chain is None:
        return Preview(None, [])
    request = ApprovalRequest(is_exception=is_exception, measure=None if measure is None else Decimal(measure))
    steps = list(chain.steps.all())
    by_level = {step.level: step for step in steps}
    levels: list[Level] = []
    signer: Authority | None = None
    reached, found = 0, True
    while found:
        placed = router.place(request, applicant, steps, above=reached, signer=signer)
        levels += [Level(by_level[level], passed=why) for level, why in placed.passed.items()]
        found = placed.found
        if found:
            reached = request.level
            # Nobody has signed yet: whoever stands at this level would, in the own right.
            signer = None if request.approver_id is None else Authority(User(), request.approver_id, {})
            levels.append(_level(by_level[reached], request, applicant))
    return Preview(chain, levels)


def _level(step: ChainStep, request: ApprovalRequest, applicant: Applicant) -> Level:
    if request.approver_id is not None:
        name = Employee.objects.filter(pk=request.approver_id).values_list("name", flat=True).get()
        post = Position.objects.filter(pk=request.approver_position_id or 0).values_list("title", flat=True).first()
        return Level(step, [name], post=post or "", why=request.get_why_display(), due_on=request.due_on)
    grants = RoleGrant.objects.filter(role__code=request.role_code, user__is_active=True)
    if request.role_opd_uid is not None:
        grants = grants.filter(opd_uid__in=[request.role_opd_uid]) | grants.filter(opd_uid__isnull=True)
    holders = User.objects.filter(pk__in=grants.values("user")).exclude(pk=applicant.user_id or 0)
    names = list(holders.order_by("display_name").values_list("display_name", flat=True)[: _MOST_NAMES + 1])
    more = holders.count() - _MOST_NAMES if len(names) > _MOST_NAMES else 0
    role = grants.values_list("role__name", flat=True).first() or request.role_code
    return Level(step, names[:_MOST_NAMES], more, role=role, why=request.get_why_display(), due_on=request.due_on)
