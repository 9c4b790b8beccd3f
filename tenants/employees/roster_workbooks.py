"""The two workbooks people take home: the empty one to fill in, and the rows that were wrong with the reasons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from django.utils.translation import gettext as _

from kernel.sheets.words import sentence
from kernel.sheets.writing import Column, Sheet, workbook
from tenants.employees import roster_sheet as sheet
from tenants.employees.roster_sheet import Entry, Plan
from tenants.employees.roster_words import ROSTER_WORDS

REASON: Final = "Alasan"

_COLUMNS: Final[Mapping[str, Sequence[Column]]] = {
    sheet.UNITS: (
        Column("Kode unit", required=True, hint="Kode OPD atau unit, misalnya 1.01 atau 1.01.02."),
        Column("Nama unit", required=True, width=40),
        Column("Jenis", required=True, choices=("OPD", "Bidang", "UPT", "Puskesmas", "RSUD", "Sekolah")),
        Column("Kode unit induk", hint="Kosongkan untuk OPD."),
        Column("Kategori", hint="Kategori unit menurut peraturan TPP; kosong berarti umum."),
    ),
    sheet.POSITIONS: (
        Column("Kode jabatan", required=True),
        Column("Nama jabatan", required=True, width=40),
        Column("Kode unit", required=True),
        Column("Jenis jabatan", required=True, choices=("JPT", "Administrator", "Pengawas", "Fungsional", "Pelaksana")),
        Column("Kelas", kind="number", required=True, hint="Kelas jabatan 1 sampai 17.", width=8),
        Column("Kategori", hint="Kategori jabatan menurut peraturan TPP; kosong berarti umum."),
        Column("Kode jabatan atasan", hint="Kode jabatan yang menjadi atasan langsung.", width=22),
        Column(
            "Pejabat",
            choices=("Kepala OPD", "Sekda", "Wakil kepala daerah", "Kepala daerah"),
            hint="Hanya untuk jabatan yang disebut rantai persetujuan; kosong berarti tetap seperti sekarang.",
            width=20,
        ),
        Column(
            "Berlaku mulai",
            kind="date",
            hint="Hari pertama kelas dan kategori yang berubah; kosong berarti hari ini. Riwayat tidak diubah.",
            width=14,
        ),
    ),
    sheet.PEOPLE: (
        Column("NIP", required=True, hint="18 angka. Kolom ini berformat Teks; jangan diubah.", width=24),
        Column("Nama", required=True, width=36),
        Column("Status", required=True, choices=("PNS", "CPNS", "PPPK", "Kontrak"), width=10),
        Column("Golongan", hint="III/a untuk PNS dan CPNS, IX untuk PPPK, kosong untuk tenaga kontrak.", width=10),
        Column("E-mail", width=28),
        Column("Kode jabatan", required=True),
        Column("Jenis penempatan", choices=("Definitif", "Plt", "Plh"), hint="Kosong berarti Definitif."),
        Column("TMT", kind="date", required=True, hint="Tanggal mulai, misalnya 31-12-2026.", width=12),
        Column("Sampai", kind="date", hint="Hari terakhir; kosong bila masih berlaku.", width=12),
        Column("Nomor SK", width=24),
        Column(
            "TMT status",
            kind="date",
            hint="Hari pertama status yang berubah, misalnya CPNS menjadi PNS; kosong berarti hari ini.",
            width=12,
        ),
        Column(
            "TMT golongan",
            kind="date",
            hint="Hari pertama golongan yang berubah; kosong berarti hari ini. Riwayat tidak diubah.",
            width=14,
        ),
    ),
}
_EXAMPLES: Final[Mapping[str, Sequence[Sequence[Any]]]] = {
    sheet.UNITS: (
        ("1.01", "Contoh: Dinas Pendidikan", "OPD", "", "umum"),
        ("1.01.01", "Contoh: Sekretariat", "Bidang", "1.01", "umum"),
    ),
    sheet.POSITIONS: (
        ("1.01-01", "Contoh: Kepala Dinas", "1.01", "JPT", 14, "umum", "", "Kepala OPD", ""),
        ("1.01-02", "Contoh: Pengelola Data", "1.01.01", "Pelaksana", 7, "umum", "1.01-01", "", ""),
    ),
    sheet.PEOPLE: (
        (
            "198706232009122003",
            "Contoh: Ani",
            "PNS",
            "III/d",
            "",
            "1.01-02",
            "Definitif",
            date(2024, 1, 2),
            "",
            "800/1/2024",
            "",
            "",
        ),
    ),
}


def template() -> bytes:
    """The workbook to fill in, with an example of each sheet that the person overwrites."""
    return workbook(Sheet(name, columns, _EXAMPLES[name]) for name, columns in _COLUMNS.items())


def rejected(plan: Plan) -> bytes:
    """The wrong rows as they stand in the file, with the reasons in the last column; ready to be handed in again."""
    return workbook(
        Sheet(
            name,
            [*(Column(c.title, "text", c.required, c.choices, c.hint, c.width) for c in columns), _reason_column()],
            [_returned(entry, columns) for entry in plan.of(name) if not entry.is_right],
        )
        for name, columns in _COLUMNS.items()
    )


def _reason_column() -> Column:
    return Column(REASON, width=90, hint=_("Kolom ini tidak dibaca saat diunggah lagi."))


def _returned(entry: Entry, columns: Sequence[Column]) -> list[str]:
    reasons = "; ".join(f"{error.column}: {sentence(error, ROSTER_WORDS)}" for error in entry.errors)
    return [*(entry.row.shown(column.title) for column in columns), reasons]
