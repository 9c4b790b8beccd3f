"""The papers of the printed month, read back: XLSX to the rupiah, PDF with its words."""

from __future__ import annotations

import io
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from pypdf import PdfReader
from python_calamine import CalamineWorkbook

from kernel import clock
from kernel.accounts.models import User
from tenants.reports.papers.recap import recap
from tenants.reports.papers.slip_paper import slip_pdf
from tenants.tpp.models import MonthRun, Slip
from tests.tenants.payout.closing_steps import lock_whole_month
from tests.tenants.tpp.manado_month import AFTERWARDS, MAY, Case, golden

SignedIn = Callable[..., Client]


def sheet(book: CalamineWorkbook, name: str) -> list[list[Any]]:
    return book.get_sheet_by_name(name).to_python()


def people(rows: list[list[Any]]) -> tuple[dict[str, dict[str, Any]], dict[str, Any]]:
    """Rows of the list by NIP, and its total row, by the titles of the fourth row."""
    titles = [str(title) for title in rows[3]]
    read = [dict(zip(titles, row, strict=True)) for row in rows[4:]]
    return {str(row["NIP"]): row for row in read[:-1]}, read[-1]


def opened(run: MonthRun) -> CalamineWorkbook:
    with recap(run) as file:
        return CalamineWorkbook.from_filelike(io.BytesIO(file.read()))


@pytest.fixture
def book(month_run: MonthRun) -> CalamineWorkbook:
    return opened(month_run)


def test_every_printed_figure_stands_in_the_recap(book: CalamineWorkbook, cases: list[Case]) -> None:
    rows, _ = people(sheet(book, "PNS dan CPNS"))
    assert len(rows) == 10
    for case in cases:
        row = rows[case.employee.nip]
        found = {
            "produktivitas": row["Produktivitas kerja (%)"],
            "disiplin": row["Bobot disiplin (%)"],
            "nilai": row["Jumlah persentase TPP (%)"],
            "pagu": row["Pagu TPP"],
            "gross": row["TPP bruto"],
            "tax": row["PPh 21"],
            "contributions": row["Iuran BPJS 1%"],
            "net": row["TPP bersih"],
            "PK": row["TPP prestasi kerja"],
            "BK": row["TPP beban kerja"],
        }
        assert (case.id, {name: Decimal(str(value)) for name, value in found.items()}) == (
            case.id,
            {name: case.expect[name] for name in found},
        )
        assert row["Gaji"] == 4000000
        assert row["Nama"] == case.employee.name


def test_a_nip_is_text(book: CalamineWorkbook, cases: list[Case]) -> None:
    cell = sheet(book, "PNS dan CPNS")[4][1]
    assert isinstance(cell, str)
    assert len(cell) == 18


def test_totals_are_the_sums_of_the_rounded_persons(book: CalamineWorkbook, month_run: MonthRun) -> None:
    rows, total = people(sheet(book, "PNS dan CPNS"))
    sums = golden()["totals"]["sum_of_rounded"]
    assert total["TPP bersih"] == sum(row["TPP bersih"] for row in rows.values()) == int(sums["net"])
    assert total["PPh 21"] == int(sums["tax"])
    opd = sheet(book, "Per OPD")
    assert opd[1][0] == "Badan Pengelolaan Contoh"
    assert opd[1][7] == int(sums["net"])


def test_the_last_sheet_says_what_the_list_was_made_from(book: CalamineWorkbook, month_run: MonthRun) -> None:
    seal = dict(sheet(book, "Sidik"))
    assert seal["Sidik perhitungan"] == month_run.digest
    assert seal["Sidik kunci"] == "belum dikunci"
    assert seal["Pegawai di lembar ini"] == "10"


def test_pppk_stand_apart(cases: list[Case], run_month: Callable[[], MonthRun]) -> None:
    someone = cases[0].employee
    someone.standings.update(status="PPPK", golongan="IX")
    book = opened(run_month())
    apart, total = people(sheet(book, "PPPK"))
    assert list(apart) == [someone.nip]
    assert total["TPP bersih"] == apart[someone.nip]["TPP bersih"]
    assert len(people(sheet(book, "PNS dan CPNS"))[0]) == 9


def test_a_name_that_looks_like_a_formula_stays_text(cases: list[Case], run_month: Callable[[], MonthRun]) -> None:
    someone = cases[0].employee
    someone.name = "=1+1"
    someone.save()
    rows, _ = people(sheet(opened(run_month()), "PNS dan CPNS"))
    assert rows[someone.nip]["Nama"] == "=1+1"


def test_the_slip_as_pdf_has_amount_clause_and_days(month_run: MonthRun, cases: list[Case]) -> None:
    slip = (
        Slip.objects.with_lock()
        .select_related("run__rule_set", "employee", "opd")
        .get(run=month_run, employee=cases[1].employee)
    )
    words = " ".join(
        " ".join(page.extract_text() for page in PdfReader(io.BytesIO(slip_pdf(slip, is_locked=False))).pages).split()
    )
    for text in (
        "Slip TPP Mei 2024",
        "Rp323.849",
        "SEMENTARA",
        "Perwali Manado 1/2022",
        "2 Mei 2024",
        slip.digest[:20],
    ):
        assert text in words


def test_the_same_slip_gives_the_same_pdf(month_run: MonthRun) -> None:
    slip = Slip.objects.with_lock().select_related("run__rule_set", "employee", "opd").filter(run=month_run)[0]
    assert slip_pdf(slip, is_locked=True) == slip_pdf(slip, is_locked=True)


def test_downloads_go_to_those_who_may(
    month_run: MonthRun, cases: list[Case], bkpsdm: User, with_role: Callable[..., User], signed_in: SignedIn
) -> None:
    with clock.at(AFTERWARDS):
        lock_whole_month(MAY, actor=bkpsdm)
        slip = Slip.objects.filter(run=month_run)[0]
        addresses = {f"/tpp/perhitungan/{month_run.uid}/rekap.xlsx": 403, f"/tpp/slip/{slip.uid}/slip.pdf": 404}
        for address, refused in addresses.items():
            answer = signed_in(bkpsdm).get(address)
            assert answer.status_code == 200
            assert answer["Content-Disposition"].startswith("attachment")
            assert answer["Cache-Control"] == "private, no-store"
            assert len(answer.getvalue()) > 1000
            assert signed_in(with_role("asn")).get(address).status_code == refused
            assert signed_in(None).get(address).status_code == 302
