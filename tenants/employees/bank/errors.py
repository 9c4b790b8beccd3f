"""What is refused of accounts."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kernel.errors import ReasonRefused


class AccountRefused(ReasonRefused):
    """An account cannot be recorded, confirmed or withdrawn so."""

    status = 422
    code = "account_refused"
    reasons = {
        "own": _("Rekening Anda sendiri harus diurus orang lain."),
        "waiting": _("Perubahan rekening orang ini masih menunggu konfirmasi. Konfirmasi atau batalkan dulu."),
        "same_person": _("Anda yang mengisi rekening ini. Konfirmasinya harus dari orang lain."),
        "reason": _("Tulis alasannya."),
    }


class AccountsUndoRefused(ReasonRefused):
    """An import of accounts cannot be undone."""

    code = "accounts_undo_refused"
    reasons = {"not_done": _("Impor ini belum selesai, jadi belum dapat dibatalkan.")}
