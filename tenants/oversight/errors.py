"""What cannot be done in the inspectorate's workspace, in words."""

from __future__ import annotations

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from kernel.errors import DomainError
from kernel.periods import Month


class NobodyToDraw(DomainError):
    """The month or OPD has nobody to draw from."""

    status = 409
    code = "nobody_to_draw"
    words = _("Tidak ada pegawai bertugas pada bulan dan OPD ini.")


class FindingClosed(DomainError):
    """The finding is closed."""

    status = 409
    code = "finding_closed"
    words = _("Temuan ini sudah selesai. Buat temuan baru bila ada hal lain.")


class OwnMonth(DomainError):
    """Nobody examines themselves."""

    status = 403
    code = "own_month"
    words = _("Anda tidak dapat memeriksa bulan Anda sendiri. Serahkan kepada pemeriksa lain.")


class CorrectionDecided(DomainError):
    """The proposal has been decided already."""

    status = 409
    code = "correction_decided"
    words = _("Usulan koreksi ini sudah diputuskan.")


class CorrectionChanged(DomainError):
    """The proposal was replaced after the person opened it."""

    status = 409
    code = "correction_changed"
    words = _("Usulan ini diubah sesudah Anda membukanya. Lihat jumlahnya lagi, lalu putuskan.")


class SentBefore(DomainError):
    """The form made another finding already."""

    status = 409
    code = "sent_before"
    words = _("Formulir ini sudah menjadi temuan lain, jadi isi yang ini belum tersimpan. Buka formulir baru.")


class OwnProposal(DomainError):
    """Who proposed it does not decide on it."""

    status = 403
    code = "own_proposal"
    words = _("Usulan ini Anda buat sendiri. Keputusan ada pada orang lain.")


class NoDeductionForIt(DomainError):
    """The rule set of the month that would take the correction has no list for it."""

    status = 409
    code = "no_deduction_for_corrections"

    def __init__(self, month: Month, code: str) -> None:
        self.month, self.code_wanted = month, code
        super().__init__(str(month), code)

    @override
    def message(self) -> str:
        return gettext(
            "Aturan bulan %(month)s tidak memuat daftar potongan %(code)s, sehingga koreksi belum dapat dipotong. "
            "Tambahkan daftar itu pada aturan, lalu terima usulan ini."
        ) % {"month": self.month, "code": self.code_wanted}
