"""What is refused of a parcel."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from kernel.errors import DomainError, ReasonRefused
from tenants.payout.gates import Reason


class StepRefused(ReasonRefused):
    """A step cannot be taken, taken back or returned now."""

    code = "step_refused"
    reasons = {
        "not_over": _("Bulan ini belum berakhir."),
        "not_next": _("Langkah ini belum gilirannya. Lihat langkah berikutnya di halaman OPD."),
        "no_run": _("Belum ada perhitungan selesai untuk OPD ini."),
        "only_practice": _("OPD ini masih latihan, jadi tidak ada yang dibayar."),
        "missing": _("Masih ada yang kurang. Lengkapi dulu, atau tulis alasan menutup tanpa itu."),
        "not_last": _("Hanya langkah terakhir yang dapat dibatalkan."),
        "not_own": _("Hanya orang yang mengambil langkah ini dapat membatalkannya."),
        "locked": _("Bulan OPD ini sudah dikunci, jadi tidak dapat dikembalikan."),
        "not_closed": _("OPD ini belum menutup bulannya."),
        "reason": _("Tulis alasannya."),
        "letter": _("Isi nomor dan tanggal suratnya."),
        "amount": _("Jumlahnya berbeda dengan yang dapat dibayar. Tulis alasan selisihnya."),
    }


class GatesClosed(DomainError):
    """Another app says that the step cannot be taken yet. `reasons` are sentences for the person."""

    code = "gates_closed"

    def __init__(self, reasons: tuple[Reason, ...]) -> None:
        self.reasons = reasons
        super().__init__("; ".join(reason.code for reason in reasons))

    @override
    def message(self) -> str:
        return " ".join(reason.text for reason in self.reasons)
