"""Figures as people write them, and those that can be read twice."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from kernel.figures import NotAFigure, TwoFigures, read_figure, read_money, read_rupiah, read_small, read_typed

Reader = Callable[[str], Decimal]


@pytest.mark.parametrize(
    ("written", "figure"),
    [
        ("1250", "1250"),
        ("12,5", "12.5"),
        ("12.5", "12.5"),
        ("1.250,5", "1250.5"),
        ("1,250.5", "1250.5"),
        ("1.250.000", "1250000"),
        ("1,250,000", "1250000"),
        ("12.500.000,75", "12500000.75"),
        ("96,125", "96.125"),
        ("1000.250", "1000.25"),
        ("0.250", "0.25"),
        (" 37,5 % ", "37.5"),
        ("-2,5", "-2.5"),
        ("1 250", "1250"),
        ("1\u00a0250\u00a0000,5", "1250000.5"),
        ("- 2,5", "-2.5"),
    ],
)
def test_what_has_one_meaning_is_read(written: str, figure: str) -> None:
    assert read_figure(written) == Decimal(figure)


@pytest.mark.parametrize("written", ["1.250", "12.500", "-1.250", "999.000", "1.000"])
def test_a_lone_dot_before_three_digits_is_refused(written: str) -> None:
    with pytest.raises(TwoFigures):
        read_figure(written)


def test_a_lone_comma_before_three_digits_is_refused_where_no_figure_has_three_places() -> None:
    with pytest.raises(TwoFigures):
        read_figure("1,000", places=2)
    assert read_figure("1,125", places=3) == Decimal("1.125")


@pytest.mark.parametrize(
    ("reader", "figure"), [(read_typed, "1250"), (read_small, "1.25"), (read_money, "1250"), (read_rupiah, "1250")]
)
def test_each_other_reader_says_which_of_the_two_it_takes(reader: Reader, figure: str) -> None:
    assert reader("1.250") == Decimal(figure)


def test_a_page_and_money_part_a_comma_differently() -> None:
    assert (read_typed("1,250"), read_money("1,250")) == (Decimal("1.25"), Decimal(1250))


@pytest.mark.parametrize(
    "written",
    [
        "Rp 4.000.000",
        "Rp4.000.000,00",
        "Rp. 4.000.000,-",
        "4.000.000,-",
        "4 000 000",
        "4000000",
        "4,000,000",
        "4,000,000.00",
    ],
)
def test_rupiah_is_read_in_every_usual_writing(written: str) -> None:
    assert str(read_rupiah(written)) == "4000000"


@pytest.mark.parametrize("written", ["4.000.000,50", "3.66", "1,5", "50%", "4.000 000"])
def test_a_part_of_a_rupiah_or_a_percentage_is_refused(written: str) -> None:
    with pytest.raises(NotAFigure):
        read_rupiah(written)


@pytest.mark.parametrize("reader", [read_figure, read_typed, read_small, read_money, read_rupiah])
@pytest.mark.parametrize(
    "written", ["80 90", "12,5 30", "1 2", "4.000 000", "4. 000.000", "1 250.000", "50%%", "RpRp5"]
)
def test_two_figures_in_one_place_are_not_run_together(reader: Reader, written: str) -> None:
    with pytest.raises(NotAFigure):
        reader(written)


@pytest.mark.parametrize("reader", [read_figure, read_typed, read_small, read_money, read_rupiah])
@pytest.mark.parametrize(
    "written", ["", "-", "banyak", "1.2.3", "1.25.000", "1,5,", ".5", "1e3", "NaN", "٣", "²", "1.250,5.0", "9" * 41]
)
def test_what_is_no_figure_is_refused(reader: Reader, written: str) -> None:
    with pytest.raises(NotAFigure):
        reader(written)
