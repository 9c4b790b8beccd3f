"""Phones and tablets of the tests: what they show one another, and what a tablet seals."""

from __future__ import annotations

import os
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tenants.employees.models import Employee
from tenants.kiosks.codes import step_of
from tenants.kiosks.secrets import sealing_key
from tenants.kiosks.statements import PersonCode
from tenants.punches.models import PhoneKey
from tenants.punches.signatures import point_of
from tests.tenants.attendance.week import MONDAY, at
from tests.tenants.punches.signing import SigningPhone, text_of

__all__ = ["Device", "phone_of", "seal", "sealed_pin", "text_of"]


def seal(text: bytes, about: bytes, to: bytes) -> bytes:
    """As a tablet does it (static/kiosks/seal.js)."""
    own = ec.generate_private_key(ec.SECP256R1())
    point = own.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    shared = own.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), to))
    key = HKDF(hashes.SHA256(), 32, salt=point, info=b"kd.seal.1").derive(shared)
    nonce = os.urandom(12)
    return point + nonce + AESGCM(key).encrypt(nonce, text, about)


def sealed_pin(pin: str, employee: Employee, moment: datetime) -> str:
    """A PIN as a tablet puts it into the event of this press."""
    return text_of(seal(pin.encode(), f"{employee.uid} {moment.isoformat()}".encode(), sealing_key()))


class Device(SigningPhone):
    """A phone that shows its owner's changing code, or a tablet."""

    @classmethod
    def fresh(cls) -> Self:
        return cls("manado", at(MONDAY, "07:25"))

    def person_code(self, person: UUID, moment: datetime) -> str:
        """The changing QR code that this phone shows for its owner."""
        bare = PersonCode(person, UUID(self.device), step_of(moment), "")
        return f"KDP:{person}:{self.device}:{bare.step}:{self.sign(bare.signed_text(self.region))}"


def phone_of(employee: Employee, **more: Any) -> Device:
    """A registered phone of the person, in use."""
    device = Device.fresh()
    key = PhoneKey.objects.create(
        employee=employee, public_key=point_of(device.jwk), **{"state": PhoneKey.State.ACTIVE, **more}
    )
    device.device = str(key.uid)
    return device
