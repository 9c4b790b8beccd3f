"""Rows of the papers: recaps, slips, an OPD-month's set, its settings, and the public check."""

from __future__ import annotations

from datetime import date

from kernel.papers.codes import new_code
from tenants.reports.models import IssuedPaper, Signer
from tenants.reports.paper_settings import SignerInput, appoint_signer
from tenants.tpp.models import Slip
from tests.architecture.permission_rows.tpp import OF_ANI, READERS, run, slip_of_ani
from tests.architecture.permission_table import EVERYBODY, Cast, region
from tests.tenants.tpp.small_run import finished_run, slip_in

PAPER_READERS = "citra operator_opd bkpsdm inspektorat"


def may_of_the_office(cast: Cast) -> dict[str, object]:
    slip_in(finished_run(), cast.ani.employee, cast.office.opd)
    return {"month": "2024-05", "opd": cast.office.opd.uid}


def the_month(cast: Cast) -> dict[str, object]:
    return {"month": "2024-05"}


def concept(cast: Cast) -> dict[str, object]:
    return {**may_of_the_office(cast), "paper": "pembayaran", "form": "pdf"}


def issued_paper(cast: Cast) -> IssuedPaper:
    may_of_the_office(cast)
    run_of_slip = Slip.objects.select_related("run").get().run
    return IssuedPaper.objects.create(
        code=new_code(),
        paper="pembayaran",
        title="Daftar pembayaran TPP",
        kind="ordinary",
        month=date(2024, 5, 1),
        opd=cast.office.opd,
        run=run_of_slip,
        digest="0" * 64,
        number="1",
        sequence=1,
        year=2024,
        dated=date(2024, 6, 6),
        issued_by=cast.users["bkpsdm"],
    )


def issued(cast: Cast) -> dict[str, object]:
    return {"uid": issued_paper(cast).uid}


def issued_file(cast: Cast) -> dict[str, object]:
    return {**issued(cast), "form": "pdf"}


def code_of_issued(cast: Cast) -> dict[str, object]:
    return {"code": issued_paper(cast).code}


def reason(cast: Cast) -> dict[str, object]:
    return {"alasan": "salah kop"}


def signer(cast: Cast) -> dict[str, object]:
    return {
        "peran": Signer.Role.TREASURER,
        "nama": "Bendahara",
        "jabatan": "Bendahara pengeluaran",
        "mulai": "2024-01-01",
    }


def signer_row(cast: Cast) -> dict[str, object]:
    given = SignerInput(Signer.Role.HEAD, "Kepala", "", "", "Kepala", date(2024, 1, 1))
    return {"uid": appoint_signer(unit=cast.office.opd, signer=given, actor=cast.users["bkpsdm"]).uid}


def end(cast: Cast) -> dict[str, object]:
    return {"sejak": "2024-06-01"}


def an_opd_month(cast: Cast) -> dict[str, object]:
    return {"opd": str(cast.office.opd.uid), "bulan": "2026-10"}


ROWS = [
    region("papers-recap", "GET", READERS, args=run),
    region("papers-recap", "POST", READERS, ok=302, args=run),
    region("papers-slip", "GET", OF_ANI, args=slip_of_ani, budi=404),
    # Who is in charge of one OPD only is led to it.
    region("papers-attendance", "GET", PAPER_READERS),
    region("papers-attendance-files", "POST", PAPER_READERS, ok=302, data=an_opd_month),
    region("papers-attendance-layout", "GET", "bkpsdm"),
    region("papers-attendance-layout", "POST", "bkpsdm", ok=302),
    region("papers-opds", "GET", PAPER_READERS, ok=302),
    region("papers-opd-month", "GET", PAPER_READERS, args=may_of_the_office),
    region("papers-preview", "GET", PAPER_READERS, args=concept),
    region("papers-issue", "POST", "operator_opd bkpsdm", ok=302, args=may_of_the_office),
    region("papers-slips", "POST", PAPER_READERS, ok=302, args=may_of_the_office),
    region("papers-all-slips", "POST", READERS, ok=302, args=the_month),
    region("papers-download", "GET", PAPER_READERS, args=issued_file),
    region("papers-withdraw", "GET", "bkpsdm", args=issued),
    region("papers-withdraw", "POST", "bkpsdm", ok=302, args=issued, data=reason),
    region("papers-settings", "GET", "bkpsdm", operator_opd=302),
    # Without a unit it is the whole region's.
    region("papers-letterhead", "GET", "bkpsdm", operator_opd=404),
    region("papers-letterhead", "POST", "bkpsdm", ok=302, operator_opd=404),
    region("papers-numbers", "GET", "bkpsdm", operator_opd=404),
    region("papers-numbers", "POST", "bkpsdm", ok=302, operator_opd=404),
    region("papers-signer", "GET", "bkpsdm", operator_opd=404),
    region("papers-signer", "POST", "bkpsdm", ok=302, operator_opd=404, data=signer),
    region("papers-signer-end", "POST", "bkpsdm", ok=302, operator_opd=404, args=signer_row, data=end),
    region("papers-sample", "GET", "bkpsdm", operator_opd=404),
    region("papers-verify", "GET", EVERYBODY, nobody=200),
    region("papers-verify", "POST", EVERYBODY, ok=422, nobody=422),
    region("papers-verify-code", "GET", EVERYBODY, nobody=200, args=code_of_issued),
]
