"""Ceilings on pages and from sheets, the account codes, and the year of all OPDs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from kernel import clock
from kernel.accounts.models import User
from kernel.jobs.models import Job
from kernel.testing.queries import assert_query_count
from tenants.budget.models import BudgetAccount, BudgetCeiling, BudgetDecision
from tenants.organisation.models import Unit
from tenants.tpp.models import MonthRun, Slip
from tests.sheets import xlsx_upload
from tests.tenants.budget.conftest import Record
from tests.tenants.tpp.manado_month import AFTERWARDS

PAPER = {"dokumen": "dpa", "nomor": "DPA/1/2024", "tanggal": "2024-01-02", "mulai": "2024-01-01"}
CODE = "5.1.01.02.05.0001"


@pytest.fixture(autouse=True)
def afterwards(manado: object) -> Iterator[None]:
    with clock.at(AFTERWARDS):
        yield


@pytest.fixture
def client(finance: User, signed_in: Callable[..., Client]) -> Client:
    return signed_in(finance)


def test_a_ceiling_is_recorded_with_its_paper_and_withdrawn_with_a_reason(opd: Unit, client: Client) -> None:
    page = f"/anggaran/2024/{opd.uid}/"
    form = {**PAPER, "kode": CODE, "jumlah": "1.250.000.000"}
    assert client.post(page, {**form, "kode": "5.1.01"}).status_code == 422
    assert client.post(page, form).status_code == 302
    assert client.post(page, form).status_code == 422
    text = client.get(page).content.decode()
    assert "Rp1.250.000.000" in text
    assert "DPA/1/2024" in text
    row = BudgetCeiling.objects.get()
    client.post(f"/anggaran/pagu/{row.uid}/tarik/", {"alasan": ""})
    assert BudgetCeiling.objects.standing().exists()
    client.post(f"/anggaran/pagu/{row.uid}/tarik/", {"alasan": "Salah OPD"})
    assert not BudgetCeiling.objects.standing().exists()


def test_the_year_warns_of_a_ceiling_that_does_not_last(
    opd: Unit, client: Client, ceilings: Record, month_run: MonthRun
) -> None:
    ceilings("3.5")
    text = assert_query_count("budget.year", lambda: client.get("/anggaran/?tahun=2024")).content.decode()
    assert "Cukup sampai bulan 3" in text
    detail = assert_query_count("budget.opd", lambda: client.get(f"/anggaran/2024/{opd.uid}/")).content.decode()
    assert "tidak cukup sampai Desember" in detail
    assert "Mei 2024" in detail


def test_a_year_without_ceilings_says_that_nothing_is_locked(opd: Unit, client: Client) -> None:
    assert "Belum ada pagu tahun ini" in client.get("/anggaran/?tahun=2024").content.decode()
    assert client.get("/anggaran/?tahun=abc").status_code == 200


def test_a_month_without_ceilings_goes_on_with_a_reason_and_a_letter(opd: Unit, client: Client) -> None:
    url = f"/anggaran/bulan/2024-05/ordinary/{opd.uid}/"
    with clock.at(AFTERWARDS):
        page = client.get(url).content.decode()
        assert "Bulan ini belum dapat dikunci" in page
        net = f"{Slip.objects.filter(opd=opd).sums()['net']:.0f}"
        form = {"alasan": "DPA belum terbit", "surat": "900/1/2024", "dampak": net}
        assert client.post(url, {**form, "surat": ""}).status_code == 422
        assert client.post(url, form).status_code == 302
        page = client.get(url).content.decode()
    assert "Lanjutkan tanpa pagu tercatat" in page
    assert "900/1/2024" in page
    assert BudgetDecision.objects.get().option == "unrecorded"


def test_a_region_maps_its_own_code_and_sees_which_are_to_be_compared(opd: Unit, client: Client) -> None:
    text = client.get("/anggaran/rekening/").content.decode()
    assert "Perlu dicocokkan" in text
    form = {"bagian": "BK", "kelompok": "pns", "kode": "5.1.01.02.01.0009"}
    assert client.post("/anggaran/rekening/", {**form, "kode": "salah"}).status_code == 422
    assert client.post("/anggaran/rekening/", form).status_code == 302
    assert BudgetAccount.objects.get().account_code == "5.1.01.02.01.0009"
    assert "Diisi daerah" in client.get("/anggaran/rekening/").content.decode()


HEADINGS: Sequence[object] = ["Kode OPD", "Kode rekening", "Pagu"]


def sheet(*rows: Sequence[object]) -> SimpleUploadedFile:
    return xlsx_upload("pagu.xlsx", [HEADINGS, *rows])


@pytest.fixture
def upload(client: Client, run_outbox: Callable[[], int]) -> Callable[..., Job]:
    def bring_in(file: SimpleUploadedFile, **changes: str) -> Job:
        answer = client.post("/anggaran/impor/", {**PAPER, "berkas": file, **changes})
        assert answer.status_code == 302, answer.content.decode()
        run_outbox()
        return Job.objects.latest("pk")

    return bring_in


def test_a_sheet_is_tried_first_and_then_written(opd: Unit, upload: Callable[..., Job]) -> None:
    rows = ["4.01", CODE, 500_000_000]
    assert dict(upload(sheet(rows), uji="on").result["facts"])["Ditulis"] == 0
    assert BudgetCeiling.objects.count() == 0
    assert dict(upload(sheet(rows)).result["facts"])["Ditulis"] == 1
    row = BudgetCeiling.objects.get()
    assert (row.opd, row.amount, row.year, row.document_number) == (opd, Decimal(500_000_000), 2024, "DPA/1/2024")


def test_every_wrong_row_is_named_and_none_is_written(opd: Unit, upload: Callable[..., Job]) -> None:
    job = upload(
        sheet(
            ["4.01", CODE, 1],
            ["9.99", CODE, 1],
            ["4.01", "5.1", 1],
            ["4.01", CODE, 2],
            ["4.01", "5.1.01.02.01.0001", "banyak"],
        )
    )
    assert [(row.row_number, row.column) for row in job.rows.order_by("row_number")] == [
        (3, "Kode OPD"),
        (4, "Kode rekening"),
        (5, "Kode rekening"),
        (6, "Pagu"),
    ]
    assert BudgetCeiling.objects.count() == 0
