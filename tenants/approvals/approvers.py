"""Who decides one level of a chain, for many documents at once.

A vacant post and Plt/Plh are resolved by the reporting lines (`tenants.employees.reporting_lines`). Where nobody stands
above, or the step says so, the holders of the role BKPSDM decide.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from tenants.approvals.models import ChainStep
from tenants.employees.models import Employee
from tenants.employees.querysets import posts_on, reporting_line_of, reporting_lines_on
from tenants.employees.reporting_lines import ReportingLines

LAST_RESORT: Final = "bkpsdm"


@dataclass(frozen=True, slots=True)
class Approver:
    """A person, or the holders of a role (in one OPD, or in the region when `opd_uid` is None)."""

    employee_id: int | None = None
    role_code: str = ""
    opd_uid: UUID | None = None


BKPSDM: Final = Approver(role_code=LAST_RESORT)


def approvers_of(step: ChainStep, owners: Collection[Employee], day: date) -> dict[int, Approver]:
    """The approver of each owner's documents at this step on the day, by the owner's key. At most three statements."""
    if step.approver == ChainStep.Approver.ROLE_IN_REGION:
        return {owner.pk: Approver(role_code=step.role_code) for owner in owners}
    if step.approver == ChainStep.Approver.ROLE_IN_OPD:
        posts = posts_on([owner.pk for owner in owners], day)
        found: dict[int, Approver] = {}
        for owner in owners:
            own = posts[owner.pk].own if owner.pk in posts else None
            found[owner.pk] = BKPSDM if own is None else Approver(role_code=step.role_code, opd_uid=own.opd_uid)
        return found
    one = next(iter(owners)) if len({owner.pk for owner in owners}) == 1 else None
    lines = reporting_lines_on(day) if one is None else reporting_line_of(one, day)
    return {owner.pk: _superior(step, lines, owner.pk) for owner in owners}


def _superior(step: ChainStep, lines: ReportingLines, owner: int) -> Approver:
    if step.fallback == ChainStep.Fallback.BKPSDM and _post_above_is_vacant(lines, owner):
        return BKPSDM
    line = lines.line_of(owner)
    height = 0 if step.approver == ChainStep.Approver.DIRECT_SUPERIOR else 1
    return Approver(employee_id=line[height]) if len(line) > height else BKPSDM


def _post_above_is_vacant(lines: ReportingLines, owner: int) -> bool:
    post = lines.posts.get(owner)
    above = None if post is None else lines.superiors.get(post)
    return above is None or all(holding.employee_id == owner for holding in lines.holders.get(above, ()))
