"""The key that signs seals lies in a file outside of the database: who can write the tables cannot make a seal.

The environment names the file (`AUDIT_SEAL_KEY_FILE`, Ed25519 in PEM). Keys that were used before are trusted by their
public half in `AUDIT_SEAL_FORMER_KEYS_FILE`, one in base64 on each line; `manage.py verify_audit --key` prints ours.
"""

from __future__ import annotations

import base64
import os
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


def public_text(key: Ed25519PublicKey) -> str:
    """The public key as text (base64 of its 32 bytes)."""
    return base64.b64encode(key.public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()


def name_of(public: str) -> str:
    """A key's name: the first 16 hexadecimal digits of the digest of its public half."""
    return sha256(base64.b64decode(public)).hexdigest()[:16]


def signing_key() -> Ed25519PrivateKey:
    """The key of this installation. Raises ImproperlyConfigured when there is none that can be read."""
    return _load(str(settings.AUDIT_SEAL_KEY_FILE))


@lru_cache(maxsize=4)
def _load(path: str) -> Ed25519PrivateKey:
    file = Path(path)
    if not file.exists() and settings.AUDIT_SEAL_KEY_IS_MADE:
        _make(file)
    try:
        key = load_pem_private_key(file.read_bytes(), password=None)
    except (OSError, ValueError) as error:
        raise ImproperlyConfigured(f"AUDIT_SEAL_KEY_FILE names no readable key: {type(error).__name__}") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise ImproperlyConfigured("AUDIT_SEAL_KEY_FILE must hold an Ed25519 key")
    return key


def forget() -> None:
    """Read the key's file anew, as a fresh process does."""
    _load.cache_clear()


def _make(file: Path) -> None:
    """On a developer's machine the first who asks makes the key; whoever asks at the same time takes that one."""
    file.parent.mkdir(parents=True, exist_ok=True)
    content = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    fresh = file.with_name(f".{file.name}.{os.getpid()}")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as stream:
        stream.write(content)
    try:
        os.link(fresh, file)
    except FileExistsError:
        pass
    finally:
        fresh.unlink()


def trusted_keys() -> dict[str, Ed25519PublicKey]:
    """Every key whose seals count, by name: ours and the former ones."""
    texts = [public_text(signing_key().public_key())]
    if settings.AUDIT_SEAL_FORMER_KEYS_FILE:
        texts += Path(settings.AUDIT_SEAL_FORMER_KEYS_FILE).read_text().split()
    return {name_of(text): Ed25519PublicKey.from_public_bytes(base64.b64decode(text)) for text in texts}


def signs(key: Ed25519PublicKey, signature: str, content: bytes) -> bool:
    """Whether this key made the signature (base64) over the content."""
    try:
        key.verify(base64.b64decode(signature), content)
    except (InvalidSignature, ValueError):
        return False
    return True
