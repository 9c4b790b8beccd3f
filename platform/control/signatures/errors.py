"""What cannot become a signature."""

from __future__ import annotations

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from kernel.errors import ReasonRefused


class NoSignature(ReasonRefused):
    """What was written marks nothing, or too much."""

    status = 422
    code = "no_signature"
    reasons: ClassVar = {
        "text": _(
            "Teks terlalu pendek untuk dikenali lagi. Salin teks lengkapnya, paling sedikit 12 huruf atau angka."
        ),
        "phrase": _(
            "Frasa terlalu pendek dan mengenai tulisan biasa. Pakai paling sedikit dua kata dan 10 huruf atau angka."
        ),
        "digest": _(
            "SHA-256 terdiri atas 64 angka dan huruf a sampai f. Salin dari halaman berkas atau bukti insiden."
        ),
        "domain": _("Tulis nama situs saja, tanpa http. Contoh: slot-contoh.example"),
        "government": _("Situs pemerintah tidak dapat dijadikan tanda: tautannya ada di mana-mana."),
        "usual": _("Situs yang lazim ditautkan tidak dapat dijadikan tanda."),
        "reason": _("Tulis alasan mengapa ini terbukti serangan."),
    }


class SignatureStands(ReasonRefused):
    """It is searched for already."""

    code = "signature_stands"
    reasons: ClassVar = {"stands": _("Tanda ini sudah dicari di semua wilayah. Lihat hasilnya di daftar.")}
