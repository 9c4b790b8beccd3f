"""The region's security page, and visits of operators."""

from datetime import timedelta

from kernel import clock
from kernel.guests.models import Visit
from kernel.ids import new_uid
from tenants.security.actions import take_incident
from tests.architecture.permission_table import SIGNED_IN, Cast, operators, region

ASK = new_uid()


def an_incident(cast: Cast) -> dict[str, object]:
    uid = new_uid()
    told = {
        "number": "INS-1",
        "title": "Uji",
        "kind": "Lainnya",
        "severity": "Rendah",
        "severity_rank": 1,
        "state": "Ditangani",
        "is_open": True,
        "detected_at": "2026-11-23T02:00:00+00:00",
        "closed_at": None,
        "summary": "",
        "asks": [{"uid": str(ASK), "title": "Uji", "instruction": "", "due_at": None, "done": False}],
        "contact": "",
    }
    take_incident(uid=uid, version=1, told=told)
    return {"uid": uid}


def an_ask(cast: Cast) -> dict[str, object]:
    return {**an_incident(cast), "ask": ASK}


def done(cast: Cast) -> dict[str, object]:
    return {"kind": "done", "key": str(new_uid())}


def a_visit(cast: Cast) -> dict[str, object]:
    visit = Visit.objects.create(
        operator_uid=new_uid(),
        operator="Operator",
        role="diskominfo",
        reason="Uji",
        key=new_uid(),
        ends_at=clock.now() + timedelta(minutes=15),
    )
    return {"uid": visit.uid}


def manado(cast: Cast) -> dict[str, object]:
    return {"code": "manado"}


def asking(cast: Cast) -> dict[str, object]:
    return {"reason": "Uji", "minutes": "15", "role": "diskominfo", "key": str(new_uid())}


def no_visit(cast: Cast) -> dict[str, object]:
    return {"code": "manado", "uid": new_uid()}


READERS = "inspektorat diskominfo kepala_daerah"
ROWS = [
    region("security-home", "GET", READERS),
    region("security-incident", "GET", READERS, args=an_incident),
    region("security-answer", "POST", "diskominfo", ok=302, args=an_ask, data=done),
    region("security-visit", "GET", READERS, args=a_visit),
    region("security-stop-visit", "POST", "diskominfo", ok=302, args=a_visit),
    # Without a link of the console nobody is a guest.
    region("guests-enter", "GET", SIGNED_IN, ok=403, nobody=403),
    region("guests-finish", "POST", SIGNED_IN, ok=403, nobody=403),
    operators("breakglass-visits", "GET", "operator", args=manado),
    operators("breakglass-visits", "POST", "operator", ok=302, args=manado, data=asking),
    operators("breakglass-visit", "GET", "operator", ok=404, args=no_visit),
    operators("breakglass-end", "POST", "operator", ok=404, args=no_visit),
]
