"""What the deductions refuse."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kernel.errors import DomainError, MonthRefused


class AlreadyListed(DomainError):
    """The letter already takes a sum of this code from this person."""

    code = "deduction_listed"
    words = _("Pegawai ini sudah memiliki potongan dengan kode dan nomor surat yang sama. Akhiri dulu yang lama.")


class NotStanding(DomainError):
    """The deduction was cancelled, or ends before the month named."""

    code = "deduction_not_standing"
    words = _("Potongan ini sudah berakhir sebelum bulan itu atau sudah dibatalkan.")


class AlreadyTaken(DomainError):
    """A month that counted it is closed: it can be ended and not cancelled."""

    code = "deduction_taken"
    words = _("Sudah dipotong pada bulan yang dikunci, jadi tidak dapat dibatalkan. Akhiri mulai bulan berikutnya.")


class Retroactive(MonthRefused):
    """Consent counts from the running month on, never for a month that is over."""

    status = 422
    code = "consent_retroactive"
    words = _("Persetujuan tidak berlaku surut: %(month)s sudah lewat. Pilih bulan ini atau sesudahnya.")


class NothingGiven(DomainError):
    """There is no consent to take back from that month on."""

    code = "consent_missing"
    words = _("Tidak ada persetujuan zakat yang berlaku mulai bulan itu.")
