"""The SKP: one's own plan and realisation, the superior's assessment, what officials read, set and bring in."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.files.base import ContentFile

from kernel import clock
from kernel.files.actions import SHEET_TYPES, store_file
from kernel.jobs.models import Job, JobRow
from kernel.sheets.writing import Column, Sheet, workbook
from tenants.skp.models import PeriodReport, Plan, SkpSetting
from tenants.skp.rating_import import KIND
from tests.architecture.permission_table import Cast, region
from tests.sheets import xlsx_upload
from tests.tenants.skp.planning import (
    LAST_DAY,
    approve_plan,
    hand_in_plan,
    keep_here,
    make_plan,
    rate,
    realise,
    result_keys,
)

ASN = "ani budi citra"
OFFICIALS = "operator_opd bkpsdm inspektorat"
ASSESSORS = "ani budi citra kepala_daerah"


def a_checked_sheet(cast: Cast) -> dict[str, object]:
    job = Job.objects.create(
        kind=KIND,
        title="Periksa",
        state=Job.State.DONE,
        parameters={"period": "2026-10", "apply": False},
        result={"writes": 1, "facts": []},
    )
    return {"uid": job.uid}


def a_sheet(cast: Cast) -> dict[str, object]:
    return {"month": date(2026, 10, 1).strftime("%Y-%m"), "sheet": xlsx_upload("n.xlsx", [("NIP", "Predikat")])}


def refused_rows(cast: Cast) -> dict[str, object]:
    """A finished check of a real sheet with one row that was not taken."""
    content = workbook([Sheet("Nilai", [Column("NIP"), Column("Predikat")], [["123", "Baik"]])])
    stored = store_file(
        upload=ContentFile(content, name="n.xlsx"),
        purpose="import",
        owner=None,
        allowed=SHEET_TYPES,
    )
    job = Job.objects.create(
        kind=KIND,
        title="Periksa",
        state=Job.State.DONE,
        parameters={"period": "2026-10", "apply": False},
        result={"writes": 0, "facts": []},
        file=stored,
        error_rows=1,
    )
    JobRow.objects.create(
        job=job, row_number=2, subject="123", column="NIP", value="123", message="NIP harus 18 angka."
    )
    return {"uid": job.uid}


def _here(cast: Cast) -> Plan:
    keep_here(cast.users["bkpsdm"])
    return make_plan(cast.ani)


def a_draft(cast: Cast) -> dict[str, Any]:
    with clock.at(LAST_DAY):
        return {"uid": _here(cast).uid}


def a_result(cast: Cast) -> dict[str, Any]:
    with clock.at(LAST_DAY):
        plan = _here(cast)
        return {"uid": plan.uid, "key": result_keys(plan)[0]}


def handed_in(cast: Cast) -> dict[str, Any]:
    with clock.at(LAST_DAY):
        plan = _here(cast)
        hand_in_plan(cast.ani, plan)
        return {"uid": plan.uid}


def _in_force(cast: Cast) -> Plan:
    return approve_plan(cast.ani, _here(cast), cast.budi)


def in_force(cast: Cast) -> dict[str, Any]:
    with clock.at(LAST_DAY):
        return {"uid": _in_force(cast).uid}


def a_period(cast: Cast) -> dict[str, Any]:
    with clock.at(LAST_DAY):
        keep_here(cast.users["bkpsdm"])
    return {"period": "2026-10"}


def a_report(cast: Cast) -> dict[str, Any]:
    with clock.at(LAST_DAY):
        realise(cast.ani, _in_force(cast))
    return {"period": "2026-11"}


def to_assess(cast: Cast) -> dict[str, Any]:
    a_report(cast)
    return {"uid": cast.ani.employee.uid, "period": "2026-11"}


def assessed(cast: Cast) -> dict[str, Any]:
    with clock.at(LAST_DAY):
        plan = _in_force(cast)
        realise(cast.ani, plan)
        rate(cast.ani, plan, cast.budi)
    return {"uid": PeriodReport.objects.get().uid}


def to_reopen(cast: Cast) -> dict[str, Any]:
    assessed(cast)
    return {"uid": cast.ani.employee.uid, "period": "2026-11"}


def ani(cast: Cast) -> dict[str, Any]:
    return {"uid": cast.ani.employee.uid}


def an_opd(cast: Cast) -> dict[str, Any]:
    return {"uid": cast.office.opd.uid, "period": "2026-11"}


def a_setting(cast: Cast) -> dict[str, Any]:
    return {
        "uid": SkpSetting.objects.create(valid_from=date(2030, 1, 1), source="here", made_by=cast.users["bkpsdm"]).uid
    }


def setting(cast: Cast) -> dict[str, Any]:
    return {"valid_from": "2030-01", "source": "here", "months_per_period": "1", "behaviour": "scores"}


def reason(cast: Cast) -> dict[str, Any]:
    return {"reason": "Perlu diperbaiki"}


ROWS = [
    region("skp-own", "GET", ASN),
    region("skp-plan-new", "GET", ASN),
    region("skp-plan-new", "POST", ASN, ok=422),
    region(
        "skp-plan",
        "GET",
        "ani budi operator_opd bkpsdm inspektorat",
        refused=404,
        args=handed_in,
    ),
    region("skp-plan-submit", "POST", "ani", ok=302, args=a_draft, budi=404, citra=404),
    region("skp-plan-withdraw", "POST", "ani", ok=302, args=handed_in, budi=404, citra=404),
    region("skp-plan-discard", "POST", "ani", ok=302, args=a_draft, budi=404, citra=404),
    region("skp-plan-renew", "POST", "ani", ok=302, args=in_force, budi=404, citra=404),
    region("skp-expectations", "GET", "ani", args=a_draft, budi=404, citra=404),
    region("skp-expectations", "POST", "ani", ok=302, args=a_draft, budi=404, citra=404),
    region("skp-result-new", "GET", "ani", args=a_draft, budi=404, citra=404),
    region("skp-result-new", "POST", "ani", ok=422, args=a_draft, budi=404, citra=404),
    region("skp-result", "GET", "ani", args=a_result, budi=404, citra=404),
    region("skp-result", "POST", "ani", ok=422, args=a_result, budi=404, citra=404),
    region("skp-result-remove", "POST", "ani", ok=302, args=a_result, budi=404, citra=404),
    region("skp-report", "GET", ASN, args=a_period),
    region("skp-report", "POST", ASN, args=a_period),
    region("skp-report-withdraw", "POST", "ani", ok=302, args=a_report, budi=409, citra=409),
    region("skp-assessment", "GET", "ani budi operator_opd bkpsdm inspektorat", refused=404, args=assessed),
    region("skp-people", "GET", ASSESSORS),
    region("skp-person", "GET", "budi", args=ani, ani=404, citra=404, kepala_daerah=404),
    region("skp-person", "POST", "budi", ok=422, args=ani, ani=404, citra=404, kepala_daerah=404),
    region("skp-assess", "GET", "budi", args=to_assess, ani=404, citra=404, kepala_daerah=404),
    region("skp-assess", "POST", "budi", ok=422, args=to_assess, ani=404, citra=404, kepala_daerah=404),
    region("skp-return", "GET", "budi", args=to_assess, ani=404, citra=404, kepala_daerah=404),
    region("skp-return", "POST", "budi", ok=302, args=to_assess, data=reason, ani=404, citra=404, kepala_daerah=404),
    region("skp-reopen", "GET", "budi", args=to_reopen, ani=404, citra=404, kepala_daerah=404),
    region("skp-reopen", "POST", "budi", ok=302, args=to_reopen, data=reason, ani=404, citra=404, kepala_daerah=404),
    region("skp-ratings", "GET", OFFICIALS),
    region("skp-export", "GET", OFFICIALS),
    region("skp-progress", "GET", OFFICIALS),
    region("skp-organisation", "GET", "bkpsdm", args=an_opd),
    region("skp-organisation", "POST", "bkpsdm", ok=422, args=an_opd),
    region("skp-settings", "GET", "bkpsdm"),
    region("skp-settings", "POST", "bkpsdm", ok=302, data=setting),
    region("skp-setting-remove", "POST", "bkpsdm", ok=302, args=a_setting),
    region("skp-upload", "GET", "bkpsdm"),
    region("skp-upload", "POST", "bkpsdm", ok=302, data=a_sheet),
    region("skp-template", "GET", "bkpsdm"),
    region("skp-apply", "GET", "bkpsdm", args=a_checked_sheet),
    region("skp-apply", "POST", "bkpsdm", ok=302, args=a_checked_sheet),
    region("skp-refused", "GET", "bkpsdm", args=refused_rows),
]
