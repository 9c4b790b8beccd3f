"""How unusual a person's month looks: signals counted over many people, and a score that ranks whom to look at.

A signal is a reason to look, never a verdict. Source: peers note, section 3 rank 16 and section 5, complaint 15.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Final


@dataclass(frozen=True, slots=True)
class Signals:
    """What was counted for one person in one month."""

    # Approved activities, and those of them that were remarked upon when they were handed in.
    activities: int = 0
    remarked: int = 0
    # Approved minutes above ten hours in one day, in days.
    overfull_days: int = 0
    # Days with approved work but without any presence that counts.
    work_while_absent: int = 0
    # Evidence files that somebody else's activity shows too.
    shared_files: int = 0
    # Punches under review.
    doubtful_punches: int = 0
    # Attendance documents that were recorded after the month's end.
    late_documents: int = 0


WEIGHTS: Final[Mapping[str, Decimal]] = {
    "remarked": Decimal(2),
    "overfull_days": Decimal(3),
    "work_while_absent": Decimal(6),
    "shared_files": Decimal(5),
    "doubtful_punches": Decimal(2),
    "late_documents": Decimal(4),
}
# One signal that repeats must not drown the others.
MOST_PER_SIGNAL: Final = Decimal(30)


def score(signals: Signals) -> Decimal:
    """The sum of the weighted signals, each at most `MOST_PER_SIGNAL`; zero for an ordinary month."""
    return sum((points for _, _, points in reasons(signals)), Decimal(0))


def reasons(signals: Signals) -> list[tuple[str, int, Decimal]]:
    """(signal, count, points) for each signal that was seen, the heaviest first."""
    found = []
    for entry in fields(signals):
        count = getattr(signals, entry.name)
        weight = WEIGHTS.get(entry.name)
        if weight is not None and count:
            found.append((entry.name, count, min(weight * count, MOST_PER_SIGNAL)))
    return sorted(found, key=lambda reason: (-reason[2], reason[0]))
