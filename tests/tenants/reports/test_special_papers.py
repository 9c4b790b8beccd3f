"""The papers of THR and of the 13th month: their names, their sums, and what the verify page says of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from django.db.models import Sum
from django.test import Client

from kernel import clock
from kernel.accounts.models import User
from kernel.papers.pdf import paper_pdf
from tenants.payout.actions import lock_month
from tenants.reports.issuing import issue_paper
from tenants.reports.models import IssuedPaper
from tenants.reports.papers.dressing import dressing_of
from tenants.reports.papers.making import make
from tenants.reports.papers.opd_month import title_of
from tenants.reports.papers.sheet import paper_xlsx
from tenants.reports.papers.standing import Standing, standing_of
from tenants.tpp.models import MonthRun, Slip
from tests.tenants.payout.closing_steps import take_steps_before_lock
from tests.tenants.reports.paper_desk import appoint_everybody, table_of, words_of
from tests.tenants.tpp.manado_month import AFTERWARDS, Case, bkpsdm, run_month
from tests.tenants.tpp.special_june import JUNE, RunSpecial, run_special, special_cases

__all__ = ["bkpsdm", "run_month", "run_special", "special_cases"]

DATED = date(2024, 6, 6)
# What the region calls each payment, on papers and beside the month.
WORDS = {"thr": "TPP Tunjangan Hari Raya", "thirteenth": "TPP Ketiga Belas"}
# Nothing of attendance and scores: THR and the 13th month have none.
CODES = ["perhitungan", "permintaan", "permintaan-kriteria", "pembayaran", "pengantar", "sptjm", "tanda-terima"]


@pytest.fixture(params=["thr", "thirteenth"])
def paid(
    request: pytest.FixtureRequest,
    special_cases: list[Case],
    run_month: Callable[[], MonthRun],
    run_special: RunSpecial,
    bkpsdm: User,
) -> Standing:
    """The payment of June 2024, locked."""
    kind: str = request.param
    run_month()
    run_special(kind)
    appoint_everybody(bkpsdm)
    with clock.at(AFTERWARDS):
        take_steps_before_lock(JUNE, kind=kind)
        assert not lock_month(month=JUNE, kind=kind, actor=bkpsdm).refused
        return standing_of(JUNE, kind, special_cases[0].employee.placements.get().position.unit)


def test_the_set_has_the_names_and_sums_of_the_payment(paid: Standing, bkpsdm: User) -> None:
    month = paid.opd_month
    words = WORDS[month.kind]
    assert [planned.kind.code for planned in month.plan.papers] == CODES
    totals = Slip.objects.filter(run=month.run).aggregate(gross=Sum("gross"), tax=Sum("tax"), net=Sum("net"))
    for planned in month.plan.papers:
        title = title_of(month, planned)
        assert words in title
        pdf = words_of(
            paper_pdf(make(month, planned, "", dressing_of(month.opd, DATED), dated=DATED), made_at=AFTERWARDS)
        )
        assert title.upper() in pdf.upper()
        assert f"{totals['net']:,.0f}".replace(",", ".") in pdf
    listed = month.plan.paper("permintaan")
    assert listed is not None
    made = make(month, listed, "", dressing_of(month.opd, DATED), dated=DATED, is_split=True)
    people, total, _difference = table_of(paper_xlsx(made, made_at=AFTERWARDS).read())
    assert len(people) == 10
    for title, name in (("Jumlah TPP", "gross"), ("PPh 21", "tax"), ("Jumlah bersih", "net")):
        assert Decimal(str(total[title])) == totals[name]


def test_an_issued_paper_is_known_to_the_verify_page_by_its_payment(
    paid: Standing, bkpsdm: User, signed_in: Callable[..., Client]
) -> None:
    planned = paid.opd_month.plan.paper("permintaan")
    assert planned is not None
    with clock.at(AFTERWARDS):
        paper: IssuedPaper = issue_paper(standing=paid, planned=planned, part="", actor=bkpsdm)
        page = signed_in(None).get(f"/periksa/{paper.code}/").content.decode()
    for words in ("asli dan berlaku", "Juni 2024", WORDS[paid.opd_month.kind], paper.number):
        assert words in page
    assert "Pegawai 01" not in page
