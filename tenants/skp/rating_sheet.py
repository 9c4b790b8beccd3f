"""One row of a sheet of ratings: what it says, and what is wrong with it. No Django.

Headings are those of our own sheet, of the national application's recaps (Rating Hasil Kerja, Rating Perilaku Kerja,
Predikat Kinerja) and the field names of SIASN (nipBaru, hasilKinerja, perilakuKerja, kuadranKinerja, tahun,
bulanMulaiPenilaian, bulanSelesaiPenilaian). SIASN's coded columns (kuadranKinerjaNilai and the like) are not read: what
the codes mean is not published.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from kernel.figures import NotAFigure, TwoFigures
from kernel.sheets.plain import SheetRow
from tenants.employees.nip import InvalidNip, only_digits
from tenants.rules.engine.predikat import Expectation, predikat
from tenants.skp.rating_periods import RatingPeriod

# Shown heading first.
HEADINGS: Final[Mapping[str, tuple[str, ...]]] = {
    "nip": ("NIP", "NIP Baru", "nipBaru", "NIP Pegawai", "NIP/NI PPPK"),
    "predikat": ("Predikat", "Predikat Kinerja", "Predikat Kinerja Pegawai", "Kuadran Kinerja", "kuadranKinerja"),
    "result": ("Hasil Kerja", "Rating Hasil Kerja", "Hasil Kinerja", "hasilKinerja"),
    "behaviour": ("Perilaku Kerja", "Rating Perilaku Kerja", "Rating Perilaku"),
    "skp_percent": ("Capaian SKP (%)", "SKP", "Nilai SKP", "Capaian SKP"),
    "behaviour_sum": ("Jumlah Perilaku", "Perilaku", "Nilai Perilaku"),
    "year": ("Tahun",),
    "from_month": ("Bulan Mulai", "bulanMulaiPenilaian", "Bulan Mulai Penilaian"),
    "to_month": ("Bulan Selesai", "bulanSelesaiPenilaian", "Bulan Selesai Penilaian"),
}
# The columns of our own empty sheet.
OWN_COLUMNS: Final = ("nip", "predikat", "skp_percent", "behaviour_sum")
REQUIRED: Final = ("nip",)
# "Cukup" is the older name of Butuh Perbaikan (PermenPANRB 6/2022 replaces it).
PREDIKAT: Final[Mapping[str, str]] = {
    "sangat baik": "sangat_baik",
    "baik": "baik",
    "butuh perbaikan": "butuh_perbaikan",
    "cukup": "butuh_perbaikan",
    "butuh perbaikan (cukup)": "butuh_perbaikan",
    "cukup/butuh perbaikan": "butuh_perbaikan",
    "kurang": "kurang",
    "kurang (misconduct)": "kurang",
    "kurang/misconduct": "kurang",
    "misconduct": "kurang",
    "sangat kurang": "sangat_kurang",
}
EXPECTATIONS: Final[Mapping[str, Expectation]] = {
    "di atas ekspektasi": "di_atas",
    "diatas ekspektasi": "di_atas",
    "sesuai ekspektasi": "sesuai",
    "di bawah ekspektasi": "di_bawah",
    "dibawah ekspektasi": "di_bawah",
}
_MONTH_NAMES: Final = (
    "januari",
    "februari",
    "maret",
    "april",
    "mei",
    "juni",
    "juli",
    "agustus",
    "september",
    "oktober",
    "november",
    "desember",
)
BEHAVIOUR_MOST: Final = 700
SKP_PLACES: Final = 6
# A cell that the spreadsheet shows as 95,5% holds 0.955, and the file does not say to us how it is shown.
_MOST_AS_SHARE: Final = 2


@dataclass(frozen=True, slots=True)
class Rating:
    """A person's rating: percent unrounded, sum of the seven behaviour scores; None where the sheet is silent."""

    nip: str
    predikat: str
    skp_percent: Decimal | None
    behaviour_sum: int | None


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one cell: `column` is a key of HEADINGS, `reason` is stable."""

    column: str
    value: str
    reason: str


class UnreadableRating(ValueError):
    """The row cannot be taken; it has at least one fault."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = faults
        super().__init__(", ".join(fault.reason for fault in faults))


def read_rating(row: SheetRow, *, period: RatingPeriod) -> Rating:
    """The rating that this row gives for the period.

    Where the sheet says result and behaviour, the matrix of PermenPANRB 6/2022 gives the predikat; a predikat beside
    them that differs is a fault. So is a row of another period. Raises UnreadableRating.
    """
    faults: list[Fault] = []
    cells = row.cells
    nip = _nip(cells, row.rounded, faults)
    found = _predikat(cells, faults)
    skp_percent = _number(row, "skp_percent", faults)
    if skp_percent is not None and not (0 <= skp_percent < 10**SKP_PLACES):
        faults.append(Fault("skp_percent", cells["skp_percent"], "skp_range"))
    if skp_percent is not None and "skp_percent" in row.numbers and 0 < skp_percent <= _MOST_AS_SHARE:
        faults.append(Fault("skp_percent", cells["skp_percent"], "number"))
    behaviour = _number(row, "behaviour_sum", faults)
    if behaviour is not None and (behaviour != behaviour.to_integral_value() or not 0 <= behaviour <= BEHAVIOUR_MOST):
        faults.append(Fault("behaviour_sum", cells["behaviour_sum"], "behaviour_range"))
    _check_period(cells, period, faults)
    if not faults and not found and skp_percent is None and behaviour is None:
        faults.append(Fault("predikat", "", "nothing"))
    if faults:
        raise UnreadableRating(faults)
    return Rating(nip, found, skp_percent, None if behaviour is None else int(behaviour))


def _nip(cells: Mapping[str, str], rounded: frozenset[str], faults: list[Fault]) -> str:
    text = cells.get("nip", "")
    if "nip" in rounded:
        faults.append(Fault("nip", text, "nip_number"))
        return ""
    # Only the form: a contract worker's 18 digits are the region's own, and who is not known is refused by that.
    try:
        return only_digits(text)
    except InvalidNip:
        faults.append(Fault("nip", text, "nip_form"))
        return ""


def _predikat(cells: Mapping[str, str], faults: list[Fault]) -> str:
    text = cells.get("predikat", "")
    said = PREDIKAT.get(_plain(text), "")
    if text and not said:
        faults.append(Fault("predikat", text, "predikat"))
    levels: dict[str, Expectation] = {}
    for column in ("result", "behaviour"):
        words = cells.get(column, "")
        level = EXPECTATIONS.get(_plain(words))
        if level is not None:
            levels[column] = level
        elif words:
            faults.append(Fault(column, words, "expectation"))
    if len(levels) < 2 or faults:
        return said
    by_matrix = predikat(levels["result"], levels["behaviour"])
    if said and said != by_matrix:
        faults.append(Fault("predikat", text, "matrix"))
    return by_matrix


def _check_period(cells: Mapping[str, str], period: RatingPeriod, faults: list[Fault]) -> None:
    year = cells.get("year", "")
    if year and year != str(period.year):
        faults.append(Fault("year", year, "other_period"))
    for column, expected in (("from_month", period.first.number), ("to_month", period.months[-1].number)):
        text = cells.get(column, "")
        if text and _month_number(text) != expected:
            faults.append(Fault(column, text, "other_period"))


def _month_number(text: str) -> int | None:
    word = text.casefold().strip()
    if word in _MONTH_NAMES:
        return _MONTH_NAMES.index(word) + 1
    return int(word) if word.isascii() and word.isdigit() and len(word) <= 2 else None


def _plain(text: str) -> str:
    return " ".join(text.casefold().replace("_", " ").split())


def _number(row: SheetRow, column: str, faults: list[Fault]) -> Decimal | None:
    if not row.cells.get(column):
        return None
    try:
        return row.figure(column)
    except TwoFigures:
        faults.append(Fault(column, row.cells[column], "two_figures"))
    except NotAFigure:
        faults.append(Fault(column, row.cells[column], "number"))
    return None
