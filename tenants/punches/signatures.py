"""ECDSA on P-256 with SHA-256, as a browser's WebCrypto signs: public keys, signatures and digests as text."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

_ALGORITHM: Final = ec.ECDSA(SHA256())
_COORDINATE: Final = 32


def point_of(jwk: Mapping[str, Any]) -> str:
    """The public key of a JWK as text (an uncompressed point in base64url). Raises ValueError for anything else."""
    if jwk.get("kty") != "EC" or jwk.get("crv") != "P-256":
        raise ValueError("not an EC key on P-256")
    if "d" in jwk:
        raise ValueError("a private key")
    parts = [_bytes(jwk.get(name)) for name in ("x", "y")]
    if any(len(part) != _COORDINATE for part in parts):
        raise ValueError("not the coordinates of a point")
    point = _text(b"\4" + parts[0] + parts[1])
    _public_key(point)
    return point


def is_signed(body: str, signature: str, point: str) -> bool:
    """Whether this text (its UTF-8 bytes) was signed by the key; the signature is r and s, 64 bytes, in base64url."""
    try:
        raw = _bytes(signature)
        if len(raw) != 2 * _COORDINATE:
            return False
        pair = encode_dss_signature(int.from_bytes(raw[:_COORDINATE], "big"), int.from_bytes(raw[_COORDINATE:], "big"))
        _public_key(point).verify(pair, body.encode(), _ALGORITHM)
    except (InvalidSignature, ValueError):
        return False
    return True


def digest_of(text: str) -> str:
    """The SHA-256 of a text's UTF-8 bytes in base64url, as a phone writes it into `prev`."""
    return _text(sha256(text.encode()).digest())


def _public_key(point: str) -> ec.EllipticCurvePublicKey:
    return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), _bytes(point))


def _bytes(text: object) -> bytes:
    if not isinstance(text, str) or not text.isascii():
        raise ValueError("no base64url")
    try:
        return urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except NotBase64 as error:
        raise ValueError("no base64url") from error


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()
