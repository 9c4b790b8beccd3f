"""Rows of tenants.approvals."""

from __future__ import annotations

from datetime import date
from typing import Any

from kernel import clock
from kernel.tenancy.context import current_region
from tenants.approvals.actions import decide
from tenants.approvals.chains import StepInput, lay_down_chain
from tenants.approvals.corrections import submit_correction
from tenants.approvals.defaults import FROM_THE_BEGINNING
from tenants.approvals.delegations import delegate
from tenants.approvals.models import ApprovalRequest, ChainStep
from tests.architecture.permission_table import Cast, region
from tests.tenants.activities.work import THURSDAY, make_kind, make_sent
from tests.tenants.tpp.small_run import stored_rules

DECIDERS = "ani budi citra operator_opd bkpsdm inspektorat diskominfo kepala_daerah"
ALL_BUT_BUDI: dict[str, Any] = {
    column: 404 for column in ("ani", "citra", "operator_opd", "bkpsdm", "inspektorat", "diskominfo", "kepala_daerah")
}


def waiting_for_budi(cast: Cast) -> ApprovalRequest:
    with clock.at(THURSDAY):
        activity = make_sent(cast.ani.employee, make_kind())[0]
    return ApprovalRequest.objects.get(document_uid=activity.uid)


def waiting(cast: Cast) -> dict[str, object]:
    return {"uid": waiting_for_budi(cast).uid}


def approved_by_budi(cast: Cast) -> dict[str, object]:
    request = waiting_for_budi(cast)
    decide(request_uids=[request.uid], verdict="approved", actor=cast.budi.user)
    return {"uid": request.uid}


def undone(cast: Cast) -> dict[str, object]:
    request = waiting_for_budi(cast)
    decide(request_uids=[request.uid], verdict="approved", actor=cast.budi.user)
    return {"saat": request.decisions.get().decided_at.isoformat()}


def ticked(cast: Cast) -> dict[str, object]:
    return {"pilih": str(waiting_for_budi(cast).uid), "putusan": "approved"}


def reason(cast: Cast) -> dict[str, object]:
    return {"note": "Keliru"}


def activity_kind(cast: Cast) -> dict[str, object]:
    return {"kind": "activity"}


def chain(cast: Cast) -> dict[str, object]:
    return {
        "name": "Aktivitas",
        "valid_from": "2100-01-01",
        "tingkat-TOTAL_FORMS": "1",
        "tingkat-INITIAL_FORMS": "1",
        "tingkat-0-approver": "atasan_langsung",
        "tingkat-0-days_to_decide": "5",
        "tingkat-0-day_kind": "kalender",
        "tingkat-0-fallback": "bkpsdm",
        "tingkat-0-after_deadline": "tunggu",
    }


def rule_set_kind(cast: Cast) -> dict[str, object]:
    lay_down_chain(
        document_kind="rule_set",
        name="Aturan",
        valid_from=FROM_THE_BEGINNING,
        steps=[StepInput(ChainStep.Approver.KEPALA_DAERAH)],
    )
    return {"kind": "rule_set"}


def far_day(cast: Cast) -> dict[str, object]:
    return {"valid_from": "2100-01-01"}


def a_draft(cast: Cast) -> dict[str, object]:
    return {**rule_set_kind(cast), "uid": stored_rules("draft").uid}


def the_record_of_budi(cast: Cast) -> dict[str, object]:
    return {"uid": cast.budi.employee.uid}


# Readers of the audit log see every trail; Ani is the owner.
TRAIL: dict[str, Any] = {column: 404 for column in ("citra", "operator_opd", "kepala_daerah")}


def to_citra(cast: Cast) -> dict[str, object]:
    day = cast_today()
    return {"first": day.isoformat(), "last": day.isoformat(), "receiver": "lain", "nip": cast.citra.employee.nip}


def given_by_budi(cast: Cast) -> dict[str, object]:
    day = cast_today()
    made = delegate(receiver_uid=cast.citra.employee.uid, first=day, last=day, actor=cast.budi.user)
    return {"uid": made.uid}


def dedi_is_right(cast: Cast) -> dict[str, object]:
    return {"superior": "lain", "nip": cast.dedi.employee.nip}


def questioned_by_ani(cast: Cast) -> dict[str, object]:
    return {"uid": submit_correction(superior_uid=cast.dedi.employee.uid, actor=cast.ani.user).uid}


def cast_today() -> date:
    return clock.today(current_region().time_zone)


EMPLOYEES = "ani budi citra"
ADMINISTRATORS: dict[str, Any] = {
    column: 404 for column in ("operator_opd", "bkpsdm", "inspektorat", "diskominfo", "kepala_daerah")
}


ROWS = [
    region("approvals-delays", "GET", DECIDERS),
    region(
        "approvals-delays-of",
        "GET",
        "budi bkpsdm inspektorat kepala_daerah",
        args=the_record_of_budi,
        ani=404,
        citra=404,
        operator_opd=404,
        diskominfo=404,
    ),
    region("approvals-trail", "GET", "ani budi bkpsdm inspektorat diskominfo", args=waiting, **TRAIL),
    region("approvals-region", "GET", "bkpsdm"),
    region("approvals-region-hand-in", "POST", "bkpsdm", ok=302, args=a_draft),
    region("approvals-who-decides", "GET", "bkpsdm"),
    region("approvals-chain-end", "GET", "bkpsdm", args=activity_kind),
    region("approvals-chain-end", "POST", "bkpsdm", ok=302, args=rule_set_kind, data=far_day),
    region("approvals-inbox", "GET", DECIDERS),
    region("approvals-decide", "POST", "budi", ok=302, data=ticked, **{**ALL_BUT_BUDI, "ani": 403}),
    region("approvals-undo", "POST", "budi", ok=302, data=undone, **ALL_BUT_BUDI),
    region("approvals-history", "GET", DECIDERS),
    region("approvals-request", "GET", "budi", args=waiting, **ALL_BUT_BUDI),
    region("approvals-recall", "POST", "budi", ok=302, args=approved_by_budi, data=reason, **ALL_BUT_BUDI),
    region("approvals-delegations", "GET", EMPLOYEES, **ADMINISTRATORS),
    region("approvals-delegations", "POST", "ani budi", ok=302, data=to_citra, citra=422, **ADMINISTRATORS),
    region("approvals-delegation-withdraw", "POST", "budi", ok=302, args=given_by_budi, **ALL_BUT_BUDI),
    region("approvals-correction", "GET", EMPLOYEES),
    region("approvals-correction", "POST", EMPLOYEES, ok=302, data=dedi_is_right),
    region("approvals-correction-withdraw", "POST", "ani", ok=302, args=questioned_by_ani, budi=404, citra=404),
    region("approvals-chains", "GET", "bkpsdm"),
    region("approvals-chain-new", "GET", "bkpsdm", args=activity_kind),
    region("approvals-chain-new", "POST", "bkpsdm", ok=302, args=activity_kind, data=chain),
]
