"""What is odd about a punch, from facts alone. Pure: no database, no clock. Worked examples: docs/algorithms/places.md.

A signal is a reason to look, never a proof: each has an innocent explanation, so each only weighs something, the region
says how much, and a person decides.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from tenants.places.judging import Point, distance_m

# What each weighs where the region says nothing else, of 100.
SIGNALS: Final[Mapping[str, int]] = {
    "graded": 20,
    "repeated_place": 30,
    "few_decimals": 30,
    "impossible_speed": 60,
    "perfect_accuracy": 15,
    "crowd": 20,
    "selfie_repeated": 50,
    "selfie_missing": 10,
}
# The sum from which a punch is looked at that was taken without a doubt.
QUEUE_FROM: Final = "queue_from"
USUAL_QUEUE_FROM: Final = 40

# A receiver's noise moves the seventh decimal: the very same place on so many other days was not measured.
REPEATED_DAYS: Final = 3
REPEATED_WITHIN: Final = timedelta(days=14)
# A position of a network, not of a satellite, is the same for a whole building.
FINE_M: Final = 100
MEASURED_DECIMALS: Final = 4
PERFECT_M: Final = 1
CROWD: Final = 5
# Faster than a plane; or faster than any car where there was no time for a plane.
PLANE_M_PER_S: Final = 250
CAR_M_PER_S: Final = 45
NO_FLIGHT: Final = timedelta(minutes=30)
FAR_M: Final = 2_000


@dataclass(frozen=True, slots=True)
class Seen:
    """A punch as far as it is scored. Places to seven decimals; `reasons` are those for which it is looked at."""

    id: UUID
    employee_id: int
    at: datetime
    latitude: Decimal | None
    longitude: Decimal | None
    accuracy_m: int | None
    source: str
    reasons: tuple[str, ...] = ()

    @property
    def point(self) -> Point | None:
        if self.latitude is None or self.longitude is None:
            return None
        return Point.of(self.latitude, self.longitude)

    @property
    def is_fine(self) -> bool:
        """Whether the position says a place and not a quarter of the town."""
        return self.point is not None and (self.accuracy_m is None or self.accuracy_m <= FINE_M)


@dataclass(frozen=True, slots=True)
class Finding:
    """One signal with what it was found by, as plain values that are kept."""

    code: str
    evidence: Mapping[str, Any] = field(default_factory=dict)


def findings_of(punch: Seen, earlier: Sequence[Seen], crowd: int = 0) -> list[Finding]:
    """The signals of a punch. `earlier` are its person's punches of the weeks before, in any order; `crowd` is how many
    people stood on exactly its coordinates that day, itself among them.
    """
    found = [Finding("graded", {"reasons": list(punch.reasons)})] if punch.reasons else []
    # A tablet on a wall and a machine stand where they stand.
    if punch.source != "phone" or punch.point is None:
        return found
    behind = [other for other in earlier if other.at < punch.at and other.source == "phone" and other.point is not None]
    if (days := _repeated_days(punch, behind)) >= REPEATED_DAYS:
        found.append(Finding("repeated_place", {"days": days, **_place(punch)}))
    if _decimals(punch.latitude) <= MEASURED_DECIMALS and _decimals(punch.longitude) <= MEASURED_DECIMALS:
        found.append(Finding("few_decimals", _place(punch)))
    if (leap := _leap(punch, behind)) is not None:
        found.append(leap)
    if punch.accuracy_m is not None and punch.accuracy_m <= PERFECT_M:
        found.append(Finding("perfect_accuracy", {"accuracy_m": punch.accuracy_m}))
    if crowd >= CROWD and punch.is_fine:
        found.append(Finding("crowd", {"people": crowd, **_place(punch)}))
    return found


def _repeated_days(punch: Seen, behind: Sequence[Seen]) -> int:
    if not punch.is_fine:
        return 0
    same = {
        other.at.date()
        for other in behind
        if (other.latitude, other.longitude) == (punch.latitude, punch.longitude)
        and punch.at - other.at <= REPEATED_WITHIN
    }
    return len(same - {punch.at.date()})


def _leap(punch: Seen, behind: Sequence[Seen]) -> Finding | None:
    """The way from the punch before that nobody can have made in the time."""
    before = max(behind, key=lambda other: other.at, default=None)
    if before is None or before.point is None or punch.point is None:
        return None
    metres = distance_m(before.point, punch.point) - (before.accuracy_m or 0) - (punch.accuracy_m or 0)
    took = punch.at - before.at
    seconds = max(took.total_seconds(), 1)
    fastest = CAR_M_PER_S if took < NO_FLIGHT else PLANE_M_PER_S
    if metres < FAR_M or metres / seconds <= fastest:
        return None
    return Finding("impossible_speed", {"metres": int(metres), "seconds": int(seconds), "other": str(before.id)})


def is_beyond_planes(finding: Finding) -> bool:
    """Whether it is a way that no plane makes either: not only odd for a day's work, but two places at once."""
    if finding.code != "impossible_speed":
        return False
    return bool(finding.evidence["metres"] > PLANE_M_PER_S * finding.evidence["seconds"])


def _decimals(degrees: Decimal | None) -> int:
    """How many decimals it has that are not closing noughts."""
    if degrees is None:
        return 0
    exponent = degrees.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _place(punch: Seen) -> dict[str, str]:
    return {"latitude": str(punch.latitude), "longitude": str(punch.longitude)}
