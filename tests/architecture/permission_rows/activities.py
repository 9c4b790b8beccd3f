"""Rows of tenants.activities."""

from __future__ import annotations

import uuid

from kernel import clock
from kernel.jobs.models import Job
from tenants.activities.actions import save_activity
from tests.architecture.permission_rows.employees import a_stored_file
from tests.architecture.permission_table import Cast, region
from tests.sheets import xlsx_upload
from tests.tenants.activities.work import THURSDAY, entry, make_kind, make_sent

ASN = "ani budi citra"
OVERSEERS = "operator_opd bkpsdm inspektorat"


def sent_by_ani(cast: Cast) -> dict[str, object]:
    with clock.at(THURSDAY):
        return {"uid": make_sent(cast.ani.employee, make_kind())[0].uid}


def draft_of_ani(cast: Cast) -> dict[str, object]:
    with clock.at(THURSDAY):
        return {"uid": save_activity(employee=cast.ani.employee, draft=entry(make_kind()), actor=cast.ani.user).uid}


def draft_to_submit(cast: Cast) -> dict[str, object]:
    return {"pilih": str(draft_of_ani(cast)["uid"])}


def form(cast: Cast) -> dict[str, object]:
    return {
        "job_kind": str(make_kind("T-9").uid),
        "description": "Laporan",
        "date": "2026-11-19",
        "starts_at": "08:00",
        "volume": "1",
        "minutes": "30",
        "client_key": str(uuid.uuid4()),
        "langkah": "draf",
    }


def sheet(cast: Cast) -> dict[str, object]:
    rows = [("Kode", "Nama", "Satuan hasil", "Norma menit"), ("X-1", "Membuat peta", "lembar", 60)]
    return {"file": xlsx_upload("katalog.xlsx", rows)}


def checked_catalogue(cast: Cast) -> dict[str, object]:
    job = Job.objects.create(
        kind="activities.import_catalogue",
        title="Periksa katalog",
        state=Job.State.DONE,
        parameters={"apply": False},
        result={"writes": 1, "facts": []},
        file=a_stored_file(cast),
    )
    return {"uid": job.uid}


def starred(cast: Cast) -> dict[str, object]:
    return {"bintang": make_kind("T-7").code}


def a_kind(cast: Cast) -> dict[str, object]:
    return {"uid": make_kind("T-8").uid}


def last_day(cast: Cast) -> dict[str, object]:
    return {"ends_on": "2030-01-01"}


def kind_form(cast: Cast) -> dict[str, object]:
    return {
        "code": "T-10",
        "name": "Membuat peta",
        "output_unit": "lembar",
        "norm_minutes": "60",
        "points": "2",
        "weight": "1",
        "valid_from": "2030-01-01",
    }


ROWS = [
    region("activities-list", "GET", ASN),
    region("activities-new", "GET", ASN),
    region("activities-new", "POST", ASN, ok=302, data=form),
    region("activities-submit", "POST", "ani", ok=302, data=draft_to_submit, budi=404, citra=404),
    region("activities-favourite", "POST", ASN, ok=302, data=starred),
    region("activities-review", "GET", "budi", refused=404, args=sent_by_ani, dedi=403),
    region("activities-unit", "GET", OVERSEERS),
    region("activities-unit-activity", "GET", OVERSEERS, args=sent_by_ani),
    region("activities-activity", "GET", "ani", args=sent_by_ani, budi=404, citra=404),
    region("activities-edit", "GET", "ani", args=draft_of_ani, budi=404, citra=404),
    region("activities-edit", "POST", "ani", ok=302, args=draft_of_ani, data=form, budi=404, citra=404),
    region("activities-withdraw", "POST", "ani", ok=302, args=sent_by_ani, budi=404, citra=404),
    region("activities-delete", "POST", "ani", ok=302, args=draft_of_ani, budi=404, citra=404),
    region("catalogue-list", "GET", "ani budi citra operator_opd bkpsdm inspektorat"),
    region("catalogue-kind", "GET", "ani budi citra operator_opd bkpsdm inspektorat", args=a_kind),
    region("catalogue-new", "GET", "bkpsdm"),
    region("catalogue-new", "POST", "bkpsdm", ok=302, data=kind_form),
    region("catalogue-change", "GET", "bkpsdm", args=a_kind),
    region("catalogue-change", "POST", "bkpsdm", ok=302, args=a_kind, data=kind_form),
    region("catalogue-end", "GET", "bkpsdm", args=a_kind),
    region("catalogue-end", "POST", "bkpsdm", ok=302, args=a_kind, data=last_day),
    region("catalogue-sheet", "GET", "ani budi citra operator_opd bkpsdm inspektorat"),
    region("catalogue-import", "GET", "bkpsdm"),
    region("catalogue-import", "POST", "bkpsdm", ok=302, data=sheet),
    region("catalogue-apply", "GET", "bkpsdm", args=checked_catalogue),
    region("catalogue-apply", "POST", "bkpsdm", ok=302, args=checked_catalogue),
]
