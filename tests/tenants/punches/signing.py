"""A phone as the lane sees it: a key of its own, clocks that run, and signed events as the installed app makes them."""

from __future__ import annotations

import hashlib
import json
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from uuid_utils.compat import uuid7

NOTHING_SAID: Final[dict[str, Any]] = {"place": None, "place_error": "denied"}


def text_of(raw: bytes) -> str:
    """base64url without padding."""
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def digest(body: str) -> str:
    """As the next event's `prev` names this one."""
    return text_of(hashlib.sha256(body.encode()).digest())


def jwk_of(key: ec.EllipticCurvePrivateKey) -> dict[str, Any]:
    """The public half of a key as a browser exports it."""
    numbers = key.public_key().public_numbers()
    x, y = (text_of(number.to_bytes(32, "big")) for number in (numbers.x, numbers.y))
    return {"kty": "EC", "crv": "P-256", "x": x, "y": y, "ext": True, "key_ops": ["verify"]}


@dataclass
class SigningPhone:
    """`wall` is what its clock shows, `mono_ms` counts since the page started (`boot`); both move by `wait`."""

    region: str
    wall: datetime
    device: str = ""
    boot: str = "boot-1"
    mono_ms: int = 1_000
    prev: str = ""
    mark: str = ""
    mark_mono_ms: int | None = None
    mark_boot: str = ""
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    @property
    def jwk(self) -> dict[str, Any]:
        """The public key as a browser exports it."""
        return jwk_of(self.key)

    def wait(self, span: timedelta) -> None:
        """Time goes by while the page is open."""
        self.wall += span
        self.mono_ms += int(span / timedelta(milliseconds=1))

    def restart(self) -> None:
        """The page is opened anew: the running clock begins again."""
        self.boot, self.mono_ms = f"{self.boot}+", 500

    def hold(self, mark: str) -> None:
        """Take a time mark from an answer."""
        self.mark, self.mark_mono_ms, self.mark_boot = mark, self.mono_ms, self.boot

    def event(self, kind: str = "in", **more: Any) -> dict[str, str]:
        """Press the button: one signed event, chained to the one before."""
        said = {
            "id": str(uuid7()),
            "kind": kind,
            "captured_at": self.wall.isoformat(),
            "mono_ms": self.mono_ms,
            "boot": self.boot,
            "mark": self.mark,
            "mark_mono_ms": self.mark_mono_ms,
            "mark_boot": self.mark_boot,
            **NOTHING_SAID,
            "context": {"network": "online", "app_version": "test", "schema": 1},
            "prev": self.prev,
            "device": self.device,
            "region": self.region,
            **more,
        }
        body = json.dumps(said)
        self.prev = digest(body)
        return {"body": body, "sig": self.sign(body)}

    def sign(self, text: str) -> str:
        """r and s, 64 bytes, in base64url."""
        r, s = decode_dss_signature(self.key.sign(text.encode(), ec.ECDSA(SHA256())))
        return text_of(r.to_bytes(32, "big") + s.to_bytes(32, "big"))

    def envelope(self, *events: dict[str, str], **more: Any) -> dict[str, Any]:
        """A sending at this moment."""
        return {
            "sent_at": self.wall.isoformat(),
            "sent_mono_ms": self.mono_ms,
            "boot": self.boot,
            "left": 0,
            "events": list(events),
            **more,
        }
