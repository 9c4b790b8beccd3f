"""Which PINs are taken, and new ones made by chance."""

from __future__ import annotations

import secrets
from typing import Final

LENGTH: Final = 6
_UP: Final = "0123456789012345"
_DOWN: Final = _UP[::-1]


def is_weak(pin: str, nip: str) -> bool:
    """Whether a colleague would try it: few digits, a row of digits, or a date that the NIP shows.

    A NIP begins with the day of birth (YYYYMMDD) and goes on with the month of appointment (YYYYMM).
    """
    if len(pin) != LENGTH or not (pin.isascii() and pin.isdigit()):
        return True
    if len(set(pin)) < 3 or pin in _UP or pin in _DOWN or pin[:3] == pin[3:]:
        return True
    year, month, day = nip[:4], nip[4:6], nip[6:8]
    of_birth = {
        day + month + year[2:],
        year[2:] + month + day,
        month + day + year[2:],
        day + month + year,
        month + year,
    }
    return pin in of_birth | {year + month, nip[8:14], nip[-6:]}


def random_pin(nip: str) -> str:
    """A PIN that nobody would try."""
    while True:
        pin = "".join(secrets.choice("0123456789") for _ in range(LENGTH))
        if not is_weak(pin, nip):
            return pin
