"""Half-open periods of dates, and months."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from typing_extensions import override

# A date from outside lies between these, so that a month before or after it, and its instants in UTC, exist.
FIRST_DAY = date(1900, 1, 1)
LAST_DAY = date(2999, 12, 31)
_MONTH = re.compile(r"\A(\d{4})-(0[1-9]|1[0-2])\Z", re.ASCII)


def parse_day(text: str) -> date:
    """Read `2026-10-05`. Raises ValueError for anything else, and for a year before 1900 or after 2999."""
    day = date.fromisoformat(text)
    if not FIRST_DAY <= day <= LAST_DAY:
        raise ValueError(f"not a day that we count: {text!r}")
    return day


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A calendar month; the period for which TPP is computed."""

    year: int
    number: int

    @classmethod
    def parse(cls, text: str) -> Month:
        """Read `2026-10`. Raises ValueError for anything else, and for a year before 1900 or after 2999."""
        match = _MONTH.match(text)
        if match is None or not FIRST_DAY.year <= int(match[1]) <= LAST_DAY.year:
            raise ValueError(f"not a month: {text!r}")
        return cls(int(match[1]), int(match[2]))

    @classmethod
    def of(cls, day: date) -> Month:
        return cls(day.year, day.month)

    @property
    def first_day(self) -> date:
        return date(self.year, self.number, 1)

    @property
    def end(self) -> date:
        """The first day of the next month: periods are half-open."""
        return self.next.first_day

    @property
    def next(self) -> Month:
        return Month(self.year + self.number // 12, self.number % 12 + 1)

    @property
    def previous(self) -> Month:
        return Month.of(self.first_day - timedelta(days=1))

    def days(self) -> list[date]:
        return [self.first_day + timedelta(days=i) for i in range((self.end - self.first_day).days)]

    @override
    def __str__(self) -> str:
        return f"{self.year:04d}-{self.number:02d}"
