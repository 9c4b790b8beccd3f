"""How far what was realised reaches what was planned, in percent. No Django.

Each indicator counts at most 100 percent; a result (RHK) is the mean of its indicators, a person the mean of the
results. PermenPANRB 6/2022 leaves the scale of a realisation to the rating officer: these figures are shown, and the
officer's own figure counts for a result.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

FULL: Final = Decimal(100)


def indicator_percent(target: Decimal, realised: Decimal, *, less_is_better: bool) -> Decimal:
    """Percent of a period's target, 0 to 100, unrounded. With `less_is_better` (days, rupiah) staying at or under the
    target is 100. The target is above zero. Raises ValueError."""
    if target <= 0 or realised < 0:
        raise ValueError("a target above zero and a realisation not below it")
    if less_is_better:
        return FULL if realised <= target else target / realised * FULL
    return min(FULL, realised / target * FULL)


def mean_percent(parts: Sequence[Decimal | None]) -> Decimal | None:
    """The mean; None without parts, or when a part is not known."""
    if not parts or any(part is None for part in parts):
        return None
    known = [part for part in parts if part is not None]
    return sum(known, Decimal(0)) / len(known)
