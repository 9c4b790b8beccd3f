"""Who had to come and who did: from the posts of the day, the signed events, the leader's list and officials' marks."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from django.db.backends.postgresql.psycopg_any import DateRange

from kernel import clock
from kernel.among import among_keys
from tenants.assemblies.models import Assembly, CalledPerson, CalledUnit, Mark
from tenants.assemblies.querysets import Called
from tenants.employees.models import Employee, Placement, ServiceStop
from tenants.kiosks.statements import read_person_code
from tenants.organisation.models import Unit
from tenants.punch_review.models import PunchVerdict
from tenants.punches.models import Punch

# Reasons that the witness of a roll call gives (`hearing`).
BY_CODE: Final = "roll_call"
OTHER_TIME: Final = "roll_call_other_time"
TICKED: Final = "roll_call_ticked"
PAIRED: Final = "roll_call_paired"
_COUNT: Final = frozenset({BY_CODE, OTHER_TIME})


class By(StrEnum):
    """What shows that somebody came."""

    CODE = "code"
    PAIR = "pair"
    LIST = "list"
    MARK = "mark"


@dataclass(frozen=True, slots=True)
class Presence:
    """Somebody came to an assembly, or was excused. `is_doubtful`: a person has still to look at it."""

    state: str
    by: By
    at: datetime
    is_doubtful: bool = False
    reason: str = ""


def called_and_came(employee_ids: Collection[int] | None, first: date, end: date) -> list[Called]:
    """See `querysets.called_between`."""
    over = Assembly.objects.standing().between(first, end).filter(ends_at__lte=clock.now()).order_by("date", "pk")
    assemblies = list(over)
    if not assemblies:
        return []
    called = called_to(assemblies, employee_ids)
    came = presences(assemblies, called)
    found: list[Called] = []
    for assembly in assemblies:
        for employee_id in sorted(called[assembly.pk]):
            presence = came.get((assembly.pk, employee_id))
            if presence is not None and presence.state == Mark.State.EXCUSED:
                continue
            attended = presence is not None and presence.state == Mark.State.ATTENDED
            found.append(Called(employee_id, assembly.date, assembly.code, attended))
    return found


def called_to(assemblies: Sequence[Assembly], employee_ids: Collection[int] | None = None) -> dict[int, set[int]]:
    """The people called to each of these assemblies, by its key: of these people, or of everybody active.

    By the definitive post of the assembly's day, in a unit called or below one; and who was named. Who is out of
    service that day is not called.
    """
    keys = [assembly.pk for assembly in assemblies]
    if not keys:
        return {}
    named: dict[int, set[int]] = {key: set() for key in keys}
    people = CalledPerson.objects.filter(assembly_id__in=keys)
    if employee_ids is not None:
        people = people.filter(among_keys("employee_id", employee_ids))
    for assembly_id, employee_id in people.values_list("assembly_id", "employee_id"):
        named[assembly_id].add(employee_id)
    units = _units_of(keys)
    days = [assembly.date for assembly in assemblies]
    span = DateRange(min(days), max(days), "[]")
    posts = _posts(span, employee_ids, set().union(*units.values()) if units else set())
    stops = _stops(span, employee_ids)
    active = None if employee_ids is not None else set(Employee.objects.active().values_list("pk", flat=True))
    for assembly in assemblies:
        mine = units.get(assembly.pk, set())
        by_post = {who for who, unit, period in posts if unit in mine and _holds(period, assembly.date)}
        away = {who for who, period in stops if _holds(period, assembly.date)}
        found = (named[assembly.pk] | by_post) - away
        named[assembly.pk] = found if active is None else found & active
    return named


def presences(assemblies: Sequence[Assembly], called: Mapping[int, Collection[int]]) -> dict[tuple[int, int], Presence]:
    """What is known of each person called, by (assembly, employee); who is not in it did not come."""
    people = set().union(*called.values()) if called else set()
    if not people:
        return {}
    found: dict[tuple[int, int], Presence] = {}
    events = list(_events(assemblies, people))
    keys_by_uid = _keys_of({uid for event in events for uid in event.listed})
    for event in events:
        for key, presence in _said_by(event, assemblies, called, keys_by_uid):
            # The first event counts, a sure one before a doubtful one.
            known = found.get(key)
            if known is None or (known.is_doubtful and not presence.is_doubtful):
                found[key] = presence
    keys = [assembly.pk for assembly in assemblies]
    for mark in Mark.objects.filter(among_keys("assembly_id", keys)).order_by("pk"):
        if mark.employee_id in people:
            found[(mark.assembly_id, mark.employee_id)] = Presence(
                mark.state, By.MARK, mark.marked_at, reason=mark.reason
            )
    return found


@dataclass(frozen=True, slots=True)
class _Event:
    """One roll call event of somebody: theirs, or the leader's with what the leader says of others."""

    employee_id: int
    assembly: UUID
    at: datetime
    reasons: frozenset[str]
    is_doubtful: bool
    listed: tuple[UUID, ...]


def _events(assemblies: Sequence[Assembly], people: Collection[int]) -> Iterable[_Event]:
    """The roll call events of these people and of the leaders around the assemblies, in the order of time."""
    leaders = {assembly.leader_id for assembly in assemblies}
    rows = (
        Punch.objects.filter(
            among_keys("employee_id", leaders | set(people)),
            kind=Punch.Kind.ROLL_CALL,
            assembly__in=[assembly.uid for assembly in assemblies],
            captured_at__gte=min(assembly.opens_at for assembly in assemblies),
            captured_at__lte=max(assembly.closes_at for assembly in assemblies),
        )
        .order_by("captured_at", "pk")
        .values_list("pk", "employee_id", "assembly", "captured_at", "reasons", "state", "proof__body")
    )
    stored = list(rows)
    verdicts = _verdicts([row[0] for row in stored])
    for uid, employee_id, assembly, at, reasons, state, body in stored:
        counts = verdicts.get(uid)
        if assembly is None or counts is False:
            continue
        listed = _listed(body) if {TICKED, PAIRED} & set(reasons) else ()
        is_doubtful = state == Punch.State.REVIEW and counts is None
        yield _Event(employee_id, assembly, at, frozenset(reasons), is_doubtful, listed)


def _verdicts(punches: Collection[UUID]) -> dict[UUID, bool]:
    """Whether each of these counts, as somebody decided last; without those that nobody has decided about."""
    if not punches:
        return {}
    found: dict[UUID, bool] = {}
    rows = PunchVerdict.objects.filter(punch_id__in=punches).order_by("pk")
    for punch, counts, is_undoing in rows.values_list("punch_id", "counts", "is_undoing"):
        found[punch] = counts
        if is_undoing:
            del found[punch]
    return found


def _said_by(
    event: _Event,
    assemblies: Sequence[Assembly],
    called: Mapping[int, Collection[int]],
    keys_by_uid: Mapping[UUID, int],
) -> Iterable[tuple[tuple[int, int], Presence]]:
    for assembly in assemblies:
        if assembly.uid != event.assembly:
            continue
        is_leader = assembly.leader_id == event.employee_id
        if event.reasons & _COUNT or is_leader:
            by = By.LIST if is_leader and not event.reasons & _COUNT else By.CODE
            yield (assembly.pk, event.employee_id), _came(event, by)
        if is_leader and event.reasons & {TICKED, PAIRED}:
            by = By.PAIR if PAIRED in event.reasons else By.LIST
            for employee_id in (keys_by_uid.get(uid, 0) for uid in event.listed):
                if employee_id in called[assembly.pk]:
                    yield (assembly.pk, employee_id), _came(event, by)


def _came(event: _Event, by: By) -> Presence:
    return Presence(Mark.State.ATTENDED, by, event.at, event.is_doubtful)


def _listed(body: str | None) -> tuple[UUID, ...]:
    """The people of whom a stored event of a leader speaks; it was verified when it came.

    `ticks` are uids in base64url with dots between, `pair` is the code of one person's own phone.
    """
    told: Any = json.loads(body) if body else {}
    said = told.get("context", {}).get("roll_call", {})
    parts = [_short_uid(part) for part in str(said.get("ticks", "")).split(".")]
    code = read_person_code(said.get("pair"))
    return (*(uid for uid in parts if uid is not None), *(() if code is None else (code.person,)))


def _short_uid(text: str) -> UUID | None:
    try:
        return UUID(bytes=urlsafe_b64decode(text + "=="))
    except ValueError:
        return None


def _keys_of(uids: Collection[UUID]) -> dict[UUID, int]:
    return dict(Employee.objects.filter(uid__in=uids).values_list("uid", "pk")) if uids else {}


def _units_of(assembly_ids: Sequence[int]) -> dict[int, set[int]]:
    """The units called to each assembly, with all below them."""
    rows = list(CalledUnit.objects.filter(assembly_id__in=assembly_ids).values_list("assembly_id", "unit_id"))
    if not rows:
        return {}
    tree = Unit.objects.tree()
    found: dict[int, set[int]] = defaultdict(set)
    for assembly_id, unit_id in rows:
        found[assembly_id].update(tree.subtree(unit_id))
    return found


def _posts(
    span: DateRange, employee_ids: Collection[int] | None, unit_ids: Collection[int]
) -> list[tuple[int, int, DateRange]]:
    if not unit_ids:
        return []
    posts = Placement.objects.definitive().filter(among_keys("position__unit_id", unit_ids), period__overlap=span)
    if employee_ids is not None:
        posts = posts.filter(among_keys("employee_id", employee_ids))
    return list(posts.values_list("employee_id", "position__unit_id", "period"))


def _stops(span: DateRange, employee_ids: Collection[int] | None) -> list[tuple[int, DateRange]]:
    stops = ServiceStop.objects.filter(period__overlap=span)
    if employee_ids is not None:
        stops = stops.filter(among_keys("employee_id", employee_ids))
    return list(stops.values_list("employee_id", "period"))


def _holds(period: DateRange, day: date) -> bool:
    return (period.lower is None or period.lower <= day) and (period.upper is None or day < period.upper)
