"""Kits and sheets of attendance belong to who has the OPD in charge; only the personnel agency lets a sheet count."""

from __future__ import annotations

from datetime import date

from django.core.files.base import ContentFile
from django.db.backends.postgresql.psycopg_any import DateRange

from kernel.files.actions import store_made
from kernel.files.models import StoredFile
from kernel.ids import new_uid
from tenants.continuity.models import AttendanceSheet, ContinuityKit
from tests.architecture.permission_table import EVERYBODY, Cast, region

OFFICES = "operator_opd bkpsdm"


def _file(path: str) -> StoredFile:
    return StoredFile.objects.create(
        name="berkas", content_type="x", size=1, sha256="0" * 64, path=path, purpose="continuity_kit"
    )


def opd(cast: Cast) -> dict[str, object]:
    return {"uid": cast.office.opd.uid}


def kit(cast: Cast) -> dict[str, object]:
    """A kit whose bytes are really there."""
    file = store_made(content=ContentFile(b"PK", name="k.zip"), purpose="continuity_kit", owner=None, kind="x")
    made = ContinuityKit.objects.create(
        opd=cast.office.opd, made_for=date(2026, 11, 20), file=file, people=1, days=1, key_version=1
    )
    return {"uid": made.uid}


def sheet(cast: Cast) -> dict[str, object]:
    """A sheet that somebody else has brought in."""
    made = AttendanceSheet.objects.create(
        opd=cast.office.opd,
        month=date(2026, 10, 1),
        period=DateRange(date(2026, 10, 5), date(2026, 10, 6)),
        job_uid=new_uid(),
        number=1,
        file=_file("uji/a.xlsx"),
        letter=_file("uji/a.pdf"),
        letter_number="800/1",
        digest="0" * 64,
        reason="Sistem tidak dapat diakses",
        people=0,
        days=0,
        uploaded_by=cast.users["kepala_daerah"],
    )
    return {"uid": made.uid}


def opd_month(cast: Cast) -> dict[str, object]:
    return {"bulan": "2026-10", "opd": str(cast.office.opd.uid)}


def a_reason(cast: Cast) -> dict[str, object]:
    return {"alasan": "Salah bulan"}


ROWS = [
    # Outside of the fallback mode it leads to the ordinary pages.
    region("continuity-emergency", "GET", EVERYBODY, ok=302, nobody=302),
    region("continuity-kits", "GET", OFFICES),
    region("continuity-kit", "GET", OFFICES, args=kit),
    region("continuity-make", "POST", OFFICES, ok=302, args=opd),
    region("continuity-password", "GET", OFFICES, args=opd),
    region("continuity-new-password", "POST", OFFICES, ok=302, args=opd),
    region("continuity-sheets", "GET", OFFICES),
    region("continuity-upload", "GET", OFFICES),
    region("continuity-upload", "POST", OFFICES, ok=422, data=opd_month),
    region("continuity-sheet", "GET", OFFICES, args=sheet),
    region("continuity-approve", "POST", "bkpsdm", ok=302, args=sheet),
    # Who did not bring it in and is not of the personnel agency may not withdraw it.
    region("continuity-withdraw", "POST", OFFICES, ok=302, operator_opd=403, args=sheet, data=a_reason),
]
