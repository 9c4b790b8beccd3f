"""Sheets as the child reads them: bombs are told before they are opened, and every kind of cell comes across."""

from __future__ import annotations

import zipfile
from datetime import date, datetime, time, timedelta
from io import BytesIO

import pytest

from kernel.files.inspection import sheets
from kernel.files.inspection.sheets import NotRead
from tests.sheets import xlsx


def test_a_packed_bomb_is_refused_before_it_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "MAX_UNPACKED_BYTES", 1000)
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * 1001)
    with pytest.raises(NotRead) as refused:
        sheets.names_of(target.getvalue())
    assert refused.value.fault == "too_large"


def test_a_sheet_is_found_by_its_name_and_the_first_one_without() -> None:
    content = xlsx([["NIP"], [1.5]], page="Pegawai")
    assert sheets.names_of(content) == ["Pegawai"]
    assert sheets.cells_of(content, " pegawai ") == sheets.cells_of(content, None) == [["NIP"], [1.5]]
    with pytest.raises(NotRead) as refused:
        sheets.cells_of(content, "Unit")
    assert (refused.value.fault, refused.value.detail) == ("sheet_missing", "Unit")


def test_rows_are_counted_from_the_first_line_of_the_sheet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "MAX_ROWS", 3)
    assert len(sheets.cells_of(xlsx([["NIP"], ["1"]], above=2), None)) == 4
    with pytest.raises(NotRead) as refused:
        sheets.cells_of(xlsx([["NIP"], ["1"]], above=3), None)
    assert refused.value.fault == "too_large"


def test_every_kind_of_cell_comes_across_as_it_is() -> None:
    lines = [
        ["teks", "", 1, 199009132025242014, 0.1, True],
        [datetime(2026, 11, 23, 7, 30), date(2026, 11, 23), time(7, 30), timedelta(hours=25, seconds=1)],  # noqa: DTZ001
    ]
    assert sheets.unpacked(sheets.packed(lines)) == lines
    assert [type(cell) for cell in sheets.unpacked(sheets.packed(lines))[1]] == [datetime, date, time, timedelta]


def test_what_office_did_not_lock_is_not_opened() -> None:
    for content, fault in (
        (b"", "unreadable"),
        (b"\xd0\xcf\x11\xe0" + b"x" * 600, "unreadable"),
        (xlsx([["NIP"]]), "locked"),
    ):
        with pytest.raises(NotRead) as refused:
            sheets.unlocked(content, ["sandi"])
        assert refused.value.fault == fault
