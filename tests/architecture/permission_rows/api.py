"""The API: the same permissions as the pages."""

from datetime import date, time
from uuid import uuid4

from kernel import clock
from kernel.ids import new_uid
from tenants.activities.actions import ActivityInput, save_activity
from tenants.activities.models import JobKind
from tests.architecture.permission_table import EVERYBODY, Cast, api

PEOPLE = "ani budi citra"


def a_punch(cast: Cast) -> dict[str, object]:
    return {"uid": str(new_uid()), "kind": "in"}


def today() -> date:
    return clock.today("Asia/Makassar")


def an_activity(cast: Cast) -> dict[str, object]:
    kind = JobKind.objects.filter(evidence_rule="", position_kinds=[]).order_by("code")[0]
    return {
        "job_kind_uid": str(kind.uid),
        "date": today().isoformat(),
        "starts_at": "00:00",
        "minutes": 1,
        "description": "Menyusun data",
    }


def a_verdict(cast: Cast) -> dict[str, object]:
    return {"request_uids": [str(new_uid())], "verdict": "approved"}


def nobodys_slip(cast: Cast) -> dict[str, object]:
    return {"uid": new_uid()}


def draft_of_ani(cast: Cast) -> dict[str, object]:
    kind = JobKind.objects.filter(evidence_rule="", position_kinds=[]).order_by("code")[0]
    draft = ActivityInput(kind.uid, today(), time(0), 1, 1, "Menyusun data", client_key=uuid4())
    return {"uid": save_activity(employee=cast.ani.employee, draft=draft, actor=cast.ani.user).uid}


ROWS = [
    api("api-me", "GET", EVERYBODY),
    api("api-punches", "GET", PEOPLE),
    api("api-punches", "POST", PEOPLE, ok=201, data=a_punch),
    api("api-days", "GET", PEOPLE),
    api("api-activities", "GET", PEOPLE),
    api("api-activities", "POST", PEOPLE, ok=201, data=an_activity),
    api("api-activity", "GET", "ani", args=draft_of_ani, budi=404, citra=404),
    # What cannot be handed in yet (no rule set is in force here) is named, and is not "forbidden".
    api("api-activity-submit", "POST", "ani", ok=(200, 409, 422), args=draft_of_ani, budi=404, citra=404),
    api("api-approvals", "GET", "ani budi citra operator_opd bkpsdm inspektorat diskominfo kepala_daerah"),
    # An unknown request is not found, for whoever may decide at all.
    api(
        "api-decisions",
        "POST",
        "ani budi citra operator_opd bkpsdm inspektorat diskominfo kepala_daerah",
        ok=404,
        data=a_verdict,
    ),
    api("api-slip", "GET", PEOPLE, ok=404, args=nobodys_slip),
    api("api-slips", "GET", PEOPLE),
    api("api-schema", "GET", EVERYBODY),
]
