"""The pages of runs: start, progress, troubles with links, search, comparison, cancel."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.test import Client

from kernel import clock
from kernel.accounts.models import User
from kernel.testing.queries import assert_query_count
from tenants.tpp.models import MonthRun, SalaryBase
from tenants.tpp.salary import record_salary_bases
from tests.tenants.tpp.manado_month import AFTERWARDS, MAY, Case

SignedIn = Callable[..., Client]


@pytest.fixture
def client(bkpsdm: User, signed_in: SignedIn) -> Client:
    return signed_in(bkpsdm)


def test_a_run_is_started_on_the_page_and_shows_its_progress(
    cases: list[Case], bkpsdm: User, signed_in: SignedIn, run_outbox: Callable[[], int]
) -> None:
    with clock.at(AFTERWARDS):
        client = signed_in(bkpsdm)
        assert "Mulai hitung" in client.get("/tpp/perhitungan/?bulan=2024-05").content.decode()
        started = client.post("/tpp/perhitungan/mulai/", {"bulan": "2024-05"})
        run = MonthRun.objects.get()
        assert started["Location"] == f"/tpp/perhitungan/{run.uid}/"
        waiting = client.get(started["Location"], headers={"HX-Request": "true"}).content.decode()
        assert 'hx-trigger="every 2s"' in waiting
        again = client.post("/tpp/perhitungan/mulai/", {"bulan": "2024-05"}, follow=True).content.decode()
        assert "sedang berjalan" in again
        run_outbox()
        done = client.get(started["Location"], headers={"HX-Request": "true"}).content.decode()
    assert "hx-trigger" not in done.split("toast")[0]
    assert "Rp24.704.415" in done
    assert "<html" not in done


def test_the_run_page_tells_whom_it_could_not_compute_and_where_to_mend_it(
    cases: list[Case], run_month: Callable[[], MonthRun], client: Client
) -> None:
    SalaryBase.objects.filter(employee=cases[0].employee).delete()
    run = run_month()
    text = assert_query_count("tpp.run", lambda: client.get(f"/tpp/perhitungan/{run.uid}/")).content.decode()
    assert cases[0].employee.nip in text
    assert 'href="/tpp/gaji/?bulan=2024-05"' in text
    assert "Badan Pengelolaan Contoh" in text
    assert run.digest in text
    issues = client.get(f"/tpp/perhitungan/{run.uid}/masalah/").content.decode()
    assert cases[0].employee.name in issues


def test_slips_are_found_by_name_nip_and_opd(month_run: MonthRun, cases: list[Case], client: Client) -> None:
    address = f"/tpp/perhitungan/{month_run.uid}/slip/"
    everybody = assert_query_count("tpp.run_slips", lambda: client.get(address)).content.decode()
    assert all(case.employee.name in everybody for case in cases)
    for text in ("pegawai 03", cases[2].employee.nip):
        found = client.get(address, {"cari": text}).content.decode()
        assert cases[2].employee.nip in found
        assert cases[3].employee.nip not in found
    assert "Tidak ada slip" in client.get(address, {"cari": "siapa"}).content.decode()
    assert "Tidak ada slip" in client.get(address, {"opd": "bukan-uid"}).content.decode()
    opd = cases[0].employee.placements.get().position.unit
    assert cases[0].employee.nip in client.get(address, {"opd": str(opd.uid)}).content.decode()


def test_two_runs_are_compared(
    cases: list[Case], run_month: Callable[[], MonthRun], bkpsdm: User, client: Client
) -> None:
    run_month()
    record_salary_bases(month=MAY, amounts={cases[6].employee.pk: Decimal("11500000")}, actor=bkpsdm)
    second = run_month()
    text = client.get(f"/tpp/perhitungan/{second.uid}/perubahan/").content.decode()
    assert cases[6].employee.name in text
    assert cases[5].employee.name not in text
    first = MonthRun.objects.get(number=1)
    assert client.get(f"/tpp/perhitungan/{first.uid}/perubahan/").status_code == 404


def test_a_run_is_cancelled_on_its_page(cases: list[Case], bkpsdm: User, signed_in: SignedIn) -> None:
    with clock.at(AFTERWARDS):
        client = signed_in(bkpsdm)
        client.post("/tpp/perhitungan/mulai/", {"bulan": "2024-05"})
        run = MonthRun.objects.get()
        client.post(f"/tpp/perhitungan/{run.uid}/batal/")
        text = client.get(f"/tpp/perhitungan/{run.uid}/").content.decode()
    assert "dihentikan" in text


def test_a_month_without_rules_says_what_to_do(bkpsdm: User, client: Client) -> None:
    text = assert_query_count("tpp.runs", lambda: client.get("/tpp/perhitungan/?bulan=2024-05")).content.decode()
    assert "Belum ada aturan yang berlaku" in text
    answer = client.post("/tpp/perhitungan/mulai/", {"bulan": "2024-05"}, follow=True).content.decode()
    assert "Belum ada aturan terbit" in answer


def test_a_month_that_is_no_month_falls_back(client: Client) -> None:
    assert client.get("/tpp/perhitungan/?bulan=kemarin").status_code == 200
    assert client.post("/tpp/perhitungan/mulai/", {"bulan": "kemarin"}).status_code == 302
