"""The words for what is wrong with a spreadsheet: what it is, and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from typing_extensions import override

from kernel.errors import DomainError
from kernel.files.inspection.limits import MAX_COLUMNS, MAX_ROWS
from kernel.sheets.reading import BookError, BookFault, CellError, Fault

Words = Mapping[str, "str | Promise"]

TWO_FIGURES: Final = gettext_lazy(
    "Angka ini dapat dibaca sebagai ribuan atau sebagai pecahan. Tulis ribuan tanpa pemisah dan pecahan dengan koma, "
    "misalnya 1250 atau 1,25."
)

CELL_WORDS: Final[Words] = {
    Fault.REQUIRED: gettext_lazy("Kolom ini wajib diisi."),
    Fault.NUMBER_NOT_TEXT: gettext_lazy(
        "Sel ini berisi angka, sehingga digitnya bisa berubah. Ubah format sel menjadi Teks, lalu ketik ulang isinya."
    ),
    Fault.TOO_LONG: gettext_lazy("Terlalu panjang: paling banyak %(longest)s huruf."),
    Fault.NOT_A_DATE: gettext_lazy("Bukan tanggal. Tulis seperti 31-12-2026."),
    Fault.NOT_WHOLE: gettext_lazy("Bukan bilangan bulat. Tulis angka saja, tanpa koma."),
    Fault.NOT_DECIMAL: gettext_lazy("Bukan angka. Tulis seperti 97,5."),
    Fault.TWO_FIGURES: TWO_FIGURES,
    Fault.NOT_A_CHOICE: gettext_lazy("Pilihan tidak dikenal. Isi salah satu: %(choices)s."),
    Fault.OUT_OF_RANGE: gettext_lazy("Di luar batas: isi antara %(least)s dan %(most)s."),
    Fault.NOT_AN_EMAIL: gettext_lazy("Bukan alamat e-mail. Perbaiki atau kosongkan."),
}


def sentence(error: CellError, own: Words | None = None) -> str:
    """The sentence for a row's error; `own` has the words of the sheet's own faults."""
    words = {**CELL_WORDS, **(own or {})}
    return str(words[error.fault]) % dict(error.facts)


class SheetRefused(DomainError):
    """A spreadsheet that cannot be read as a whole."""

    status = 422

    def __init__(self, error: BookError) -> None:
        self.error = error
        self.code = f"sheet_{error.fault}"
        super().__init__(str(error))

    @override
    def message(self) -> str:
        detail = {"detail": self.error.detail, "rows": MAX_ROWS, "columns": MAX_COLUMNS}
        words = {
            BookFault.UNREADABLE: _("Berkas ini bukan XLSX yang bisa dibaca. Simpan lagi sebagai .xlsx lalu unggah."),
            BookFault.LOCKED: _("Berkas ini terkunci kata sandi. Simpan tanpa kata sandi lalu unggah."),
            BookFault.TOO_LARGE: _(
                "Berkas terlalu besar: paling banyak %(rows)s baris setiap lembar. Bagi menjadi dua."
            ),
            BookFault.TOO_WIDE: _(
                "Berkas terlalu lebar: paling banyak %(columns)s kolom. Hapus isi di kanan tabel, lalu unggah lagi."
            ),
            BookFault.TOO_COMPLEX: _(
                "Lembar ini tidak dapat dibaca: isinya terlalu banyak, atau ada isi jauh di luar tabel. Salin tabelnya "
                "ke berkas baru, lalu unggah lagi."
            ),
            BookFault.BUSY: _("Berkas lain sedang dibaca. Tunggu sebentar, lalu unggah lagi."),
            BookFault.SHEET_MISSING: _("Lembar “%(detail)s” tidak ada. Pakai berkas contoh, jangan ubah nama lembar."),
            BookFault.COLUMN_MISSING: _("Kolom “%(detail)s” tidak ada. Pakai berkas contoh, jangan ubah judul kolom."),
            BookFault.COLUMN_TWICE: _("Kolom “%(detail)s” ada dua kali. Hapus salah satu."),
            BookFault.EMPTY: _("Berkas ini tidak berisi satu baris pun."),
        }
        return words[self.error.fault] % detail
