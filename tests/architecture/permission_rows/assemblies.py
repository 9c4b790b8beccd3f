"""Who gets which page of the assemblies."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from kernel import clock
from kernel.tenancy import here
from tenants.assemblies.models import Assembly, CalledUnit
from tests.architecture.permission_table import EVERYBODY, Cast, region

READERS = "operator_opd bkpsdm inspektorat"


def _assembly(cast: Cast, begun: timedelta) -> Assembly:
    starts = clock.now() - begun
    made = Assembly.objects.create(
        code="UPACARA",
        title="Apel",
        date=here.today(),
        starts_at=starts,
        ends_at=starts + timedelta(minutes=30),
        leader=cast.ani.employee,
    )
    CalledUnit.objects.create(assembly=made, unit=cast.office.opd)
    return made


def held(cast: Cast) -> dict[str, Any]:
    return {"uid": _assembly(cast, timedelta(hours=1)).uid}


def mark(cast: Cast) -> dict[str, Any]:
    return {"state": "attended", "reason": "Daftar hadir kertas", "orang": str(cast.ani.employee.uid)}


def untitled(cast: Cast) -> dict[str, Any]:
    return {"title": "Apel"}


def reason(cast: Cast) -> dict[str, Any]:
    return {"reason": "Hujan lebat"}


ROWS = [
    region("assemblies-lead", "GET", EVERYBODY, nobody=200),
    region("assemblies-led", "GET", "ani budi citra"),
    # Ani leads it.
    region("assemblies-secret", "POST", "ani", budi=404, citra=404, args=held),
    region("assemblies-list", "GET", READERS),
    region("assemblies-call", "GET", READERS),
    # Without rules nobody is called: the form says so.
    region("assemblies-call", "POST", READERS, ok=422, data=untitled),
    region("assemblies-one", "GET", READERS, args=held),
    region("assemblies-mark", "POST", "operator_opd bkpsdm", ok=302, args=held, data=mark),
    region("assemblies-cancel", "POST", "operator_opd bkpsdm", ok=302, args=held, data=reason),
]
