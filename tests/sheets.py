"""Spreadsheets as people hand them in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from io import BytesIO

import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile


def xlsx(rows: Iterable[Sequence[object]], *, page: str | None = None, above: int = 0) -> bytes:
    """The bytes of an XLSX of one page: these rows below `above` empty ones; a text stays text, a number a number."""
    out = BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet(page)
        for number, row in enumerate(rows, above):
            sheet.write_row(number, 0, row)
    return out.getvalue()


def xlsx_upload(name: str, rows: Iterable[Sequence[object]]) -> SimpleUploadedFile:
    """The same as a file that a browser sends."""
    return SimpleUploadedFile(name, xlsx(rows))
