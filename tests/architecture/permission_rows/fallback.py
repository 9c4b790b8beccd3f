"""Sheets are brought in by the OPD's operator or the personnel agency, and confirmed for the region."""

from __future__ import annotations

from datetime import date

from kernel.files.models import StoredFile
from kernel.ids import new_uid
from tenants.fallback.models import ManualSheet
from tests.architecture.permission_table import Cast, region

UPLOADERS = "operator_opd bkpsdm"


def sheet(cast: Cast) -> dict[str, object]:
    """A sheet that somebody else has brought in."""
    file = StoredFile.objects.create(
        name="lembar.xlsx", content_type="x", size=1, sha256="0" * 64, path="uji/l.xlsx", purpose="fallback_sheet"
    )
    made = ManualSheet.objects.create(
        month=date(2024, 5, 1),
        opd=cast.office.opd,
        job_uid=new_uid(),
        number=1,
        file=file,
        file_digest="0" * 64,
        digest="0" * 64,
        reason="Jaringan putus",
        people=0,
        uploaded_by=cast.users["kepala_daerah"],
    )
    return {"uid": made.uid}


def opd_month(cast: Cast) -> dict[str, object]:
    return {"bulan": "2024-05", "opd": str(cast.office.opd.uid)}


def a_reason(cast: Cast) -> dict[str, object]:
    return {"alasan": "Salah bulan"}


ROWS = [
    region("fallback-sheets", "GET", UPLOADERS),
    # Without an OPD and a month it leads to where they are chosen.
    region("fallback-empty", "GET", UPLOADERS, ok=302),
    region("fallback-upload", "GET", UPLOADERS),
    region("fallback-upload", "POST", UPLOADERS, ok=422, data=opd_month),
    region("fallback-sheet", "GET", UPLOADERS, args=sheet),
    region("fallback-confirm", "POST", "bkpsdm inspektorat", ok=302, args=sheet),
    region("fallback-withdraw", "POST", UPLOADERS, ok=302, args=sheet, data=a_reason, operator_opd=403),
]
