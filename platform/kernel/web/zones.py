"""The three Indonesian time zones and the labels that people write behind a time."""

from __future__ import annotations

from typing import Final

OPERATORS: Final = "Asia/Jakarta"
"""The zone of the operators' own pages."""

LABELS: Final = {
    "Asia/Jakarta": "WIB",
    "Asia/Pontianak": "WIB",
    "Asia/Makassar": "WITA",
    "Asia/Ujung_Pandang": "WITA",
    "Asia/Jayapura": "WIT",
}


def label(zone_name: str) -> str:
    """WIB, WITA or WIT for an IANA zone name; any other zone is shown by its own name."""
    return LABELS.get(zone_name, zone_name)
