"""Where a punch was made, against the places of work of the person."""

from __future__ import annotations

from datetime import date
from typing import Final

from tenants.places.fences import fences_of
from tenants.places.judging import PlaceVerdict, Point, State, judge_place
from tenants.punches.events import Spot
from tenants.punches.grading import PlaceState

UNJUDGED: Final[tuple[PlaceState, PlaceVerdict]] = ("unjudged", PlaceVerdict(State.UNKNOWN))
_STATES: Final[dict[State, PlaceState]] = {
    State.INSIDE: "inside",
    State.WITHIN_ERROR: "within_error",
    State.OUTSIDE: "outside",
    State.UNKNOWN: "unknown",
}


def find_place(spot: Spot, *, employee_id: int, day: date) -> tuple[PlaceState, PlaceVerdict]:
    """How the spot lies to the person's places of that day. Where nobody assigned any, nothing is judged."""
    fences = fences_of(employee_id, day)
    if not fences:
        return UNJUDGED
    point = None
    if spot.latitude is not None and spot.longitude is not None:
        point = Point.of(spot.latitude, spot.longitude)
    verdict = judge_place(point, spot.accuracy_m, fences)
    return _STATES[verdict.state], verdict
