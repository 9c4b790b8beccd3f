"""Which way the button points, asked of the phone's own module in a browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.served_pages import SITE, browsing

pytestmark = pytest.mark.e2e

_ASK = "async (given) => (await import('/static/punches/clock.js')).direction(...given)"


@pytest.mark.parametrize(
    ("now", "made", "expected"),
    [
        ("06:50", [], "in"),
        ("07:40", [], "in"),
        ("16:05", [], "out"),
        ("16:05", ["07:25"], "out"),
        ("07:31", ["-16:00", "-07:20"], "in"),
        ("07:31", ["-07:20"], "in"),
        ("12:00", ["07:25"], "out"),
        ("23:30", ["07:25"], "out"),
    ],
)
def test_the_button_follows_the_shift(direction: Callable[..., str], now: str, made: list[str], expected: str) -> None:
    assert direction([("-07:30", "-16:00"), ("07:30", "16:00")], made, now) == expected


@pytest.mark.parametrize(
    ("now", "made", "expected"),
    [
        ("21:40", [], "in"),
        ("+05:50", ["21:40"], "out"),
        ("+06:20", ["21:40"], "out"),
        ("+21:45", ["21:40"], "in"),
        ("+06:10", [], "out"),
    ],
)
def test_the_button_follows_a_shift_over_midnight(
    direction: Callable[..., str], now: str, made: list[str], expected: str
) -> None:
    assert direction([("22:00", "+06:00"), ("+22:00", "++06:00")], made, now) == expected


@pytest.mark.parametrize(
    ("now", "made", "expected"),
    [("11:10", ["06:55"], "out"), ("13:40", ["06:55", "11:05"], "in"), ("18:05", ["06:55", "11:05", "13:55"], "out")],
)
def test_the_button_follows_a_split_day(
    direction: Callable[..., str], now: str, made: list[str], expected: str
) -> None:
    assert direction([("07:00", "11:00"), ("14:00", "18:00")], made, now) == expected


@pytest.fixture(scope="module")
def direction() -> Iterator[Callable[..., str]]:
    """The module's own function, asked in a browser with times of day: `-` the day before, `+` the day after."""
    with browsing({"/": "<!doctype html><title>x</title>"}) as page:
        page.goto(SITE + "/")

        def ask(shifts: list[tuple[str, str]], made: list[str], now: str) -> str:
            return str(
                page.evaluate(
                    _ASK,
                    [[[_ms(a), _ms(b)] for a, b in shifts], [_ms(at) for at in made], _ms(now)],
                )
            )

        yield ask


def _ms(text: str) -> int:
    day = text.count("+") - text.count("-")
    hours, minutes = text.strip("+-").split(":")
    return ((day + 20_000) * 1440 + int(hours) * 60 + int(minutes)) * 60_000
