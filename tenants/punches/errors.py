"""What the punch lane refuses, with the facts of the refusal."""

from __future__ import annotations

from django.utils.translation import gettext
from typing_extensions import override

from kernel.errors import DomainError


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
