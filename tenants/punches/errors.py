"""What the punch lane refuses, with the facts of the refusal."""

from __future__ import annotations

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from kernel.errors import DomainError, ReasonRefused


class PunchRefused(DomainError):
    """A punch that is not taken, though it is kept aside.

    `reason` is other_person (the id is somebody else's punch) or uid (no UUIDv7).
    """

    code = "punch_refused"

    def __init__(self, reason: str) -> None:
        self.reason = reason
        self.status = 409 if reason == "other_person" else 422
        super().__init__(reason)

    @override
    def message(self) -> str:
        if self.reason == "other_person":
            return gettext("Absen ini sudah tercatat atas nama orang lain. Muat ulang halaman, lalu absen sekali lagi.")
        return gettext("Absen ini tidak dapat dibaca. Muat ulang halaman, lalu absen sekali lagi.")


class KeyRefused(ReasonRefused):
    """Something that cannot be done with a phone's key.

    `reason` is unreadable (no public key), taken (another person's), decided (it is not in that state any more) or own
    (an operator decides about the own phone).
    """

    code = "key_refused"
    reasons = {
        "unreadable": _("Kunci HP ini tidak dapat dibaca. Muat ulang halaman absen, lalu coba sekali lagi."),
        "taken": _("HP ini sudah terdaftar atas nama orang lain. Keluar dulu dari akun orang itu di HP ini."),
        "decided": _("Keadaan HP ini sudah berubah. Muat ulang halaman untuk melihat keadaannya sekarang."),
        "own": _("HP Anda sendiri dikonfirmasi operator lain atau BKPSDM."),
    }
