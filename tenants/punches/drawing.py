"""A number that the server draws for a punch, by which samples are taken.

A phone makes the id of a punch itself and could make it again until it likes it; what the server draws from the id it
cannot foresee. It is told with the answer, and every other process draws the same.
"""

from __future__ import annotations

import hmac
from functools import lru_cache
from hashlib import sha256
from typing import Final
from uuid import UUID

from django.conf import settings

OF: Final = 100


def draw(punch: UUID) -> int:
    """From 0 up to, without, `OF`; the same for the same punch as long as SECRET_KEY is the same."""
    return int.from_bytes(hmac.digest(_key(settings.SECRET_KEY), punch.bytes, "sha256")[:8]) % OF


@lru_cache(maxsize=2)
def _key(secret: str) -> bytes:
    return sha256(b"kinerja daerah, samples of punches\0" + secret.encode()).digest()
