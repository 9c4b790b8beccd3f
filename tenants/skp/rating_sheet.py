"""One row of a sheet of ratings: what it says, and what is wrong with it. No Django."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Final

# Shown heading first; the national application and older systems write some of them otherwise.
HEADINGS: Final[Mapping[str, tuple[str, ...]]] = {
    "nip": ("NIP",),
    "predikat": ("Predikat", "Predikat Kinerja"),
    "skp_percent": ("Capaian SKP (%)", "SKP", "Nilai SKP", "Capaian SKP"),
    "behaviour_sum": ("Jumlah Perilaku", "Perilaku", "Nilai Perilaku"),
}
REQUIRED: Final = ("nip",)
# "Cukup" is the older name of Butuh Perbaikan (domain note 1.3).
PREDIKAT: Final[Mapping[str, str]] = {
    "sangat baik": "sangat_baik",
    "baik": "baik",
    "butuh perbaikan": "butuh_perbaikan",
    "cukup": "butuh_perbaikan",
    "kurang": "kurang",
    "sangat kurang": "sangat_kurang",
}
BEHAVIOUR_MOST: Final = 700
SKP_PLACES: Final = 6


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


def read_rating(cells: Mapping[str, str], *, rounded: frozenset[str]) -> Rating:
    """The rating that these cells give. `rounded`: columns whose number cell lost digits. Raises UnreadableRating."""
    faults: list[Fault] = []
    nip = cells.get("nip", "").replace(" ", "").replace(".", "").replace("-", "")
    if "nip" in rounded:
        faults.append(Fault("nip", cells["nip"], "nip_number"))
    elif len(nip) != 18 or not (nip.isascii() and nip.isdigit()):
        faults.append(Fault("nip", cells.get("nip", ""), "nip_form"))
    predikat_text = cells.get("predikat", "")
    predikat = PREDIKAT.get(predikat_text.casefold().replace("_", " "), "")
    if predikat_text and not predikat:
        faults.append(Fault("predikat", predikat_text, "predikat"))
    skp_percent = _number(cells.get("skp_percent", ""))
    if skp_percent is None and cells.get("skp_percent"):
        faults.append(Fault("skp_percent", cells["skp_percent"], "number"))
    elif skp_percent is not None and not (0 <= skp_percent < 10**SKP_PLACES):
        faults.append(Fault("skp_percent", cells["skp_percent"], "skp_range"))
    behaviour = _number(cells.get("behaviour_sum", ""))
    if behaviour is None and cells.get("behaviour_sum"):
        faults.append(Fault("behaviour_sum", cells["behaviour_sum"], "number"))
    elif behaviour is not None and (behaviour != behaviour.to_integral_value() or not 0 <= behaviour <= BEHAVIOUR_MOST):
        faults.append(Fault("behaviour_sum", cells["behaviour_sum"], "behaviour_range"))
    if not faults and not predikat and skp_percent is None and behaviour is None:
        faults.append(Fault("predikat", "", "nothing"))
    if faults:
        raise UnreadableRating(faults)
    return Rating(nip, predikat, skp_percent, None if behaviour is None else int(behaviour))


def _number(text: str) -> Decimal | None:
    """A figure with a decimal comma or point and perhaps a percent sign; None for anything else."""
    try:
        number = Decimal(text.strip().removesuffix("%").strip().replace(",", "."))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
