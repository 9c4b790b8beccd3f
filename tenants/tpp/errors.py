"""What the TPP app refuses."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kernel.errors import DomainError, MonthRefused, ReasonRefused


class RunGoing(MonthRefused):
    """A run of this month waits or works already."""

    code = "run_going"
    words = _("Perhitungan %(month)s sedang berjalan. Tunggu sampai selesai atau batalkan dulu.")


class MonthNotBegun(MonthRefused):
    """The month lies in the future."""

    status = 422
    code = "month_not_begun"
    words = _("%(month)s belum dimulai.")


class NotInTheRules(DomainError):
    """The rule set of the month does not say how this kind is paid; `kind` in words."""

    status = 422
    code = "kind_not_in_rules"
    words = _("Aturan yang berlaku belum memuat %(kind)s. Tambahkan dulu di naskah aturannya.")

    def __init__(self, kind: object) -> None:
        self.kind = kind
        super().__init__(str(kind))


class RunFinished(DomainError):
    """The run no longer waits or works, so there is nothing to cancel."""

    code = "run_finished"
    words = _("Perhitungan ini sudah selesai, jadi tidak dapat dibatalkan.")


class RunReplaced(DomainError):
    """A stopped run cannot be taken up: a newer one exists, or other rules are in force."""

    code = "run_replaced"
    words = _("Perhitungan ini sudah diganti yang lebih baru atau aturannya berubah. Mulai perhitungan baru.")


class NothingToMend(DomainError):
    """The run has nobody with an error in an OPD."""

    status = 422
    code = "nothing_to_mend"
    words = _("Tidak ada OPD dengan pegawai yang galat di perhitungan ini.")


class PenaltyRefused(ReasonRefused):
    """The months of a discipline decision do not fit, or its letter is recorded already."""

    status = 422
    code = "penalty_refused"
    reasons = {
        "known": _("Surat keputusan ini sudah dicatat untuk pegawai itu."),
        "months": _("Bulan akhir harus sesudah bulan mulai."),
    }


class PracticeRefused(ReasonRefused):
    """What is asked of practice and go-live does not fit. `subject` names the OPD or month."""

    code = "practice_refused"
    reasons = {
        "nothing_chosen": _("Pilih dulu OPD-nya."),
        "locked": _("%(subject)s sudah dikunci. Pilih bulan sesudahnya."),
        "paying": _("Daerah ini sudah membayar semua OPD. Latihan hanya dapat dimulai sebelum bulan pertama dikunci."),
        "not_piloting": _("Daerah ini tidak memakai latihan; semua OPD sudah dibayar."),
        "already": _("Tidak ada yang berubah: OPD itu sudah dibayar atau sudah diusulkan."),
        "chosen": _("OPD itu sudah ikut latihan atau sudah dibayar."),
        "same_person": _("Anda yang mengusulkan %(subject)s. Tanda tangan kedua harus dari orang lain."),
        "in_force": _("%(subject)s sudah mulai dibayar, jadi tidak dapat dicabut."),
    }

    def __init__(self, reason: str, subject: str = "") -> None:
        self.subject = subject
        super().__init__(reason)
