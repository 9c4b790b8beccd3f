"""Files that wait in the regions: how many, how long, and who must act. Their names and contents stay the regions'."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from control.console.models import RegionFigures
from control.incidents.clocks import span_words
from control.regions.models import Region

# The scan lane takes seconds and the sweep comes every two minutes: what waits longer than this waits for somebody.
STUCK: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Waiting:
    """Files of one region in one state: how many, and how long the first of them has waited."""

    count: int
    longest: timedelta

    @property
    def words(self) -> str:
        """How long the first one has waited."""
        return span_words(self.longest)


@dataclass(frozen=True, slots=True)
class Line:
    """One region with files that wait, as they were counted at `taken_at`."""

    region: Region
    scan: Waiting
    review: Waiting
    taken_at: datetime

    @property
    def is_stuck(self) -> bool:
        """Whether the scan lane does not get to its files: an operator must act."""
        return bool(self.scan.count) and self.scan.longest >= STUCK


def waiting_regions() -> list[Line]:
    """The regions with files that wait, those that wait for an operator first, then by the longest wait."""
    taken = RegionFigures.objects.select_related("region").exclude(region__status=Region.Status.CLOSED)
    found = [line for line in map(_line, taken) if line.scan.count or line.review.count]
    found.sort(key=lambda line: (not line.is_stuck, -max(line.scan.longest, line.review.longest), line.region.code))
    return found


def _line(row: RegionFigures) -> Line:
    return Line(row.region, _waiting(row, "scan_waiting"), _waiting(row, "files_for_review"), row.taken_at)


def _waiting(row: RegionFigures, code: str) -> Waiting:
    return Waiting(row.figures.get(code, 0), timedelta(minutes=row.figures.get(f"{code}_minutes", 0)))
