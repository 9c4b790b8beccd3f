"""A person says "my superior is wrong": who is proposed, the document, and what its approval does.

Proposed are the head of the person's unit (Plt and Plh as well), the holder of the post above, the head of the unit
above, and who has decided on the person's documents of late. Nobody is proposed who stands below.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from typing_extensions import override

from kernel import clock
from kernel.accounts.actors import Actor
from kernel.accounts.models import User
from kernel.audit.record import declare_action, record
from kernel.errors import NotFound
from kernel.permissions import require
from kernel.tenancy import here
from kernel.tenancy.context import current_region
from tenants.approvals import actions
from tenants.approvals.errors import AlreadySuperior, CorrectionWaits
from tenants.approvals.handlers import Details, Handler, handler
from tenants.approvals.models import ApprovalRequest, Decision
from tenants.employees.access import own_employee
from tenants.employees.errors import SuperiorInactive, SuperiorIsBelow, SuperiorIsSelf
from tenants.employees.models import Employee, SuperiorCorrection, SuperiorOverride
from tenants.employees.permissions import CORRECT_SUPERIOR
from tenants.employees.posts import Post
from tenants.employees.querysets import posts_on, reporting_line_of, reporting_lines_on, superior_of
from tenants.employees.reporting_lines import ReportingLines
from tenants.employees.superiors import end_written_override, resume_override, write_override
from tenants.organisation.models import Position, Unit

KIND: Final = "position_correction"
CORRECTION_SUBMITTED = declare_action("employees.superior_questioned", "Pembetulan atasan diajukan")

RECENT: Final = timedelta(days=60)
MOST_PROPOSED: Final = 5
# What a decision writes into a correction.
_DECIDED: Final = ("state", "result", "ended", "ended_until")
_REFUSED: Final = (SuperiorCorrection.State.RETURNED, SuperiorCorrection.State.REJECTED)


@dataclass(slots=True)
class Proposal:
    """Somebody who may be the right superior, and why; `weight` orders them."""

    employee: Employee
    post: str = ""
    grounds: list[str] = field(default_factory=list)
    weight: int = 0


def proposals(employee: Employee, day: date) -> list[Proposal]:
    """Who may be the right superior, the likeliest first. Seven statements."""
    lines = reporting_lines_on(day)
    own = posts_on([employee.pk], day).get(employee.pk)
    grounds: list[tuple[int, int, str]] = []
    if own is not None and own.own is not None:
        grounds += _heads(own.own, lines)
    grounds += _above_on_the_map(employee, lines)
    grounds += _deciders(employee)
    present = lines.superior_of(employee.pk)
    wanted = {person for person, _weight, _words in grounds} - {employee.pk, present}
    possible = {person for person in wanted if employee.pk not in lines.line_of(person)}
    people = Employee.objects.active().in_bulk(possible)
    titles = _titles(people)
    found = {pk: Proposal(person, titles.get(pk, "")) for pk, person in people.items() if pk in titles}
    for person, weight, words in grounds:
        if person in found and words not in found[person].grounds:
            found[person].grounds.append(words)
            found[person].weight += weight
    ordered = sorted(found.values(), key=lambda one: (-one.weight, one.employee.name, one.employee.pk))
    return ordered[:MOST_PROPOSED]


@transaction.atomic
def submit_correction(*, superior_uid: UUID, note: str = "", actor: User) -> SuperiorCorrection:
    """The person names the right superior; it goes to those who keep the map of posts.

    Raises NotAllowed, NotFound, CorrectionWaits, AlreadySuperior, SuperiorIsSelf, SuperiorInactive, SuperiorIsBelow,
    NoChain.
    """
    require(actor, CORRECT_SUPERIOR)
    employee = own_employee(actor)
    superior = Employee.objects.filter(uid=superior_uid).first()
    if superior is None:
        raise NotFound("employee")
    day = here.today()
    former = superior_of(employee, day)
    if superior.pk == employee.pk:
        raise SuperiorIsSelf
    if former is not None and former.pk == superior.pk:
        raise AlreadySuperior(superior.name)
    if not superior.is_active:
        raise SuperiorInactive(superior.name)
    if employee.pk in reporting_line_of(superior, day).line_of(superior.pk):
        raise SuperiorIsBelow(superior.name, employee.name)
    grounds = next((one.grounds for one in proposals(employee, day) if one.employee.pk == superior.pk), [])
    try:
        with transaction.atomic():
            made = SuperiorCorrection.objects.create(
                employee=employee, former=former, superior=superior, grounds=grounds, note=note
            )
    except IntegrityError as error:
        if "superior_correction_one_waiting" not in str(error):
            raise
        raise CorrectionWaits from error
    record(
        CORRECTION_SUBMITTED,
        actor=actor,
        subject=made,
        before={"superior": None if former is None else str(former.uid)},
        after={"superior": str(superior.uid)},
        note=note,
    )
    actions.submit(
        document_kind=KIND,
        document_uid=made.uid,
        owner=employee,
        title=_("Atasan yang benar: %(name)s") % {"name": superior.name},
        on=day,
        remarks=[] if grounds else [_("Dipilih sendiri, bukan usulan dari peta jabatan")],
        actor=actor,
    )
    return made


@transaction.atomic
def withdraw_correction(*, uid: UUID, actor: User) -> SuperiorCorrection:
    """The person takes it back while it waits; what has been decided stays. Raises NotAllowed, NotFound."""
    require(actor, CORRECT_SUPERIOR)
    employee = own_employee(actor)
    taken = actions.withdraw(document_kind=KIND, document_uids=[uid], owner=employee, actor=actor)
    found = SuperiorCorrection.objects.select_for_update().filter(uid=uid, employee=employee).first()
    if found is None:
        raise NotFound("superior_correction")
    if taken and found.state == SuperiorCorrection.State.SUBMITTED:
        found.state = SuperiorCorrection.State.WITHDRAWN
        found.save(update_fields=["state"])
    return found


def corrections_of(employee: Employee) -> list[tuple[SuperiorCorrection, str]]:
    """The newest five with the reason for those that were refused or came back. Two statements."""
    rows = list(SuperiorCorrection.objects.filter(employee=employee).select_related("superior").order_by("-pk")[:5])
    notes = Decision.objects.last_notes(KIND, [row.uid for row in rows if row.state in _REFUSED])
    return [(row, notes.get(row.uid, "")) for row in rows]


@handler(KIND)
class PositionCorrections(Handler):
    """Approved, it becomes a dated superior against the map, from the day of the decision on."""

    label = gettext_lazy("Pembetulan atasan")

    @override
    def on_approved(self, requests: Sequence[ApprovalRequest], *, actor: Actor, at: datetime) -> None:
        day = clock.local_date(at, current_region().time_zone)
        for row in _locked(requests):
            row.ended = SuperiorOverride.objects.filter(employee=row.employee, period__contains=day).first()
            row.ended_until = None if row.ended is None else row.ended.period.upper
            row.result = write_override(
                employee=row.employee,
                superior=row.superior,
                first=day,
                last=None,
                reason=_("Pembetulan atasan yang diajukan pegawai"),
                actor=actor,
            )
            row.state = SuperiorCorrection.State.APPROVED
            row.save(update_fields=_DECIDED)

    @override
    def on_returned(self, requests: Sequence[ApprovalRequest], *, actor: Actor, at: datetime, note: str) -> None:
        _move(requests, SuperiorCorrection.State.RETURNED)

    @override
    def on_rejected(self, requests: Sequence[ApprovalRequest], *, actor: Actor, at: datetime, note: str) -> None:
        _move(requests, SuperiorCorrection.State.REJECTED)

    @override
    def on_recalled(self, requests: Sequence[ApprovalRequest], *, actor: Actor, at: datetime, note: str) -> None:
        self._take_back(requests, SuperiorCorrection.State.RETURNED, actor, at)

    @override
    def on_undone(
        self, requests: Sequence[ApprovalRequest], *, actor: Actor, at: datetime
    ) -> Mapping[UUID, Mapping[str, object]]:
        """Who was the superior before is again, and the correction waits."""
        self._take_back(requests, SuperiorCorrection.State.SUBMITTED, actor, at)
        return {}

    def _take_back(self, requests: Sequence[ApprovalRequest], state: str, actor: Actor, at: datetime) -> None:
        day = clock.local_date(at, current_region().time_zone)
        for row in _locked(requests):
            if row.result is not None and end_written_override(row.result, day, actor=actor) and row.ended is not None:
                resume_override(row.ended, day, row.ended_until, actor=actor)
            row.result, row.ended, row.ended_until, row.state = None, None, None, state
            row.save(update_fields=_DECIDED)

    @override
    def details(self, uids: Collection[UUID]) -> dict[UUID, Details]:
        rows = list(SuperiorCorrection.objects.filter(uid__in=uids).select_related("former", "superior"))
        titles = _titles({pk for row in rows for pk in (row.superior_id, row.former_id) if pk is not None})
        nobody = _("belum ada")
        return {
            row.uid: Details(
                facts=[
                    (gettext_lazy("Tercatat sekarang"), nobody if row.former is None else _named(row.former, titles)),
                    (gettext_lazy("Yang diusulkan"), _named(row.superior, titles)),
                ],
                text="; ".join([*row.grounds, *([row.note] if row.note else [])]),
            )
            for row in rows
        }


def _locked(requests: Sequence[ApprovalRequest]) -> list[SuperiorCorrection]:
    rows = SuperiorCorrection.objects.select_for_update(of=("self",)).select_related(
        "employee", "superior", "result", "ended"
    )
    return list(rows.filter(uid__in=[request.document_uid for request in requests]).order_by("pk"))


def _move(requests: Sequence[ApprovalRequest], state: str) -> None:
    uids = [request.document_uid for request in requests]
    SuperiorCorrection.objects.filter(uid__in=uids).update(state=state)


def _named(person: Employee, titles: dict[int, str]) -> str:
    title = titles.get(person.pk)
    return f"{person.name} ({title})" if title else person.name


def _titles(people: Collection[int]) -> dict[int, str]:
    """The post that each of these people holds today, by its title; who holds none is left out."""
    today = here.today()
    found = {}
    for pk, posts in posts_on(people, today).items():
        own = posts.own
        if own is not None:
            found[pk] = own.title if own.kind == "definitif" else f"{own.kind.capitalize()} {own.title}"
    return found


def _heads(post: Post, lines: ReportingLines) -> list[tuple[int, int, str]]:
    """Who leads the person's unit, and the unit above it."""
    parent = Unit.objects.filter(pk=post.unit_id).values_list("parent_id", flat=True).first()
    units = {post.unit_id: 4, **({parent: 1} if parent is not None else {})}
    rows = Position.objects.active().filter(unit_id__in=units)
    found = []
    for pk, unit, unit_above, title, unit_name in rows.values_list(
        "pk", "unit_id", "superior__unit_id", "title", "unit__name"
    ):
        # The head of a unit is the post whose own superior stands outside of it.
        if unit_above == unit or pk == post.position_id:
            continue
        for holding in lines.holders.get(pk, ())[:2]:
            if holding.kind == "definitif":
                words = _("Memimpin %(unit)s") % {"unit": unit_name}
            else:
                values = {"acting": holding.kind.capitalize(), "title": title, "unit": unit_name}
                words = _("%(acting)s %(title)s, memimpin %(unit)s") % values
            found.append((holding.employee_id, units[unit] + (1 if holding.kind == "plh" else 0), words))
    return found


def _above_on_the_map(employee: Employee, lines: ReportingLines) -> list[tuple[int, int, str]]:
    """Who the map alone names, and the next superior of the line as it is."""
    map_alone = ReportingLines(lines.superiors, lines.holders, lines.posts, lines.below)
    found = []
    named = map_alone.superior_of(employee.pk)
    if named is not None:
        found.append((named, 3, _("Memegang jabatan di atas jabatan Anda")))
    line = lines.line_of(employee.pk)
    if len(line) > 1:
        found.append((line[1], 2, _("Atasan dari atasan yang tercatat")))
    return found


def _deciders(employee: Employee) -> list[tuple[int, int, str]]:
    """Who has decided on the person's documents of late, in their own name; a document counts once."""
    rows = (
        Decision.objects.standing()
        .filter(
            request__owner=employee,
            request__role_code="",
            on_behalf_of__isnull=True,
            decided_by__employee__isnull=False,
            decided_at__gte=clock.now() - RECENT,
        )
        .values_list("decided_by__employee__pk")
        .annotate(Count("request", distinct=True))
        .order_by()
    )
    words = [
        ngettext(
            "Memutuskan %(count)d dokumen Anda dalam 60 hari terakhir",
            "Memutuskan %(count)d dokumen Anda dalam 60 hari terakhir",
            count,
        )
        % {"count": count}
        for _person, count in rows
    ]
    return [(person, 2, text) for (person, _count), text in zip(rows, words, strict=True)]
