"""Signed time marks: what the server's clock said, for whom and in which region, so that a phone without signal can
show later how much time went by.

A mark is text that the phone only carries: version, region code, holder, milliseconds since 1970, nonce, and an HMAC
over these with a key derived from SECRET_KEY. The holder is the uid of the employee, or of the kiosk's key.
"""

from __future__ import annotations

import hmac
import secrets
from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from typing import Final
from uuid import UUID

from django.conf import settings

_VERSION: Final = "1"
_LENGTH: Final = 22
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)


def issue(region_code: str, holder: UUID, at: datetime) -> str:
    """A mark of this instant (aware) for this holder."""
    said = ".".join([_VERSION, region_code, holder.hex, str((at - _EPOCH) // _MILLISECOND), secrets.token_hex(4)])
    return f"{said}.{_seal(said)}"


def read(mark: str, region_code: str, holder: UUID) -> datetime | None:
    """The instant of a mark that this region issued to this holder; None for every other text."""
    said, _, seal = mark.rpartition(".")
    if not mark.isascii() or not hmac.compare_digest(seal, _seal(said)):
        return None
    version, code, whose, milliseconds, _nonce = said.split(".")
    if (version, code, whose) != (_VERSION, region_code, holder.hex):
        return None
    return _EPOCH + int(milliseconds) * _MILLISECOND


def _seal(said: str) -> str:
    digest = hmac.digest(_key(settings.SECRET_KEY), said.encode(), "sha256")
    return urlsafe_b64encode(digest)[:_LENGTH].decode()


@lru_cache(maxsize=2)
def _key(secret: str) -> bytes:
    return sha256(b"kinerja daerah, time marks\0" + secret.encode()).digest()
