"""Why a measure is not imposed or lifted."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kernel.errors import DomainError, ReasonRefused


class MeasureRefused(ReasonRefused):
    """What was asked for does not fit the measure. `field` is where the form says it."""

    status = 422
    code = "measure_refused"
    reasons = {
        "stands": _("Tindakan ini sudah berlaku di wilayah itu. Cabut dahulu bila syaratnya perlu diganti."),
        "for_good": _("Tindakan ini tidak dapat dibatalkan: akibatnya sudah terjadi."),
        "until": _("Pilih waktu berakhir yang masih akan datang, dalam batas tindakan ini."),
        "not_made": _("Wilayah ini belum selesai disiapkan."),
        "people": _("Tuliskan paling sedikit satu NIP atau uid akun."),
        "unknown": _("Ini bukan akun aktif di wilayah itu: %(facts)s. Periksa NIP atau uid-nya."),
        "opd": _("OPD ini tidak ada di wilayah itu."),
        "networks": _("Tuliskan jaringan sebagai CIDR, satu per baris. Contoh: 203.0.113.0/24. Keliru: %(facts)s"),
        "credentials": _("Pilih paling sedikit satu jenis kredensial."),
        "files": _("Tuliskan sidik SHA-256 (64 huruf dan angka) atau NIP pengunggah."),
    }

    def __init__(self, reason: str, field: str = "", facts: str = "") -> None:
        self.field = field
        self.facts = facts
        super().__init__(reason)


class SecondOperatorNeeded(DomainError):
    """Too far-reaching for one pair of eyes: another operator has to confirm it."""

    status = 409
    code = "second_operator_needed"
    words = _("Tindakan ini menunggu persetujuan operator kedua.")


class PairRefused(ReasonRefused):
    """A request for a second operator cannot be decided this way."""

    code = "pair_refused"
    reasons = {
        "own": _("Yang meminta tidak dapat menyetujui permintaannya sendiri. Minta operator lain."),
        "decided": _("Permintaan ini sudah diputuskan."),
        "expired": _("Permintaan ini sudah kedaluwarsa. Ajukan lagi bila masih diperlukan."),
    }
