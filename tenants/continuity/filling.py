"""The sheet that is filled in while the platform is away: one row for each person and day of duty of a month."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import Final

import msoffcrypto
from django.utils.translation import gettext as _

from kernel.files import opening
from kernel.files.inspection.sheets import NotRead
from kernel.sheets.reading import BookError, BookFault
from kernel.sheets.words import SheetRefused
from kernel.sheets.writing import Column, Sheet, workbook
from tenants.continuity.day_lists import shift_words
from tenants.continuity.expected import Expected
from tenants.rules.engine import RuleSet, event_codes

# Which words stand for which column of a sheet that comes back; the first is the one that is handed out.
HEADINGS: Final = {
    "code": ("Kode", "QR", "Kode QR"),
    "date": ("Tanggal", "Tgl"),
    "nip": ("NIP",),
    "came": ("Masuk", "Jam masuk", "Datang"),
    "left": ("Pulang", "Jam pulang"),
    "note": ("Keterangan", "Ket", "Ket."),
}
REQUIRED: Final = ("came", "left")
# In the column Keterangan: present by the hours of the day, for lists that carry a signature only.
PRESENT: Final = "H"
# What a file that Office has encrypted begins with (a compound file).
ENCRYPTED: Final = b"\xd0\xcf\x11\xe0"


def document_codes(rules: RuleSet | None) -> dict[str, str]:
    """The codes that may stand in Keterangan with their words, in the rule set's order."""
    if rules is None:
        return {}
    codes = event_codes(rules).values()
    return {code.code: code.label for code in codes if code.source == "absence" and code.trigger == "document"}


def sheet_to_fill(rows: Iterable[Expected], *, rules: RuleSet | None, zone_name: str) -> bytes:
    """The plain workbook: date, person and hours are there, times and codes are to be written."""
    known = document_codes(rules)
    columns = [
        Column(HEADINGS["date"][0], kind="date", required=True, width=13),
        Column(HEADINGS["nip"][0], required=True, width=22),
        Column("Nama", width=32),
        Column("Jam kerja", width=16),
        Column(HEADINGS["came"][0], width=10, hint=_("Jam masuk, misalnya 07.25")),
        Column(HEADINGS["left"][0], width=10, hint=_("Jam pulang, misalnya 16.02")),
        Column(
            HEADINGS["note"][0],
            width=14,
            choices=(PRESENT, *known),
            hint=_("H: hadir sesuai jam kerja. Kode surat bila tidak masuk. Kosong: tidak ada catatan."),
        ),
    ]
    filled = [[row.date, row.nip, row.name, shift_words(row, zone_name), None, None, None] for row in rows]
    words = [[PRESENT, _("Hadir sesuai jam kerja")], *([code, label] for code, label in known.items())]
    return workbook(
        [
            Sheet(_("Isian absen"), columns, filled),
            Sheet(_("Kode"), [Column(_("Kode"), width=12), Column(_("Arti"), width=50)], words),
        ]
    )


def encrypted(plain: bytes, password: str) -> bytes:
    """The workbook as Office encrypts it (ECMA-376 agile, AES): Office and LibreOffice ask for the password."""
    target = BytesIO()
    msoffcrypto.OfficeFile(BytesIO(plain)).encrypt(password, target)
    return target.getvalue()


class WrongPassword(Exception):
    """None of the passwords opens the workbook."""


def decrypted(content: bytes, passwords: Sequence[str]) -> bytes:
    """The plain workbook of one that was saved with one of these passwords. Raises WrongPassword, and SheetRefused when
    opening it is too much."""
    try:
        return opening.unlock(content, passwords)
    except NotRead as error:
        if error.fault in (BookFault.LOCKED, BookFault.UNREADABLE):
            raise WrongPassword from error
        raise SheetRefused(BookError(BookFault(error.fault))) from error
