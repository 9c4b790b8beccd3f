"""Reading a filled sheet: every row is checked, and what is wrong is said beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext as _

from kernel.sheets.jobs import Wrong, figure_of
from kernel.sheets.plain import SheetRow
from tenants.employees.in_sheets import named_in
from tenants.fallback.columns import EVENT, FIGURES, SALARY
from tenants.tpp.salary_import import PTKP

MOST_DAYS: Final = 31
_MOST: Final = Decimal(10) ** 12
_PREDIKAT: Final = {
    "sangat baik": "sangat_baik",
    "baik": "baik",
    "butuh perbaikan": "butuh_perbaikan",
    # The old name of the same.
    "cukup": "butuh_perbaikan",
    "kurang": "kurang",
    "sangat kurang": "sangat_kurang",
}


@dataclass(frozen=True, slots=True)
class ReadRow:
    """One person's month as read."""

    employee_id: int
    nip: str
    working_days: int
    counts: Mapping[str, int] = field(default_factory=dict)
    figures: Mapping[str, Any] = field(default_factory=dict)


def read_row(row: SheetRow, people: Mapping[str, int], taken: Mapping[int, ReadRow]) -> ReadRow:
    """The row as facts. `people` are those of the OPD by NIP, `taken` the rows before. Raises Wrong."""
    employee = named_in(row, people, nobody=_("Tidak ada pegawai OPD ini dengan NIP tersebut pada bulan itu."))
    if employee in taken:
        raise Wrong("nip", _("NIP ini sudah ada di baris lain."))
    working_days = _count(row, "working_days", MOST_DAYS)
    if not working_days:
        raise Wrong("working_days", _("Isi jumlah hari kerja bulan ini, paling sedikit 1."))
    events = {
        column.removeprefix(EVENT): _count(row, column, 3 * MOST_DAYS)
        for column in row.cells
        if column.startswith(EVENT) and row.cells[column]
    }
    figures: dict[str, Any] = {name: _figure(row, name) for name, _title, _kind in (*FIGURES, *SALARY)}
    minutes = figures["minutes"]
    if minutes is not None:
        if minutes % 1:
            raise Wrong("minutes", _("Isi menit sebagai bilangan bulat."))
        figures["minutes"] = int(minutes)
    figures["predikat"] = _predikat(row)
    figures["ptkp"] = _ptkp(row)
    counts = {code: count for code, count in events.items() if count}
    return ReadRow(employee, row.cells["nip"], working_days, counts, figures)


def _count(row: SheetRow, column: str, most: int) -> int:
    found = _figure(row, column)
    if found is None:
        return 0
    if found % 1 or found > most:
        raise Wrong(column, _("Isi bilangan bulat 0 sampai %(most)d.") % {"most": most})
    return int(found)


def _figure(row: SheetRow, column: str) -> Decimal | None:
    if not row.cells.get(column):
        return None
    found = figure_of(row, column)
    if not 0 <= found < _MOST:
        raise Wrong(column, _("Angka ini tidak mungkin: isi nol atau lebih."))
    return found


def _predikat(row: SheetRow) -> str:
    text = " ".join(row.cells.get("predikat", "").casefold().replace("_", " ").split())
    if text and text not in _PREDIKAT:
        raise Wrong("predikat", _("Isi Sangat Baik, Baik, Butuh Perbaikan, Kurang, atau Sangat Kurang."))
    return _PREDIKAT.get(text, "")


def _ptkp(row: SheetRow) -> str:
    text = row.cells.get("ptkp", "").upper().replace(" ", "")
    if text and text not in PTKP:
        raise Wrong("ptkp", _("Isi TK/0 sampai TK/3 atau K/0 sampai K/3."))
    return text
