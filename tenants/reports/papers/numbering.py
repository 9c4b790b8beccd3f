"""Numbers of papers: gapless for each paper, OPD and year, in the region's own pattern."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from tenants.organisation.models import Unit
from tenants.reports.errors import SettingsRefused
from tenants.reports.models import PaperCounter

_PLACE: Final = re.compile(r"\{([^{}]*)\}")
_KNOWN: Final = frozenset({"nomor", "dokumen", "opd", "bulan", "tahun"})
_MONTHS: Final = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
_DIGITS: Final = 3


def checked_pattern(text: str) -> str:
    """The pattern, trimmed; "" stands for none. Raises SettingsRefused."""
    pattern = " ".join(text.split())
    if not pattern:
        return ""
    places = set(_PLACE.findall(pattern))
    if not places <= _KNOWN or re.search(r"[{}]", _PLACE.sub("", pattern)):
        raise SettingsRefused("pattern_unknown")
    if "nomor" not in places:
        raise SettingsRefused("pattern_without_number")
    return pattern


def number_text(pattern: str, sequence: int, *, paper: str, opd: str, dated: date) -> str:
    """`900/{nomor}/{opd}/{bulan}/{tahun}` filled: the number with three digits, the month of the paper in Roman."""
    values = {
        "nomor": f"{sequence:0{_DIGITS}d}",
        "dokumen": paper,
        "opd": opd,
        "bulan": _MONTHS[dated.month - 1],
        "tahun": str(dated.year),
    }
    return _PLACE.sub(lambda place: values[place[1]], pattern)


def next_sequence(opd: Unit, paper: str, year: int) -> int:
    """The next number, taken under the counter's lock: given back when the transaction fails, so that none is lost.

    Call it inside the transaction that writes the paper.
    """
    PaperCounter.objects.bulk_create([PaperCounter(opd=opd, paper=paper, year=year)], ignore_conflicts=True)
    counter = PaperCounter.objects.select_for_update().get(opd=opd, paper=paper, year=year)
    counter.last += 1
    counter.save(update_fields=["last"])
    return counter.last
