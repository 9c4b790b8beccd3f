"""The person objects; the operator, the personnel agency and the inspectorate read; the agency says what follows."""

from __future__ import annotations

from typing import Any

from kernel.ids import new_uid
from tenants.appeals.actions import file_appeal
from tenants.tpp.models import Slip, SlipLine
from tests.architecture.permission_table import Cast, region
from tests.tenants.tpp.small_run import finished_run, slip_in

ASN = "ani budi citra"
OF_ANI = "ani operator_opd inspektorat bkpsdm"


def slip_with_a_line(cast: Cast) -> Slip:
    slip = slip_in(finished_run(), cast.ani.employee, cast.office.opd)
    SlipLine.objects.create(
        slip=slip,
        order=1,
        node_id="disiplin",
        kind="part_weight",
        stage="parts",
        label="Disiplin",
        clause_text="",
        clause_reference="",
        unit="percent",
        unrounded=40,
    )
    return slip


def line(cast: Cast) -> dict[str, object]:
    return {"uid": slip_with_a_line(cast).uid, "order": 1}


def appeal(cast: Cast) -> dict[str, object]:
    made = file_appeal(
        slip_uid=slip_with_a_line(cast).uid,
        order=1,
        text="Surat tugas belum dihitung",
        upload=None,
        client_key=new_uid(),
        actor=cast.ani.user,
    )
    return {"uid": made.uid}


def objection(cast: Cast) -> dict[str, object]:
    return {"uraian": "Surat tugas belum dihitung", "kunci": str(new_uid())}


def outcome(cast: Cast) -> dict[str, object]:
    return {"hasil": "facts", "catatan": "Surat", "versi": "1"}


# Who may not object at all.
NOT_FILING: dict[str, Any] = dict.fromkeys(
    ("dedi", "operator_opd", "bkpsdm", "inspektorat", "diskominfo", "kepala_daerah"), 403
)
NOT_OPENING: dict[str, Any] = dict.fromkeys(("dedi", "diskominfo", "kepala_daerah"), 403)

ROWS = [
    region("appeals-own", "GET", ASN),
    region("appeals-region", "GET", "operator_opd bkpsdm inspektorat"),
    region("appeals-new", "GET", "ani", refused=404, args=line, **NOT_FILING),
    region("appeals-new", "POST", "ani", refused=404, ok=302, args=line, data=objection, **NOT_FILING),
    region("appeals-appeal", "GET", OF_ANI, refused=404, args=appeal, **NOT_OPENING),
    region("appeals-revise", "POST", "ani", refused=404, ok=422, args=appeal, data=objection, **NOT_FILING),
    region("appeals-withdraw", "POST", "ani", refused=404, ok=302, args=appeal, **NOT_FILING),
    region("appeals-remedy", "POST", "bkpsdm", ok=302, args=appeal, data=outcome),
]
