"""Who decides one level of a chain, for many documents at once.

A vacant post and Plt/Plh are resolved by the reporting lines (`tenants.employees.reporting_lines`), the offices by
their marks on the map of posts. Nobody ever gets their own document. Where nobody stands, the step's fallback says who
decides, and the holders of the role BKPSDM where that finds nobody either; `Approver.why` keeps the reason.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Final
from uuid import UUID

from kernel.accounts.models import RoleGrant
from tenants.approvals.models import ApprovalRequest, ChainStep
from tenants.employees.models import Employee, Placement
from tenants.employees.posts import Posts
from tenants.employees.querysets import posts_on, reporting_line_of, reporting_lines_on
from tenants.employees.reporting_lines import Holding, ReportingLines
from tenants.organisation.models import Position

LAST_RESORT: Final = "bkpsdm"
# An elected head of the region has no post of an employee: the holders of this role decide instead.
_ROLE_OF_OFFICE: Final = {"kepala_daerah": "kepala_daerah"}
_HEIGHTS: Final = {"atasan_langsung": 0, "atasan_dari_atasan": 1}
_OFFICES: Final = frozenset(Position.Office.values)
_Step = ChainStep.Approver
_Why = ApprovalRequest.Why
_Fallback = ChainStep.Fallback


@dataclass(frozen=True, slots=True)
class Applicant:
    """Whose document it is: an employee, a user, or both."""

    employee_id: int | None
    user_id: int | None = None


@dataclass(frozen=True, slots=True)
class Approver:
    """A person with the post by which they decide, or the holders of a role (in one OPD, or in the region).

    `why` is "" where the step itself says so, else the reason why somebody else stands here.
    """

    employee_id: int | None = None
    position_id: int | None = None
    role_code: str = ""
    opd_uid: UUID | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where somebody was found on the way up: the post, how it is held, and what was passed over before it."""

    holding: Holding
    passed: str


class Standing:
    """Who stands where on one day, as far as these applicants and steps ask: at most ten statements for any number."""

    def __init__(self, applicants: Iterable[Applicant], steps: Iterable[ChainStep], day: date) -> None:
        self.applicants = frozenset(applicants)
        self.steps = tuple(steps)
        self.day = day
        self._known_lines = ReportingLines.of({}, ())

    def approver(self, step: ChainStep, applicant: Applicant, *, without: AbstractSet[int] = frozenset()) -> Approver:
        """Who decides the applicant's document at this step. `without` are employees who cannot (they decided
        before)."""
        if step.approver in _HEIGHTS:
            return self._superior(step, applicant, without)
        if step.approver in _OFFICES:
            return self._office(step, applicant, without)
        return self._role(step, applicant, without)

    def next_superior(
        self, applicant: Applicant, position_id: int | None, *, without: AbstractSet[int] = frozenset()
    ) -> Approver:
        """Who stands above a post, for a document that is passed up; BKPSDM where nobody does."""
        avoided = self._avoided(applicant, without)
        if position_id is not None:
            lines = self._lines_above(position_id)
            for place in _upward(lines, lines.superiors.get(position_id), avoided):
                return _found(place, "")
        elif applicant.employee_id is not None:
            for employee in self._lines.line_of(applicant.employee_id):
                if employee not in avoided:
                    return self._person(applicant.employee_id, employee)
        return Approver(role_code=LAST_RESORT)

    def successor(self, position_id: int, applicant: Applicant, *, without: AbstractSet[int]) -> Approver | None:
        """Who holds this post on the day, None when it is vacant."""
        lines = self._lines_above(position_id)
        avoided = self._avoided(applicant, without)
        for holding in lines.holders.get(position_id, ()):
            if holding.employee_id not in avoided:
                return _found(_Place(holding, ""), "")
        return None

    def fallback(self, step: ChainStep, applicant: Applicant) -> Approver:
        """Who decides at this step where nobody who may still sign holds its role."""
        return self._fallback(step, applicant, _Why.VACANT, frozenset())

    def role_is_open(self, role: str, opd: UUID | None, applicant: Applicant, signed: AbstractSet[int]) -> bool:
        """Whether somebody active holds the role there who is not the applicant and not one of these users."""
        closed = {*signed, applicant.user_id}
        return any(user not in closed for user, where in self._role_holders.get(role, ()) if where in (None, opd))

    def position_kind(self, applicant: Applicant) -> str:
        """The kind of the applicant's own position, "" without one."""
        own = self._own_post(applicant)
        return "" if own is None else own[0]

    def unit_id(self, applicant: Applicant) -> int | None:
        """The unit of the applicant's own position."""
        own = self._own_post(applicant)
        return None if own is None else own[1]

    # The three ways of a step

    def _superior(self, step: ChainStep, applicant: Applicant, without: AbstractSet[int]) -> Approver:
        owner = applicant.employee_id
        if owner is None:
            return self._fallback(step, applicant, _Why.VACANT, without)
        line = self._lines.line_of(owner)
        height = _HEIGHTS[step.approver]
        if len(line) <= height:
            return self._fallback(step, applicant, _Why.VACANT, without, exhausted=True)
        found = self._person(owner, line[height], below=line[height - 1] if height else None)
        vacant = found.why in (_Why.VACANT, _Why.NOT_OWN)
        if (vacant and step.fallback != _Fallback.NEXT_SUPERIOR) or line[height] in without:
            return self._fallback(step, applicant, found.why, without, exhausted=line[height] in without)
        return found

    def _office(self, step: ChainStep, applicant: Applicant, without: AbstractSet[int]) -> Approver:
        position = self._office_position(step.approver, applicant)
        why = _Why.VACANT
        if position is not None:
            avoided = self._avoided(applicant, without)
            for holding in self._offices.holders.get(position, ()):
                if holding.employee_id not in avoided:
                    return _found(_Place(holding, ""), "")
                why = _Why.NOT_OWN
        elif (role := _ROLE_OF_OFFICE.get(step.approver)) and self._role_is_held(role, None, applicant):
            return Approver(role_code=role)
        if position is not None and step.fallback == _Fallback.NEXT_SUPERIOR:
            above = self._offices.superiors.get(position)
            for place in _upward(self._offices, above, self._avoided(applicant, without)):
                return replace(_found(place, ""), why=why)
        return self._fallback(step, applicant, why, without, exhausted=True)

    def _role(self, step: ChainStep, applicant: Applicant, without: AbstractSet[int]) -> Approver:
        if step.approver == _Step.BKPSDM:
            return Approver(role_code=LAST_RESORT)
        opd = None
        if step.approver == _Step.ROLE_IN_OPD:
            own = self._own_post(applicant)
            if own is None:
                return self._fallback(step, applicant, _Why.VACANT, without)
            opd = own[3]
        if self._role_is_held(step.role_code, opd, applicant):
            return Approver(role_code=step.role_code, opd_uid=opd)
        return self._fallback(step, applicant, _Why.VACANT, without)

    def _fallback(
        self, step: ChainStep, applicant: Applicant, why: str, without: AbstractSet[int], *, exhausted: bool = False
    ) -> Approver:
        """Who decides where the step found nobody. `exhausted`: above was looked already."""
        if step.fallback == _Fallback.SEKDA:
            position = self._office_position(Position.Office.SEKDA, applicant)
            for holding in self._offices.holders.get(position or 0, ()):
                if holding.employee_id not in self._avoided(applicant, without):
                    return Approver(holding.employee_id, holding.position_id, why=why)
        elif step.fallback == _Fallback.NEXT_SUPERIOR and not exhausted and applicant.employee_id is not None:
            for employee in self._lines.line_of(applicant.employee_id):
                if employee not in without:
                    return replace(self._person(applicant.employee_id, employee), why=why)
        return Approver(role_code=LAST_RESORT, why=why)

    # What is looked up, each once

    def _person(self, owner: int, employee: int, *, below: int | None = None) -> Approver:
        """A superior with the post by which they stand above the owner. `below` is the superior before them."""
        lines = self._lines
        named = lines.overrides.get(owner)
        if named is not None and named.superior_id == employee:
            return Approver(employee, named.superior_position_id)
        passed = ""
        begun = below is None
        for position in _positions_above(lines, lines.posts.get(owner)):
            holder = next((h for h in lines.holders.get(position, ()) if h.employee_id != owner), None)
            if holder is not None and holder.employee_id == employee:
                return _found(_Place(holder, passed), "")
            if begun and holder is None:
                passed = _Why.NOT_OWN if lines.holders.get(position) else _Why.VACANT
            begun = begun or (holder is not None and holder.employee_id == below)
        # Reached through the override of somebody between: not a post above the owner's own.
        return Approver(employee)

    def _avoided(self, applicant: Applicant, without: AbstractSet[int]) -> frozenset[int]:
        own = () if applicant.employee_id is None else (applicant.employee_id,)
        return frozenset({*without, *own})

    def _own_post(self, applicant: Applicant) -> tuple[str, int, int, UUID] | None:
        """Kind of position, unit, OPD and its uid of the applicant's own post."""
        posts = None if applicant.employee_id is None else self._posts.get(applicant.employee_id)
        own = None if posts is None else posts.own
        return None if own is None else (own.position_kind, own.unit_id, own.opd_id, own.opd_uid)

    def _office_position(self, office: str, applicant: Applicant) -> int | None:
        if office != Position.Office.KEPALA_OPD:
            return self._marked.get((office, None))
        own = self._own_post(applicant)
        return None if own is None else self._marked.get((office, own[2]))

    def _role_is_held(self, role: str, opd: UUID | None, applicant: Applicant) -> bool:
        """Whether somebody active other than the applicant holds the role there."""
        return self.role_is_open(role, opd, applicant, frozenset())

    @cached_property
    def _posts(self) -> dict[int, Posts]:
        return posts_on([a.employee_id for a in self.applicants if a.employee_id is not None], self.day)

    @cached_property
    def _lines(self) -> ReportingLines:
        people = {a.employee_id for a in self.applicants if a.employee_id is not None}
        if len(people) == 1:
            return reporting_line_of(Employee(pk=people.pop()), self.day)
        return reporting_lines_on(self.day)

    @cached_property
    def _marked(self) -> dict[tuple[str, int | None], int]:
        rows = Position.objects.active().exclude(office="").values_list("office", "unit_id", "pk")
        return {(office, unit if office == Position.Office.KEPALA_OPD else None): pk for office, unit, pk in rows}

    @cached_property
    def _offices(self) -> ReportingLines:
        return self._above(self._marked.values())

    def _lines_above(self, position_id: int) -> ReportingLines:
        known: ReportingLines | None = self.__dict__.get("_lines")
        if known is not None and position_id in known.superiors:
            return known
        if position_id not in self._known_lines.superiors:
            self.know_positions([position_id])
        return self._known_lines

    def know_positions(self, position_ids: Iterable[int]) -> None:
        """Load the lines above these posts at once, before asking for their successors or superiors."""
        self._known_lines = self._above([*self._known_lines.superiors, *position_ids])

    def _above(self, position_ids: Collection[int]) -> ReportingLines:
        superiors = Position.objects.line_above(list(position_ids))
        return ReportingLines.of(superiors, Placement.objects.on(self.day).filter(position_id__in=superiors).holdings())

    @cached_property
    def _role_holders(self) -> dict[str, list[tuple[int, UUID | None]]]:
        codes = {step.role_code for step in self.steps if step.role_code} | {*_ROLE_OF_OFFICE.values(), LAST_RESORT}
        grants = RoleGrant.objects.filter(role__code__in=codes, user__is_active=True)
        found: dict[str, list[tuple[int, UUID | None]]] = defaultdict(list)
        for role, user, opd in grants.values_list("role__code", "user_id", "opd_uid"):
            found[role].append((user, opd))
        return found


def _found(place: _Place, why: str) -> Approver:
    holding = place.holding
    acting = _Why.ACTING if holding.kind != Placement.Kind.DEFINITIF else ""
    return Approver(holding.employee_id, holding.position_id, why=why or place.passed or acting)


def _upward(lines: ReportingLines, position: int | None, avoided: AbstractSet[int]) -> Iterator[_Place]:
    """The people from this post upwards, without those who cannot decide. A cycle ends the walk."""
    seen: set[int] = set()
    passed = ""
    while position is not None and position not in seen:
        seen.add(position)
        holding = next((h for h in lines.holders.get(position, ()) if h.employee_id not in avoided), None)
        if holding is None:
            passed = passed or _Why.VACANT
        else:
            yield _Place(holding, passed)
        position = lines.superiors.get(position)


def _positions_above(lines: ReportingLines, position: int | None) -> Iterator[int]:
    seen: set[int] = set()
    while position is not None and position not in seen:
        seen.add(position)
        position = lines.superiors.get(position)
        if position is not None:
            yield position
