"""The changing code of an office screen or of an assembly: made and judged without a network between the two.

A secret and the time give eight digits for each step of thirty seconds. Whoever shows them and whoever judges them need
the secret and a clock, nothing else. Eight digits and not six: an event can be made in any number without a network, so
nobody could count wrong guesses in time; one in thirty million hits needs no counting.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Final

STEP_S: Final = 30
DIGITS: Final = 8
# A code may be typed until the step behind its own ends.
VALID_S: Final = 2 * STEP_S
# By so much the clocks of the two devices may differ without anybody being doubted.
LEEWAY_S: Final = 5
# A code of another time is looked for so far around the moment: it tells a wrong clock from a made-up code.
AROUND_S: Final = 600


class Fit(StrEnum):
    """How a code goes with a moment."""

    NOW = "now"
    OTHER_TIME = "other_time"
    NEVER = "never"


def step_of(moment: datetime) -> int:
    """The number of the step that runs at the moment (aware), counted from 1970-01-01 UTC."""
    return int(moment.timestamp()) // STEP_S


def code_of(secret: bytes, step: int) -> str:
    """The eight digits of a step: the first 48 bits of HMAC-SHA256(secret, step as 8 bytes), modulo 10 to the 8th."""
    digest = hmac.digest(secret, step.to_bytes(8, "big"), "sha256")
    return str(int.from_bytes(digest[:6], "big") % 10**DIGITS).zfill(DIGITS)


def digits_of(typed: str) -> str:
    """What a person typed, without blanks and marks; "" when it is not a code."""
    digits = "".join(sign for sign in typed if sign.isascii() and sign.isdigit())
    return digits if len(digits) == DIGITS else ""


def fit_of(secrets: Iterable[bytes], code: str, moment: datetime) -> Fit:
    """How the code goes with the moment under any of these secrets (the present one and those it may still have)."""
    known = list(secrets)
    second = moment.timestamp()
    if _is_among(known, code, second - VALID_S - LEEWAY_S, second + LEEWAY_S):
        return Fit.NOW
    return Fit.OTHER_TIME if _is_among(known, code, second - AROUND_S, second + AROUND_S) else Fit.NEVER


def _is_among(secrets: list[bytes], code: str, after: float, until: float) -> bool:
    """Whether it is the code of a step that begins in the span (seconds; without its first, with its last)."""
    steps = range(int(after // STEP_S) + 1, int(until // STEP_S) + 1)
    return any(hmac.compare_digest(code, code_of(secret, step)) for secret in secrets for step in steps)
