"""Where a request stands: its first level, its next one, and its last days to decide. Writes nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from kernel import clock
from kernel.accounts.actors import Actor
from kernel.accounts.models import User
from kernel.among import among_keys
from kernel.tenancy import here
from tenants.approvals.access import Authority
from tenants.approvals.approvers import Applicant, Approver, Standing
from tenants.approvals.models import ApprovalRequest, Chain, ChainStep, Decision
from tenants.calendars.querysets import calendar_between
from tenants.calendars.working_days import OutsideCalendar, RegionCalendar
from tenants.employees.models import Employee

# What `place` writes; `bulk_update` names them.
PLACE_FIELDS: Final = (
    "level",
    "approver",
    "approver_position",
    "role_code",
    "role_opd_uid",
    "why",
    "came_from",
    "reached_at",
    "due_on",
    "acts_after",
)
# Reasons why a level is passed over, as the audit log keeps them.
UNMET_CONDITION: Final = "syarat_tidak_terpenuhi"
DECIDED_BEFORE: Final = "sudah_memutuskan"
_COUNT, _NEXT = "count", "next_superior"
# Working days are sought this many calendar days ahead.
_HORIZON: Final = timedelta(days=400)


@dataclass
class Deadlines:
    """Last days to decide for what reaches its approver on `day`; the calendar is read at most once."""

    day: date
    _calendar: RegionCalendar | None = field(default=None, init=False)

    def due_on(self, step: ChainStep, unit_id: int | None) -> date:
        """By calendar days, or by working days of the owner's unit; the region's default pattern without a unit."""
        if step.day_kind == ChainStep.Days.WORKING:
            if self._calendar is None:
                self._calendar = calendar_between(self.day, self.day + _HORIZON)
            try:
                return self._calendar.add_working_days(unit_id or 0, self.day, step.days_to_decide)
            except OutsideCalendar:
                # A region without working days in its calendar: calendar days.
                pass
        return self.day + timedelta(days=step.days_to_decide)


def applicant_of(request: ApprovalRequest) -> Applicant:
    """Whose document it is. For a document of the region `owner_user.employee` must be loaded or is looked up."""
    if request.owner is not None:
        return Applicant(request.owner.pk, request.owner_user_id or request.owner.user_id)
    return _applicant_of_user(request.owner_user_id)


def applicant_for(owner: Employee | None, actor: Actor) -> Applicant:
    """Whose document a new one is: the employee's, or that of the user who hands in a document of the region."""
    if owner is not None:
        return Applicant(owner.pk, owner.user_id)
    if not isinstance(actor, User):
        raise ValueError("a document of the region is handed in by a person")
    return _applicant_of_user(actor.pk)


def _applicant_of_user(user_id: int | None) -> Applicant:
    if user_id is None:
        return Applicant(None)
    employee = Employee.objects.active().filter(user=user_id).values_list("pk", flat=True).first()
    return Applicant(employee, user_id)


@dataclass(frozen=True, slots=True)
class Counted:
    """A level for which the decision on the one before counts as well: in whose stead, None in the own right, and how
    the approver came to stand there (`ApprovalRequest.Why`)."""

    on_behalf_of: int | None
    why: str


@dataclass(frozen=True, slots=True)
class Placed:
    """Whether a level was found, which were passed over on the way and why, and for which of them the decision counts,
    each by level."""

    found: bool
    passed: Mapping[int, str]
    counted: Mapping[int, Counted] = field(default_factory=dict)


@dataclass
class Router:
    """Places many requests on one day: the posts, offices, roles and the calendar are each read once."""

    standing: Standing
    deadlines: Deadlines

    @classmethod
    def on(cls, day: date, applicants: Iterable[Applicant], steps: Iterable[ChainStep]) -> Router:
        return cls(Standing(applicants, steps, day), Deadlines(here.today()))

    def place(
        self,
        request: ApprovalRequest,
        applicant: Applicant,
        steps: Sequence[ChainStep],
        *,
        above: int = 0,
        signer: Authority | None = None,
        signed: AbstractSet[int] = frozenset(),
    ) -> Placed:
        """Move a request to the first level above `above` that applies and that the decision before it does not decide
        as well.

        `signer` has just approved the level before: one decision counts for the levels that follow at once and that
        are the same person's, in the own right or by a delegation. A level of a role is for somebody who has not
        `signed` (users), as long as anybody else holds the role. Where nobody stands, the step's fallback decides.
        """
        passed: dict[int, str] = {}
        counted: dict[int, Counted] = {}
        for step in steps:
            if step.level <= above:
                continue
            if not applies(step, request):
                passed[step.level] = UNMET_CONDITION
                continue
            approver = self.standing.approver(step, applicant)
            if approver.employee_id is None and signed:
                role, opd = approver.role_code, approver.opd_uid
                if not self.standing.role_is_open(role, opd, applicant, signed):
                    if signer is not None and signer.holds_role(role, opd):
                        passed[step.level] = DECIDED_BEFORE
                        counted[step.level] = Counted(None, approver.why)
                        continue
                    approver = self.standing.fallback(step, applicant)
            if signer is not None and approver.employee_id is not None:
                is_own = approver.employee_id == signer.employee_id
                if is_own or signer.stands_in_for(approver.employee_id, request.document_kind):
                    passed[step.level] = DECIDED_BEFORE
                    counted[step.level] = Counted(None if is_own else approver.employee_id, approver.why)
                    continue
            request.level = step.level
            self.hand_over(request, approver, step, applicant)
            return Placed(True, passed, counted)
        return Placed(False, passed, counted)

    def hand_over(
        self, request: ApprovalRequest, approver: Approver, step: ChainStep, applicant: Applicant, why: str = ""
    ) -> None:
        """Write the approver and the last day to decide into the request."""
        request.came_from_id = request.approver_id
        request.approver_id = approver.employee_id
        request.approver_position_id = approver.position_id
        request.role_code = approver.role_code
        request.role_opd_uid = approver.opd_uid
        request.why = why or approver.why
        request.reached_at = clock.now()
        due = self.deadlines.due_on(step, self._unit_id(step, applicant))
        if request.rule_due_on is not None and request.after_rule and self.deadlines.day <= request.rule_due_on:
            due = min(due, request.rule_due_on)
        request.due_on = request.acts_after = due

    def _unit_id(self, step: ChainStep, applicant: Applicant) -> int | None:
        return self.standing.unit_id(applicant) if step.day_kind == ChainStep.Days.WORKING else None


def applies(step: ChainStep, request: ApprovalRequest) -> bool:
    """Whether the step's conditions hold. An unknown measure is taken for a large one: no level is skipped by it."""
    if step.only_exceptions and not request.is_exception:
        return False
    return step.measure_from is None or request.measure is None or request.measure >= step.measure_from


def rule_acts(request: ApprovalRequest) -> bool:
    """Whether the region's rule set says what follows when nobody decides."""
    return request.rule_due_on is not None and request.after_rule in (_COUNT, _NEXT)


def steps_of(chain_ids: Collection[int]) -> dict[int, list[ChainStep]]:
    """The steps of these chains in order, in one statement."""
    found: dict[int, list[ChainStep]] = defaultdict(list)
    for step in ChainStep.objects.filter(chain__in=chain_ids).order_by("chain", "level"):
        found[step.chain_id].append(step)
    return found


def steps_in_force(chains: Mapping[str, Chain]) -> list[ChainStep]:
    return [step for chain in chains.values() for step in chain.steps.all()]


def people_who_decided(requests: Sequence[ApprovalRequest]) -> dict[int, set[int]]:
    """Whose decisions on each request stand, and in whose place, as employees; one statement."""
    found: dict[int, set[int]] = {request.pk: set() for request in requests}
    standing = Decision.objects.standing().filter(request__in=requests)
    rows = standing.values_list("request_id", "decided_by__employee__pk", "on_behalf_of_id")
    deciders: Iterable[tuple[int, int | None, int | None]] = rows
    for request, employee, holder in deciders:
        found[request] |= {pk for pk in (employee, holder) if pk is not None}
    return found


def users_who_signed(requests: Sequence[ApprovalRequest]) -> dict[int, set[int]]:
    """Whose decisions on each request stand, as users; one statement."""
    found: dict[int, set[int]] = {request.pk: set() for request in requests}
    rows = Decision.objects.standing().filter(among_keys("request", found), decided_by__isnull=False)
    for request, user in rows.values_list("request_id", "decided_by_id"):
        found[request].add(user)
    return found


def place_of(request: ApprovalRequest) -> dict[str, Any]:
    """Where a request stands, to put it back there."""
    return {
        "level": request.level,
        "approver": request.approver_id,
        "position": request.approver_position_id,
        "role": request.role_code,
        "opd": None if request.role_opd_uid is None else str(request.role_opd_uid),
        "why": request.why,
        "came_from": request.came_from_id,
        "due_on": None if request.due_on is None else request.due_on.isoformat(),
    }


def put_back(request: ApprovalRequest, place: Mapping[str, Any]) -> None:
    """The reverse of `place_of`. The last day stays what it was."""
    request.level = place["level"]
    request.approver_id = place["approver"]
    request.approver_position_id = place["position"]
    request.role_code = place["role"]
    request.role_opd_uid = None if place["opd"] is None else UUID(place["opd"])
    request.why = place["why"]
    request.came_from_id = place["came_from"]
    request.due_on = None if place["due_on"] is None else date.fromisoformat(place["due_on"])


def way(request: ApprovalRequest, passed: Mapping[int, str] | None = None) -> dict[str, object]:
    """Where a request stands, for the audit log."""
    told: dict[str, object] = {
        "state": request.state,
        "level": request.level,
        "approver": request.approver_id,
        "role": request.role_code,
    }
    if request.why:
        told["why"] = request.why
    if passed:
        told["passed"] = {str(level): reason for level, reason in passed.items()}
    return told
