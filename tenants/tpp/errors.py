"""What the TPP app refuses."""

from __future__ import annotations

from django.utils.translation import gettext as _
from typing_extensions import override

from kernel.date_words import month_words
from kernel.errors import DomainError
from kernel.periods import Month


class RunGoing(DomainError):
    """A run of this month waits or works already."""

    code = "run_going"

    def __init__(self, month: Month) -> None:
        self.month = month
        super().__init__(str(month))

    @override
    def message(self) -> str:
        return _("Perhitungan %(month)s sedang berjalan. Tunggu sampai selesai atau batalkan dulu.") % {
            "month": month_words(self.month)
        }


class MonthNotBegun(DomainError):
    """The month lies in the future."""

    status = 422
    code = "month_not_begun"

    def __init__(self, month: Month) -> None:
        self.month = month
        super().__init__(str(month))

    @override
    def message(self) -> str:
        return _("%(month)s belum dimulai.") % {"month": month_words(self.month)}


class RunFinished(DomainError):
    """The run no longer waits or works, so there is nothing to cancel."""

    code = "run_finished"

    @override
    def message(self) -> str:
        return _("Perhitungan ini sudah selesai, jadi tidak dapat dibatalkan.")


class PenaltyRefused(DomainError):
    """The months of a discipline decision do not fit, or its letter is recorded already."""

    status = 422
    code = "penalty_refused"

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)

    @override
    def message(self) -> str:
        if self.reason == "known":
            return _("Surat keputusan ini sudah dicatat untuk pegawai itu.")
        return _("Bulan akhir harus sesudah bulan mulai.")


class PracticeRefused(DomainError):
    """What is asked of practice and go-live does not fit: `reason` says how, `subject` names the OPD or month."""

    code = "practice_refused"

    def __init__(self, reason: str, subject: str = "") -> None:
        self.reason = reason
        self.subject = subject
        super().__init__(f"{reason}: {subject}")

    @override
    def message(self) -> str:
        words = {
            "nothing_chosen": _("Pilih dulu OPD-nya."),
            "locked": _("%(subject)s sudah dikunci. Pilih bulan sesudahnya."),
            "paying": _(
                "Daerah ini sudah membayar semua OPD. Latihan hanya dapat dimulai sebelum bulan pertama dikunci."
            ),
            "not_piloting": _("Daerah ini tidak memakai latihan; semua OPD sudah dibayar."),
            "already": _("Tidak ada yang berubah: OPD itu sudah dibayar atau sudah diusulkan."),
            "chosen": _("OPD itu sudah ikut latihan atau sudah dibayar."),
            "same_person": _("Anda yang mengusulkan %(subject)s. Tanda tangan kedua harus dari orang lain."),
            "in_force": _("%(subject)s sudah mulai dibayar, jadi tidak dapat dicabut."),
        }
        return words[self.reason] % {"subject": self.subject}
