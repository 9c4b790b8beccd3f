"""Reading a spreadsheet that a person prepared: the heading row is found by its words, the rest comes as plain text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import IO, Any, Final

import python_calamine
from django.utils.translation import gettext as _
from typing_extensions import override

from kernel.errors import DomainError

# People put a title and a date above the headings, but not a page of text.
_HEADING_WITHIN: Final = 20
MOST_ROWS: Final = 50_000
# Spreadsheets hold a number in 64 bits of floating point and show 15 digits.
EXACT_BELOW: Final = 10**15


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row: `number` as the spreadsheet program shows it (from 1), `cells` by column name, stripped text.

    `rounded` are the columns whose cell is a number too long to be held exactly: its last digits are lost, so a NIP
    typed into such a cell is another NIP (199009132025242014 becomes ...016) and must be refused, not believed.
    """

    number: int
    cells: Mapping[str, str]
    rounded: frozenset[str] = frozenset()


class SheetRefused(DomainError):
    """`reason` is unreadable, headings, empty or too_long; `missing` are the headings that were not found."""

    status = 422
    code = "sheet_refused"

    def __init__(self, reason: str, missing: Sequence[str] = ()) -> None:
        self.reason = reason
        self.missing = tuple(missing)
        super().__init__(reason)

    @override
    def message(self) -> str:
        if self.reason == "headings":
            return _("Kolom ini tidak ditemukan di baris judul: %(missing)s.") % {"missing": ", ".join(self.missing)}
        if self.reason == "empty":
            return _("Lembar ini tidak berisi baris data.")
        if self.reason == "too_long":
            return _("Lembar ini lebih dari %(rows)s baris. Bagi menjadi beberapa berkas.") % {"rows": MOST_ROWS}
        return _("Berkas ini tidak dapat dibaca sebagai lembar kerja XLSX.")


def read_rows(
    file: IO[bytes],
    *,
    headings: Mapping[str, Sequence[str]],
    required: Sequence[str] | None = None,
    sheet: str | None = None,
) -> list[SheetRow]:
    """The rows below the heading row of a sheet (the first one when `sheet` is None), empty rows left out.

    `headings` maps a column name to the words that may stand for it, the first being the one shown to people; case and
    blanks do not matter. Columns in `required` (all when None) must be there. Raises SheetRefused.
    """
    table = _table(file, sheet)
    wanted = list(headings) if required is None else list(required)
    known = {_plain(word): column for column, words in headings.items() for word in words}
    best: tuple[int, dict[int, str]] = (0, {})
    for position, row in enumerate(table[:_HEADING_WITHIN]):
        found: dict[int, str] = {}
        for place, cell in enumerate(row):
            column = known.get(_plain(_text(cell)))
            if column is not None and column not in found.values():
                found[place] = column
        if len(found) > len(best[1]):
            best = (position, found)
    heading_row, places = best
    missing = [headings[column][0] for column in wanted if column not in places.values()]
    if missing:
        raise SheetRefused("headings", missing)
    rows = []
    for number, row in enumerate(table[heading_row + 1 :], heading_row + 2):
        cells = {column: _text(row[place]) if place < len(row) else "" for place, column in places.items()}
        if any(cells.values()):
            rounded = {column for place, column in places.items() if place < len(row) and _is_rounded(row[place])}
            rows.append(SheetRow(number, cells, frozenset(rounded)))
    if not rows:
        raise SheetRefused("empty")
    if len(rows) > MOST_ROWS:
        raise SheetRefused("too_long")
    return rows


def _table(file: IO[bytes], sheet: str | None) -> list[list[Any]]:
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(file)
        chosen = book.get_sheet_by_index(0) if sheet is None else book.get_sheet_by_name(sheet)
        return chosen.to_python(skip_empty_area=False)
    except (python_calamine.CalamineError, OSError, ValueError, IndexError) as error:
        raise SheetRefused("unreadable") from error


def _is_rounded(cell: Any) -> bool:
    return isinstance(cell, float) and abs(cell) >= EXACT_BELOW


def _text(cell: Any) -> str:
    """What the person sees: whole numbers without `.0`, dates as 2026-11-22."""
    if isinstance(cell, bool):
        return "ya" if cell else "tidak"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(sep=" ", timespec="minutes")
    if isinstance(cell, date):
        return cell.isoformat()
    return "" if cell is None else " ".join(str(cell).split())


def _plain(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())
