"""What the arrears app refuses."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kernel.errors import DomainError, MonthRefused, ReasonRefused


class NothingLocked(DomainError):
    """No month of the span is locked for any of the OPDs, so there is nothing to compare with."""

    status = 422
    code = "nothing_locked"
    words = _("Tidak ada bulan terkunci pada rentang dan OPD itu, jadi tidak ada yang dibandingkan.")


class SpanRefused(ReasonRefused):
    """The months do not fit."""

    status = 422
    code = "span_refused"
    reasons = {
        "order": _("Bulan terakhir harus sama dengan atau sesudah bulan pertama."),
        "length": _("Rentang paling panjang 36 bulan. Hitung dalam dua bagian."),
    }


class DifferenceLocked(MonthRefused):
    """A difference of this month of payment is locked for one of the OPDs already."""

    code = "difference_locked"
    words = _("Selisih yang dibayar pada %(month)s sudah dikunci untuk OPD itu. Pilih bulan pembayaran berikutnya.")


class OrderRefused(ReasonRefused):
    """A sum by decision does not fit."""

    status = 422
    code = "order_refused"
    reasons = {
        "amount": _("Jumlahnya harus rupiah bulat dan tidak nol."),
        "open": _("Bulan itu belum dikunci untuk pegawai ini. Perbaiki datanya, lalu hitung bulan itu seperti biasa."),
        "own": _("Keputusan untuk diri sendiri harus dibuat orang lain."),
        "other": _("Dari sumber ini sudah ada keputusan dengan isi lain. Batalkan dulu yang lama."),
        "taken": _("Keputusan ini sudah masuk selisih yang dikunci. Buat keputusan baru untuk membetulkannya."),
        "cancelled": _("Keputusan ini sudah dibatalkan."),
        "reason": _("Alasannya wajib diisi."),
    }


class ShareRefused(ReasonRefused):
    """The share of the net that is taken back does not fit."""

    status = 422
    code = "share_refused"
    reasons = {
        "percent": _("Persennya lebih dari 0 dan paling banyak 100."),
        "past": _("Batas baru mulai dari bulan yang belum dikunci di OPD mana pun."),
        "known": _("Untuk bulan itu sudah ada batas. Pilih bulan sesudahnya."),
    }


class RecoveryBegun(DomainError):
    """Slips that were paid have taken something back already, so it cannot be withdrawn."""

    code = "recovery_begun"
    words = _(
        "Pengembaliannya sudah mulai dipotong pada slip yang dikunci. Buat keputusan tambahan untuk membetulkannya."
    )
