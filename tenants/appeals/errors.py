"""What cannot be done with an appeal, in words."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext_lazy as _

from kernel.errors import DomainError, ReasonRefused


class AppealTooLate(DomainError):
    """The last day has passed."""

    status = 409
    code = "appeal_too_late"
    words = _("Keberatan atas slip ini dapat diajukan sampai %(last)s. Batas itu sudah lewat.")

    def __init__(self, last: date) -> None:
        self.last = last
        super().__init__(last.isoformat())


class NotAppealable(ReasonRefused):
    """There is nothing to object to."""

    status = 409
    code = "not_appealable"
    reasons = {
        "practice": _("Slip latihan tidak dibayar, jadi tidak ada yang perlu dikeberatkan. Sampaikan kepada operator."),
        "replaced": _("Slip ini sudah diganti perhitungan yang lebih baru. Ajukan keberatan pada slip yang berlaku."),
        "line": _("Baris itu tidak ada pada slip ini."),
    }


class AlreadyAppealed(DomainError):
    """The line has an appeal that is not decided."""

    status = 409
    code = "already_appealed"
    words = _("Baris ini sudah Anda ajukan dan belum diputuskan. Tambahkan keterangan pada keberatan itu.")


class AppealDecided(DomainError):
    """It is no longer open, or not in the state for this."""

    status = 409
    code = "appeal_decided"
    words = _("Keberatan ini tidak lagi menunggu. Muat ulang halaman ini.")


class RemedyMissing(DomainError):
    """It cannot be granted before somebody said what follows."""

    status = 409
    code = "remedy_missing"
    words = _(
        "Hasil keberatan belum ditentukan. Buka keberatan ini, tentukan jumlah atau nyatakan datanya sudah diperbaiki, "
        "lalu setujui."
    )


class OwnAppeal(DomainError):
    """Nobody says what follows from the own appeal."""

    status = 403
    code = "own_appeal"
    words = _("Ini keberatan Anda sendiri. Hasilnya ditentukan orang lain.")


class RemedyRefused(ReasonRefused):
    """The remedy does not say enough."""

    status = 422
    code = "remedy_refused"
    reasons = {
        "amount": _("Isi jumlahnya: lebih untuk menambah, kurang untuk mengurangi, tidak nol."),
        "no_amount": _("Jumlah hanya diisi bila hasilnya sejumlah rupiah."),
        "open": _("Bulan ini belum dikunci. Perbaiki datanya, hitung lagi, dan pilih hasil kedua."),
    }


class SentBefore(DomainError):
    """The form made another appeal already."""

    status = 409
    code = "sent_before"
    words = _("Formulir ini sudah menjadi keberatan lain, jadi isi yang ini belum tersimpan. Buka formulir baru.")
