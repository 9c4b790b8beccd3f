"""Percent of a period's target."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenants.skp.achievement import indicator_percent, mean_percent

FIGURES = st.decimals(min_value="0.0001", max_value="1000000000", places=4)


@pytest.mark.parametrize(
    ("target", "realised", "less_is_better", "percent"),
    [
        ("4", "3", False, "75"),
        ("4", "4", False, "100"),
        ("4", "9", False, "100"),
        ("4", "0", False, "0"),
        ("5", "5", True, "100"),
        ("5", "4", True, "100"),
        ("5", "10", True, "50"),
        ("5", "0", True, "100"),
    ],
)
def test_a_figure_gives_percent_of_the_target(target: str, realised: str, less_is_better: bool, percent: str) -> None:
    assert indicator_percent(Decimal(target), Decimal(realised), less_is_better=less_is_better) == Decimal(percent)


@given(FIGURES, FIGURES, st.booleans())
def test_percent_lies_between_0_and_100(target: Decimal, realised: Decimal, less: bool) -> None:
    assert 0 <= indicator_percent(target, realised, less_is_better=less) <= 100


@pytest.mark.parametrize(("target", "realised"), [("0", "1"), ("1", "-1")])
def test_no_target_and_a_negative_figure_are_refused(target: str, realised: str) -> None:
    with pytest.raises(ValueError, match="target above zero"):
        indicator_percent(Decimal(target), Decimal(realised), less_is_better=False)


def test_the_mean_is_not_known_while_a_part_is_not() -> None:
    assert mean_percent([Decimal(100), Decimal(50), Decimal(50)]) == Decimal(200) / 3
    assert mean_percent([Decimal(100), None]) is None
    assert mean_percent([]) is None


def test_the_worked_example_of_the_page_comes_out() -> None:
    """docs/algorithms/skp.md."""
    reports = indicator_percent(Decimal(11), Decimal(9), less_is_better=False)
    days = indicator_percent(Decimal(5), Decimal(9), less_is_better=True)
    letters = indicator_percent(Decimal(50), Decimal(9), less_is_better=False)
    found = mean_percent([mean_percent([reports, days]), Decimal(90), letters])
    assert found is not None
    assert round(found, 6) == Decimal("58.895623")
