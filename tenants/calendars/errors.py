"""What the calendar refuses."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext_lazy as _

from kernel.errors import DomainError


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


class PatternEmpty(DomainError):
    """A pattern needs at least one working day, and each day must end after it starts."""

    status = 422
    code = "pattern_empty"
    words = _("Isi jam masuk dan jam pulang paling sedikit satu hari; jam pulang harus sesudah jam masuk.")


class PeriodEmpty(DomainError):
    """The last day lies before the first."""

    status = 422
    code = "period_empty"
    words = _("Tanggal akhir harus sama dengan atau sesudah tanggal mulai.")
