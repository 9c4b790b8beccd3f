"""Secrets that must be read again (the seed of a code app) lie encrypted in the database.

AES-256-GCM with a key derived from SECRET_KEY, bound to the region: a row that is copied into another region's schema
opens nothing there. After a change of SECRET_KEY those of SECRET_KEY_FALLBACKS still open what they closed.
"""

from __future__ import annotations

import base64
import secrets
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from kernel.tenancy.context import scope_label

_PURPOSE: Final = b"kd.accounts.factors.1"
_NONCE_BYTES: Final = 12
_MARK: Final = "1:"


class NotOurs(ValueError):
    """The text was closed with another key, for another region, or was changed since."""


def close(text: str) -> str:
    """The text encrypted for the open region."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    sealed = _cipher(settings.SECRET_KEY).encrypt(nonce, text.encode(), scope_label().encode())
    return _MARK + base64.b64encode(nonce + sealed).decode()


def open_again(closed: str) -> str:
    """What `close` was given. Raises NotOurs."""
    if not closed.startswith(_MARK):
        raise NotOurs
    raw = base64.b64decode(closed[len(_MARK) :])
    for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        try:
            return _cipher(key).decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], scope_label().encode()).decode()
        except InvalidTag:
            continue
    raise NotOurs


def _cipher(secret: str) -> AESGCM:
    return AESGCM(HKDF(hashes.SHA256(), 32, salt=None, info=_PURPOSE).derive(secret.encode()))
