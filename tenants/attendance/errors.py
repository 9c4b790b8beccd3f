"""What attendance refuses, with the facts of the refusal."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from kernel.errors import DomainError


class NoEmployee(DomainError):
    """The account belongs to nobody with a job here: it cannot punch or hand in documents."""

    code = "no_employee"
    words = _("Akun ini tidak terhubung dengan data pegawai, jadi tidak dapat absen. Hubungi admin kepegawaian.")


class DaysTaken(DomainError):
    """Another document stands on one of the days."""

    code = "days_taken"
    words = _("Sudah ada surat %(label)s untuk %(first)s sampai %(last)s. Pilih tanggal lain atau tarik surat itu.")
    for_person = _("%(person)s sudah memiliki surat %(label)s untuk %(first)s sampai %(last)s. Pilih tanggal lain.")

    def __init__(self, label: str, first: date, last: date, person: str = "") -> None:
        self.label = label
        self.first = first
        self.last = last
        self.person = person
        super().__init__(label)

    @override
    def message(self) -> str:
        if self.person:
            return self._filled(self.for_person)
        return super().message()


class DocumentDecided(DomainError):
    """The document is no longer waiting."""

    code = "document_decided"
    words = _("Surat ini sudah diputuskan, jadi tidak dapat ditarik.")


class OwnLetter(DomainError):
    """An official enters a letter that would count at once for the official's own days."""

    code = "own_letter"
    words = _("Surat Anda sendiri diajukan kepada atasan lewat halaman Surat, tidak dicatat sendiri.")
