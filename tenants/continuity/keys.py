"""The password of an OPD's kit and the check in each row's code. Nothing secret is stored: both are derived.

A kit must open without the platform, so its files carry a password that the operator writes down beforehand. It follows
from the installation's secret, the region, the OPD and a version that a new password moves on (HMAC-SHA-256).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from django.conf import settings

from kernel.tenancy.context import current_region

# Without letters and digits that look alike on paper.
_ALPHABET: Final = "abcdefghjkmnpqrstuvwxyz23456789"
_GROUPS, _LETTERS = 5, 4
_CODE: Final = re.compile(r"\AKD1\.(\d{18})\.(\d{8})\.([a-z2-7]{8})\Z")


@dataclass(frozen=True, slots=True)
class RowCode:
    """Whom and which day a row's code names; `day` is None on a list without a date."""

    nip: str
    day: date | None


def password_of(opd_uid: UUID, version: int) -> str:
    """The kit's password: 20 signs of an alphabet of 31 (99 bits) in groups of four, to be written on paper."""
    drawn = _derived("kit", str(opd_uid), str(version))
    number = int.from_bytes(drawn, "big")
    signs = []
    for _place in range(_GROUPS * _LETTERS):
        number, sign = divmod(number, len(_ALPHABET))
        signs.append(_ALPHABET[sign])
    groups = ["".join(signs[start : start + _LETTERS]) for start in range(0, len(signs), _LETTERS)]
    return "-".join(groups)


def row_code(nip: str, day: date | None) -> str:
    """What the QR of a row says: person, day and a check that a mistyped or invented code fails."""
    when = "00000000" if day is None else f"{day:%Y%m%d}"
    return f"KD1.{nip}.{when}.{_check(nip, when)}"


def read_row_code(text: str) -> RowCode | None:
    """What a scanned code names; None when it is not one of this region's."""
    found = _CODE.match(text.strip())
    if found is None or not hmac.compare_digest(found[3], _check(found[1], found[2])):
        return None
    try:
        day = None if found[2] == "00000000" else date(int(found[2][:4]), int(found[2][4:6]), int(found[2][6:]))
    except ValueError:
        return None
    return RowCode(found[1], day)


def _check(nip: str, when: str) -> str:
    return base64.b32encode(_derived("row", nip, when)[:5]).decode().lower()


def _derived(*words: str) -> bytes:
    region = current_region()
    text = "\0".join(("continuity", region.code, str(region.number), *words))
    return hmac.new(settings.SECRET_KEY.encode(), text.encode(), hashlib.sha256).digest()
