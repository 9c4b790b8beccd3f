"""The national calendar as the `holidays` package has it: a draft to compare with the decree, never the decree."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

import holidays

# The package's categories and what the decree calls them.
_CATEGORIES: Final = (("public", "nasional"), ("government", "cuti_bersama"))


@dataclass(frozen=True, slots=True)
class NationalHoliday:
    """`kind` is nasional or cuti_bersama; a name ending in "(perkiraan)" is an astronomical estimate."""

    date: date
    name: str
    kind: str


def national_holidays(year: int) -> list[NationalHoliday]:
    """Holidays and joint leave days of the year, in order. Joint leave of a year not yet decreed is missing."""
    found = [
        NationalHoliday(day, name, kind)
        for category, kind in _CATEGORIES
        for day, name in holidays.country_holidays("ID", years=year, language="id", categories=(category,)).items()
    ]
    return sorted(found, key=lambda holiday: (holiday.date, holiday.kind))
