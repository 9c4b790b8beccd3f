"""The lists of the printed month: every printed figure to the rupiah, totals of the rounded persons."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest

from kernel.money import exact
from kernel.papers.pdf import paper_pdf
from tenants.reports.papers.dressing import dressing_of
from tenants.reports.papers.making import digest_of, make
from tenants.reports.papers.opd_month import OpdMonth
from tenants.reports.papers.plan import plan_of
from tenants.reports.papers.sheet import paper_xlsx
from tenants.rules.engine import load_rule_set, ready_rule_sets
from tenants.tpp.models import MonthRun, Slip
from tests.tenants.reports.paper_desk import rows_of_sheet, table_of, words_of
from tests.tenants.tpp.manado_month import AFTERWARDS, MAY, Case, golden

SIXTH = date(2024, 6, 6)


def opd_month_of(run: MonthRun) -> OpdMonth:
    opd = Slip.objects.filter(run=run).select_related("opd")[0].opd
    return OpdMonth(MAY, "ordinary", opd, run)


@pytest.fixture
def may(month_run: MonthRun) -> OpdMonth:
    return opd_month_of(month_run)


def written(may: OpdMonth, code: str, part: str = "") -> bytes:
    planned = may.plan.paper(code)
    assert planned is not None
    paper = make(may, planned, part, dressing_of(may.opd, SIXTH), dated=SIXTH, is_split=True)
    return paper_xlsx(paper, made_at=AFTERWARDS).read()


def printed(may: OpdMonth, code: str, part: str = "") -> bytes:
    planned = may.plan.paper(code)
    assert planned is not None
    return paper_pdf(make(may, planned, part, dressing_of(may.opd, SIXTH), dated=SIXTH), made_at=AFTERWARDS)


def test_the_set_is_the_nine_prints_and_statement_and_receipt(may: OpdMonth) -> None:
    assert [paper.kind.code for paper in may.plan.papers] == [
        "kehadiran",
        "disiplin",
        "produktivitas",
        "penilaian",
        "perhitungan",
        "permintaan",
        "permintaan-kriteria",
        "pembayaran",
        "pengantar",
        "sptjm",
        "tanda-terima",
    ]
    assert not any(paper.unknown for paper in may.plan.papers)


# Columns of each list that the golden rows know, and their figure.
FIGURES = {
    "kehadiran": {"Hadir (%)": "kehadiran.persen"},
    "disiplin": {"Nilai disiplin": "disiplin.nilai", "Bobot disiplin": "disiplin"},
    "produktivitas": {"Produktivitas kerja": "produktivitas"},
    "penilaian": {
        "Produktivitas kerja": "produktivitas",
        "Bobot disiplin": "disiplin",
        "Jumlah persentase TPP (%)": "nilai",
    },
    "perhitungan": {"Pagu TPP": "pagu", "Jumlah TPP": "gross", "PPh 21": "tax", "Jumlah bersih": "net"},
    "permintaan": {"Jumlah TPP": "gross", "BPJS 1%": "contributions", "Jumlah bersih": "net"},
    "permintaan-kriteria": {"TPP prestasi kerja": "PK", "TPP beban kerja": "BK", "Jumlah bersih": "net"},
    "pembayaran": {"Jumlah bersih": "net"},
    "tanda-terima": {"Jumlah bersih": "net"},
}


@pytest.mark.parametrize("code", FIGURES)
def test_every_printed_figure_stands_on_its_list(may: OpdMonth, cases: list[Case], code: str) -> None:
    people, _, _ = table_of(written(may, code))
    assert len(people) == 10
    for case in cases:
        row = people[case.employee.nip]
        found = {name: Decimal(str(row[name])) for name in FIGURES[code]}
        assert (case.id, found) == (case.id, {name: case.expect[key] for name, key in FIGURES[code].items()})


def test_the_attendance_list_counts_each_code(may: OpdMonth, cases: list[Case]) -> None:
    people, total, _ = table_of(written(may, "kehadiran"))
    row = people[cases[1].employee.nip]
    assert (row["TMK1"], row["TMK2"], row["PKSW3"], row["TK"], row["S"]) == (4, 2, 1, 6, 0)
    assert total["TK"] == sum(row["TK"] for row in people.values())


def test_the_discipline_list_sums_the_points(may: OpdMonth, cases: list[Case]) -> None:
    people, _, _ = table_of(written(may, "disiplin"))
    assert [people[case.employee.nip]["Poin pelanggaran"] for case in cases[:2]] == [33, 71]


def test_a_mean_is_printed_cut_as_the_region_prints_it(may: OpdMonth, cases: list[Case]) -> None:
    people, _, _ = table_of(written(may, "produktivitas"))
    shown = {case.id: people[case.employee.nip]["Rata-rata capaian SKP"] for case in cases}
    assert (shown["M08"], shown["M11"], shown["M19"]) == (95.45, 44.44, 99.16)


def test_totals_add_the_rounded_persons_and_tell_how_far_that_is_from_the_exact_sum(may: OpdMonth) -> None:
    _, total, difference = table_of(written(may, "permintaan"))
    sums = golden()["totals"]["sum_of_rounded"]
    assert total["Jumlah bersih"] == int(sums["net"])
    assert total["PPh 21"] == int(sums["tax"])
    exact_net = sum((exact(net) for net in Slip.objects.values_list("unrounded__net", flat=True)), Decimal(0))
    assert Decimal(str(difference["Jumlah bersih"])) == Decimal(sums["net"]) - exact_net


def test_the_pdf_has_the_same_amounts_head_signers_and_pages(may: OpdMonth) -> None:
    words = words_of(printed(may, "perhitungan"))
    for text in (
        "DAFTAR PERHITUNGAN TPP",
        "3.419.521",
        "24.704.415",
        "KONSEP",
        "Manado, 6 Juni 2024",
        "Halaman 1 dari 1",
    ):
        assert text in words


def test_the_covering_letter_has_means_totals_and_the_list_of_penalties(may: OpdMonth, cases: list[Case]) -> None:
    words = words_of(printed(may, "pengantar"))
    pagu = sum(case.expect["pagu"] for case in cases)
    net = sum(case.expect["net"] for case in cases)
    presence = sum(case.expect["kehadiran.persen"] for case in cases) / 10
    for text in (
        "Sekretaris Daerah",
        "untuk 10 pegawai",
        f"{pagu:,}".replace(",", "."),
        f"{net:,}".replace(",", "."),
        f"{pagu - net:,}".replace(",", "."),
        f"{presence:.2f}".replace(".", ","),
        "800/1/2024",
        "Lembar petugas pemeriksa",
    ):
        assert text in words


def test_the_statement_says_the_amount_in_words(may: OpdMonth) -> None:
    assert "dua puluh empat juta tujuh ratus empat ribu empat ratus lima belas rupiah" in words_of(
        printed(may, "sptjm")
    )


def test_contract_employees_have_lists_of_their_own(cases: list[Case], run_month: Callable[[], MonthRun]) -> None:
    someone = cases[0].employee
    someone.standings.update(status="PPPK", golongan="IX")
    may = opd_month_of(run_month())
    planned = may.plan.paper("pembayaran")
    assert planned is not None
    assert may.parts_of(planned) == ("", "PPPK")
    assert list(table_of(written(may, "pembayaran", "PPPK"))[0]) == [someone.nip]
    assert len(table_of(written(may, "pembayaran"))[0]) == 9
    assert "PPPK" in words_of(printed(may, "pengantar"))


def test_a_name_that_looks_like_a_formula_stays_text(cases: list[Case], run_month: Callable[[], MonthRun]) -> None:
    someone = cases[0].employee
    someone.name = "=HYPERLINK(0)"
    someone.save()
    people, _, _ = table_of(written(opd_month_of(run_month()), "pembayaran"))
    assert people[someone.nip]["Nama"] == "=HYPERLINK(0)"


def test_a_name_with_typesetting_signs_stays_a_name(cases: list[Case], run_month: Callable[[], MonthRun]) -> None:
    someone = cases[0].employee
    someone.name = "#panic[x] *tebal* $a$ " + "Panjang " * 15
    someone.save()
    may = opd_month_of(run_month())
    assert "#panic[x] *tebal* $a$" in words_of(printed(may, "pembayaran"))


def test_the_same_content_has_the_same_digest_and_the_same_files(may: OpdMonth) -> None:
    planned = may.plan.paper("perhitungan")
    assert planned is not None
    dressing = dressing_of(may.opd, SIXTH)
    first = digest_of(may, planned, "", dressing, SIXTH)
    assert first == digest_of(may, planned, "", dressing, date(2024, 7, 1))
    assert printed(may, "perhitungan") == printed(may, "perhitungan")
    assert written(may, "perhitungan") == written(may, "perhitungan")
    slip = Slip.objects.filter(run=may.run).order_by("pk")[0]
    Slip.objects.filter(pk=slip.pk).update(gross=slip.gross + 1, net=slip.net + 1)
    assert digest_of(may, planned, "", dressing, SIXTH) != first


def test_a_sheet_of_a_letter_has_its_figures(may: OpdMonth) -> None:
    cells = [cell for row in rows_of_sheet(written(may, "pengantar")) for cell in row]
    assert 24704415 in cells
    assert any("Sekretaris Daerah" in str(cell) for cell in cells)
    assert BytesIO(written(may, "sptjm")).read(2) == b"PK"


def test_every_ready_rule_set_gives_a_set_of_papers() -> None:
    unknown: dict[str, Any] = {}
    for code, ready in ready_rule_sets().items():
        plan = plan_of(load_rule_set(ready))
        codes = [paper.kind.code for paper in plan.papers]
        assert {"sptjm", "tanda-terima"} <= set(codes), code
        assert len(codes) > 2, code
        unknown |= {f"{code}.{paper.kind.code}": paper.unknown for paper in plan.papers if paper.unknown}
    assert unknown == {}
