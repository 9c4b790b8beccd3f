"""Making, changing and ending places, and saying for whom they count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from kernel import clock
from kernel.accounts.actors import Actor
from kernel.accounts.models import User
from kernel.audit.record import declare_action, record
from kernel.errors import NotFound
from kernel.permissions import require
from tenants.employees.models import Employee
from tenants.organisation.models import Unit
from tenants.places import access, fences
from tenants.places.errors import AssignedAlready, LetterTaken, NotYetBegun, PlaceEnded, PlaceRefused
from tenants.places.judging import Point, crosses_itself, middle_of
from tenants.places.models import DutyLetter, DutyLetterPerson, Place, PlaceAssignment
from tenants.places.permissions import MANAGE_PLACES

MADE = declare_action("places.made", "Tempat absen dibuat")
CHANGED = declare_action("places.changed", "Tempat absen diubah")
ENDED = declare_action("places.ended", "Tempat absen diakhiri")
REOPENED = declare_action("places.reopened", "Tempat absen dibuka kembali")
ASSIGNED = declare_action("places.assigned", "Tempat absen ditetapkan")
ASSIGNMENT_ENDED = declare_action("places.assignment_ended", "Penetapan tempat absen diakhiri")
LETTER_RECORDED = declare_action("places.letter_recorded", "Surat tugas dicatat")
LETTER_WITHDRAWN = declare_action("places.letter_withdrawn", "Surat tugas ditarik")

ONE_DAY: Final = timedelta(days=1)
LEAST_RADIUS_M: Final = 10
MOST_RADIUS_M: Final = 5_000
MOST_CORNERS: Final = 100
_SIX_PLACES: Final = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class PlaceIn:
    """A place as somebody says it: a circle with `radius_m`, or the area within `corners` (then no radius).

    `first` to `last` are the days on which it counts, both included; without a last day until further notice.
    """

    name: str
    first: date
    last: date | None = None
    latitude: Decimal = Decimal(0)
    longitude: Decimal = Decimal(0)
    radius_m: int = 0
    corners: tuple[tuple[Decimal, Decimal], ...] = ()
    note: str = ""


@transaction.atomic
def make_place(*, place: PlaceIn, opd: Unit | None, actor: User) -> Place:
    """A new place, kept by the OPD, or by the region when None. Raises NotAllowed, PlaceRefused, NotYetBegun."""
    _require_for(actor, opd)
    made = new_place(place, opd, actor)
    made.save()
    _told(MADE, actor, made, after=_said(made))
    return made


def new_place(place: PlaceIn, opd: Unit | None, actor: User | None) -> Place:
    """The row of a place, not stored. Raises PlaceRefused, NotYetBegun."""
    return Place(
        name=place.name,
        note=place.note,
        opd=opd,
        created_by=actor,
        period=_days(place.first, place.last),
        **_shape(place),
    )


@transaction.atomic
def change_place(*, uid: UUID, place: PlaceIn, actor: User) -> Place:
    """From `place.first` on it is this; what counted before it still counted. Its assignments go on with it.

    A place that begins no earlier than that day is put right itself; the audit log keeps what it was.
    Raises NotAllowed, NotFound, PlaceEnded, PlaceRefused, NotYetBegun.
    """
    old = access.place_to_change(actor, uid, lock=True)
    if old.last_day is not None and old.last_day < place.first:
        raise PlaceEnded
    before = _said(old)
    if place.first <= old.first_day:
        new = old
        new.name, new.note, new.period = place.name, place.note, _days(place.first, place.last)
        for field, value in _shape(place).items():
            setattr(new, field, value)
        new.save()
    else:
        new = new_place(place, old.opd, actor)
        new.replaces = old
        new.save()
        old.period = DateRange(old.first_day, place.first)
        old.save(update_fields=["period"])
        _hand_over(old, new, actor)
    _told(CHANGED, actor, new, before=before, after=_said(new))
    return new


def _hand_over(old: Place, new: Place, actor: User) -> None:
    """What is left of the assignments goes on with the new place."""
    going_on = []
    for row in PlaceAssignment.objects.select_for_update().filter(place=old, period__overlap=new.period):
        first, end = max(row.first_day, new.first_day), row.period.upper
        going_on.append(
            PlaceAssignment(
                place=new,
                unit_id=row.unit_id,
                employee_id=row.employee_id,
                letter_id=row.letter_id,
                period=DateRange(first, end),
                assigned_by=actor,
            )
        )
    PlaceAssignment.objects.bulk_create(going_on)


@transaction.atomic
def end_place(*, uid: UUID, last: date, reason: str, actor: User) -> Place:
    """It counts for the last time on `last`. Raises NotAllowed, NotFound, PlaceEnded, NotYetBegun."""
    place = access.place_to_change(actor, uid, lock=True)
    if place.last_day is not None and place.last_day <= last:
        raise PlaceEnded
    before = _said(place)
    place.period = _days(place.first_day, last)
    place.end_reason = reason
    place.save(update_fields=["period", "end_reason"])
    _told(ENDED, actor, place, before=before, after=_said(place), note=reason)
    return place


@transaction.atomic
def reopen_place(*, uid: UUID, actor: User) -> Place:
    """The end is taken back: it counts until further notice. Raises NotAllowed, NotFound, PlaceEnded.

    A place that another one has replaced stays ended.
    """
    place = access.place_to_change(actor, uid, lock=True)
    if place.successors.exists():
        raise PlaceEnded
    before = _said(place)
    place.period = DateRange(place.first_day, None)
    place.end_reason = ""
    place.save(update_fields=["period", "end_reason"])
    _told(REOPENED, actor, place, before=before, after=_said(place))
    return place


@transaction.atomic
def assign_place(
    *,
    uid: UUID,
    units: Sequence[Unit] = (),
    people: Sequence[Employee] = (),
    first: date,
    last: date | None,
    actor: User,
) -> list[PlaceAssignment]:
    """The place counts for these units and people from `first` to `last` (included; None: until further notice).

    The actor must have them in charge, not the place: an OPD may send people to another one's place that it sees.
    Raises NotAllowed, NotFound, PlaceEnded, NotYetBegun, AssignedAlready.
    """
    require(actor, MANAGE_PLACES)
    place = access.place_to_see(actor, uid)
    if place.last_day is not None and place.last_day < first:
        raise PlaceEnded
    _require_in_charge(actor, units, people)
    period = _days(first, last)
    ids = {"unit": {unit.pk: unit.name for unit in units}, "employee": {person.pk: person.name for person in people}}
    for whom, names in ids.items():
        taken = PlaceAssignment.objects.filter(place=place, period__overlap=period, **{f"{whom}_id__in": list(names)})
        if (found := taken.values_list(f"{whom}_id", flat=True).first()) is not None:
            raise AssignedAlready(names[found])
    rows = [PlaceAssignment(place=place, unit=unit, period=period, assigned_by=actor) for unit in units]
    rows += [PlaceAssignment(place=place, employee=person, period=period, assigned_by=actor) for person in people]
    PlaceAssignment.objects.bulk_create(rows)
    codes = [*(unit.code for unit in units), *(person.nip for person in people)]
    _told(ASSIGNED, actor, place, after={"first": first, "last": last, "whom": codes})
    return rows


@transaction.atomic
def end_assignment(*, uid: UUID, last: date, actor: User) -> Place:
    """The place counts for them for the last time on `last`; before its first day it never did.

    Raises NotAllowed, NotFound, PlaceEnded.
    """
    row = access.assignment_to_end(actor, uid)
    if row.last_day is not None and row.last_day <= last:
        raise PlaceEnded
    before = {"first": row.first_day, "last": row.last_day, "whom": _whom(row)}
    if last < row.first_day:
        row.delete()
    else:
        row.period = _days(row.first_day, last)
        row.save(update_fields=["period"])
    _told(ASSIGNMENT_ENDED, actor, row.place, before=before, after={"last": last})
    return row.place


@transaction.atomic
def record_letter(
    *,
    number: str,
    subject: str,
    first: date,
    last: date,
    people: Sequence[Employee],
    places: Sequence[Place],
    opd: Unit | None,
    actor: User,
) -> DutyLetter:
    """A letter that sends these people to these places for some days.

    Raises NotAllowed, NotFound, NotYetBegun, LetterTaken, PlaceEnded.
    """
    _require_for(actor, opd)
    _require_in_charge(actor, (), people)
    if DutyLetter.objects.filter(number=number).exists():
        raise LetterTaken(number)
    seen = set(access.places_for(actor).filter(pk__in=[place.pk for place in places]).values_list("pk", flat=True))
    if len(seen) != len(places):
        raise NotFound("place")
    if any(place.last_day is not None and place.last_day < first for place in places):
        raise PlaceEnded
    return send_by_letter(
        number=number, subject=subject, period=_days(first, last), people=people, places=places, opd=opd, actor=actor
    )


def send_by_letter(
    *,
    number: str,
    subject: str,
    period: DateRange,
    people: Sequence[Employee],
    places: Sequence[Place],
    opd: Unit | None,
    actor: User,
) -> DutyLetter:
    """Have the places count for these people. Whoever calls it, in a transaction, has seen that it may be so."""
    letter = DutyLetter.objects.create(number=number, subject=subject, period=period, opd=opd, recorded_by=actor)
    DutyLetterPerson.objects.bulk_create(DutyLetterPerson(letter=letter, employee=person) for person in people)
    PlaceAssignment.objects.bulk_create(
        PlaceAssignment(place=place, letter=letter, period=period, assigned_by=actor) for place in places
    )
    after = {
        "first": period.lower,
        "last": period.upper - ONE_DAY,
        "people": [person.nip for person in people],
        "places": [p.name for p in places],
    }
    record(LETTER_RECORDED, actor=actor, subject=letter, after=after)
    fences.announce_change()
    return letter


@transaction.atomic
def withdraw_letter(*, uid: UUID, actor: User) -> DutyLetter:
    """The letter sends nobody. Raises NotAllowed, NotFound."""
    require(actor, MANAGE_PLACES)
    letter = access.letters_in_charge(actor).select_for_update(of=("self",)).filter(uid=uid).first()
    if letter is None:
        raise NotFound("duty_letter")
    if letter.withdrawn_at is None:
        letter.withdrawn_at = clock.now()
        letter.save(update_fields=["withdrawn_at"])
        record(LETTER_WITHDRAWN, actor=actor, subject=letter)
        fences.announce_change()
    return letter


def _require_for(actor: User, opd: Unit | None) -> None:
    """What is the region's own is made by who may change places everywhere."""
    require(actor, MANAGE_PLACES, opd=None if opd is None else opd.uid)
    if opd is None and not access.may_change_the_regions(actor):
        raise NotFound("unit")


def _require_in_charge(actor: User, units: Sequence[Unit], people: Sequence[Employee]) -> None:
    unit_ids, employee_ids = {unit.pk for unit in units}, {person.pk for person in people}
    if access.units_in_charge(actor).filter(pk__in=unit_ids).count() != len(unit_ids):
        raise NotFound("unit")
    if access.people_in_charge(actor).filter(pk__in=employee_ids).count() != len(employee_ids):
        raise NotFound("employee")


def _days(first: date, last: date | None) -> DateRange:
    if last is not None and last < first:
        raise NotYetBegun
    return DateRange(first, None if last is None else last + ONE_DAY)


def _shape(place: PlaceIn) -> dict[str, Any]:
    """The columns of the shape, checked. Raises PlaceRefused."""
    if not place.corners:
        if not LEAST_RADIUS_M <= place.radius_m <= MOST_RADIUS_M:
            raise PlaceRefused("radius")
        return {
            "shape": Place.Shape.CIRCLE,
            "latitude": place.latitude.quantize(_SIX_PLACES),
            "longitude": place.longitude.quantize(_SIX_PLACES),
            "radius_m": place.radius_m,
            "ring": [],
        }
    ring = [(latitude.quantize(_SIX_PLACES), longitude.quantize(_SIX_PLACES)) for latitude, longitude in place.corners]
    if len(ring) > 1 and ring[0] == ring[-1]:
        ring.pop()
    if not 3 <= len(ring) <= MOST_CORNERS or len(set(ring)) != len(ring):
        raise PlaceRefused("corners")
    points = [Point.of(*corner) for corner in ring]
    if crosses_itself(points):
        raise PlaceRefused("crossing")
    middle = middle_of(points)
    return {
        "shape": Place.Shape.AREA,
        "latitude": Decimal(repr(middle.latitude)).quantize(_SIX_PLACES),
        "longitude": Decimal(repr(middle.longitude)).quantize(_SIX_PLACES),
        "radius_m": 0,
        "ring": [[str(latitude), str(longitude)] for latitude, longitude in ring],
    }


def _said(place: Place) -> dict[str, Any]:
    shape: dict[str, Any] = {
        "latitude": str(place.latitude),
        "longitude": str(place.longitude),
        "radius_m": place.radius_m,
    }
    return {
        "name": place.name,
        **(shape if place.shape == Place.Shape.CIRCLE else {"ring": place.ring}),
        "first": place.first_day,
        "last": place.last_day,
    }


def _whom(row: PlaceAssignment) -> str:
    if row.unit is not None:
        return row.unit.code
    return row.employee.nip if row.employee is not None else str(row.letter)


def _told(action: str, actor: Actor, place: Place, **facts: Any) -> None:
    record(action, actor=actor, subject=place, **facts)
    fences.announce_change()
