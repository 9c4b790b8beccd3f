"""The inspectorate examines; the person and the OPD answer; the personnel agency decides on money."""

from __future__ import annotations

from decimal import Decimal

from kernel.ids import new_uid
from tenants.oversight.actions import propose_correction
from tests.architecture.permission_table import EVERYBODY, Cast, region
from tests.cast import make_user
from tests.tenants.oversight.inspection import make_finding, make_sample

# The owner, the operator of the OPD, and who reads all.
OF_ANI = "ani operator_opd inspektorat bkpsdm"


def sample(cast: Cast) -> dict[str, object]:
    return {"uid": make_sample(cast.users["inspektorat"], cast.ani.employee).uid}


def sampled(cast: Cast) -> dict[str, object]:
    return {"uid": make_sample(cast.users["inspektorat"], cast.ani.employee).people.get().uid}


def ani(cast: Cast) -> dict[str, object]:
    return {"uid": cast.ani.employee.uid}


def a_draw(cast: Cast) -> dict[str, object]:
    return {"bulan": "2026-11", "persen": "5", "risiko": "20", "benih": "a1"}


def finding(cast: Cast) -> dict[str, object]:
    return {"uid": make_finding(cast.ani.employee, cast.users["inspektorat"]).uid}


def correction(cast: Cast) -> dict[str, object]:
    other = make_user("199001012015019999", "Pemeriksa lain", "inspektorat")
    found = make_finding(cast.ani.employee, other)
    made = propose_correction(finding_uid=found.uid, amount=Decimal(1000), reason="x", actor=other)
    return {"uid": made.uid}


def a_finding(cast: Cast) -> dict[str, object]:
    return {"perihal": "slip", "tentang": "pagu", "uraian": "x", "tenggat": "2999-01-01", "kunci": str(new_uid())}


ROWS = [
    region("oversight-samples", "GET", "inspektorat"),
    region("oversight-new-sample", "GET", "inspektorat"),
    region("oversight-new-sample", "POST", "inspektorat", ok=302, data=a_draw),
    region("oversight-sample", "GET", "inspektorat", args=sample),
    region("oversight-sample-sheet", "GET", "inspektorat", args=sample),
    region("oversight-examined", "POST", "inspektorat", ok=302, args=sampled),
    region("oversight-person", "GET", "inspektorat", args=ani),
    region("oversight-new-finding", "GET", "inspektorat", args=ani),
    region("oversight-new-finding", "POST", "inspektorat", ok=302, args=ani, data=a_finding),
    region("oversight-findings", "GET", "inspektorat bkpsdm"),
    region("oversight-to-answer", "GET", EVERYBODY),
    region("oversight-finding", "GET", OF_ANI, refused=404, args=finding),
    region(
        "oversight-answer",
        "POST",
        "ani operator_opd",
        ok=302,
        refused=404,
        args=finding,
        data=lambda cast: {"jawaban": "x"},
    ),
    region("oversight-close", "POST", "inspektorat", ok=302, args=finding, data=lambda cast: {"kesimpulan": "x"}),
    region(
        "oversight-propose",
        "POST",
        "inspektorat",
        ok=302,
        args=finding,
        data=lambda cast: {"jumlah": "1000", "alasan": "x"},
    ),
    region(
        "oversight-decide",
        "POST",
        "bkpsdm",
        ok=302,
        args=correction,
        data=lambda cast: {"putusan": "tolak", "catatan": "x"},
    ),
]
