"""Whom the row of a sheet names by NIP."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kernel.sheets.jobs import Wrong
from kernel.sheets.plain import SheetRow

NOBODY_IN_MONTH: Final = gettext_lazy("Tidak ada pegawai yang bertugas bulan itu dengan NIP ini.")


def named_in(
    row: SheetRow, people: Mapping[str, int], *, column: str = "nip", nobody: str | Promise = NOBODY_IN_MONTH
) -> int:
    """The key of the person whose NIP stands in the column. `nobody` says it when `people` lacks it. Raises Wrong."""
    if column in row.rounded:
        raise Wrong(column, _("NIP diketik sebagai angka sehingga digitnya berubah. Ketik ulang sebagai teks."))
    try:
        return people[row.cells[column]]
    except KeyError:
        raise Wrong(column, str(nobody)) from None
