"""Minutes in a row without an answer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tenants.disturbances.gaps import Gap, gaps_between, watch_span, whole_minute

BEGIN = datetime(2026, 10, 4, 22, 30, tzinfo=UTC)


def asked(signs: str) -> dict[datetime, bool]:
    """One sign for each minute: + answered, - not answered, a blank never asked."""
    return {BEGIN + timedelta(minutes=at): sign == "+" for at, sign in enumerate(signs) if sign != " "}


@pytest.mark.parametrize(
    ("signs", "expected"),
    [
        ("++++++++", []),
        ("+--+--++", []),
        ("++---+++", [(2, 5, 3)]),
        ("+- --+++", [(1, 5, 3)]),
        ("+   ++++", [(1, 4, 0)]),
        ("---+++++", [(0, 3, 3)]),
        ("+++++---", [(5, 8, 3)]),
        ("--------", [(0, 8, 8)]),
        ("---+ --+", [(0, 3, 3), (4, 7, 2)]),
        ("        ", [(0, 8, 0)]),
    ],
)
def test_three_minutes_in_a_row_are_a_gap(signs: str, expected: list[tuple[int, int, int]]) -> None:
    found = list(gaps_between(asked(signs), BEGIN, BEGIN + timedelta(minutes=len(signs))))
    minute = timedelta(minutes=1)
    assert found == [Gap(BEGIN + first * minute, BEGIN + end * minute, failed) for first, end, failed in expected]
    assert [gap.minutes for gap in found] == [end - first for first, end, _failed in expected]


def test_nothing_is_asked_nothing_is_missing() -> None:
    assert list(gaps_between({}, BEGIN, BEGIN)) == []


@pytest.mark.parametrize(("zone", "hour"), [("Asia/Jakarta", 23), ("Asia/Makassar", 22), ("Asia/Jayapura", 21)])
def test_the_morning_is_that_of_the_region(zone: str, hour: int) -> None:
    first, end = watch_span(datetime(2026, 10, 5, 3, tzinfo=UTC), zone)
    assert first == datetime(2026, 10, 4, hour, 30, tzinfo=UTC)
    assert end - first == timedelta(hours=2)
    assert whole_minute(first + timedelta(seconds=59, microseconds=9)) == first
