"""What is refused about holds."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kernel.errors import ReasonRefused


class HoldRefused(ReasonRefused):
    """A hold or a release that does not fit."""

    status = 422
    code = "hold_refused"
    reasons = {
        "own": _("Pembayaran sendiri tidak dapat ditahan atau dilepas sendiri."),
        "months": _("Bulan akhir harus sesudah bulan mulai."),
        "locked": _("Bulan itu sudah dikunci untuk pegawai ini. Penahanan berlaku untuk bulan yang belum dikunci."),
        "not_held": _("Pembayaran ini tidak sedang ditahan oleh ketentuan itu."),
        "same_person": _("Yang menahan atau mengusulkan tidak dapat melepas sendiri. Minta rekan lain."),
        "ended": _("Penahanan ini sudah diakhiri."),
        "counted": _("Penahanan ini sudah dipakai dalam bulan yang dikunci, jadi hanya dapat diakhiri."),
    }
