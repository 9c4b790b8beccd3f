"""Ratings: officials read, BKPSDM brings them in."""

from datetime import date

from django.core.files.uploadedfile import SimpleUploadedFile

from kernel.jobs.models import Job
from tenants.skp.actions import KIND
from tests.architecture.permission_table import Cast, region


def a_checked_sheet(cast: Cast) -> dict[str, object]:
    job = Job.objects.create(
        kind=KIND,
        title="Periksa",
        state=Job.State.DONE,
        parameters={"month": "2026-10", "apply": False},
        result={"writes": 1, "facts": []},
    )
    return {"uid": job.uid}


def a_sheet(cast: Cast) -> dict[str, object]:
    return {"month": date(2026, 10, 1).strftime("%Y-%m"), "sheet": SimpleUploadedFile("n.xlsx", b"PK\x03\x04 isi")}


ROWS = [
    region("skp-ratings", "GET", "operator_opd bkpsdm inspektorat"),
    region("skp-upload", "GET", "bkpsdm"),
    region("skp-upload", "POST", "bkpsdm", ok=302, data=a_sheet),
    region("skp-template", "GET", "bkpsdm"),
    region("skp-apply", "GET", "bkpsdm", args=a_checked_sheet),
    region("skp-apply", "POST", "bkpsdm", ok=302, args=a_checked_sheet),
]
