"""Reading rows of an XLSX by the titles of its columns, with a typed reason for every cell that cannot be read.

The file itself is opened in the child process (`kernel.files.opening`). The words for a reason are in
`kernel.sheets.words`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Any, Final, TypeAlias

from kernel.figures import NotAFigure, TwoFigures, read_figure
from kernel.files import opening
from kernel.files.inspection.sheets import NotRead

Cell: TypeAlias = Any

# Spreadsheets hold a number in 64 bits of floating point and show 15 digits.
EXACT_BELOW: Final = 1e15
_DAY_FIRST: Final = re.compile(r"\A(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})\Z")
_ISO: Final = re.compile(r"\A(\d{4})-(\d{2})-(\d{2})(?:[T ]00:00(?::00)?)?\Z")


class Fault(StrEnum):
    """What is wrong with a cell, whatever the sheet is about."""

    REQUIRED = "required"
    NUMBER_NOT_TEXT = "number_not_text"
    TOO_LONG = "too_long"
    NOT_A_DATE = "not_a_date"
    NOT_WHOLE = "not_whole"
    NOT_DECIMAL = "not_decimal"
    TWO_FIGURES = "two_figures"
    NOT_A_CHOICE = "not_a_choice"
    OUT_OF_RANGE = "out_of_range"
    NOT_AN_EMAIL = "not_an_email"


class BookFault(StrEnum):
    """Why a file cannot be read at all."""

    UNREADABLE = "unreadable"
    LOCKED = "locked"
    TOO_LARGE = "too_large"
    TOO_WIDE = "too_wide"
    TOO_COMPLEX = "too_complex"
    BUSY = "busy"
    SHEET_MISSING = "sheet_missing"
    COLUMN_MISSING = "column_missing"
    COLUMN_TWICE = "column_twice"
    EMPTY = "empty"


class BookError(Exception):
    """The file as a whole cannot be taken; `detail` names the sheet or column."""

    def __init__(self, fault: BookFault, detail: str = "") -> None:
        self.fault = fault
        self.detail = detail
        super().__init__(f"{fault} {detail}")


@dataclass(frozen=True, slots=True)
class CellError:
    """One thing wrong with one row: the column, what stands in it, the fault's name and its facts."""

    column: str
    value: str
    fault: str
    facts: Mapping[str, Any] = field(default_factory=dict)


class CellRefused(Exception):
    """Raised by the readers of `Row`; carries the CellError."""

    def __init__(self, error: CellError) -> None:
        self.error = error
        super().__init__(f"{error.column}: {error.fault}")


@dataclass(frozen=True, slots=True)
class Row:
    """One row under the titles: `number` as the spreadsheet shows it, cells by the title of their column."""

    sheet: str
    number: int
    cells: Mapping[str, Cell]

    def shown(self, column: str) -> str:
        """What stands in the cell, for people."""
        return shown(self.cells.get(column, ""))

    def refuse(self, column: str, fault: str, **facts: Any) -> CellRefused:
        """The refusal of a cell, to be raised or collected."""
        return CellRefused(CellError(column, self.shown(column), fault, facts))

    def text(self, column: str, *, required: bool = True, longest: int = 200) -> str:
        """Text without outer blanks. A whole number is taken as its digits."""
        value = self.cells.get(column, "")
        if isinstance(value, float) and not value.is_integer():
            raise self.refuse(column, Fault.NUMBER_NOT_TEXT)
        text = " ".join(shown(value).split())
        if required and not text:
            raise self.refuse(column, Fault.REQUIRED)
        if len(text) > longest:
            raise self.refuse(column, Fault.TOO_LONG, longest=longest)
        return text

    def digits(self, column: str) -> str:
        """Text that must not have been a number: beyond 15 digits a spreadsheet changes the last ones."""
        value = self.cells.get(column, "")
        if isinstance(value, int | float):
            raise self.refuse(column, Fault.NUMBER_NOT_TEXT)
        return self.text(column)

    def choice(self, column: str, choices: Mapping[str, str], *, default: str | None = None) -> str:
        """The value for a word, whatever its letter case. `choices` maps words in lower case to values."""
        text = self.text(column, required=default is None)
        if not text and default is not None:
            return default
        try:
            return choices[text.casefold()]
        except KeyError:
            raise self.refuse(column, Fault.NOT_A_CHOICE, choices=", ".join(sorted(set(choices)))) from None

    def whole(self, column: str, *, least: int, most: int, required: bool = True) -> int | None:
        """A whole number within bounds, None for an empty cell that may be empty."""
        value = self.cells.get(column, "")
        text = shown(value).strip()
        if not text:
            if required:
                raise self.refuse(column, Fault.REQUIRED)
            return None
        if isinstance(value, bool) or not re.fullmatch(r"[+-]?[0-9]{1,9}", text):
            raise self.refuse(column, Fault.NOT_WHOLE)
        number = int(text)
        if not least <= number <= most:
            raise self.refuse(column, Fault.OUT_OF_RANGE, least=least, most=most)
        return number

    def decimal(self, column: str, *, least: Decimal, most: Decimal, required: bool = True) -> Decimal | None:
        """A decimal number within bounds, as `figures.read_figure` reads text; None for an empty cell that may be."""
        value = self.cells.get(column, "")
        text = shown(value).strip()
        if not text:
            if required:
                raise self.refuse(column, Fault.REQUIRED)
            return None
        if isinstance(value, bool):
            raise self.refuse(column, Fault.NOT_DECIMAL)
        try:
            # A number cell says itself what it is.
            number = Decimal(text) if isinstance(value, int | float) else read_figure(text)
        except TwoFigures:
            raise self.refuse(column, Fault.TWO_FIGURES) from None
        except NotAFigure:
            raise self.refuse(column, Fault.NOT_DECIMAL) from None
        if not least <= number <= most:
            raise self.refuse(column, Fault.OUT_OF_RANGE, least=least, most=most)
        return number

    def date(self, column: str, *, required: bool = True) -> date | None:
        """A date: a date cell, or text as 31-12-2026 or 2026-12-31. None for an empty cell that may be empty."""
        value = self.cells.get(column, "")
        if isinstance(value, datetime):
            return value.date()
        if isinstance(value, date):
            return value
        text = shown(value).strip()
        if not text:
            if required:
                raise self.refuse(column, Fault.REQUIRED)
            return None
        iso, local = _ISO.match(text), _DAY_FIRST.match(text)
        parts = (iso[1], iso[2], iso[3]) if iso else (local[3], local[2], local[1]) if local else None
        try:
            if parts is None:
                raise ValueError(text)
            return date(*(int(part) for part in parts))
        except ValueError:
            raise self.refuse(column, Fault.NOT_A_DATE) from None


def shown(value: Cell) -> str:
    """A cell as a person reads it."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        # As a spreadsheet shows it: more than 15 digits would be the file's binary fraction, not what was typed.
        return f"{value:.0f}" if value.is_integer() and abs(value) < EXACT_BELOW else f"{value:.15G}"
    if isinstance(value, datetime):
        return f"{value:%d-%m-%Y}" if value.time() == time() else f"{value:%d-%m-%Y %H:%M}"
    if isinstance(value, date):
        return f"{value:%d-%m-%Y}"
    return str(value)


class Book:
    """An XLSX that somebody handed in. It is opened when it is first asked for something: BookError when it is none, is
    locked, or is more than a reader can hold."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    @cached_property
    def sheet_names(self) -> list[str]:
        """The names of its sheets, in order."""
        try:
            return opening.sheet_names(self._content)
        except NotRead as error:
            raise _refusal(error) from error

    def lines(self, sheet: str | None = None) -> list[list[Cell]]:
        """All lines of a sheet (the first one when None), as they stand.

        Raises BookError when the sheet is missing or is too large.
        """
        try:
            return opening.cells(self._content, sheet)
        except NotRead as error:
            raise _refusal(error) from error

    def rows(self, sheet: str, *, required: Sequence[str], optional: Iterable[str] = ()) -> list[Row]:
        """The rows of a sheet that are not empty. The titles stand in its first row, in any order and letter case.

        Raises BookError when the sheet or a required column is missing, a column stands twice, or rows are too many.
        """
        lines = self.lines(sheet)
        if not lines:
            raise BookError(BookFault.COLUMN_MISSING, f"{sheet}: {required[0]}")
        places = _places(sheet, lines[0], [*required, *optional])
        for column in required:
            if column not in places:
                raise BookError(BookFault.COLUMN_MISSING, f"{sheet}: {column}")
        return [
            Row(sheet, number, {column: line[place] for column, place in places.items()})
            for number, line in enumerate(lines[1:], 2)
            if any(shown(line[place]).strip() for place in places.values())
        ]


def _refusal(error: NotRead) -> BookError:
    return BookError(BookFault(error.fault), error.detail)


def _places(sheet: str, titles: Sequence[Cell], columns: Sequence[str]) -> dict[str, int]:
    known = {column.casefold(): column for column in columns}
    places: dict[str, int] = {}
    for place, title in enumerate(titles):
        column = known.get(shown(title).strip().rstrip("*").strip().casefold())
        if column is None:
            continue
        if column in places:
            raise BookError(BookFault.COLUMN_TWICE, f"{sheet}: {column}")
        places[column] = place
    return places
