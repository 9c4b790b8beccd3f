"""Who gets which page of the machines."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from tenants.machines.models import MachinePin
from tests.architecture.permission_table import Cast, region


def log(cast: Cast) -> dict[str, Any]:
    return {"device": "Lobi", "file": SimpleUploadedFile("attlog.dat", BytesIO(b"7\t2026-10-05 07:25:31\t0\n").read())}


def pair(cast: Cast) -> dict[str, Any]:
    return {"device": "Lobi", "pasted": f"7 {cast.ani.employee.nip}"}


def pin_of_ani(cast: Cast) -> dict[str, Any]:
    return {"pk": MachinePin.objects.create(device="Lobi", pin="7", employee=cast.ani.employee).pk}


ROWS = [
    region("machines-machines", "GET", "operator_opd bkpsdm"),
    region("machines-machines", "POST", "operator_opd bkpsdm", ok=302, data=log),
    region("machines-pins", "GET", "operator_opd bkpsdm"),
    region("machines-pins", "POST", "operator_opd bkpsdm", ok=302, data=pair),
    region("machines-pin-release", "POST", "operator_opd bkpsdm", ok=302, args=pin_of_ani),
]
