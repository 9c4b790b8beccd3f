"""Small makers for tests of activities."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, time
from typing import Any

from kernel.ids import new_uid
from tenants.activities.actions import ActivityInput, send_activity
from tenants.activities.models import Activity, JobKind
from tenants.approvals.actions import decide
from tenants.approvals.models import ApprovalRequest
from tenants.employees.models import Employee
from tests.cast import Person

# Thursday, 16.00 in Manado (WITA).
THURSDAY = datetime(2026, 11, 19, 8, 0, tzinfo=UTC)
_hours = itertools.count()


def make_kind(code: str = "T-1", **values: Any) -> JobKind:
    """A job kind of 30 minutes and 2 points for any position; `needs_evidence`: photo or PDF, else none."""
    if values.pop("needs_evidence", False):
        values |= {"evidence_rule": "any", "evidence_kinds": ["photo", "pdf"]}
    return JobKind.objects.create(
        **{
            "code": code,
            "name": "Menyusun laporan",
            "output_unit": "laporan",
            "norm_minutes": 30,
            "points": "2",
            "valid_from": date(2024, 1, 1),
            **values,
        }
    )


def entry(kind: JobKind, **values: Any) -> ActivityInput:
    """One laporan of half an hour on Thursday at 08.00."""
    return ActivityInput(
        **{
            "job_kind_uid": kind.uid,
            "date": date(2026, 11, 19),
            "starts_at": time(8),
            "minutes": 30,
            "volume": 1,
            "description": "Laporan bulanan",
            **values,
        }
    )


def make_sent(employee: Employee, kind: JobKind, count: int = 1) -> list[Activity]:
    """Activities handed in by the employee on Thursday, one behind the other from midnight, ten minutes each."""
    assert employee.user is not None
    return [
        send_activity(
            employee=employee,
            actor=employee.user,
            draft=entry(
                kind,
                starts_at=time(number * 10 // 60, number * 10 % 60),
                minutes=10,
                client_key=new_uid(),
                description=f"Laporan {number}",
            ),
        )
        for number in range(count)
    ]


def sent_form(kind: object, **values: object) -> dict[str, object]:
    """The form as the browser sends it: half an hour on Thursday at 08.00, handed in."""
    return {
        "job_kind": str(kind),
        "description": "Menyusun laporan",
        "date": "2026-11-19",
        "starts_at": "08:00",
        "volume": "1",
        "minutes": "30",
        "client_key": str(new_uid()),
        "langkah": "ajukan",
        **values,
    }


def approve(by: Person, *activities: Activity) -> None:
    """The approver accepts what waits of these."""
    uids = ApprovalRequest.objects.filter(document_uid__in=[a.uid for a in activities]).waiting()
    decide(request_uids=list(uids.values_list("uid", flat=True)), verdict="approved", actor=by.user)


def send_back(by: Person, activity: Activity, note: str = "Bukti kurang") -> None:
    """The approver returns it."""
    request = ApprovalRequest.objects.waiting().get(document_uid=activity.uid)
    decide(request_uids=[request.uid], verdict="returned", note=note, actor=by.user)
    activity.refresh_from_db()


def remarks_on(activity: Activity) -> list[str]:
    """What its approver is told now."""
    remarks: list[str] = ApprovalRequest.objects.waiting().get(document_uid=activity.uid).remarks
    return remarks
