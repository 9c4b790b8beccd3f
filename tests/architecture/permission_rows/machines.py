"""Who gets which page of the machines."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from tenants.machines.iclock_urls import WORDS
from tenants.machines.models import ClockDecision, Machine, MachineCommand, MachinePin
from tests.architecture.permission_table import EVERYBODY, Cast, nothing, region


def log(cast: Cast) -> dict[str, Any]:
    return {"device": "Lobi", "file": SimpleUploadedFile("attlog.dat", BytesIO(b"7\t2026-10-05 07:25:31\t0\n").read())}


def pair(cast: Cast) -> dict[str, Any]:
    return {"device": "Lobi", "pasted": f"7 {cast.ani.employee.nip}"}


def pin_of_ani(cast: Cast) -> dict[str, Any]:
    return {"pk": MachinePin.objects.create(device="Lobi", pin="7", employee=cast.ani.employee).pk}


def secret(cast: Cast) -> dict[str, Any]:
    return {"secret": "abcdefghjkmn23456789"}


def lobby(cast: Cast) -> dict[str, Any]:
    return {"uid": _machine(cast).uid}


def listed(cast: Cast) -> dict[str, Any]:
    return {"uid": Machine.objects.create(serial="CKJG1", device="CKJG1", state="listed").uid}


def waiting(cast: Cast) -> dict[str, Any]:
    machine = _machine(cast)
    return {"uid": machine.uid, "pk": MachineCommand.objects.create(machine=machine, kind="reboot").pk}


def _machine(cast: Cast) -> Machine:
    return Machine.objects.create(serial="CKJG1", device="CKJG1", name="Lobi", state="active", unit=cast.office.opd)


def told(cast: Cast) -> dict[str, Any]:
    return {"serial": "CKJG2", "name": "Aula", "unit": str(cast.office.opd.uid), "time_zone": ""}


def reboot(cast: Cast) -> dict[str, Any]:
    return {"kind": "reboot"}


def reason(cast: Cast) -> dict[str, Any]:
    return {"reason": "Rusak"}


def counting(cast: Cast) -> dict[str, Any]:
    return {"minutes": "180"}


def dropped(cast: Cast) -> dict[str, Any]:
    machine = _machine(cast)
    decision = ClockDecision.objects.create(machine=machine, lines=1, reason="Uji coba", decided_by=cast.ani.user)
    return {"uid": machine.uid, "decision": decision.uid}


MANAGERS = "operator_opd bkpsdm"

ROWS = [
    region("machines-machines", "GET", MANAGERS),
    region("machines-new", "GET", MANAGERS),
    region("machines-new", "POST", MANAGERS, ok=302, data=told),
    region("machines-machine", "GET", MANAGERS, args=lobby),
    region("machines-claim", "GET", MANAGERS, args=listed),
    region("machines-claim", "POST", MANAGERS, ok=302, args=listed, data=told),
    region("machines-command", "POST", MANAGERS, ok=302, args=lobby, data=reboot),
    region("machines-command-withdraw", "POST", MANAGERS, ok=302, args=waiting),
    region("machines-secret", "POST", MANAGERS, args=lobby),
    region("machines-networks", "POST", MANAGERS, ok=302, args=lobby),
    region("machines-retire", "POST", MANAGERS, ok=302, args=lobby, data=reason),
    region("machines-ahead-count", "POST", MANAGERS, ok=302, args=lobby, data=counting),
    region("machines-ahead-drop", "POST", MANAGERS, ok=302, args=lobby, data=reason),
    region("machines-ahead-undo", "POST", MANAGERS, ok=302, args=dropped),
    region("machines-log", "GET", MANAGERS),
    region("machines-log", "POST", MANAGERS, ok=302, data=log),
    region("machines-pins", "GET", MANAGERS),
    region("machines-pins", "POST", MANAGERS, ok=302, data=pair),
    region("machines-pin-release", "POST", MANAGERS, ok=302, args=pin_of_ani),
    # Machines have no account: who says no serial is not read, whoever it is.
    *(
        region(f"machines-iclock-{place}{word}", method, EVERYBODY, ok=400, nobody=400, args=args)
        for word in WORDS
        for method in ("GET", "POST")
        for place, args in (("", nothing), ("secret-", secret), ("before-", secret))
    ),
]
