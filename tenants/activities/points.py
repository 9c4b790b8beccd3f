"""What an activity counts: points of the catalogue times weight times volume, in percent when it came late.

Points are rounded half up to hundredths, minutes half up to whole ones, once, at the end. The same is said in SQL where
many are approved at once (`handlers`).
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Final

CENT: Final = Decimal("0.01")


def counted_points(points: Decimal, weight: Decimal, volume: int, percent: Decimal) -> Decimal:
    """Points of `volume` units of output, to hundredths. `percent` is 0..100."""
    return (points * weight * volume * percent / 100).quantize(CENT, ROUND_HALF_UP)


def counted_minutes(minutes: int, percent: Decimal) -> int:
    """Minutes that count, whole. `percent` is 0..100."""
    return int((minutes * percent / 100).quantize(Decimal(1), ROUND_HALF_UP))
