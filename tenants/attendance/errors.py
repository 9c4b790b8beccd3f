"""What attendance refuses, with the facts of the refusal."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from kernel.errors import DomainError
from kernel.periods import Month


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


class NotApproved(DomainError):
    """A document that does not count cannot be revoked."""

    code = "document_not_approved"
    words = _("Surat ini tidak sedang berlaku, jadi tidak dapat dicabut. Muat ulang halaman.")


class CorrectionsUsedUp(DomainError):
    """The person has handed in as many corrections as the region takes in a month."""

    code = "corrections_used_up"
    words = _(
        "Koreksi absen bulan %(month)s sudah %(most)s kali, sebanyak yang diterima. Bicarakan dengan atasan; surat "
        "dengan bukti dapat dicatat operator OPD."
    )

    def __init__(self, month: Month, most: int) -> None:
        self.month = month
        self.most = most
        super().__init__(str(month))


class LetterMissing(DomainError):
    """From so many days on the region asks for a letter with this kind of document."""

    code = "letter_missing"
    words = _("Untuk %(days)s hari atau lebih lampirkan suratnya, misalnya surat dokter.")

    def __init__(self, days: int) -> None:
        self.days = days
        super().__init__(str(days))


class OnlyFreeDays(DomainError):
    """A leave or permit for days on which the person does not work."""

    code = "only_free_days"
    words = _("Semua hari itu libur bagi Anda, jadi tidak perlu surat. Pilih tanggal yang ada hari kerjanya.")


class NotYetPunched(DomainError):
    """A correction for a time that has not come."""

    code = "correction_in_future"
    words = _("Jam itu belum lewat. Koreksi hanya untuk absen yang sudah terlewat.")


class PartOfOrder(DomainError):
    """One person's document of an order for many; the order is taken back by who proposed it."""

    code = "part_of_order"
    words = _("Surat ini bagian dari surat tugas bersama. Mintalah pengusulnya menarik surat tugas itu.")


class OwnLetter(DomainError):
    """An official enters a letter that would count at once for the official's own days."""

    code = "own_letter"
    words = _("Surat Anda sendiri diajukan kepada atasan lewat halaman Surat, tidak dicatat sendiri.")
