"""The empty sheet of a list of deductions."""

from __future__ import annotations

from django.utils.translation import gettext as _

from kernel.sheets.writing import Column, Sheet, workbook
from tenants.deductions.sheet_import import HEADINGS


def empty_sheet() -> bytes:
    """One page with the headings that the import reads; NIP, months and letter are text."""
    columns = [
        Column(
            words[0],
            kind="number" if name in ("amount", "percent") else "text",
            width=24 if name in ("nip", "letter", "label") else 14,
        )
        for name, words in HEADINGS.items()
    ]
    return workbook([Sheet(_("Potongan"), columns)])
