"""The changing code: made on one device, judged on another."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tenants.kiosks.codes import Fit, code_of, digits_of, fit_of, step_of

SECRET = bytes(range(32))
# A step begins at the full minute and at its half.
SHOWN_FROM = datetime(2026, 11, 23, 7, 25, 0, tzinfo=UTC)


def shown(at: datetime = SHOWN_FROM) -> str:
    return code_of(SECRET, step_of(at))


def test_a_step_lasts_thirty_seconds_and_its_code_is_eight_digits() -> None:
    assert step_of(SHOWN_FROM) == step_of(SHOWN_FROM + timedelta(seconds=29.9))
    assert step_of(SHOWN_FROM + timedelta(seconds=30)) == step_of(SHOWN_FROM) + 1
    # The same secret and step give the same digits on every device (tests/tenants/kiosks/test_scripts.py).
    assert (code_of(SECRET, 0), code_of(SECRET, 59_833_730)) == ("41220503", "34000518")


@pytest.mark.parametrize("seconds", [-4, 0, 29, 31, 59, 64])
def test_a_code_counts_through_two_steps_and_a_little_difference_of_clocks(seconds: float) -> None:
    assert fit_of([SECRET], shown(), SHOWN_FROM + timedelta(seconds=seconds)) is Fit.NOW


@pytest.mark.parametrize("seconds", [-570, -6, 66, 599])
def test_a_code_of_another_time_is_told_from_a_made_up_one(seconds: float) -> None:
    assert fit_of([SECRET], shown(), SHOWN_FROM + timedelta(seconds=seconds)) is Fit.OTHER_TIME


def test_a_code_of_another_secret_or_hour_is_none() -> None:
    assert fit_of([bytes(32)], shown(), SHOWN_FROM) is Fit.NEVER
    assert fit_of([SECRET], shown(), SHOWN_FROM + timedelta(hours=1)) is Fit.NEVER


def test_the_secret_before_a_change_of_key_still_counts() -> None:
    assert fit_of([bytes(32), SECRET], shown(), SHOWN_FROM) is Fit.NOW


@pytest.mark.parametrize(
    ("typed", "digits"),
    [("1234 5678", "12345678"), (" 1234-5678 ", "12345678"), ("1234567", ""), ("123456789", ""), ("", "")],
)
def test_what_a_person_types_is_read_without_its_blanks(typed: str, digits: str) -> None:
    assert digits_of(typed) == digits
