"""Who gets which page of leave."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from kernel.tenancy import here
from tenants.leave.models import LeaveKind, LedgerStart
from tests.architecture.permission_table import Cast, region

ASN = "ani budi citra"
OFFICES = "operator_opd bkpsdm inspektorat"


def ani(cast: Cast) -> dict[str, Any]:
    return {"uid": cast.ani.employee.uid}


def yearly(cast: Cast) -> dict[str, Any]:
    return {"uid": LeaveKind.objects.get(code="tahunan", status="PNS").uid}


def with_ledger(cast: Cast) -> dict[str, Any]:
    LedgerStart.objects.create(year=2020)
    return {}


def nothing_said(cast: Cast) -> dict[str, Any]:
    """A form that says nothing: refused beside its fields."""
    return {"first": (here.today() + timedelta(days=1)).isoformat()}


ROWS = [
    region("leave-own", "GET", ASN),
    region("leave-new", "GET", ASN),
    region("leave-new", "POST", ASN, ok=422, data=nothing_said),
    region("leave-balances", "GET", OFFICES),
    region("leave-person", "GET", OFFICES, args=ani),
    region("leave-person", "POST", "bkpsdm", ok=422, args=ani, data=nothing_said),
    region("leave-opening", "GET", "operator_opd bkpsdm"),
    region("leave-opening", "POST", "operator_opd bkpsdm", ok=422, data=nothing_said),
    region("leave-template", "GET", "operator_opd bkpsdm"),
    region("leave-grant", "POST", "bkpsdm", ok=302, data=with_ledger),
    region("leave-record", "GET", "operator_opd bkpsdm"),
    region("leave-record", "POST", "operator_opd bkpsdm", ok=422, data=nothing_said),
    region("leave-kinds", "GET", "bkpsdm"),
    region("leave-kinds", "POST", "bkpsdm", ok=422, data=nothing_said),
    region("leave-kind", "GET", "bkpsdm", args=yearly),
    region("leave-kind", "POST", "bkpsdm", ok=422, args=yearly, data=nothing_said),
]
