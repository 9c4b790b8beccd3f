"""Whether a position lies at a place of work, as far as its accuracy can tell. Pure: no database, no clock.

Distances are metres on a sphere of the earth's mean radius: between two points by the haversine formula, to the edge of
an area on a plane laid through the position, which over some kilometres is exact to far less than a position is.
Nobody is called outside for what the phone did not know. Worked examples: docs/algorithms/places.md.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final, NamedTuple, Self

EARTH_RADIUS_M: Final = 6_371_008.8
# Coordinates are kept to the sixth decimal, 11 cm of latitude: what is nearer to an edge than that lies on it.
EDGE_M: Final = 0.15
# A phone that knows no more than the quarter of the town says nothing about an office.
COARSE_M: Final = 1_000


class Point(NamedTuple):
    """Degrees, north and east positive (WGS 84)."""

    latitude: float
    longitude: float

    @classmethod
    def of(cls, latitude: Decimal | str, longitude: Decimal | str) -> Self:
        """From the exact figures of a phone or of the database."""
        return cls(float(latitude), float(longitude))


class State(StrEnum):
    """What is said of a position. `unknown`: there is nothing to judge by, so nothing is held against anybody."""

    INSIDE = "inside"
    WITHIN_ERROR = "within_error"
    OUTSIDE = "outside"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Fence:
    """A place of work: a circle (`ring` empty) or the area within `ring`, whose last point joins the first.

    `centre` of an area is where it is named on a map; nothing is judged by it.
    """

    place_id: int
    name: str
    centre: Point
    radius_m: int = 0
    ring: tuple[Point, ...] = ()


@dataclass(frozen=True, slots=True)
class PlaceVerdict:
    """The nearest place, and how the position lies to it.

    `distance_m` goes to the centre of a circle and to the edge of an area (0 within), in whole metres; it and
    `place_id` are None without a position or without places.
    """

    state: State
    distance_m: int | None = None
    place_id: int | None = None


def judge_place(point: Point | None, accuracy_m: int | None, fences: Sequence[Fence]) -> PlaceVerdict:
    """How the position lies to the nearest of these places.

    `accuracy_m` is the radius in metres within which the phone believes to be; None when it did not say. Outside is
    only what lies outside with that whole radius.
    """
    if point is None or not fences:
        return PlaceVerdict(State.UNKNOWN)
    beyond, fence = min(
        ((beyond_m(point, fence), fence) for fence in fences), key=lambda pair: (pair[0], pair[1].place_id)
    )
    distance = distance_m(point, fence.centre) if not fence.ring else max(beyond, 0.0)
    return PlaceVerdict(_state(beyond, accuracy_m), _whole(distance), fence.place_id)


def _state(beyond: float, accuracy_m: int | None) -> State:
    if accuracy_m is not None and accuracy_m > COARSE_M:
        return State.UNKNOWN
    if beyond <= EDGE_M:
        return State.INSIDE
    if accuracy_m is None:
        return State.UNKNOWN
    return State.WITHIN_ERROR if beyond <= accuracy_m + EDGE_M else State.OUTSIDE


def beyond_m(point: Point, fence: Fence) -> float:
    """How many metres the point lies beyond the fence's edge; negative or 0 within."""
    if not fence.ring:
        return distance_m(point, fence.centre) - fence.radius_m
    corners = [_on_plane(corner, point) for corner in fence.ring]
    edges = list(zip(corners, [*corners[1:], corners[0]], strict=True))
    return 0.0 if _surrounds(edges) else min(_to_segment(start, end) for start, end in edges)


def distance_m(one: Point, other: Point) -> float:
    """Metres between two points along the sphere (haversine, which keeps its digits for points that are near)."""
    south, north = math.radians(one.latitude), math.radians(other.latitude)
    half = math.sin((north - south) / 2) ** 2
    half += math.cos(south) * math.cos(north) * math.sin(math.radians(other.longitude - one.longitude) / 2) ** 2
    return 2 * EARTH_RADIUS_M * math.asin(math.sqrt(min(half, 1.0)))


def middle_of(points: Iterable[Point]) -> Point:
    """The mean of points that lie near one another: where an area is named, or where a crowd stands."""
    found = list(points)
    return Point(
        sum(point.latitude for point in found) / len(found), sum(point.longitude for point in found) / len(found)
    )


def crosses_itself(ring: Sequence[Point]) -> bool:
    """Whether two edges of the area cross, so that inside and outside are not clear."""
    corners = [_on_plane(corner, ring[0]) for corner in ring]
    edges = list(zip(corners, [*corners[1:], corners[0]], strict=True))
    for first in range(len(edges)):
        for second in range(first + 2, len(edges)):
            is_neighbour = first == 0 and second == len(edges) - 1
            if not is_neighbour and _cross(*edges[first], *edges[second]):
                return True
    return False


def _whole(metres: float) -> int:
    return math.floor(metres + 0.5)


def _on_plane(corner: Point, origin: Point) -> tuple[float, float]:
    """Metres east and north of the origin, on a plane that touches the earth there."""
    east = (corner.longitude - origin.longitude + 180) % 360 - 180
    north = corner.latitude - origin.latitude
    scale = EARTH_RADIUS_M * math.pi / 180
    return east * scale * math.cos(math.radians(origin.latitude)), north * scale


def _surrounds(edges: Sequence[tuple[tuple[float, float], tuple[float, float]]]) -> bool:
    """Whether the edges go around the origin: a ray to the east crosses them an odd number of times."""
    inside = False
    for (x1, y1), (x2, y2) in edges:
        if (y1 > 0) != (y2 > 0) and x1 + (x2 - x1) * -y1 / (y2 - y1) > 0:
            inside = not inside
    return inside


def _to_segment(start: tuple[float, float], end: tuple[float, float]) -> float:
    """Metres from the origin to the nearest point of the segment."""
    across, along = end[0] - start[0], end[1] - start[1]
    length = across**2 + along**2
    share = 0.0 if length == 0 else min(1.0, max(0.0, -(start[0] * across + start[1] * along) / length))
    return math.hypot(start[0] + share * across, start[1] + share * along)


def _cross(a: tuple[float, float], b: tuple[float, float], c: tuple[float, float], d: tuple[float, float]) -> bool:
    def side(p: tuple[float, float], q: tuple[float, float], r: tuple[float, float]) -> float:
        return (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0])

    return side(a, b, c) * side(a, b, d) <= 0 and side(c, d, a) * side(c, d, b) <= 0
