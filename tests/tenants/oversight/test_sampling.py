"""A sample can be drawn again by anybody: seed and risk decide, nothing else."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from tenants.oversight.risk import MOST_PER_SIGNAL, Signals, reasons, score
from tenants.oversight.sampling import draw

PEOPLE = [f"19900101201501{number:04d}" for number in range(200)]
NO_RISK: dict[str, Decimal] = {}


def test_the_same_seed_gives_the_same_list_whatever_the_order() -> None:
    first = draw(PEOPLE, NO_RISK, percent=Decimal(5), riskiest=0, seed="a1")
    again = draw(list(reversed(PEOPLE)), NO_RISK, percent=Decimal(5), riskiest=0, seed="a1")
    assert first == again
    assert len(first) == 10


def test_another_seed_gives_another_list() -> None:
    first = {one.nip for one in draw(PEOPLE, NO_RISK, percent=Decimal(5), riskiest=0, seed="a1")}
    other = {one.nip for one in draw(PEOPLE, NO_RISK, percent=Decimal(5), riskiest=0, seed="a2")}
    assert first != other


def test_a_share_is_rounded_up_so_that_one_of_a_few_is_drawn() -> None:
    assert len(draw(PEOPLE[:3], NO_RISK, percent=Decimal(5), riskiest=0, seed="x")) == 1


def test_the_riskiest_stand_first_and_nobody_without_a_sign_is_called_risky() -> None:
    risks = {PEOPLE[7]: Decimal(12), PEOPLE[9]: Decimal(30), PEOPLE[11]: Decimal(1)}
    drawn = draw(PEOPLE, risks, percent=Decimal(0), riskiest=20, seed="x")
    assert [(one.nip, one.why) for one in drawn] == [
        (PEOPLE[9], "risk"),
        (PEOPLE[7], "risk"),
        (PEOPLE[11], "risk"),
    ]


def test_who_is_drawn_both_ways_is_listed_once() -> None:
    drawn = draw(PEOPLE[:1], {PEOPLE[0]: Decimal(3)}, percent=Decimal(100), riskiest=5, seed="x")
    assert [(one.nip, one.why) for one in drawn] == [(PEOPLE[0], "both")]


@given(st.sets(st.sampled_from(PEOPLE), min_size=1), st.integers(0, 100), st.text(min_size=1, max_size=8))
def test_nobody_is_drawn_twice_and_a_larger_share_keeps_the_smaller_one(
    people: set[str], percent: int, seed: str
) -> None:
    drawn = [one.nip for one in draw(people, NO_RISK, percent=Decimal(percent), riskiest=0, seed=seed)]
    assert len(drawn) == len(set(drawn))
    everybody = {one.nip for one in draw(people, NO_RISK, percent=Decimal(100), riskiest=0, seed=seed)}
    assert set(drawn) <= everybody == people


def test_an_ordinary_month_has_no_score() -> None:
    assert score(Signals(activities=80)) == 0


def test_one_sign_that_repeats_does_not_drown_the_others() -> None:
    found = Signals(remarked=500, work_while_absent=2)
    assert reasons(found) == [("remarked", 500, MOST_PER_SIGNAL), ("work_while_absent", 2, Decimal(12))]
    assert score(found) == Decimal(42)
