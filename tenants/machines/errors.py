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


class SerialRefused(DomainError):
    """The serial cannot be one, or its machine is known already."""

    code = "serial_refused"
    words = _(
        "Nomor seri ini tidak dapat dibaca atau mesinnya sudah terdaftar. Cocokkan dengan label di belakang mesin."
    )


class NameTaken(DomainError):
    """Another machine is called so."""

    code = "name_taken"
    words = _("Sudah ada mesin bernama %(name)s. Pakai nama lain, misalnya dengan lantainya.")

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(name)


class MachineNotInUse(DomainError):
    """The machine is not claimed yet, or not used any more."""

    code = "machine_not_in_use"
    words = _("Mesin ini belum diklaim atau sudah tidak dipakai.")


class CommandOver(DomainError):
    """The machine has fetched the command, or it is over."""

    code = "command_over"
    words = _("Perintah ini sudah diambil mesin, jadi tidak dapat ditarik.")


class NothingAhead(DomainError):
    """No line of the machine with a PIN that means somebody waits for a decision about its time."""

    code = "nothing_ahead"
    words = _("Tidak ada baris dengan PIN yang sudah dipasangkan yang menunggu keputusan.")


class AheadTooLittle(DomainError):
    """Some lines would still be later than the moment at which they came."""

    code = "ahead_too_little"
    words = _("Paling sedikit %(minutes)s menit: sebanyak itu jam mesin di depan saat barisnya masuk.")

    def __init__(self, minutes: int) -> None:
        self.minutes = minutes
        super().__init__(str(minutes))


class DecisionUndone(DomainError):
    """The decision was taken back already."""

    code = "decision_undone"
    words = _("Keputusan ini sudah dibatalkan.")


class ReasonMissing(DomainError):
    """Why is not said."""

    code = "reason_missing"
    words = _("Tulis alasannya; alasan ini tercatat.")
