"""The request of the synthetic punch: made, signed and sent as a phone does, by a key that counts for nobody."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from hashlib import sha256
from typing import Any, Final
from urllib.error import URLError
from urllib.request import Request, urlopen

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from django.urls import reverse

from kernel import clock
from kernel.ids import new_uid
from kernel.tenancy.context import current_region
from tenants.punches.models import PhoneKey

# A phone's own patience; what takes longer is as good as no answer.
PATIENCE_S: Final = 10
_LONGEST_ANSWER: Final = 64 * 1024
# Private keys are numbers from 1 up to but without this (P-256).
_ORDER: Final = int("FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551", 16)


class NotTaken(ValueError):
    """There was an answer, but the punch was not taken."""


def send_probe() -> None:
    """Send one synthetic punch of the open region to the address to which its phones send.

    Raises OSError when nobody answers and NotTaken when the answer is another than for a punch that is taken.
    """
    body = json.dumps({"sent_at": clock.now().isoformat(), "boot": "probe", "left": 0, "events": [_event()]}).encode()
    request = Request(  # noqa: S310 - the scheme is that of our own setting
        address(), data=body, headers={"Content-Type": "application/json", "Host": current_region().hosts[0]}
    )
    try:
        with urlopen(request, timeout=PATIENCE_S) as answer:  # noqa: S310 - as above
            told = answer.read(_LONGEST_ANSWER)
    except URLError as error:
        raise OSError(str(error.reason)) from error
    require_taken(told)


def require_taken(told: bytes) -> None:
    """Raise NotTaken unless this answer says that the one event is taken."""
    try:
        (answer,) = json.loads(told)["answers"]
        state = answer["state"]
    except (ValueError, KeyError, TypeError) as error:
        raise NotTaken("unreadable answer") from error
    if state != "accepted":
        raise NotTaken(f"{state} {answer.get('reasons')}")


def address() -> str:
    """Where the region's phones send: the lane's own address where there is one, else the region's host."""
    host = current_region().hosts[0]
    base = settings.PUNCH_PROBE_URL or settings.PUNCH_LANE_URL or "{scheme}://{host}"
    return base.format(scheme="https", host=host).rstrip("/") + reverse("punches-send", urlconf="config.urls_region")


def probe_key() -> PhoneKey:
    """The public half as the region knows it; made when it is missing."""
    point = _private().public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    known, _is_new = PhoneKey.objects.get_or_create(
        public_key=_text(point),
        defaults={"kind": PhoneKey.Kind.PROBE, "state": PhoneKey.State.ACTIVE, "name": "Absen sintetis"},
    )
    return known


def _event() -> dict[str, Any]:
    now = clock.now().isoformat()
    body = json.dumps(
        {
            "id": str(new_uid()),
            "kind": "checkpoint",
            "captured_at": now,
            "place": None,
            "place_error": "probe",
            "context": {"network": "online", "app_version": "probe", "schema": 1},
            "prev": "",
            "device": str(probe_key().uid),
            "region": current_region().code,
        }
    )
    r, s = decode_dss_signature(_private().sign(body.encode(), ec.ECDSA(SHA256())))
    return {"body": body, "sig": _text(r.to_bytes(32, "big") + s.to_bytes(32, "big"))}


def _private() -> ec.EllipticCurvePrivateKey:
    """The region's own key, made anew from the installation's secret each time, so that it lies nowhere."""
    seed = sha256(f"synthetic punch\n{current_region().code}\n{settings.SECRET_KEY}".encode()).digest()
    return ec.derive_private_key(int.from_bytes(seed, "big") % (_ORDER - 1) + 1, ec.SECP256R1())


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()
