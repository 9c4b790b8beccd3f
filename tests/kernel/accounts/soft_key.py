"""A passkey in software, as a browser and its authenticator make one: real keys, real signatures, any origin."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import struct
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2 import cbor

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


def plain(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class SoftKey:
    """One key pair for one relying party."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id = secrets.token_bytes(32)
        self.host = ""
        self.handle = b""

    def make(self, options: dict[str, Any], origin: str, *, flags: int = PRESENT | VERIFIED) -> dict[str, Any]:
        """The answer to `navigator.credentials.create`."""
        asked = options["publicKey"]
        self.host = asked["rp"]["id"]
        self.handle = base64.urlsafe_b64decode(asked["user"]["id"] + "==")
        numbers = self.key.public_key().public_numbers()
        public = cbor.encode({1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")})
        attested = bytes(16) + struct.pack(">H", len(self.id)) + self.id + public
        data = self._head(flags | ATTESTED) + attested
        return self._answer(
            {
                "clientDataJSON": plain(self._client("webauthn.create", asked["challenge"], origin)),
                "attestationObject": plain(cbor.encode({"fmt": "none", "attStmt": {}, "authData": data})),
            },
            {"credProps": {"rk": True}},
        )

    def sign(
        self, options: dict[str, Any], origin: str, *, host: str = "", flags: int = PRESENT | VERIFIED
    ) -> dict[str, Any]:
        """The answer to `navigator.credentials.get`, for the key's own relying party or (a forgery) another `host`."""
        asked = options["publicKey"]
        client = self._client("webauthn.get", asked["challenge"], origin)
        data = self._head(flags, host)
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer(
            {
                "clientDataJSON": plain(client),
                "authenticatorData": plain(data),
                "signature": plain(signature),
                "userHandle": plain(self.handle),
            },
            {},
        )

    def _head(self, flags: int, host: str = "") -> bytes:
        return hashlib.sha256((host or self.host).encode()).digest() + bytes([flags]) + bytes(4)

    def _answer(self, response: dict[str, str], extensions: dict[str, Any]) -> dict[str, Any]:
        name = plain(self.id)
        return {
            "id": name,
            "rawId": name,
            "type": "public-key",
            "clientExtensionResults": extensions,
            "response": response,
        }

    @staticmethod
    def _client(kind: str, challenge: str, origin: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": origin}).encode()
