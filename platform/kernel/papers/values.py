"""What stands in a cell of a paper, and how it is shown."""

from __future__ import annotations

from decimal import ROUND_DOWN, Decimal
from typing import Final, Literal

Value = Decimal | int | str | None
# How a value is shown: words, whole numbers, scores with at most two decimals, rupiah.
Form = Literal["text", "count", "figure", "money"]
_HUNDREDTH: Final = Decimal("0.01")


def cut(value: Decimal) -> Decimal:
    """A score as it is printed: two decimals, the rest cut off, so that 99.999 never shows as 100."""
    return value.quantize(_HUNDREDTH, ROUND_DOWN)
