"""Reading a sheet that a person prepared freely: its headings are found by their words, the rest is plain text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import IO, Any, Final

from kernel.figures import NotAFigure, read_figure, read_rupiah
from kernel.sheets.delimited import lines_of
from kernel.sheets.reading import EXACT_BELOW, Book, BookError, BookFault
from kernel.sheets.words import SheetRefused

# People put a title and a date above the headings, but not a page of text.
_HEADING_WITHIN: Final = 20
_XLSX: Final = b"PK\x03\x04"


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row: `number` as the spreadsheet program shows it (from 1), `cells` by column name, stripped text.

    `rounded` are the columns whose cell is a number too long to be held exactly: its last digits are lost, so a NIP
    typed into such a cell is another NIP (199009132025242014 becomes ...016) and must be refused, not believed.
    `numbers` are the columns whose cell is a number: its text is plain writing, whoever reads it.
    """

    number: int
    cells: Mapping[str, str]
    rounded: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()

    def figure(self, column: str) -> Decimal:
        """The figure in the cell, as `figures.read_figure` reads text. Raises NotAFigure, TwoFigures."""
        text = self.cells[column]
        return Decimal(text) if column in self.numbers else read_figure(text)

    def rupiah(self, column: str) -> Decimal:
        """The whole rupiah in the cell, as `figures.read_rupiah` reads text. Raises NotAFigure."""
        text = self.cells[column]
        if column in self.numbers and Decimal(text) != Decimal(text).to_integral_value():
            raise NotAFigure(text)
        return read_rupiah(text)

    def written(self, column: str) -> str:
        """The cell as text that is read as the same figure again: of a number 96.125 it is `96,125`."""
        text = self.cells.get(column, "")
        return text.replace(".", ",") if column in self.numbers else text


def read_rows(
    file: IO[bytes],
    *,
    headings: Mapping[str, Sequence[str]],
    required: Sequence[str] | None = None,
    sheet: str | None = None,
    takes_csv: bool = False,
) -> list[SheetRow]:
    """The rows below the heading row of a sheet (the first one when `sheet` is None), empty rows left out.

    `headings` maps a column name to the words that may stand for it, the first being the one shown to people; case and
    blanks do not matter. Columns in `required` (all when None) must be there. With `takes_csv` a file that
    is no XLSX is read as a CSV. Raises SheetRefused.
    """
    content = file.read()
    try:
        if takes_csv and not content.startswith(_XLSX):
            lines: list[list[Any]] = [*lines_of(content)]
        else:
            lines = Book(content).lines(sheet)
        position, places = _heading_row(lines, headings)
        wanted = headings if required is None else required
        missing = [headings[column][0] for column in wanted if column not in places.values()]
        if missing:
            raise BookError(BookFault.COLUMN_MISSING, ", ".join(missing))
        rows = []
        for number, line in enumerate(lines[position + 1 :], position + 2):
            cells = {column: _text(line[place]) for place, column in places.items()}
            if any(cells.values()):
                rounded = frozenset(column for place, column in places.items() if _is_rounded(line[place]))
                numbers = frozenset(column for place, column in places.items() if _is_number(line[place]))
                rows.append(SheetRow(number, cells, rounded, numbers))
        if not rows:
            raise BookError(BookFault.EMPTY)
    except BookError as error:
        raise SheetRefused(error) from error
    return rows


def _heading_row(lines: Sequence[Sequence[Any]], headings: Mapping[str, Sequence[str]]) -> tuple[int, dict[int, str]]:
    """The line that names most columns, and where each stands in it."""
    known = {_plain(word): column for column, words in headings.items() for word in words}
    best: tuple[int, dict[int, str]] = (0, {})
    for position, line in enumerate(lines[:_HEADING_WITHIN]):
        found: dict[int, str] = {}
        for place, cell in enumerate(line):
            column = known.get(_plain(_text(cell)))
            if column is not None and column not in found.values():
                found[place] = column
        if len(found) > len(best[1]):
            best = (position, found)
    return best


def _is_rounded(cell: Any) -> bool:
    return isinstance(cell, float) and abs(cell) >= EXACT_BELOW


def _is_number(cell: Any) -> bool:
    return isinstance(cell, int | float) and not isinstance(cell, bool)


def _text(cell: Any) -> str:
    """What the person sees: whole numbers without `.0`, dates as 2026-11-22."""
    if isinstance(cell, bool):
        return "ya" if cell else "tidak"
    if isinstance(cell, float):
        # To the 15 digits that a spreadsheet shows; more would be the file's binary fraction: 0.1 + 0.2 is 0.3.
        return str(int(cell)) if cell.is_integer() else f"{cell:.15G}"
    if isinstance(cell, datetime):
        exact = "seconds" if cell.second else "minutes"
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(sep=" ", timespec=exact)
    if isinstance(cell, date):
        return cell.isoformat()
    return "" if cell is None else " ".join(str(cell).split())


def _plain(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())
