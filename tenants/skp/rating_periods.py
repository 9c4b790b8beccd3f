"""The periods in which a region rates: calendar months or quarters. No Django."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from typing_extensions import override

from kernel.periods import Month

_QUARTER: Final = re.compile(r"\A(\d{4})-T([1-4])\Z", re.ASCII)
MONTHS_OF_A_QUARTER: Final = 3


@dataclass(frozen=True, slots=True, order=True)
class RatingPeriod:
    """A month (`length` 1) or a quarter (`length` 3) that begins with `first`."""

    first: Month
    length: int

    @classmethod
    def of(cls, day: date, length: int) -> RatingPeriod:
        """The period of this length in which the day lies."""
        return cls(Month(day.year, (day.month - 1) // length * length + 1), length)

    @classmethod
    def parse(cls, text: str) -> RatingPeriod:
        """Read `2026-10` or `2026-T4`. Raises ValueError for anything else."""
        match = _QUARTER.match(text)
        if match is None:
            return cls(Month.parse(text), 1)
        month = Month.parse(f"{match[1]}-{(int(match[2]) - 1) * MONTHS_OF_A_QUARTER + 1:02d}")
        return cls(month, MONTHS_OF_A_QUARTER)

    @property
    def months(self) -> tuple[Month, ...]:
        found = [self.first]
        while len(found) < self.length:
            found.append(found[-1].next)
        return tuple(found)

    @property
    def first_day(self) -> date:
        return self.first.first_day

    @property
    def end(self) -> date:
        """The first day behind it: periods are half-open."""
        return self.months[-1].end

    @property
    def last_day(self) -> date:
        return self.end - timedelta(days=1)

    @property
    def year(self) -> int:
        return self.first.year

    @property
    def quarter(self) -> int:
        """1 to 4."""
        return (self.first.number - 1) // MONTHS_OF_A_QUARTER + 1

    @property
    def next(self) -> RatingPeriod:
        return RatingPeriod(Month.of(self.end), self.length)

    @property
    def previous(self) -> RatingPeriod:
        return RatingPeriod.of(self.first_day - timedelta(days=1), self.length)

    @override
    def __str__(self) -> str:
        return str(self.first) if self.length == 1 else f"{self.year:04d}-T{self.quarter}"
