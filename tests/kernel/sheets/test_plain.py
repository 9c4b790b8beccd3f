"""A sheet that somebody prepared freely."""

from __future__ import annotations

from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest

from kernel.sheets.plain import read_rows
from kernel.sheets.reading import BookFault
from kernel.sheets.words import SheetRefused
from tests.sheets import xlsx

HEADINGS = {"nip": ("NIP", "Nomor Induk"), "amount": ("Jumlah",)}


def sheet(*rows: list[Any]) -> BytesIO:
    return BytesIO(xlsx(rows))


def test_the_headings_are_found_below_a_title_whatever_their_case() -> None:
    rows = read_rows(
        sheet(["Daftar gaji Oktober"], [], ["Nama", "nomor  induk", "JUMLAH"], ["Ani", "1", 4_000_000]),
        headings=HEADINGS,
    )
    assert [(row.number, dict(row.cells)) for row in rows] == [(4, {"nip": "1", "amount": "4000000"})]


def test_empty_rows_are_left_out_and_numbers_stay_those_of_the_sheet() -> None:
    rows = read_rows(sheet(["NIP", "Jumlah"], ["1", 1], [], ["2", 2.5]), headings=HEADINGS)
    assert [(row.number, row.cells["amount"]) for row in rows] == [(2, "1"), (4, "2.5")]


def test_a_number_is_what_the_spreadsheet_shows_and_not_its_binary_fraction() -> None:
    # Results of formulas: 0.1 + 0.2, and 3486580 * 1.05 * 100 / 100 as a spreadsheet keeps it.
    (row,) = read_rows(sheet(["NIP", "Jumlah"], [0.1 + 0.2, 3660909.0000000005]), headings=HEADINGS)
    assert row.figure("nip") == Decimal("0.3")
    assert row.rupiah("amount") == Decimal(3660909)
    assert row.cells["nip"] == "0.3"


def test_a_number_too_long_to_be_exact_is_marked() -> None:
    rows = read_rows(sheet(["NIP", "Jumlah"], [199009132025242014, 1], ["199009132025242014", 1]), headings=HEADINGS)
    assert [row.rounded for row in rows] == [frozenset({"nip"}), frozenset()]


@pytest.mark.parametrize(
    ("file", "fault"),
    [
        (BytesIO(b"bukan lembar kerja"), BookFault.UNREADABLE),
        (sheet(["NIP"], ["1"]), BookFault.COLUMN_MISSING),
        (sheet(["NIP", "Jumlah"]), BookFault.EMPTY),
    ],
)
def test_what_cannot_be_read_says_why(file: BytesIO, fault: BookFault) -> None:
    with pytest.raises(SheetRefused) as refused:
        read_rows(file, headings=HEADINGS)
    assert refused.value.error.fault == fault
    assert refused.value.message()
