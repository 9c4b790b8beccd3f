"""Writing an XLSX to fill in or repair: titles, text columns, drop-downs, an example, a reason beside the row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from io import BytesIO
from typing import Any, Final

import xlsxwriter

from kernel.watching import note_rows

_LAST_ROW: Final = 20_000
_OPTIONS: Final = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


@dataclass(frozen=True, slots=True)
class Column:
    """`kind` is text, number or date; `choices` makes a drop-down; `hint` is shown when the cell is chosen."""

    title: str
    kind: str = "text"
    required: bool = False
    choices: Sequence[str] = ()
    hint: str = ""
    width: int = 18


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet with its columns and rows; a row's values stand in the order of the columns."""

    title: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Any]] = field(default_factory=tuple)


def workbook(sheets: Iterable[Sheet]) -> bytes:
    """The file's bytes. Text is written as text: a NIP stays 18 digits, "=1+1" stays what it says."""
    target = BytesIO()
    with xlsxwriter.Workbook(target, _OPTIONS) as book:
        title = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1, "num_format": "@"})
        formats = {
            "text": book.add_format({"num_format": "@"}),
            "date": book.add_format({"num_format": "dd-mm-yyyy"}),
            "number": book.add_format({}),
        }
        for sheet in sheets:
            _write(book.add_worksheet(sheet.title), sheet, title, formats)
    return target.getvalue()


def _write(page: Any, sheet: Sheet, title: Any, formats: dict[str, Any]) -> None:
    page.freeze_panes(1, 0)
    for place, column in enumerate(sheet.columns):
        page.set_column(place, place, column.width, formats[column.kind])
        page.write_string(0, place, f"{column.title} *" if column.required else column.title, title)
        rules: dict[str, Any] = {"validate": "any"}
        if column.choices:
            rules = {"validate": "list", "source": list(column.choices), "error_type": "warning"}
        if column.hint:
            rules |= {"input_title": column.title[:32], "input_message": column.hint[:255]}
        if column.choices or column.hint:
            page.data_validation(1, place, _LAST_ROW, place, rules)
    number = 0
    for number, row in enumerate(sheet.rows, 1):
        for place, (column, value) in enumerate(zip(sheet.columns, row, strict=True)):
            if isinstance(value, date):
                page.write_datetime(number, place, value, formats["date"])
            elif isinstance(value, int | float) and not isinstance(value, bool) and column.kind == "number":
                page.write_number(number, place, value, formats["number"])
            elif value not in (None, ""):
                page.write_string(number, place, str(value), formats["text"])
    note_rows(number)
