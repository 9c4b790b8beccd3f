"""What the machines' pages refuse."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kernel.errors import DomainError


class PinTaken(DomainError):
    """The PIN of this machine already means somebody else."""

    code = "pin_taken"
    words = _("PIN %(pin)s di mesin ini sudah dipakai %(person)s.")

    def __init__(self, pin: str, person: str) -> None:
        self.pin = pin
        self.person = person
        super().__init__(pin)
