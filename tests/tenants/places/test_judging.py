"""How a position is judged: golden cases, exact to the metre, and what holds for every position."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tenants.places.judging import Fence, Point, State, beyond_m, crosses_itself, distance_m, judge_place, middle_of

GOLDEN: dict[str, Any] = yaml.safe_load((Path(__file__).parents[2] / "golden/places/judging.yaml").read_text())
KEYS = {name: number for number, name in enumerate(GOLDEN["places"], 1)}


def fence(name: str) -> Fence:
    said = GOLDEN["places"][name]
    if "ring" in said:
        ring = tuple(Point.of(*corner) for corner in said["ring"])
        return Fence(KEYS[name], name, middle_of(ring), 0, ring)
    return Fence(KEYS[name], name, Point.of(*said["circle"]), said["radius"])


@pytest.mark.parametrize("case", GOLDEN["cases"], ids=lambda case: case["name"])
def test_golden(case: dict[str, Any]) -> None:
    point = None if case["at"] is None else Point.of(*case["at"])
    verdict = judge_place(point, case["accuracy"], [fence(name) for name in case["of"]])
    expected = case["expect"]
    place = None if expected["place"] is None else KEYS[expected["place"]]
    assert (verdict.state, verdict.distance_m, verdict.place_id) == (expected["state"], expected["distance"], place)


nearby = st.builds(Point, st.floats(1.46, 1.49), st.floats(124.83, 124.86))


@given(nearby, st.integers(0, 1000))
def test_a_better_accuracy_never_turns_outside_into_inside(point: Point, accuracy: int) -> None:
    sharp, blurred = (judge_place(point, metres, [fence("kantor")]) for metres in (0, accuracy))
    assert (sharp.state is State.INSIDE) == (blurred.state is State.INSIDE)
    assert blurred.state is not State.OUTSIDE or sharp.state is State.OUTSIDE


@given(nearby)
def test_one_more_place_never_makes_it_worse(point: Point) -> None:
    order = [State.INSIDE, State.WITHIN_ERROR, State.OUTSIDE]
    one = judge_place(point, 20, [fence("kantor")])
    two = judge_place(point, 20, [fence("kantor"), fence("gudang")])
    assert order.index(two.state) <= order.index(one.state)


@given(nearby, nearby)
def test_a_distance_is_the_same_both_ways(one: Point, other: Point) -> None:
    assert distance_m(one, other) == pytest.approx(distance_m(other, one), abs=1e-6)


@given(nearby)
def test_the_plane_agrees_with_the_sphere_to_a_centimetre_per_kilometre(point: Point) -> None:
    """The distance to a tiny area is the haversine distance to its corner, as near as a plane can be."""
    corner = Point(1.475, 124.845)
    speck = Fence(1, "titik", corner, 0, (corner, Point(1.475, 124.845000001), Point(1.475000001, 124.845)))
    assert beyond_m(point, speck) == pytest.approx(distance_m(point, corner), abs=0.05)


def test_edges_that_cross_are_noticed() -> None:
    square = [Point(0, 0), Point(0, 1), Point(1, 1), Point(1, 0)]
    assert not crosses_itself(square)
    assert crosses_itself([square[0], square[2], square[1], square[3]])


def test_exact_figures_become_a_point() -> None:
    assert Point.of(Decimal("1.474830"), "124.842079") == (1.47483, 124.842079)
