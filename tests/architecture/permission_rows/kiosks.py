"""Who gets which page of the office codes, tablets and PINs."""

from __future__ import annotations

from typing import Any

from tenants.kiosks.actions import make_kiosk, make_screen
from tests.architecture.permission_table import EVERYBODY, Cast, region

MANAGERS = "operator_opd bkpsdm"
SHOWERS = f"budi {MANAGERS}"


def placed(cast: Cast) -> dict[str, Any]:
    return {"unit": str(cast.office.opd.uid), "label": "Lobi"}


def screen(cast: Cast) -> dict[str, Any]:
    return {"uid": make_screen(unit=cast.office.opd, label="Lobi", actor=cast.users["bkpsdm"]).uid}


def kiosk(cast: Cast) -> dict[str, Any]:
    made, _code = make_kiosk(unit=cast.office.opd, label="Loket", actor=cast.users["bkpsdm"])
    return {"uid": made.uid}


def ani(cast: Cast) -> dict[str, Any]:
    return {"orang": str(cast.ani.employee.uid)}


def pin(cast: Cast) -> dict[str, Any]:
    return {"pin": "271828", "again": "271828"}


ROWS = [
    # The same for everybody: a device keeps them and opens them without a network.
    *(
        region(name, "GET", EVERYBODY, nobody=200)
        for name in ("kiosks-with-code", "kiosks-own-code", "kiosks-carry", "kiosks-screen", "kiosks-kiosk")
    ),
    region("kiosks-screen-secret", "POST", SHOWERS, args=screen),
    # A one-time code and a tablet's signature say who may, nobody's session.
    region("kiosks-install", "POST", EVERYBODY, ok=422, nobody=422),
    region("kiosks-roster", "POST", EVERYBODY, ok=403, nobody=403),
    region("kiosks-own-pin", "GET", "ani budi citra"),
    region("kiosks-own-pin", "POST", "ani budi citra", ok=302, data=pin),
    region("kiosks-devices", "GET", SHOWERS),
    region("kiosks-screen-new", "GET", MANAGERS),
    region("kiosks-screen-new", "POST", MANAGERS, ok=302, data=placed),
    region("kiosks-screen-renew", "POST", MANAGERS, ok=302, args=screen),
    region("kiosks-screen-end", "POST", MANAGERS, ok=302, args=screen),
    region("kiosks-kiosk-new", "GET", MANAGERS),
    region("kiosks-kiosk-new", "POST", MANAGERS, data=placed),
    region("kiosks-kiosk-code", "POST", MANAGERS, args=kiosk),
    region("kiosks-kiosk-end", "POST", MANAGERS, ok=302, args=kiosk),
    region("kiosks-pins", "GET", MANAGERS),
    region("kiosks-pins", "POST", MANAGERS, data=ani),
]
