"""What was realised in a period: kept, handed in, taken back, sent back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from kernel import clock
from kernel.accounts.models import User
from kernel.files.access import may_read
from kernel.files.models import StoredFile
from kernel.periods import Month
from kernel.testing.queries import assert_query_count
from tenants.skp.models import PeriodReport, Plan, Realisation, RealisationFile
from tenants.skp.plans import ResultInput, save_result, start_new_version
from tests.cast import Person
from tests.closed_months import close_months
from tests.files import jpeg
from tests.tenants.skp.planning import (
    QUALITY,
    REPORTS,
    approve_plan,
    approved_work,
    keep_here,
    make_plan,
    rate,
    realise,
    result_keys,
)

SignedIn = Callable[..., Client]
ADDRESS = "/skp/realisasi/2026-11/"
PHOTO = jpeg()


@pytest.fixture
def plan(ani: Person, budi: Person, kept_here: User) -> Plan:
    """Ani's plan in force: one result with a figure of 4 laporan and one in words."""
    return approve_plan(ani, make_plan(ani, ResultInput("utama", "Laporan tersusun", [REPORTS, QUALITY])), budi)


def filled(plan: Plan, amount: str = "3", words: str = "Diterima semua") -> dict[str, str]:
    figure, text = plan.results.get().indicators.order_by("number")
    return {f"amount_{figure.key}": amount, f"text_{figure.key}": "", f"text_{text.key}": words}


def test_a_realisation_is_kept_and_handed_in(ani: Person, plan: Plan, signed_in: SignedIn) -> None:
    client = signed_in(ani.user)
    assert client.post(ADDRESS, {**filled(plan, "2,5"), "langkah": "simpan"}).status_code == 302
    report = PeriodReport.objects.get()
    assert report.state == PeriodReport.State.DRAFT
    assert sorted(map(str, report.realisations.values_list("amount", flat=True))) == ["2.5000", "None"]
    assert client.post(ADDRESS, {**filled(plan), "langkah": "serahkan"}).status_code == 302
    report.refresh_from_db()
    assert report.state == PeriodReport.State.SUBMITTED
    assert Realisation.objects.count() == 2
    page = client.get(ADDRESS).content.decode()
    assert "Menunggu penilaian atasan" in page
    assert "75,00%" in page


def test_an_indicator_without_realisation_keeps_it_from_being_handed_in(
    ani: Person, plan: Plan, signed_in: SignedIn
) -> None:
    answer = signed_in(ani.user).post(ADDRESS, {**filled(plan, ""), "langkah": "serahkan"})
    assert answer.status_code == 422
    assert "Isi realisasi setiap indikator" in answer.content.decode()
    assert PeriodReport.objects.get().state == PeriodReport.State.DRAFT


def test_a_figure_that_is_none_stands_beside_its_field_and_nothing_is_kept(
    ani: Person, plan: Plan, signed_in: SignedIn
) -> None:
    answer = signed_in(ani.user).post(ADDRESS, {**filled(plan, "tiga"), "langkah": "serahkan"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Isi dengan angka, misalnya 12 atau 12,5." in page
    assert "tiga" in page
    assert not PeriodReport.objects.exists()


def test_what_is_handed_in_is_changed_only_after_it_is_taken_back(ani: Person, plan: Plan, signed_in: SignedIn) -> None:
    realise(ani, plan)
    client = signed_in(ani.user)
    refused = client.post(ADDRESS, {**filled(plan, "4"), "langkah": "simpan"})
    assert refused.status_code == 422
    assert client.post(f"{ADDRESS}tarik/").status_code == 302
    assert client.post(ADDRESS, {**filled(plan, "4"), "langkah": "simpan"}).status_code == 302
    assert PeriodReport.objects.get().state == PeriodReport.State.DRAFT


def test_the_superior_sends_it_back_with_a_reason(ani: Person, budi: Person, plan: Plan, signed_in: SignedIn) -> None:
    realise(ani, plan)
    superior = signed_in(budi.user)
    address = f"/skp/bawahan/{ani.employee.uid}/2026-11/kembalikan/"
    assert superior.get(address).status_code == 200
    assert superior.post(address, {"reason": " "}).status_code == 422
    assert superior.post(address, {"reason": "Lampirkan laporannya"}).status_code == 302
    page = signed_in(ani.user).get(ADDRESS).content.decode()
    assert "Lampirkan laporannya" in page
    assert "Serahkan" in page


def test_files_are_kept_for_a_result_and_read_by_the_superior_only(
    ani: Person, budi: Person, dedi: Person, plan: Plan, signed_in: SignedIn
) -> None:
    client = signed_in(ani.user)
    upload = {f"files_{result_keys(plan)[0]}": SimpleUploadedFile("laporan.jpg", PHOTO)}
    assert client.post(ADDRESS, {**filled(plan), **upload, "langkah": "simpan"}).status_code == 302
    stored = StoredFile.objects.get(purpose="skp_evidence")
    assert may_read(budi.user, stored)
    assert not may_read(dedi.user, stored)
    assert signed_in(dedi.user).get(f"/berkas/{stored.uid}/").status_code == 404
    assert client.post(ADDRESS, {**filled(plan), "removed": str(stored.uid), "langkah": "simpan"}).status_code == 302
    assert not RealisationFile.objects.exists()


def test_a_file_of_another_kind_is_refused_with_words_and_nothing_is_kept(
    ani: Person, plan: Plan, signed_in: SignedIn
) -> None:
    upload = {f"files_{result_keys(plan)[0]}": SimpleUploadedFile("laporan.html", b"<html>judi</html>")}
    answer = signed_in(ani.user).post(ADDRESS, {**filled(plan), **upload, "langkah": "serahkan"})
    assert answer.status_code == 422
    assert not PeriodReport.objects.exists()


def test_work_that_serves_a_result_stands_beside_it(ani: Person, plan: Plan, signed_in: SignedIn) -> None:
    approved_work(ani.employee, result_keys(plan)[0], "Rekap bulanan", on=date(2026, 11, 5))
    approved_work(ani.employee, None, "Rapat rutin", on=date(2026, 11, 6))
    approved_work(ani.employee, result_keys(plan)[0], "Rekap Oktober", on=date(2026, 10, 30))
    page = signed_in(ani.user).get(ADDRESS).content.decode()
    assert "1 aktivitas disetujui, 30 menit" in page
    assert "Rekap bulanan" in page
    assert "Rekap Oktober" not in page
    assert "1 aktivitas lain yang disetujui" in page


def test_an_open_report_follows_a_new_version_and_keeps_what_stands(
    ani: Person, budi: Person, plan: Plan, signed_in: SignedIn
) -> None:
    realise(ani, plan, hand_in=False)
    renewed = start_new_version(employee=ani.employee, uid=plan.uid, actor=ani.user)
    save_result(
        employee=ani.employee, plan_uid=renewed.uid, entry=ResultInput("tambahan", "Arsip", [QUALITY]), actor=ani.user
    )
    approve_plan(ani, renewed, budi)
    page = signed_in(ani.user).get(ADDRESS).content.decode()
    assert "Arsip" in page
    assert 'value="3"' in page


def test_a_period_before_its_last_month_is_kept_but_not_handed_in(
    ani: Person, budi: Person, last_day: None, with_role: Callable[..., User], signed_in: SignedIn
) -> None:
    keep_here(with_role("bkpsdm"), months=3)
    plan = approve_plan(ani, make_plan(ani), budi)
    client = signed_in(ani.user)
    key = plan.results.get().indicators.get().key
    fields = {f"amount_{key}": "3", f"text_{key}": ""}
    address = "/skp/realisasi/2026-T4/"
    assert "mulai bulan terakhir periode" in client.get(address).content.decode()
    refused = client.post(address, {**fields, "langkah": "serahkan"})
    assert "mulai bulan terakhir periode" in refused.content.decode()
    with clock.at(datetime(2026, 12, 1, 3, 0, tzinfo=UTC)):
        assert signed_in(ani.user).post(address, {**fields, "langkah": "serahkan"}).status_code == 302
    assert client.get("/skp/realisasi/2026-11/").status_code == 404, "this region divides the year by quarters"


def test_a_period_to_come_takes_nothing_and_a_closed_month_says_that_it_is_late(
    ani: Person, plan: Plan, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = signed_in(ani.user)
    future = client.post("/skp/realisasi/2026-12/", {**filled(plan), "langkah": "simpan"})
    assert "Periode ini belum dimulai" in future.content.decode()
    close_months(monkeypatch, Month(2026, 11))
    closed = client.post(ADDRESS, {**filled(plan), "langkah": "simpan"})
    assert closed.status_code == 302
    assert "sudah dikunci" in client.get(ADDRESS).content.decode()
    assert PeriodReport.objects.count() == 1


def test_without_a_plan_in_force_the_page_says_what_to_do(ani: Person, kept_here: User, signed_in: SignedIn) -> None:
    client = signed_in(ani.user)
    assert "Belum ada rencana SKP yang disetujui" in client.get(ADDRESS).content.decode()
    assert client.get("/skp/realisasi/kemarin/").status_code == 404


def test_an_assessed_period_leads_to_its_assessment(
    ani: Person, budi: Person, kept_here: User, signed_in: SignedIn
) -> None:
    plan = approve_plan(ani, make_plan(ani), budi)
    realise(ani, plan)
    rate(ani, plan, budi)
    answer = signed_in(ani.user).get(ADDRESS)
    assert answer.headers["Location"] == f"/skp/penilaian/{PeriodReport.objects.get().uid}/"


def test_the_page_takes_as_many_statements_for_many_results_as_for_one(
    ani: Person, budi: Person, kept_here: User, signed_in: SignedIn
) -> None:
    many = [ResultInput("utama", f"Hasil {number}", [REPORTS, QUALITY]) for number in range(8)]
    plan = approve_plan(ani, make_plan(ani, *many), budi)
    realise(ani, plan, hand_in=False)
    for key in result_keys(plan):
        approved_work(ani.employee, key, f"Kerja {key}", on=date(2026, 11, 1 + result_keys(plan).index(key)))
    client = signed_in(ani.user)
    assert_query_count("skp.report", lambda: client.get(ADDRESS))
