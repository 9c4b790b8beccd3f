"""Exact figures and the named rounding policies."""

from decimal import Decimal
from typing import Any

import pytest

from kernel.money import ROUNDING_POLICIES, RoundingPolicy, decimal_text, exact, quotient, round_rupiah, rounded


@pytest.mark.parametrize(
    ("value", "figure"),
    [("0.68", "0.68"), ("-3", "-3"), ("007", "7"), (12, "12"), (Decimal("1.50"), "1.50")],
)
def test_a_figure_is_taken_as_it_is_written(value: Any, figure: str) -> None:
    assert exact(value) == Decimal(figure)


@pytest.mark.parametrize("value", [0.1, 1.0, True, None, b"1", [1]])
def test_a_float_or_another_type_is_refused(value: Any) -> None:
    with pytest.raises(TypeError):
        exact(value)
    with pytest.raises(TypeError):
        rounded("half_up_rupiah", value)


@pytest.mark.parametrize(
    "text", ["", " 1", "1,5", "1e3", "NaN", "Infinity", "1.", ".5", "--1", "1_000", "١", Decimal("NaN")]
)
def test_a_text_that_is_no_plain_number_is_refused(text: Any) -> None:
    with pytest.raises(ValueError, match="not a"):
        exact(text)


@pytest.mark.parametrize(
    ("policy", "value", "result"),
    [
        ("none", "1523508.30", "1523508.30"),
        ("half_up_rupiah", "0.5", "1"),
        ("half_up_rupiah", "0.4999", "0"),
        ("half_up_rupiah", "-0.5", "-1"),
        ("half_up_rupiah", "181889.4", "181889"),
        ("truncate_rupiah", "181889.9", "181889"),
        ("floor_thousand", "2970999.99", "2970000"),
        ("floor_thousand", "2971000", "2971000"),
        ("half_up_2", "83.335", "83.34"),
        ("half_up_2", "28.125", "28.13"),
        ("truncate_2", "28.125", "28.12"),
        ("truncate_2", "83.3399", "83.33"),
        ("truncate_2", "-0.019", "-0.01"),
    ],
)
def test_a_policy_rounds_as_its_name_says(policy: RoundingPolicy, value: str, result: str) -> None:
    assert rounded(policy, Decimal(value)) == Decimal(result)


def test_every_policy_leaves_a_round_figure_alone() -> None:
    assert {rounded(policy, Decimal(5000)) for policy in ROUNDING_POLICIES} == {Decimal(5000)}


def test_an_unknown_policy_is_an_error() -> None:
    with pytest.raises(KeyError):
        rounded("bankers", Decimal(1))  # type: ignore[arg-type]  # that is the point


def test_a_third_of_a_third_is_not_cut_one_hundredth_short() -> None:
    third = quotient(Decimal(100), Decimal(3))
    assert third * 3 < 100
    assert rounded("truncate_2", third * Decimal("0.3")) == Decimal("10.00")


def test_a_quotient_by_nothing_is_refused() -> None:
    with pytest.raises(ZeroDivisionError):
        quotient(Decimal(1), Decimal(0))


@pytest.mark.parametrize(
    ("figure", "text"),
    [("1.50", "1.5"), ("100", "100"), ("1E+3", "1000"), ("-0.00", "0"), ("0.000000001", "0.000000001")],
)
def test_a_figure_has_one_way_to_be_written(figure: str, text: str) -> None:
    assert decimal_text(Decimal(figure)) == text


def test_half_a_rupiah_goes_up() -> None:
    assert round_rupiah(Decimal("54501.5")) == Decimal(54502)
