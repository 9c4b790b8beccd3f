"""Who gets which page of the disturbances."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from kernel import clock
from tenants.disturbances.models import Disturbance, DisturbedUnit
from tests.architecture.permission_table import Cast, region
from tests.cast import make_user

READERS = "operator_opd bkpsdm inspektorat diskominfo"


def reported(cast: Cast, **more: Any) -> dict[str, Any]:
    now = clock.now()
    made = Disturbance.objects.create(
        starts_at=now - timedelta(hours=2),
        ends_at=now - timedelta(hours=1),
        cause="power",
        evidence="Padam",
        origin="declared",
        proposed_by=make_user("pelapor", "Pelapor"),
        **more,
    )
    DisturbedUnit.objects.create(disturbance=made, unit=cast.office.opd)
    return {"uid": made.uid}


def in_force(cast: Cast) -> dict[str, Any]:
    return reported(cast, state="approved", decided_by=make_user("penyetuju", "Penyetuju"))


def report(cast: Cast) -> dict[str, Any]:
    day = clock.now().date().isoformat()
    return {
        "units": [str(cast.office.opd.uid)],
        "first_day": day,
        "first_time": "07:00",
        "last_day": day,
        "last_time": "08:00",
        "cause": "power",
        "evidence": "Padam",
    }


def reason(cast: Cast) -> dict[str, Any]:
    return {"reason": "Keliru"}


ROWS = [
    region("disturbances-list", "GET", READERS),
    region("disturbances-new", "GET", "operator_opd bkpsdm diskominfo"),
    region("disturbances-new", "POST", "operator_opd bkpsdm diskominfo", ok=302, data=report),
    region("disturbances-one", "GET", READERS, args=reported),
    region("disturbances-approve", "POST", "bkpsdm", ok=302, args=reported),
    # Who may read but neither made the proposal nor decides is told so beside the form.
    region(
        "disturbances-reject",
        "POST",
        "bkpsdm",
        ok=302,
        operator_opd=422,
        inspektorat=422,
        diskominfo=422,
        args=reported,
        data=reason,
    ),
    region("disturbances-undo", "POST", "bkpsdm", ok=302, args=in_force, data=reason),
]
