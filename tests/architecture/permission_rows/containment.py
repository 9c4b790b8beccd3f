"""Containment at the operators' host."""

from control.containment import actions, pairs
from control.containment.models import Imposition
from control.regions.models import Region
from kernel.accounts.actors import System
from kernel.accounts.models import User
from kernel.ids import new_uid
from tests.architecture.permission_table import Cast, operators


def manado(cast: Cast) -> dict[str, object]:
    return {"code": "manado"}


def read_only(cast: Cast) -> dict[str, object]:
    return {"code": "manado", "measure": "read_only"}


def imposing(cast: Cast) -> dict[str, object]:
    return {"step": "impose", "reason": "Uji", "hours": "24", "key": str(new_uid())}


def standing(cast: Cast) -> dict[str, object]:
    made = actions.impose(region="manado", measure="hold_text", reason="Uji", actor=System("tests"))
    return {"uid": made.uid}


def imposing_everywhere(cast: Cast) -> dict[str, object]:
    return {**imposing(cast), "hours": "4", "networks": "203.0.113.0/24"}


def blocked_everywhere(cast: Cast) -> dict[str, object]:
    made = Imposition.objects.create(
        region=Region.objects.get(code="manado"),
        measure="networks_blocked",
        terms={"networks": ["203.0.113.0/24"]},
        reason="Uji",
        everywhere=new_uid(),
        imposed_by="Pertama",
    )
    return {"uid": made.everywhere}


def asked(cast: Cast) -> dict[str, object]:
    first = User(login="pertama@platform.test", display_name="Pertama")
    first.save()
    waiting = pairs.ask(
        deed=actions.IMPOSE,
        args={"region": "manado", "measure": "suspended", "until": None, "targets": {}},
        summary="Ditangguhkan: Kota Manado",
        reason="Uji",
        actor=first,
        region=Region.objects.get(code="manado"),
    )
    return {"uid": waiting.uid}


ROWS = [
    operators("containment-overview", "GET", "operator"),
    operators("containment-region", "GET", "operator", args=manado),
    operators("containment-impose", "GET", "operator", args=read_only),
    operators("containment-impose", "POST", "operator", ok=302, args=read_only, data=imposing),
    operators("containment-lift", "POST", "operator", ok=302, args=standing),
    operators("containment-everywhere", "GET", "operator"),
    operators("containment-everywhere", "POST", "operator", ok=302, data=imposing_everywhere),
    operators("containment-lift-everywhere", "POST", "operator", ok=302, args=blocked_everywhere),
    operators("containment-confirm", "POST", "operator", ok=302, args=asked),
    operators("containment-decline", "POST", "operator", ok=302, args=asked),
]
