"""Reading cells of a real XLSX, and the reason when one cannot be read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
import xlsxwriter

from kernel.sheets.reading import Book, BookError, BookFault, CellRefused, Fault, Row
from kernel.sheets.words import SheetRefused, sentence
from tests.kernel.files.inspection.documents import far_corner
from tests.sheets import xlsx


def book(rows: list[list[Any]], sheet: str = "Pegawai", first_row: int = 0) -> Book:
    target = BytesIO()
    with xlsxwriter.Workbook(target) as made:
        page = made.add_worksheet(sheet)
        day = made.add_format({"num_format": "dd-mm-yyyy"})
        for number, row in enumerate(rows, first_row):
            for place, value in enumerate(row):
                if isinstance(value, date):
                    page.write_datetime(number, place, value, day)
                else:
                    page.write(number, place, value)
    return Book(target.getvalue())


def row(value: Any) -> Row:
    return book([["Kolom", "Lain"], [value, "x"]]).rows("Pegawai", required=["Kolom"], optional=["Lain"])[0]


READERS: dict[str, Callable[[Row], Any]] = {
    "text": lambda r: r.text("Kolom", longest=10),
    "digits": lambda r: r.digits("Kolom"),
    "choice": lambda r: r.choice("Kolom", {"pns": "PNS", "p3k": "PPPK"}),
    "whole": lambda r: r.whole("Kolom", least=1, most=17),
    "decimal": lambda r: r.decimal("Kolom", least=Decimal(0), most=Decimal(200)),
    "date": lambda r: r.date("Kolom"),
}


@pytest.mark.parametrize(
    ("reader", "cell", "expected"),
    [
        ("text", "  Dinas   A ", "Dinas A"),
        ("text", 7, "7"),
        ("digits", "199009132025242014", "199009132025242014"),
        ("choice", " Pns", "PNS"),
        ("whole", 7, 7),
        ("whole", "17", 17),
        ("decimal", 97.5, Decimal("97.5")),
        ("decimal", "97,5 %", Decimal("97.5")),
        ("decimal", 0.1, Decimal("0.1")),
        ("decimal", 1.125, Decimal("1.125")),
        ("decimal", "1,125", Decimal("1.125")),
        ("date", date(2026, 1, 2), date(2026, 1, 2)),
        ("date", datetime(2026, 1, 2), date(2026, 1, 2)),  # noqa: DTZ001 (a cell has no zone)
        ("date", "2-1-2026", date(2026, 1, 2)),
        ("date", "02/01/2026", date(2026, 1, 2)),
        ("date", "2026-01-02", date(2026, 1, 2)),
    ],
)
def test_a_cell_is_read(reader: str, cell: Any, expected: Any) -> None:
    assert READERS[reader](row(cell)) == expected


@pytest.mark.parametrize(
    ("reader", "cell", "fault"),
    [
        ("text", "", Fault.REQUIRED),
        ("text", 1.01, Fault.NUMBER_NOT_TEXT),
        ("text", "lebih dari sepuluh", Fault.TOO_LONG),
        ("digits", 199009132025242014, Fault.NUMBER_NOT_TEXT),
        ("digits", 7, Fault.NUMBER_NOT_TEXT),
        ("choice", "honorer", Fault.NOT_A_CHOICE),
        ("whole", 7.5, Fault.NOT_WHOLE),
        ("whole", "tujuh", Fault.NOT_WHOLE),
        ("whole", True, Fault.NOT_WHOLE),
        ("whole", 18, Fault.OUT_OF_RANGE),
        ("decimal", "banyak", Fault.NOT_DECIMAL),
        ("decimal", "NaN", Fault.NOT_DECIMAL),
        ("decimal", "1.125", Fault.TWO_FIGURES),
        ("decimal", 201, Fault.OUT_OF_RANGE),
        ("date", "31-02-2026", Fault.NOT_A_DATE),
        ("date", 46000, Fault.NOT_A_DATE),
        ("date", "besok", Fault.NOT_A_DATE),
    ],
)
def test_a_cell_that_cannot_be_read_says_why(reader: str, cell: Any, fault: Fault) -> None:
    with pytest.raises(CellRefused) as refused:
        READERS[reader](row(cell))
    assert refused.value.error.fault == fault
    assert sentence(refused.value.error)


def test_titles_stand_in_any_order_and_case_and_empty_rows_are_passed_over() -> None:
    rows = book([["nama ", "catatan", "NIP *"], ["Ani", "", "1"], ["", "hanya catatan", ""], ["Budi", "", "2"]]).rows(
        "pegawai", required=["NIP", "Nama"]
    )
    assert [(r.number, r.text("Nama"), r.text("NIP")) for r in rows] == [(2, "Ani", "1"), (4, "Budi", "2")]


@pytest.mark.parametrize(
    ("rows", "sheet", "fault"),
    [
        ([["NIP"]], "Unit", BookFault.SHEET_MISSING),
        ([["Nama"]], "Pegawai", BookFault.COLUMN_MISSING),
        ([], "Pegawai", BookFault.COLUMN_MISSING),
        ([["NIP", "nip"]], "Pegawai", BookFault.COLUMN_TWICE),
    ],
)
def test_a_book_of_another_shape_is_refused(rows: list[list[Any]], sheet: str, fault: BookFault) -> None:
    with pytest.raises(BookError) as refused:
        book(rows).rows(sheet, required=["NIP"])
    assert refused.value.fault == fault
    assert SheetRefused(refused.value).message()


def test_what_is_no_workbook_is_refused() -> None:
    for content in (b"", b"%PDF-1.7", b"PK\x03\x04" + b"x" * 50):
        with pytest.raises(BookError) as refused:
            Book(content).lines()
        assert refused.value.fault == BookFault.UNREADABLE


def test_a_cell_in_the_far_corner_costs_the_sheet_and_not_the_process_that_reads_it() -> None:
    with pytest.raises(BookError) as refused:
        Book(far_corner()).lines()
    assert refused.value.fault == BookFault.TOO_COMPLEX
    assert "di luar tabel" in SheetRefused(refused.value).message()
    assert Book(xlsx([["NIP"], ["1"]])).lines() == [["NIP"], ["1"]]


def test_a_cell_that_stands_too_far_to_the_right_is_refused_in_words() -> None:
    with pytest.raises(BookError) as refused:
        Book(xlsx([[*[""] * 600, "x"]])).lines()
    assert refused.value.fault == BookFault.TOO_WIDE
    assert "500 kolom" in SheetRefused(refused.value).message()
