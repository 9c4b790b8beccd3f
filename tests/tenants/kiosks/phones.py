"""Phones and tablets of the tests: keys of their own, and what they sign and seal."""

from __future__ import annotations

import os
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from kernel.tenancy.context import current_region
from tenants.employees.models import Employee
from tenants.kiosks.codes import step_of
from tenants.kiosks.statements import PersonCode
from tenants.punches.models import PhoneKey
from tenants.punches.signatures import point_of


def text_of(raw: bytes) -> str:
    """Base64url without padding."""
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def seal(text: bytes, about: bytes, to: bytes) -> bytes:
    """As a tablet does it (static/kiosks/seal.js)."""
    own = ec.generate_private_key(ec.SECP256R1())
    point = own.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    shared = own.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), to))
    key = HKDF(hashes.SHA256(), 32, salt=point, info=b"kd.seal.1").derive(shared)
    nonce = os.urandom(12)
    return point + nonce + AESGCM(key).encrypt(nonce, text, about)


@dataclass
class Device:
    """A phone or tablet with its key; `uid` once the server knows it."""

    private: ec.EllipticCurvePrivateKey
    uid: UUID | None = None

    @classmethod
    def fresh(cls) -> Device:
        return cls(ec.generate_private_key(ec.SECP256R1()))

    @property
    def jwk(self) -> dict[str, str]:
        numbers = self.private.public_key().public_numbers()
        x, y = (text_of(number.to_bytes(32, "big")) for number in (numbers.x, numbers.y))
        return {"kty": "EC", "crv": "P-256", "x": x, "y": y}

    def sign(self, text: str) -> str:
        r, s = decode_dss_signature(self.private.sign(text.encode(), ec.ECDSA(hashes.SHA256())))
        return text_of(r.to_bytes(32, "big") + s.to_bytes(32, "big"))

    def person_code(self, person: UUID, moment: datetime) -> str:
        """The changing QR code that this phone shows for its owner."""
        assert self.uid is not None
        bare = PersonCode(person, self.uid, step_of(moment), "")
        return f"KDP:{person}:{self.uid}:{bare.step}:{self.sign(bare.signed_text(current_region().code))}"


def phone_of(employee: Employee, **more: Any) -> Device:
    """A registered phone of the person, in use."""
    device = Device.fresh()
    key = PhoneKey.objects.create(
        employee=employee, public_key=point_of(device.jwk), **{"state": PhoneKey.State.ACTIVE, **more}
    )
    device.uid = key.uid
    return device
