"""Hits are read by who is in charge, let through by the personnel agency and, when grave, by the inspectorate."""

from __future__ import annotations

from kernel.periods import Month
from tenants.preaudit.actions import waive
from tenants.preaudit.looking import look_at_opd
from tenants.preaudit.models import Hit
from tests.architecture.permission_table import Cast, region
from tests.tenants.tpp.small_run import finished_run, slip_in

READERS = "bkpsdm inspektorat operator_opd citra"
CHECKERS = "bkpsdm inspektorat"


def opd(cast: Cast) -> dict[str, object]:
    return {"month": "2024-05", "kind": "ordinary", "uid": cast.office.opd.uid}


def checked(cast: Cast) -> dict[str, object]:
    """Ani has no account: an ordinary hit."""
    run = finished_run()
    slip = slip_in(run, cast.ani.employee, cast.office.opd)
    slip.save()
    look_at_opd(month=Month(2024, 5), kind="ordinary", opd=cast.office.opd, actor=cast.users["inspektorat"])
    return {"uid": Hit.objects.get(check_code="account_missing").uid}


def checked_opd(cast: Cast) -> dict[str, object]:
    checked(cast)
    return opd(cast)


def waived(cast: Cast) -> dict[str, object]:
    named = checked(cast)
    hit = Hit.objects.get(check_code="account_missing")
    waive(uids=[hit.uid], reason="Dibayar tunai", document_number="", actor=cast.users["inspektorat"])
    return named


def month(cast: Cast) -> dict[str, object]:
    finished_run()
    return {"bulan": "2024-05", "jenis": "ordinary"}


def a_reason(cast: Cast) -> dict[str, object]:
    return {"alasan": "Dibayar tunai bulan ini", "temuan": [str(hit.uid) for hit in Hit.objects.all()]}


ROWS = [
    region("preaudit-month", "GET", READERS),
    region("preaudit-start", "POST", CHECKERS, ok=302, data=month),
    region("preaudit-checks", "GET", READERS),
    region("preaudit-opd", "GET", READERS, args=opd),
    region("preaudit-look", "POST", CHECKERS, ok=302, args=opd),
    region("preaudit-waive", "POST", CHECKERS, ok=302, args=checked_opd, data=a_reason),
    region("preaudit-hit", "GET", READERS, args=checked),
    region("preaudit-hit", "POST", READERS, ok=(200, 302, 422), args=checked, data=a_reason),
    region("preaudit-withdraw", "POST", CHECKERS, ok=302, args=waived),
]
