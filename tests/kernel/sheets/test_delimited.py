"""CSV as people save it, and CSV that nothing can run."""

from decimal import Decimal
from io import BytesIO

import pytest

from kernel.files.inspection.limits import MAX_COLUMNS, MAX_ROWS
from kernel.sheets.delimited import lines_of, written
from kernel.sheets.plain import read_rows
from kernel.sheets.reading import BookError, BookFault
from kernel.sheets.words import SheetRefused


@pytest.mark.parametrize(
    "content",
    [
        b"NIP;Nama\n199001012015011001;Siti\n",
        b"\xef\xbb\xbfNIP,Nama\r\n199001012015011001,Siti\r\n",
        b'NIP\tNama\n"199001012015011001"\tSiti',
    ],
)
def test_any_parting_mark_gives_the_same_cells(content: bytes) -> None:
    assert lines_of(content) == [["NIP", "Nama"], ["199001012015011001", "Siti"]]


def test_an_old_spreadsheet_programs_letters_are_read() -> None:
    assert lines_of("Nama;Kota\nRené;Buru".encode("cp1252"))[1][0] == "René"


def test_short_lines_are_filled() -> None:
    assert lines_of(b"a;b;c\n1\n") == [["a", "b", "c"], ["1", "", ""]]


def test_what_is_no_text_or_too_long_is_refused() -> None:
    with pytest.raises(BookError) as refused:
        lines_of(b"a;b\0")
    assert refused.value.fault == BookFault.UNREADABLE
    with pytest.raises(BookError) as refused:
        lines_of(b"a\n" * (MAX_ROWS + 2))
    assert refused.value.fault == BookFault.TOO_LARGE


def test_one_long_line_that_would_make_all_others_as_long_is_refused() -> None:
    assert len(lines_of(b";" * (MAX_COLUMNS - 1))[0]) == MAX_COLUMNS
    with pytest.raises(BookError) as refused:
        lines_of(b";" * 1_000_000 + b"\n" + b"a\n" * 19_000)
    assert refused.value.fault == BookFault.TOO_WIDE


@pytest.mark.parametrize("text", ["=1+1", "+62811", "-5", "@SUM(A1)", "\t=1", '=HYPERLINK("http://a","b")'])
def test_no_cell_that_is_written_can_be_run_and_it_reads_back(text: str) -> None:
    content = b"".join(written([["Nama", "Jumlah"], [text, Decimal("1500000.00")]]))
    line = content.decode("utf-8-sig").splitlines()[1]
    assert line.lstrip('"').startswith("'")
    assert line.endswith(";1500000")
    assert lines_of(content)[1] == [text, "1500000"]


def test_rows_of_a_csv_are_found_by_their_titles() -> None:
    content = BytesIO(b"Daftar;\nNomor rekening;NIP\n0012345678;199001012015011001\n")
    rows = read_rows(content, headings={"nip": ["NIP"], "number": ["Nomor rekening"]}, takes_csv=True)
    assert [(row.number, row.cells["number"]) for row in rows] == [(3, "0012345678")]
    content.seek(0)
    with pytest.raises(SheetRefused):
        read_rows(content, headings={"nip": ["NIP"]})
