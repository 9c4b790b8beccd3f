"""What screens, assemblies and tablets keep from others, derived from the installation's key and the region.

Nothing of it is stored: a copy of the database shows no code of tomorrow and opens no PIN. A screen or an assembly gets
another secret when its `turn` moves. The former keys of the installation (SECRET_KEY_FALLBACKS) still open what was
made under them, so a change of the key stops no leader who is out of reach.
"""

from __future__ import annotations

import hmac
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings

from kernel.tenancy.context import current_region

_CURVE: Final = ec.SECP256R1()
# The order of the curve's group (FIPS 186-4, D.1.2.3): a private key is a number below it.
_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_POINT_BYTES: Final = 65
_NONCE_BYTES: Final = 12
_SEAL: Final = b"kd.seal.1"


class Unsealable(Exception):
    """Sealed for somebody else, for another event, or damaged."""


def code_secrets(kind: str, uid: UUID, turn: int) -> list[bytes]:
    """The secrets of a thing that shows codes, the present one first. `kind` keeps screens and assemblies apart."""
    return _derived(f"code|{kind}|{uid}|{turn}")


def pin_digest(employee_id: int, pin: str) -> str:
    """What is kept of a PIN under the present key; see `pin_digests`."""
    return pin_digests(employee_id, pin)[0]


def pin_digests(employee_id: int, pin: str) -> list[str]:
    """What may be kept of this PIN. Six digits give in to any hash, so the key and not slowness protects them."""
    return [hmac.new(key, pin.encode(), "sha256").hexdigest() for key in _derived(f"pin|{employee_id}")]


def sealing_key() -> bytes:
    """The public key (P-256, uncompressed point, 65 bytes) to which tablets of this region seal PINs."""
    return _private_keys()[0].public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def unseal(sealed: bytes, about: bytes) -> bytes:
    """Open what a tablet sealed: its one-time point, a nonce, AES-256-GCM over the text with `about` bound to it.

    Raises Unsealable.
    """
    try:
        point = ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, sealed[:_POINT_BYTES])
    except ValueError as error:
        raise Unsealable from error
    nonce, text = sealed[_POINT_BYTES : _POINT_BYTES + _NONCE_BYTES], sealed[_POINT_BYTES + _NONCE_BYTES :]
    if len(nonce) < _NONCE_BYTES:
        raise Unsealable
    for key in _private_keys():
        shared = key.exchange(ec.ECDH(), point)
        opened = HKDF(hashes.SHA256(), 32, salt=sealed[:_POINT_BYTES], info=_SEAL).derive(shared)
        try:
            return AESGCM(opened).decrypt(nonce, text, about)
        except InvalidTag:
            continue
    raise Unsealable


def _private_keys() -> list[ec.EllipticCurvePrivateKey]:
    # 64 bytes modulo the order: no number is noticeably likelier than another.
    seeds = [hmac.digest(key, b"", "sha512") for key in _derived("seal")]
    return [ec.derive_private_key(int.from_bytes(seed, "big") % (_ORDER - 1) + 1, _CURVE) for seed in seeds]


def _derived(purpose: str) -> list[bytes]:
    text = f"kd.kiosks|{current_region().code}|{purpose}".encode()
    return [
        hmac.digest(str(key).encode(), text, "sha256") for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    ]
