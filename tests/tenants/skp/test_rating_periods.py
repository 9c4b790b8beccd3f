"""Months and quarters in which a region rates."""

from datetime import date

import pytest

from kernel.periods import Month
from tenants.skp.rating_periods import RatingPeriod


@pytest.mark.parametrize(
    ("text", "first", "last", "months"),
    [
        ("2026-10", date(2026, 10, 1), date(2026, 10, 31), 1),
        ("2026-T4", date(2026, 10, 1), date(2026, 12, 31), 3),
        ("2024-T1", date(2024, 1, 1), date(2024, 3, 31), 3),
    ],
)
def test_a_period_reads_back_what_it_writes(text: str, first: date, last: date, months: int) -> None:
    period = RatingPeriod.parse(text)
    assert (period.first_day, period.last_day, len(period.months), str(period)) == (first, last, months, text)


@pytest.mark.parametrize("text", ["", "2026", "2026-T5", "2026-T0", "2026-13", "0000-T1", "2026-t4", "٢٠٢٦-T1"])
def test_anything_else_is_no_period(text: str) -> None:
    with pytest.raises(ValueError, match="not a month"):
        RatingPeriod.parse(text)


def test_a_day_lies_in_its_quarter_and_quarters_follow_each_other() -> None:
    period = RatingPeriod.of(date(2026, 12, 31), 3)
    assert period.months == (Month(2026, 10), Month(2026, 11), Month(2026, 12))
    assert str(period.next) == "2027-T1"
    assert str(period.previous) == "2026-T3"
