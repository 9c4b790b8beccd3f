"""Coordinates as people write and paste them."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

from kernel.figures import NotAFigure

MOST_LATITUDE: Final = 90
MOST_LONGITUDE: Final = 180
_DEGREES: Final = re.compile(r"[+-]?[0-9]{1,3}([.,][0-9]{1,15})?")
# Between the two figures of a pair: a semicolon, blanks, or a comma with a blank behind it.
_PARTED: Final = re.compile(r"\s*;\s*|,\s+|\s+")


def read_degrees(text: str, most: int) -> Decimal:
    """Decimal degrees, `1.474830` or `1,474830`, south and west negative. Raises NotAFigure, also beyond `most`."""
    plain = text.strip().replace("−", "-").rstrip("°")
    if not _DEGREES.fullmatch(plain):
        raise NotAFigure(text)
    degrees = Decimal(plain.replace(",", "."))
    if abs(degrees) > most:
        raise NotAFigure(text)
    return degrees


def read_pair(text: str) -> tuple[Decimal, Decimal]:
    """Latitude and longitude as maps give them to be pasted: `1.474830, 124.842079`. Raises NotAFigure."""
    plain = text.strip().strip("()[]").strip()
    parts = [part for part in _PARTED.split(plain) if part]
    if len(parts) == 1 and plain.count(",") == 1:
        parts = plain.split(",")
    if len(parts) != 2:
        raise NotAFigure(text)
    return read_degrees(parts[0], MOST_LATITUDE), read_degrees(parts[1], MOST_LONGITUDE)


def read_corners(text: str) -> tuple[tuple[Decimal, Decimal], ...]:
    """One pair a line. Raises NotAFigure with the line that is none."""
    return tuple(read_pair(line) for line in text.splitlines() if line.strip())
