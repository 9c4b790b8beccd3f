"""Rows of tenants.tpp."""

from __future__ import annotations

from io import BytesIO

import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile

from kernel.periods import Month
from tenants.tpp.actions import start_run
from tenants.tpp.practice import choose_pilots, propose_go_live
from tests.architecture.permission_table import Cast, region
from tests.cast import make_user
from tests.tenants.tpp.small_run import finished_run, slip_in, stored_rules

ASN = "ani budi citra"
READERS = "citra bkpsdm inspektorat"
# The owner, the operator of the OPD, and those who read all; Budi is a colleague and Ani's approver, and sees nothing.
OF_ANI = "ani citra operator_opd bkpsdm inspektorat"


def slip_of_ani(cast: Cast) -> dict[str, object]:
    return {"uid": slip_in(finished_run(), cast.ani.employee, cast.office.opd).uid}


def run(cast: Cast) -> dict[str, object]:
    return {"uid": finished_run().uid}


def second_run(cast: Cast) -> dict[str, object]:
    first = finished_run()
    first.pk, first.number = None, 2
    first.uid = type(first)._meta.get_field("uid").get_default()
    first._state.adding = True
    first.save()
    return {"uid": first.uid}


def going_run(cast: Cast) -> dict[str, object]:
    stored_rules()
    return {"uid": start_run(month=Month(2024, 5), actor=cast.users["bkpsdm"]).uid}


def month(cast: Cast) -> dict[str, object]:
    stored_rules()
    return {"bulan": "2024-05"}


def sheet(cast: Cast) -> dict[str, object]:
    buffer = BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, ("NIP", "Dasar gaji"))
        page.write_row(1, 0, (cast.ani.employee.nip, "4000000"))
    return {"bulan": "2024-05", "berkas": SimpleUploadedFile("gaji.xlsx", buffer.getvalue())}


def penalty(cast: Cast) -> dict[str, object]:
    return {"nip": cast.ani.employee.nip, "tingkat": "ringan", "mulai": "2026-11", "surat": "800/1/2026"}


def opds(cast: Cast) -> dict[str, object]:
    return {"opd": str(cast.office.opd.uid), "bulan": "2026-12"}


def opds_in_pilot(cast: Cast) -> dict[str, object]:
    choose_pilots(opds=[cast.office.opd.uid], month=Month(2026, 11), actor=cast.users["bkpsdm"])
    return opds(cast)


def proposal(cast: Cast) -> dict[str, object]:
    opds_in_pilot(cast)
    # By somebody who is none of the columns, so that each of them may be the second.
    proposer = make_user("199001012015011999", "Pengusul", "bkpsdm")
    (row,) = propose_go_live(opds=[cast.office.opd.uid], month=Month(2026, 12), actor=proposer)
    return {"usul": str(row.uid)}


ROWS = [
    region("tpp-own", "GET", ASN),
    region("tpp-slip", "GET", OF_ANI, args=slip_of_ani, budi=404),
    region("tpp-slip-paper", "GET", OF_ANI, args=slip_of_ani, budi=404),
    region("tpp-runs", "GET", READERS),
    region("tpp-run-start", "POST", "bkpsdm", ok=302, data=month),
    region("tpp-run", "GET", READERS, args=run),
    region("tpp-run-slips", "GET", READERS, args=run),
    region("tpp-run-issues", "GET", READERS, args=run),
    region("tpp-run-changes", "GET", READERS, args=second_run),
    region("tpp-run-cancel", "POST", "bkpsdm", ok=302, args=going_run),
    region("tpp-opd", "GET", "operator_opd"),
    region("tpp-salary", "GET", "citra bkpsdm"),
    region("tpp-salary", "POST", "citra bkpsdm", ok=302, data=sheet),
    region("tpp-practice", "GET", READERS),
    region("tpp-practice-choose", "POST", "bkpsdm", ok=302, data=opds),
    region("tpp-practice-propose", "POST", "bkpsdm", ok=302, data=opds_in_pilot),
    region("tpp-practice-sign", "POST", READERS, ok=302, data=proposal),
    region("tpp-practice-withdraw", "POST", "bkpsdm", ok=302, data=proposal),
    region("tpp-penalties", "GET", "bkpsdm"),
    region("tpp-penalties", "POST", "bkpsdm", ok=302, data=penalty),
]
