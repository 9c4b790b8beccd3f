"""Rows of tenants.arrears."""

from __future__ import annotations

from tenants.arrears.models import DifferenceSlip
from tests.architecture.permission_table import Cast, region
from tests.tenants.arrears.small_difference import difference_of, difference_run, lock_difference, order_for
from tests.tenants.tpp.small_run import finished_run, lock_of, slip_in

READERS = "citra bkpsdm inspektorat"


def _of_ani(cast: Cast) -> DifferenceSlip:
    made = difference_of(cast.ani.employee, cast.office.opd, cast.users["bkpsdm"])
    lock_difference(made, cast.users["bkpsdm"])
    return made


def slip_of_ani(cast: Cast) -> dict[str, object]:
    return {"uid": _of_ani(cast).uid}


def run_of_ani(cast: Cast) -> dict[str, object]:
    return {"uid": _of_ani(cast).run.uid}


def going_run(cast: Cast) -> dict[str, object]:
    return {"uid": difference_run(finished_run(), "queued").uid}


def span(cast: Cast) -> dict[str, object]:
    base = finished_run()
    slip_in(base, cast.ani.employee, cast.office.opd)
    lock_of(base, cast.office.opd, cast.users["bkpsdm"])
    return {"pertama": "2024-05", "terakhir": "2024-05", "dibayar": "2024-06"}


def order_of_ani(cast: Cast) -> dict[str, object]:
    return {"uid": order_for(cast.ani.employee, cast.users["inspektorat"]).uid}


def why(cast: Cast) -> dict[str, object]:
    return {"alasan": "Salah orang"}


def decision(cast: Cast) -> dict[str, object]:
    base = finished_run()
    slip_in(base, cast.ani.employee, cast.office.opd)
    lock_of(base, cast.office.opd, cast.users["bkpsdm"])
    return {
        "nip": cast.ani.employee.nip,
        "bulan": "2024-05",
        "bayaran": "ordinary",
        "arah": "plus",
        "jumlah": "250.000",
        "sumber": "court",
        "surat": "12/G/2024",
        "alasan": "Putusan pengadilan",
        "kunci": "0198f3a2-0000-7000-8000-000000000001",
    }


def share(cast: Cast) -> dict[str, object]:
    return {"mulai": "2026-12", "persen": "40", "surat": ""}


ROWS = [
    region("arrears-runs", "GET", READERS),
    region("arrears-start", "GET", "bkpsdm"),
    region("arrears-start", "POST", "bkpsdm", ok=302, data=span),
    region("arrears-run", "GET", READERS, args=run_of_ani),
    region("arrears-run-slips", "GET", READERS, args=run_of_ani),
    region("arrears-run-issues", "GET", READERS, args=run_of_ani),
    region("arrears-run-cancel", "POST", "bkpsdm", ok=302, args=going_run),
    region("arrears-slip", "GET", "ani citra operator_opd bkpsdm inspektorat", args=slip_of_ani, budi=404),
    region("arrears-own", "GET", "ani budi citra"),
    region("arrears-orders", "GET", READERS),
    region("arrears-order-new", "GET", "bkpsdm"),
    region("arrears-order-new", "POST", "bkpsdm", ok=302, data=decision),
    region("arrears-order-cancel", "POST", "bkpsdm", ok=302, args=order_of_ani, data=why),
    region("arrears-recoveries", "GET", READERS),
    region("arrears-share", "GET", "bkpsdm"),
    region("arrears-share", "POST", "bkpsdm", ok=302, data=share),
]
