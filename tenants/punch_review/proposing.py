"""Places that may be missing: where many trusted people of a unit stand outside in the same way.

Who punches from the new annex every day is not cheating; the annex is not on the map. Ten people of whom nothing odd is
known, near one another and outside of all their places, are taken for a place, and one press makes it one.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from kernel import clock
from kernel.accounts.models import User
from kernel.audit.record import declare_action, record
from kernel.errors import NotFound
from kernel.permissions import opd_scope, require
from kernel.tenancy import here
from tenants.employees.models import Placement
from tenants.organisation.models import Unit
from tenants.places.actions import PlaceIn, assign_place, make_place
from tenants.places.judging import Point, distance_m, middle_of
from tenants.places.models import Place
from tenants.places.permissions import MANAGE_PLACES
from tenants.punch_review.models import PlaceProposal, PunchSignal, PunchVerdict
from tenants.punch_review.permissions import REVIEW
from tenants.punch_review.verdicts import accept_punches
from tenants.punches.models import Punch

ACCEPTED = declare_action("punch_review.place_accepted", "Usulan tempat absen diterima")
DISMISSED = declare_action("punch_review.place_dismissed", "Usulan tempat absen diabaikan")

WITHIN: Final = timedelta(days=14)
# Of somebody with a rejected punch this lately nothing is learnt.
TRUSTED_AFTER: Final = timedelta(days=90)
PEOPLE: Final = 10
NEAR_M: Final = 60
LEAST_RADIUS_M: Final = 75
MOST_RADIUS_M: Final = 300
# A proposal that stands, or was turned down, is not made again this near.
SAME_M: Final = 150
_KEPT_PUNCHES: Final = 100
# Degrees; more than 60 m both ways anywhere in the country.
_SQUARE: Final = 0.0006


@dataclass(frozen=True, slots=True)
class Stood:
    """Somebody's punch outside of all places."""

    punch_id: UUID
    employee_id: int
    point: Point


def clusters(stood: Sequence[Stood]) -> list[list[Stood]]:
    """Groups of punches that lie near one another, of at least ten people each, the largest first.

    Density as DBSCAN takes it, by people and not by punches: a point with ten people within 60 m is a core, and what
    is near a core belongs to its group.
    """
    near = _neighbours(stood)
    is_core = [len({stood[other].employee_id for other in around}) >= PEOPLE for around in near]
    group: list[int | None] = [None] * len(stood)
    found: list[list[Stood]] = []
    for start in range(len(stood)):
        if not is_core[start] or group[start] is not None:
            continue
        waiting, members = [start], []
        group[start] = len(found)
        while waiting:
            current = waiting.pop()
            members.append(stood[current])
            if not is_core[current]:
                continue
            for other in near[current]:
                if group[other] is None:
                    group[other] = len(found)
                    waiting.append(other)
        found.append(members)
    return sorted(found, key=len, reverse=True)


def _neighbours(stood: Sequence[Stood]) -> list[list[int]]:
    """For each punch those within 60 m, itself among them; only the nine squares around it are compared."""
    squares: dict[tuple[int, int], list[int]] = defaultdict(list)
    places = [(math.floor(one.point.latitude / _SQUARE), math.floor(one.point.longitude / _SQUARE)) for one in stood]
    for index, square in enumerate(places):
        squares[square].append(index)
    return [
        [
            other
            for north in (-1, 0, 1)
            for east in (-1, 0, 1)
            for other in squares.get((row + north, column + east), ())
            if distance_m(one.point, stood[other].point) <= NEAR_M
        ]
        for one, (row, column) in zip(stood, places, strict=True)
    ]


@transaction.atomic
def propose_places() -> int:
    """Look for missing places among the last two weeks; returns how many were proposed anew."""
    made = 0
    for unit_id, stood in _outside_by_unit().items():
        for members in clusters(stood):
            middle = middle_of(member.point for member in members)
            if _is_known(unit_id, middle):
                continue
            spread = max(distance_m(middle, member.point) for member in members)
            PlaceProposal.objects.create(
                unit_id=unit_id,
                latitude=Decimal(repr(middle.latitude)).quantize(Decimal("0.000001")),
                longitude=Decimal(repr(middle.longitude)).quantize(Decimal("0.000001")),
                radius_m=min(MOST_RADIUS_M, max(LEAST_RADIUS_M, int(spread) + 15)),
                people=len({member.employee_id for member in members}),
                punches=[str(member.punch_id) for member in members[:_KEPT_PUNCHES]],
            )
            made += 1
    return made


def open_proposals(user: User) -> Any:
    """Those for units in the person's charge, the largest first."""
    units = Unit.objects.in_opds(opd_scope(user, REVIEW))
    found = PlaceProposal.objects.filter(state=PlaceProposal.State.OPEN, unit__in=units)
    return found.select_related("unit__opd").order_by("-people", "pk")


@transaction.atomic
def accept_proposal(*, uid: UUID, name: str, actor: User) -> Place:
    """Make the place, let it count for the unit from today, and accept the punches by which it was seen.

    Raises NotAllowed, NotFound.
    """
    require(actor, MANAGE_PLACES)
    proposal = _to_decide(uid, actor)
    said = PlaceIn(
        name=name.strip()[:120] or proposal.unit.name,
        first=here.today(),
        latitude=proposal.latitude,
        longitude=proposal.longitude,
        radius_m=proposal.radius_m,
    )
    place = make_place(place=said, opd=proposal.unit.opd, actor=actor)
    assign_place(uid=place.uid, units=[proposal.unit], first=here.today(), last=None, actor=actor)
    accept_punches(uids=[UUID(text) for text in proposal.punches], actor=actor)
    proposal.place = place
    _close(proposal, PlaceProposal.State.ACCEPTED, ACCEPTED, actor)
    return place


@transaction.atomic
def dismiss_proposal(*, uid: UUID, actor: User) -> PlaceProposal:
    """There is no place; it is not proposed again. Raises NotAllowed, NotFound."""
    require(actor, REVIEW)
    proposal = _to_decide(uid, actor)
    _close(proposal, PlaceProposal.State.DISMISSED, DISMISSED, actor)
    return proposal


def _to_decide(uid: UUID, actor: User) -> PlaceProposal:
    found = open_proposals(actor).select_for_update(of=("self",)).filter(uid=uid).first()
    if found is None:
        raise NotFound("place_proposal")
    proposal: PlaceProposal = found
    return proposal


def _close(proposal: PlaceProposal, state: str, action: str, actor: User) -> None:
    proposal.state, proposal.decided_by, proposal.decided_at = state, actor, clock.now()
    proposal.save(update_fields=["state", "place", "decided_by", "decided_at"])
    record(action, actor=actor, subject=proposal, after={"unit": proposal.unit.code, "people": proposal.people})


def _outside_by_unit() -> dict[int, list[Stood]]:
    """Trusted people's punches outside of their places, one a day and person, by their units of today."""
    now = clock.now()
    punches = Punch.objects.filter(
        captured_at__gte=now - WITHIN,
        source=Punch.Source.PHONE,
        reasons__contains=["place_outside"],
        latitude__isnull=False,
        accuracy_m__lte=NEAR_M,
    ).filter(review__settled_at__isnull=True)
    odd = PunchSignal.objects.exclude(code="graded").filter(found_at__gte=now - WITHIN)
    rejected = PunchVerdict.objects.filter(counts=False, captured_at__gte=now - TRUSTED_AFTER)
    punches = punches.exclude(employee__in=odd.values("punch__employee")).exclude(
        employee__in=rejected.values("employee")
    )
    units = dict(
        Placement.objects.definitive().on(here.today()).values_list("employee_id", "position__unit_id").iterator()
    )
    seen: set[tuple[int, Any]] = set()
    found: dict[int, list[Stood]] = defaultdict(list)
    columns = ("pk", "employee_id", "captured_at", "latitude", "longitude")
    for pk, employee, at, latitude, longitude in punches.order_by("-captured_at").values_list(*columns):
        if latitude is None or longitude is None or employee not in units or (employee, at.date()) in seen:
            continue
        seen.add((employee, at.date()))
        found[units[employee]].append(Stood(pk, employee, Point.of(latitude, longitude)))
    return found


def _is_known(unit_id: int, middle: Point) -> bool:
    since = clock.now() - TRUSTED_AFTER
    standing = PlaceProposal.objects.filter(unit_id=unit_id, found_at__gte=since).values_list("latitude", "longitude")
    return any(distance_m(middle, Point.of(*where)) <= SAME_M for where in standing)
