"""CSV in and out: read whatever a spreadsheet program saved, write what no spreadsheet program takes for a formula."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from io import StringIO
from typing import Final

from kernel.files.inspection.limits import MAX_COLUMNS, MAX_ROWS
from kernel.money import decimal_text
from kernel.sheets.reading import BookError, BookFault

_DELIMITERS: Final = ";,\t|"
# A cell that begins so is run by a spreadsheet program (OWASP, CSV injection).
_ACTIVE: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
# Longer cells are no cells of people; the reader would hold them all.
_LONGEST_CELL: Final = 10_000


def lines_of(content: bytes) -> list[list[str]]:
    """All lines of a CSV as they stand; UTF-8 or Windows-1252; parted by semicolon, comma, tab or bar.

    Raises BookError when it is no text, or has too many lines or columns. All lines are filled up to the longest one,
    so one long line would make the others as long.
    """
    if b"\0" in content:
        raise BookError(BookFault.UNREADABLE)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    lines: list[list[str]] = []
    csv.field_size_limit(_LONGEST_CELL)
    try:
        for line in csv.reader(StringIO(text, newline=""), delimiter=_delimiter(text)):
            if len(line) > MAX_COLUMNS:
                raise BookError(BookFault.TOO_WIDE)
            lines.append(line)
            if len(lines) > MAX_ROWS + 1:
                raise BookError(BookFault.TOO_LARGE)
    except csv.Error as error:
        raise BookError(BookFault.UNREADABLE) from error
    width = max((len(line) for line in lines), default=0)
    return [[_active(cell) for cell in line] + [""] * (width - len(line)) for line in lines]


def _active(cell: str) -> str:
    """Without the apostrophe that `inert` puts before it."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_ACTIVE) else cell


def _delimiter(text: str) -> str:
    """The mark that parts most cells in the first lines: the heading row has no figures that could mislead."""
    beginning = "\n".join(text.splitlines()[:5])
    return max(_DELIMITERS, key=beginning.count)


def written(rows: Iterable[Sequence[object]], *, delimiter: str = ";") -> Iterator[bytes]:
    """The rows as CSV in UTF-8 with a mark at its beginning, piece by piece; nothing in a cell can be run.

    Figures are written without separators, text that begins like a formula gets an apostrophe before it.
    """
    yield "\N{ZERO WIDTH NO-BREAK SPACE}".encode()
    for row in rows:
        line = StringIO(newline="")
        csv.writer(line, delimiter=delimiter).writerow([inert(cell) for cell in row])
        yield line.getvalue().encode()


def inert(cell: object) -> str:
    """The cell's text for a CSV; of a figure its plain digits."""
    if cell is None:
        return ""
    if isinstance(cell, Decimal):
        return decimal_text(cell)
    if isinstance(cell, int) and not isinstance(cell, bool):
        return str(cell)
    text = str(cell).replace("\0", "")
    return f"'{text}" if text.startswith(_ACTIVE) else text
