"""The roster's way into the database: what is known, read once; a plan, written in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from kernel import closing
from kernel.accounts.actors import Actor
from kernel.accounts.models import Role, RoleGrant, User
from kernel.audit.record import declare_action, record
from kernel.periods import FIRST_DAY
from kernel.sheets.reading import BookError, Row
from kernel.sheets.words import SheetRefused
from kernel.timeline import Span
from kernel.watching import names
from tenants.employees import roster_sheet as sheet
from tenants.employees.errors import NothingToImport, RosterHasErrors
from tenants.employees.models import Employee, Placement, Standing
from tenants.employees.posts import StandingFacts
from tenants.employees.roster_sheet import (
    Entry,
    Known,
    OpenDays,
    PersonFacts,
    PlacementFacts,
    Plan,
    PositionFacts,
    TermsFacts,
    UnitFacts,
)
from tenants.employees.row_outcome import Outcome
from tenants.employees.standings import STANDINGS
from tenants.organisation.models import Position, PositionTerms, Unit
from tenants.organisation.terms import TERMS

IMPORTED = declare_action("employees.roster_imported", "Pegawai diimpor dari berkas", event=names.USER_CREATED)

# A statement with more rows gains nothing and its text grows to megabytes.
BATCH: Final = 2000
CHANGE_BATCH: Final = 500


@dataclass(frozen=True, slots=True)
class Written:
    """How many of each were added and changed, and how many rows were left out as wrong."""

    units: int = 0
    positions: int = 0
    people: int = 0
    placements: int = 0
    changed: int = 0
    left_out: int = 0


def known() -> Known:
    """The region as it stands, in the same number of statements however large it is."""
    units = {
        code: UnitFacts(code, name, kind, parent or "", category)
        for code, name, kind, parent, category in Unit.objects.values_list(
            "code", "name", "kind", "parent__code", "category"
        )
    }
    terms: dict[str, list[Span[TermsFacts]]] = {}
    for code, period, kelas, category, pk in PositionTerms.objects.order_by("period").values_list(
        "position__code", "period", "kelas", "category", "pk"
    ):
        terms.setdefault(code, []).append(Span(period.lower, period.upper, TermsFacts(kelas, category), pk))
    positions = {
        row[0]: PositionFacts(
            *row[:4], kelas=0, category="", superior=row[4] or "", office=row[5], terms=tuple(terms.get(row[0], ()))
        )
        for row in Position.objects.values_list("code", "title", "unit__code", "kind", "superior__code", "office")
    }
    standings: dict[int, list[Span[StandingFacts]]] = {}
    for employee, period, status, golongan, pk in (
        Standing.objects.filter(employee__is_active=True)
        .order_by("period")
        .values_list("employee_id", "period", "status", "golongan", "pk")
    ):
        standings.setdefault(employee, []).append(Span(period.lower, period.upper, StandingFacts(status, golongan), pk))
    held: dict[int, list[PlacementFacts]] = {}
    placements = Placement.objects.filter(employee__is_active=True).order_by("employee_id", "period", "pk")
    for employee, code, kind, period, letter, pk in placements.values_list(
        "employee_id", "position__code", "kind", "period", "letter_number", "pk"
    ):
        held.setdefault(employee, []).append(PlacementFacts(code, kind, period.lower, period.upper, letter, pk))
    people = {
        nip: PersonFacts(nip, name, "", "", email, tuple(held.get(pk, ())), pk, tuple(standings.get(pk, ())))
        for pk, nip, name, email in Employee.objects.active().values_list("pk", "nip", "name", "email")
    }
    inactive = frozenset(Employee.objects.filter(is_active=False).values_list("nip", flat=True))
    return Known(units, positions, people, inactive, _open_days(people))


def _open_days(people: Mapping[str, PersonFacts]) -> OpenDays:
    """From which day on people and OPDs may still be changed."""
    of_people, of_opds = closing.people_open_from(), closing.opds_open_from()
    members = Unit.objects.filter(opd__in=of_opds).values_list("code", "opd_id") if of_opds else ()
    return OpenDays(
        {nip: of_people[facts.key] for nip, facts in people.items() if facts.key in of_people},
        {code: of_opds[opd] for code, opd in members},
    )


def plan_of(content: bytes, *, today: date) -> Plan:
    """What the file would do to the open region. Raises SheetRefused."""
    return sheet.plan(_sheets(content), known(), today=today)


def _sheets(content: bytes) -> sheet.Sheets:
    try:
        return sheet.read(content)
    except BookError as error:
        raise SheetRefused(error) from error


def _hold(people: Sequence[Row]) -> None:
    """Nobody locks a month while the file is written: the people first and the months second, as a lock does it."""
    nips = {row.shown("NIP") for row in people}
    rows = Employee.objects.active().filter(nip__in=nips).order_by("pk")
    list(rows.select_for_update(no_key=True).values_list("pk"))
    closing.hold(FIRST_DAY, None)


@transaction.atomic
def import_roster(*, content: bytes, today: date, actor: Actor, valid_rows_only: bool, note: str = "") -> Written:
    """Compare the file with the region once more and write it, all or nothing.

    With `valid_rows_only` the wrong rows are left out; without it one wrong row refuses the file. The same file a
    second time changes nothing. Raises SheetRefused, RosterHasErrors, NothingToImport.
    """
    sheets = _sheets(content)
    _hold(sheets.people)
    plan = sheet.plan(sheets, known(), today=today)
    wrong = len(plan.wrong)
    if wrong and not valid_rows_only:
        raise RosterHasErrors(wrong)
    if wrong == len(plan.entries):
        raise NothingToImport
    written = _write(plan, today, actor if isinstance(actor, User) else None)
    record(
        IMPORTED,
        actor=actor,
        after={
            "units": written.units,
            "positions": written.positions,
            "people": written.people,
            "placements": written.placements,
            "changed": written.changed,
            "left_out": written.left_out,
        },
        note=note,
    )
    return written


def _write(plan: Plan, today: date, author: User | None) -> Written:
    units = _write_units(plan)
    positions = _write_positions(plan, units)
    _write_terms(plan, positions, author)
    people = _write_people(plan)
    _write_standings(plan, people, author)
    placements = _write_placements(plan, people, positions)
    if any(entry.outcome is not Outcome.SAME for entry in plan.entries):
        grant_superiors(today)
    added = {name: len(plan.of(name, Outcome.ADD)) for name in (sheet.UNITS, sheet.POSITIONS)}
    return Written(
        units=added[sheet.UNITS],
        positions=added[sheet.POSITIONS],
        people=len({nip for e in plan.of(sheet.PEOPLE, Outcome.ADD) if (nip := _person(e).nip)}),
        placements=placements,
        changed=plan.count(Outcome.CHANGE),
        left_out=len(plan.wrong),
    )


def _unit(entry: Entry) -> UnitFacts:
    assert isinstance(entry.facts, UnitFacts)  # noqa: S101 (rows of this sheet carry nothing else)
    return entry.facts


def _position(entry: Entry) -> PositionFacts:
    assert isinstance(entry.facts, PositionFacts)  # noqa: S101 (rows of this sheet carry nothing else)
    return entry.facts


def _person(entry: Entry) -> PersonFacts:
    assert isinstance(entry.facts, PersonFacts)  # noqa: S101 (rows of this sheet carry nothing else)
    return entry.facts


def _write_units(plan: Plan) -> Mapping[str, int]:
    """Write the units level by level, since a unit needs its parent's key; returns all keys by code."""
    keys = dict(Unit.objects.values_list("code", "pk"))
    waiting = [_unit(entry) for entry in plan.of(sheet.UNITS, Outcome.ADD)]
    while waiting:
        level = [facts for facts in waiting if not facts.parent or facts.parent in keys]
        made = Unit.objects.bulk_create(
            [
                Unit(
                    code=facts.code,
                    name=facts.name,
                    kind=facts.kind,
                    category=facts.category,
                    parent_id=keys[facts.parent] if facts.parent else None,
                )
                for facts in level
            ],
            batch_size=BATCH,
        )
        keys |= {unit.code: unit.pk for unit in made}
        waiting = [facts for facts in waiting if facts.code not in keys]
    changed = {_unit(entry).code: _unit(entry) for entry in plan.of(sheet.UNITS, Outcome.CHANGE)}
    rows = list(Unit.objects.select_for_update().filter(code__in=changed)) if changed else []
    for unit in rows:
        facts = changed[unit.code]
        unit.name, unit.kind, unit.category = facts.name, facts.kind, facts.category
        unit.parent_id = keys[facts.parent] if facts.parent else None
    Unit.objects.bulk_update(rows, ["name", "kind", "category", "parent"], batch_size=CHANGE_BATCH)
    if plan.of(sheet.UNITS, Outcome.ADD, Outcome.CHANGE):
        settle_opds()
    return keys


def settle_opds() -> None:
    """Write down for each unit which OPD it belongs to, where the tree says otherwise than the row."""
    units = list(Unit.objects.only("pk", "parent_id", "opd_id", "region_number"))
    tree = Unit.objects.tree()
    moved = []
    for unit in units:
        opd = tree.opd_of(unit.pk)
        if unit.opd_id != opd:
            unit.opd_id = opd
            moved.append(unit)
    Unit.objects.bulk_update(moved, ["opd"], batch_size=CHANGE_BATCH)


def _write_positions(plan: Plan, units: Mapping[str, int]) -> Mapping[str, int]:
    keys = dict(Position.objects.values_list("code", "pk"))
    waiting = [_position(entry) for entry in plan.of(sheet.POSITIONS, Outcome.ADD)]
    while waiting:
        level = [facts for facts in waiting if not facts.superior or facts.superior in keys]
        made = Position.objects.bulk_create(
            [
                Position(
                    code=facts.code,
                    title=facts.title,
                    unit_id=units[facts.unit],
                    kind=facts.kind,
                    superior_id=keys[facts.superior] if facts.superior else None,
                    office=facts.office,
                )
                for facts in level
            ],
            batch_size=BATCH,
        )
        keys |= {position.code: position.pk for position in made}
        waiting = [facts for facts in waiting if facts.code not in keys]
    changed = {_position(entry).code: _position(entry) for entry in plan.of(sheet.POSITIONS, Outcome.CHANGE)}
    rows = list(Position.objects.select_for_update().filter(code__in=changed)) if changed else []
    for position in rows:
        facts = changed[position.code]
        position.title, position.kind, position.unit_id = facts.title, facts.kind, units[facts.unit]
        position.superior_id = keys[facts.superior] if facts.superior else None
        position.office = facts.office
    Position.objects.bulk_update(rows, ["title", "kind", "unit", "superior", "office"], batch_size=CHANGE_BATCH)
    return keys


def _write_terms(plan: Plan, positions: Mapping[str, int], author: User | None) -> None:
    rows = (entry for entry in plan.of(sheet.POSITIONS) if entry.is_right)
    edits = {positions[_position(entry).code]: entry.terms_edit for entry in rows if entry.terms_edit}
    TERMS.write_many(edits, author=author)


def _write_standings(plan: Plan, people: Mapping[str, int], author: User | None) -> None:
    rows = (entry for entry in plan.of(sheet.PEOPLE) if entry.is_right)
    edits = {people[_person(entry).nip]: entry.standing_edit for entry in rows if entry.standing_edit}
    STANDINGS.write_many(edits, author=author)


def _write_people(plan: Plan) -> Mapping[str, int]:
    """Write people and their accounts; returns the keys of all who stand in the file, by NIP."""
    right = [entry for entry in plan.of(sheet.PEOPLE) if entry.is_right]
    facts = {_person(entry).nip: _person(entry) for entry in reversed(right)}
    keys = {
        entry.nip: entry.pk
        for entry in Employee.objects.active().filter(nip__in=facts).only("nip", "pk", "region_number")
    }
    new = [person for nip, person in facts.items() if nip not in keys]
    accounts = _make_accounts(new)
    made = Employee.objects.bulk_create(
        [
            Employee(
                nip=person.nip,
                name=person.name,
                email=person.email,
                user_id=accounts.get(person.nip),
            )
            for person in new
        ],
        batch_size=BATCH,
    )
    changed = {_person(e).nip for e in right if e.outcome is Outcome.CHANGE}
    rows = list(
        Employee.objects.active()
        .select_for_update(of=("self",), no_key=True)
        .select_related("user")
        .filter(nip__in=changed)
    )
    for employee in rows:
        person = facts[employee.nip]
        employee.name, employee.email = person.name, person.email
        if employee.user is not None:
            employee.user.display_name, employee.user.email = person.name, person.email
    Employee.objects.bulk_update(rows, ["name", "email"], batch_size=CHANGE_BATCH)
    users = [employee.user for employee in rows if employee.user is not None]
    User.objects.bulk_update(users, ["display_name", "email"], batch_size=CHANGE_BATCH)
    return keys | {employee.nip: employee.pk for employee in made}


def _make_accounts(people: Iterable[PersonFacts]) -> dict[str, int]:
    """An account for each, without a usable password, in the role ASN; an account that is there is taken over."""
    new = {person.nip: person for person in people}
    if not new:
        return {}
    taken = set(User.objects.filter(login__in=new, employee__isnull=False).values_list("login", flat=True))
    found = dict(User.objects.filter(login__in=new, employee__isnull=True).values_list("login", "pk"))
    made = User.objects.bulk_create(
        [
            User(login=nip, display_name=person.name, email=person.email, password=make_password(None))
            for nip, person in new.items()
            if nip not in found and nip not in taken
        ],
        batch_size=BATCH,
    )
    keys = found | {user.login: user.pk for user in made}
    grant("asn", keys.values())
    return keys


def grant(role_code: str, user_ids: Iterable[int]) -> None:
    """Give these users the role in the whole region; those who hold it keep it."""
    role = Role.objects.get(code=role_code)
    RoleGrant.objects.bulk_create(
        [RoleGrant(user_id=user, role=role) for user in user_ids], ignore_conflicts=True, batch_size=BATCH
    )


def grant_superiors(day: date) -> None:
    """Give the role of a superior to everybody in a post that has posts below it, on the day or later."""
    holders = (
        Placement.objects.filter(
            position__subordinates__is_active=True, employee__is_active=True, employee__user__isnull=False
        )
        .filter(period__overlap=DateRange(day, None))
        .exclude(employee__user__role_grants__role__code="atasan")
        .values_list("employee__user_id", flat=True)
        .distinct()
    )
    grant("atasan", list(holders))


def _write_placements(plan: Plan, people: Mapping[str, int], positions: Mapping[str, int]) -> int:
    """End what ends, then begin what begins (the database refuses an overlap in between); returns how many began."""
    right = [entry for entry in plan.of(sheet.PEOPLE) if entry.is_right]
    ended: dict[Any, PlacementFacts] = {e.ended.key: e.ended for e in right if e.ended is not None}
    rows = list(Placement.objects.select_for_update().filter(pk__in=ended)) if ended else []
    for placement in rows:
        facts = ended[placement.pk]
        placement.period = DateRange(facts.since, facts.until)
        placement.letter_number = facts.letter
    Placement.objects.bulk_update(rows, ["period", "letter_number"], batch_size=CHANGE_BATCH)
    new = [
        Placement(
            employee_id=people[_person(entry).nip],
            position_id=positions[entry.placement.position],
            kind=entry.placement.kind,
            period=DateRange(entry.placement.since, entry.placement.until),
            letter_number=entry.placement.letter,
        )
        for entry in right
        if entry.placement is not None
    ]
    Placement.objects.bulk_create(new, batch_size=BATCH)
    return len(new)
