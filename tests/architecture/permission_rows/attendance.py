"""Who gets which page of attendance."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange

from kernel.ids import new_uid
from tenants.attendance.actions import DocumentIn
from tenants.attendance.models import AttendanceDocument
from tenants.attendance.orders import submit_order
from tenants.calendars.work_date import running_day
from tests.architecture.permission_table import Cast, region

ASN = "ani budi citra"
OFFICES = "operator_opd bkpsdm inspektorat"


def ani(cast: Cast) -> dict[str, Any]:
    return {"uid": cast.ani.employee.uid}


def letter_of_ani(cast: Cast) -> dict[str, Any]:
    today = running_day()
    document = AttendanceDocument.objects.create(
        employee=cast.ani.employee, kind="S", label="Sakit", period=DateRange(today, today + timedelta(days=1))
    )
    return {"uid": document.uid}


def approved_letter_of_ani(cast: Cast) -> dict[str, Any]:
    known = letter_of_ani(cast)
    AttendanceDocument.objects.filter(uid=known["uid"]).update(state="approved")
    return known


def with_reason(cast: Cast) -> dict[str, Any]:
    return {"reason": "Surat palsu"}


def order_for_ani(cast: Cast) -> dict[str, Any]:
    """An order that Budi has proposed."""
    draft = DocumentIn("TL", "Rapat", running_day(), running_day(), letter_number="1")
    order = submit_order(proposer=cast.budi.employee, people=[cast.ani.employee], draft=draft, actor=cast.budi.user)
    return {"uid": order.uid}


def nothing_said(cast: Cast) -> dict[str, Any]:
    """A form that says next to nothing: refused beside its fields."""
    return {"reason": "Uji"}


def letter(cast: Cast) -> dict[str, Any]:
    # A Monday: who has only free days needs no letter.
    day = (running_day() - timedelta(days=running_day().weekday())).isoformat()
    return {"kind": "S", "covers": "day", "first": day, "last": day}


def letter_for_ani(cast: Cast) -> dict[str, Any]:
    return {**letter(cast), "letter_number": "1", "nips": cast.ani.employee.nip}


def punch(cast: Cast) -> dict[str, Any]:
    return {"kind": "in", "uid": str(new_uid())}


def month(cast: Cast) -> dict[str, Any]:
    return {"month": running_day().strftime("%Y-%m")}


ROWS = [
    region("attendance-punch", "GET", ASN),
    region("attendance-punch", "POST", ASN, ok=302, data=punch),
    region("attendance-month", "GET", ASN),
    region("attendance-person", "GET", f"ani budi {OFFICES}", citra=404, args=ani),
    region("attendance-staff", "GET", "budi"),
    region("attendance-live", "GET", OFFICES),
    region("attendance-unit", "GET", OFFICES),
    region("attendance-compute", "GET", "bkpsdm"),
    region("attendance-compute", "POST", "bkpsdm", ok=302, data=month),
    region("attendance-correction", "GET", ASN),
    region("attendance-correction", "POST", ASN, ok=422, data=nothing_said),
    region("attendance-permit", "GET", ASN),
    region("attendance-permit", "POST", ASN, ok=422, data=nothing_said),
    region("attendance-policy", "GET", "bkpsdm"),
    region("attendance-policy", "POST", "bkpsdm", ok=422, data=nothing_said),
    region("attendance-orders", "GET", "budi operator_opd bkpsdm"),
    region("attendance-order-new", "GET", "budi operator_opd bkpsdm"),
    region("attendance-order-new", "POST", "budi operator_opd bkpsdm", ok=422, data=nothing_said),
    # Citra's post stands under the head of the office, who would decide, and is nobody here.
    region("attendance-order", "GET", f"ani budi {OFFICES}", citra=404, args=order_for_ani),
    region("attendance-order-withdraw", "POST", "budi", ok=302, operator_opd=404, bkpsdm=404, args=order_for_ani),
    region(
        "attendance-document-revoke",
        "POST",
        "operator_opd bkpsdm",
        ok=302,
        args=approved_letter_of_ani,
        data=with_reason,
    ),
    region("attendance-documents", "GET", ASN),
    region("attendance-document-new", "GET", ASN),
    region("attendance-document-new", "POST", ASN, ok=302, data=letter),
    region("attendance-record", "GET", "operator_opd bkpsdm"),
    region("attendance-record", "POST", "operator_opd bkpsdm", ok=302, data=letter_for_ani),
    # Budi approves only what was handed in through the chain; this letter waits for nobody.
    region("attendance-document", "GET", f"ani {OFFICES}", budi=404, citra=404, args=letter_of_ani),
    region("attendance-document-withdraw", "POST", "ani", ok=302, budi=404, citra=404, args=letter_of_ani),
]
