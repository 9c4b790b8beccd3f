"""The papers of a difference run: old, new and difference of each month, and who is paid the balance."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from django.test import Client

from kernel.accounts.models import User
from kernel.papers.pdf import paper_pdf
from kernel.periods import Month
from tenants.arrears.models import DifferenceSlip
from tenants.reports.issuing import issue_paper
from tenants.reports.papers.dressing import dressing_of
from tenants.reports.papers.making import make
from tenants.reports.papers.sheet import paper_xlsx
from tenants.reports.papers.standing import standing_of
from tests.cast import Office, Person
from tests.tenants.arrears.small_difference import difference_of, lock_difference
from tests.tenants.reports.paper_desk import appoint_everybody, rows_of_sheet, words_of

JUNE = Month(2024, 6)
DAY = date(2024, 7, 5)


def further_month(made: DifferenceSlip, month: date, net: int) -> DifferenceSlip:
    """The same person's difference of another month."""
    made.pk, made.uid, made._state.adding = None, DifferenceSlip._meta.get_field("uid").get_default(), True
    made.of_month = month
    made.new_pagu = made.new_gross = made.new_net = made.old_net + net
    made.pagu = made.gross = made.net = Decimal(net)
    made.save()
    return made


def test_the_list_has_old_new_and_difference_and_the_payment_the_balance(
    ani: Person, office: Office, with_role: Callable[..., User], signed_in: Callable[..., Client]
) -> None:
    bkpsdm = with_role("bkpsdm")
    made = difference_of(ani.employee, office.opd, bkpsdm, 100_000)
    opd = made.opd
    further_month(made, date(2024, 4, 1), -30_000)
    standing = standing_of(JUNE, "difference", opd)
    codes = [paper.kind.code for paper in standing.opd_month.plan.papers]
    assert codes == ["daftar-selisih", "pembayaran-selisih"]
    dressing = dressing_of(opd, DAY)
    listed, paid = (
        rows_of_sheet(
            paper_xlsx(make(standing.opd_month, paper, "", dressing, dated=DAY, is_split=True), made_at=None).read()
        )
        for paper in standing.opd_month.plan.papers
    )
    months = [row for row in listed if "Ani" in row]
    assert [row[3] for row in months] == ["April 2024", "Mei 2024"]
    assert [row[5:8] for row in months] == [[1000000, 970000, -30000], [1000000, 1100000, 100000]]
    assert next(row for row in listed if row[0] == "Jumlah")[-1] == 70000
    (person,) = (row for row in paid if "Ani" in row)
    assert person[-2:] == ["April 2024 s.d. Mei 2024 (2 bulan)", 70000]
    page = signed_in(bkpsdm).get(f"/dokumen/2024-06/{opd.uid}/?jenis=difference").content.decode()
    assert "Daftar Selisih TPP" in page


def test_who_owes_is_told_and_not_paid_and_a_locked_run_is_issued(
    ani: Person, office: Office, with_role: Callable[..., User]
) -> None:
    bkpsdm = with_role("bkpsdm")
    made = difference_of(ani.employee, office.opd, bkpsdm, -40_000)
    appoint_everybody(bkpsdm)
    lock_difference(made, bkpsdm)
    standing = standing_of(JUNE, "difference", made.opd)
    planned = standing.opd_month.plan.paper("pembayaran-selisih")
    assert planned is not None
    issued = issue_paper(standing=standing, planned=planned, part="", actor=bkpsdm)
    paper = make(standing.opd_month, planned, "", dressing_of(made.opd, DAY), dated=DAY, number=issued.number)
    words = words_of(paper_pdf(paper, made_at=None))
    assert "1 pegawai yang selisihnya kurang, sebesar Rp40.000" in words
    assert "Ani" not in words
