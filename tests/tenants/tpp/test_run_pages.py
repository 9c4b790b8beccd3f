"""The pages of runs: start, progress, troubles with links, search, comparison, cancel."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from django.test import Client
from python_calamine import load_workbook

from kernel import clock
from kernel.accounts.models import User
from kernel.jobs.models import Job
from kernel.testing.queries import assert_query_count
from tenants.tpp.actions import cancel_run, resume_run, start_run
from tenants.tpp.errors import RunReplaced
from tenants.tpp.mending import causes_of
from tenants.tpp.models import MonthRun, SalaryBase, Slip
from tenants.tpp.pace import Pace, pace_of
from tenants.tpp.salary import record_salary_bases
from tests.cast import make_opd
from tests.tenants.tpp.manado_month import AFTERWARDS, MAY, Case, flawless

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
        again = client.post("/tpp/perhitungan/mulai/", {"bulan": "2024-05"}, follow=True)
        assert "sedang berjalan" in again.content.decode()
        assert again.redirect_chain[-1][0] == started["Location"]
        assert MonthRun.objects.count() == 1
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


def test_errors_are_grouped_by_cause_and_computed_again_with_the_others_figures_kept(
    cases: list[Case],
    run_month: Callable[[], MonthRun],
    bkpsdm: User,
    signed_in: SignedIn,
    run_outbox: Callable[[], int],
) -> None:
    other = flawless("Gani", make_opd("5.01", "Dinas Lain"), bkpsdm)
    missing = [cases[0].employee, cases[1].employee]
    SalaryBase.objects.filter(employee__in=missing).delete()
    first = run_month()
    (cause,) = causes_of(first)
    assert (cause.count, len(cause.people), cause.url) == (2, 2, "/tpp/gaji/?bulan=2024-05")
    with clock.at(AFTERWARDS):
        client = signed_in(bkpsdm)
        page = client.get(f"/tpp/perhitungan/{first.uid}/").content.decode()
        assert "2 pegawai" in page
        assert "Hitung ulang yang galat" in page
        amounts = {person.pk: Decimal(4_000_000) for person in missing}
        record_salary_bases(month=MAY, amounts=amounts, actor=bkpsdm)
        client.post(f"/tpp/perhitungan/{first.uid}/ulang/")
        run_outbox()
        second = MonthRun.objects.get(number=2)
        assert (second.state, second.people, second.errors) == ("done", 10, 0)
        nothing = client.post(f"/tpp/perhitungan/{second.uid}/ulang/", follow=True).content.decode()
    assert "Tidak ada OPD dengan pegawai yang galat" in nothing
    # Only the OPD of the two was computed again; who stood in it has the same digest, the other OPD its first run.
    opd = missing[0].placements.get().position.unit
    assert second.scope == {"opds": [str(opd.uid)]}
    before = dict(Slip.objects.filter(run=first, opd=opd).values_list("employee", "digest"))
    after = dict(Slip.objects.filter(run=second).values_list("employee", "digest"))
    assert {person: after[person] for person in before} == before
    assert set(after) - set(before) == {person.pk for person in missing}
    elsewhere = other.placements.get().position.unit
    assert MonthRun.objects.counting(MAY, opd=elsewhere.uid) == first
    assert MonthRun.objects.counting(MAY, opd=opd.uid) == second


def test_the_errors_are_taken_along_as_a_sheet(
    cases: list[Case], run_month: Callable[[], MonthRun], client: Client
) -> None:
    SalaryBase.objects.filter(employee=cases[0].employee).delete()
    run = run_month()
    answer = client.get(f"/tpp/perhitungan/{run.uid}/masalah.xlsx")
    rows = load_workbook(BytesIO(b"".join(answer.streaming_content))).get_sheet_by_index(0).to_python()  # type: ignore[attr-defined]
    assert rows[1][:4] == [cases[0].employee.nip, "Pegawai 01", "Badan Pengelolaan Contoh", "Belum dapat dihitung"]
    assert str(rows[1][6]).endswith("/tpp/gaji/?bulan=2024-05")


def test_a_run_of_some_opds_leaves_the_others(
    cases: list[Case], bkpsdm: User, signed_in: SignedIn, run_outbox: Callable[[], int]
) -> None:
    flawless("Gani", make_opd("5.01", "Dinas Lain"), bkpsdm)
    opd = cases[0].employee.placements.get().position.unit
    with clock.at(AFTERWARDS):
        client = signed_in(bkpsdm)
        assert "Dinas Lain" in client.get("/tpp/perhitungan/?bulan=2024-05").content.decode()
        client.post("/tpp/perhitungan/mulai/", {"bulan": "2024-05", "jenis": "ordinary", "opd": str(opd.uid)})
        run_outbox()
        run = MonthRun.objects.get()
        text = client.get(f"/tpp/perhitungan/{run.uid}/").content.decode()
    assert run.people == 10
    assert "OPD yang dihitung" in text


def test_a_stopped_run_is_taken_up_and_ends_like_an_undisturbed_one(
    cases: list[Case],
    bkpsdm: User,
    signed_in: SignedIn,
    run_month: Callable[[], MonthRun],
    run_outbox: Callable[[], int],
) -> None:
    undisturbed = run_month()
    with clock.at(AFTERWARDS):
        client = signed_in(bkpsdm)
        client.post("/tpp/perhitungan/mulai/", {"bulan": "2024-05"})
        run = MonthRun.objects.get(number=2)
        client.post(f"/tpp/perhitungan/{run.uid}/batal/")
        run_outbox()
        assert "Lanjutkan" in client.get(f"/tpp/perhitungan/{run.uid}/").content.decode()
        client.post(f"/tpp/perhitungan/{run.uid}/lanjut/")
        run_outbox()
        refused = client.post(f"/tpp/perhitungan/{run.uid}/lanjut/", follow=True).content.decode()
        client.post(f"/tpp/perhitungan/{undisturbed.uid}/lanjut/")
    run.refresh_from_db()
    assert (run.state, run.digest) == ("done", undisturbed.digest)
    assert "sudah selesai" in refused


def test_a_run_that_was_replaced_is_not_taken_up(
    cases: list[Case], bkpsdm: User, run_month: Callable[[], MonthRun], run_outbox: Callable[[], int]
) -> None:
    with clock.at(AFTERWARDS):
        run = start_run(month=MAY, actor=bkpsdm)
        cancel_run(run=run, actor=bkpsdm)
        run_outbox()
        run_month()
        with pytest.raises(RunReplaced):
            resume_run(run=run, actor=bkpsdm)


def test_the_pace_is_told_from_what_this_worker_did() -> None:
    begun = datetime(2024, 6, 3, 2, 0, tzinfo=UTC)
    job = Job(state=Job.State.RUNNING, started_at=begun, done=3_000, total=6_000, result={"done_before": 1_000})
    assert pace_of(job, begun + timedelta(seconds=100)) == Pace(Decimal("20.0"), 150)
    assert Pace(Decimal(20), 150).minutes_left == 3
    assert Pace(Decimal(20), 50).minutes_left == 0
    job.done = 1_000
    assert pace_of(job, begun + timedelta(seconds=100)) is None


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
