"""Who gets which address of the lane, and the pages about phones."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from typing import Any

from kernel import clock
from tenants.punches.models import PhoneKey
from tests.architecture.permission_table import EVERYBODY, Cast, region
from tests.tenants.punches.signing import SigningPhone

ASN = "ani budi citra"
OPERATORS = "operator_opd bkpsdm"
_points = count()


def _phone(cast: Cast, **more: Any) -> dict[str, Any]:
    key = PhoneKey.objects.create(
        employee=cast.ani.employee, public_key=f"uji-{next(_points)}", **{"state": "pending", **more}
    )
    return {"uid": key.uid}


def waiting(cast: Cast) -> dict[str, Any]:
    return _phone(cast)


def ended(cast: Cast) -> dict[str, Any]:
    return _phone(cast, state="ended", end="lost", ended_at=clock.now())


def strange_event(cast: Cast) -> dict[str, Any]:
    phone = SigningPhone("manado", clock.now(), device="0190a0a0-0000-7000-8000-000000000000")
    return phone.envelope(phone.event())


def key(cast: Cast) -> dict[str, Any]:
    return {"jwk": SigningPhone("manado", clock.now()).jwk, "label": "Chrome di Android"}


ROWS = [
    # The signature says whose it is, so nobody is turned away at the door.
    replace(region("punches-send", "POST", EVERYBODY, nobody=200, data=strange_event), is_json=True),
    region("punches-mark", "GET", ASN),
    region("punches-phone", "GET", ASN),
    replace(region("punches-phone", "POST", ASN, data=key), is_json=True),
    region("punches-phone-lost", "POST", "ani", ok=302, budi=404, citra=404, args=waiting),
    region("punches-phones", "GET", OPERATORS),
    region("punches-phone-confirm", "POST", OPERATORS, ok=302, args=waiting),
    region("punches-phone-reject", "POST", OPERATORS, ok=302, args=waiting),
    region("punches-phone-end", "POST", OPERATORS, ok=302, args=waiting),
    region("punches-phone-restore", "POST", OPERATORS, ok=302, args=ended),
]
