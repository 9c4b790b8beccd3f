"""What is refused of payments."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kernel.errors import ReasonRefused


class PaymentRefused(ReasonRefused):
    """A payment list cannot be made, made void or settled now."""

    code = "payment_refused"
    reasons = {
        "nothing": _("Tidak ada yang perlu dibayar lagi pada OPD ini."),
        "settled": _("Sudah ada pembayaran yang dibayar atau gagal, jadi daftarnya tidak dapat dibatalkan."),
        "no_order": _("SP2D OPD ini belum dicatat."),
        "not_requested": _("SPP OPD ini belum diajukan."),
        "reason": _("Tulis alasannya."),
    }
