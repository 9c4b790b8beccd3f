"""What can be wrong with a code, and with a recovery by two officers."""

from __future__ import annotations

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from kernel.errors import DomainError, ReasonRefused


class CodeRefused(DomainError):
    """Name, code or both are wrong, used, or too old: one answer for all, so that nobody learns which."""

    status = 422
    code = "activation_refused"
    words = _("NIP atau kode aktivasi tidak cocok, atau kodenya sudah tidak berlaku. Minta kode baru ke operator OPD.")


class RecoveryRefused(ReasonRefused):
    """Two officers who are two, and neither the person; one recovery of a person at a time."""

    code = "recovery_refused"
    reasons: ClassVar = {
        "unknown": _("Tidak ada akun aktif dengan nama masuk ini."),
        "own": _("Akun sendiri dipulihkan oleh dua petugas lain."),
        "same": _("Yang memulai tidak boleh menyetujui. Minta petugas kedua."),
        "under_way": _("Pemulihan akun ini sedang berjalan. Setujui atau batalkan yang itu."),
        "over": _("Pemulihan ini sudah selesai, dibatalkan, atau kedaluwarsa."),
    }
