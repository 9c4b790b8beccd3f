"""What attendance refuses, with the facts of the refusal."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from kernel.errors import DomainError


class PunchRefused(DomainError):
    """A punch that is not taken, though it is kept aside.

    `reason` is other_person (the id is somebody else's punch), uid (no UUIDv7) or too_old.
    """

    code = "punch_refused"

    def __init__(self, reason: str) -> None:
        self.reason = reason
        self.status = 409 if reason == "other_person" else 422
        super().__init__(reason)

    @override
    def message(self) -> str:
        if self.reason == "other_person":
            return gettext("Absen ini sudah tercatat atas nama orang lain. Muat ulang halaman, lalu absen sekali lagi.")
        if self.reason == "too_old":
            return gettext("Absen ini diambil lebih dari tujuh hari yang lalu. Ajukan dengan surat kepada atasan.")
        return gettext("Absen ini tidak dapat dibaca. Muat ulang halaman, lalu absen sekali lagi.")


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


class PinTaken(DomainError):
    """The PIN of this machine already means somebody else."""

    code = "pin_taken"
    words = _("PIN %(pin)s di mesin ini sudah dipakai %(person)s.")

    def __init__(self, pin: str, person: str) -> None:
        self.pin = pin
        self.person = person
        super().__init__(pin)
