"""What the calendar refuses."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from kernel.errors import DomainError, ReasonRefused


class SourceMissing(DomainError):
    """A holiday is confirmed by naming the decree it stands in."""

    status = 422
    code = "source_missing"
    words = _("Tulis nomor keputusan yang menjadi dasar hari libur ini, misalnya nomor SKB 3 Menteri.")


class ReasonMissing(DomainError):
    """Taking a holiday away needs a reason."""

    status = 422
    code = "reason_missing"
    words = _("Tulis alasan menghapus hari libur ini.")


class HolidayTaken(DomainError):
    """That day already has a holiday of this kind."""

    code = "holiday_taken"
    words = _("Tanggal itu sudah tercatat sebagai hari libur. Ubah yang sudah ada.")

    def __init__(self, day: date) -> None:
        self.day = day
        super().__init__(str(day))


class PatternCodeTaken(DomainError):
    """Two patterns may not carry the same name."""

    status = 422
    code = "pattern_name_taken"
    words = _("Pola kerja bernama “%(name)s” sudah ada. Pilih nama lain.")

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(name)


class PatternImpossible(ReasonRefused):
    """Hours that nobody can work; `reason` is that of `patterns.problems`."""

    status = 422
    code = "pattern_impossible"
    reasons: ClassVar = {
        "empty": _("Isi paling sedikit satu sif pada satu hari."),
        "slots": _("Jumlah hari tidak sesuai: pola mingguan 7 hari, pola bergilir 1 sampai 62 hari."),
        "codes": _("Kode sif harus 1 sampai 6 huruf atau angka, dan tidak boleh sama."),
        "unknown": _("Ada hari yang memakai kode sif yang belum diisi jamnya."),
        "break": _("Istirahat harus punya jam mulai dan jam selesai, dan berada di dalam jam sifnya."),
        "overlap": _("Dua sif pada hari yang sama tidak boleh bertumpuk jamnya."),
    }


class AnchorMissing(DomainError):
    """A rotation needs the first day of its cycle."""

    status = 422
    code = "anchor_missing"
    words = _("Isi tanggal hari pertama putaran.")


class VersionTaken(DomainError):
    """The pattern has hours from that very day."""

    status = 422
    code = "version_taken"
    words = _("Pola ini sudah punya jam yang berlaku mulai %(day)s. Ubah jam itu, atau pilih tanggal lain.")

    def __init__(self, day: date) -> None:
        self.day = day
        super().__init__(str(day))


class LastVersion(DomainError):
    """A pattern cannot be without hours."""

    code = "last_version"
    words = _("Jam ini satu-satunya jam biasa pola ini, jadi tidak dapat dihapus. Ubah saja jamnya.")


class PeriodTaken(DomainError):
    """A day of the period belongs to another Ramadan already."""

    status = 422
    code = "period_taken"
    words = _("Sebagian tanggal itu sudah termasuk masa Ramadan yang lain. Hapus dulu yang lama.")


class PeriodEmpty(DomainError):
    """The last day lies before the first."""

    status = 422
    code = "period_empty"
    words = _("Tanggal akhir harus sama dengan atau sesudah tanggal mulai.")


class ShiftUnknown(DomainError):
    """The pattern has no shift of this code."""

    status = 422
    code = "shift_unknown"
    words = _("Pola ini tidak punya sif dengan kode %(shift)s.")

    def __init__(self, shift: str) -> None:
        self.shift = shift
        super().__init__(shift)
