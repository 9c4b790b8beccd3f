"""The pages of the try-out: start, progress, result, people, why, sheet, paper, and what is refused."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.test import Client
from pypdf import PdfReader
from python_calamine import CalamineWorkbook

from kernel import clock
from kernel.accounts.models import User
from kernel.audit.models import AuditEvent
from kernel.testing.queries import assert_query_count
from tenants.rules.models import StoredRuleSet
from tenants.tpp.models import MonthRun, Slip
from tenants.tryout.actions import start_try_out
from tenants.tryout.models import TryOut, TryOutPerson
from tests.tenants.tpp.manado_month import AFTERWARDS, MAY, Case
from tests.tenants.tryout.drafts import draft, late_tier_ends_at, needs_measure, weights

SignedIn = Callable[..., Client]
LIST = "/tpp/uji-coba/"


@pytest.fixture
def finished(month_run: MonthRun, bkpsdm: User, run_outbox: Callable[[], int]) -> TryOut:
    """The printed month under weights of 40 and 60 and a first tier of fifteen minutes."""
    with clock.at(AFTERWARDS):
        made = start_try_out(rule_set=draft(weights("40", "60"), late_tier_ends_at(15)).uid, months=[MAY], actor=bkpsdm)
        run_outbox()
    made.refresh_from_db()
    return made


def test_a_try_out_is_started_on_the_page_and_shows_its_progress(
    month_run: MonthRun, bkpsdm: User, signed_in: SignedIn, run_outbox: Callable[[], int]
) -> None:
    new = draft(weights("40", "60"))
    with clock.at(AFTERWARDS):
        client = signed_in(bkpsdm)
        form = client.get(f"{LIST}?aturan={new.uid}").content.decode()
        assert f'<option value="{new.uid}" selected>' in form
        assert "Mei 2024" in form
        started = client.post(f"{LIST}mulai/", {"aturan": str(new.uid), "bulan": ["2024-05"]})
        tryout = TryOut.objects.get()
        assert started["Location"] == f"{LIST}{tryout.uid}/"
        waiting = client.get(started["Location"], headers={"HX-Request": "true"}).content.decode()
        assert 'hx-trigger="every 2s"' in waiting
        run_outbox()
        # The page that polls is loaded anew at the end, so that its papers stand there too.
        asked = client.get(started["Location"], headers={"HX-Request": "true"})
        assert asked["HX-Redirect"] == started["Location"]
        done = client.get(started["Location"]).content.decode()
        assert "Naskah coba" in client.get(LIST).content.decode()
    assert "every 2s" not in done
    assert "Sepuluh kenaikan terbesar" in done
    assert "Semua baris XLSX" in done


def test_a_try_out_is_stopped_and_removed_on_its_page(month_run: MonthRun, bkpsdm: User, signed_in: SignedIn) -> None:
    with clock.at(AFTERWARDS):
        tryout = start_try_out(rule_set=draft(weights("40", "60")).uid, months=[MAY], actor=bkpsdm)
        client = signed_in(bkpsdm)
        refused = client.post(f"{LIST}{tryout.uid}/hapus/", follow=True).content.decode()
        assert "Hentikan dulu" in refused
        stopped = client.post(f"{LIST}{tryout.uid}/batal/", follow=True).content.decode()
        assert "Uji coba dihentikan" in stopped
        again = client.post(f"{LIST}{tryout.uid}/batal/", follow=True).content.decode()
        assert "tidak dapat dihentikan" in again
        removed = client.post(f"{LIST}{tryout.uid}/hapus/", follow=True).content.decode()
    assert "Uji coba dihapus." in removed
    assert not TryOut.objects.exists()


def test_what_is_missing_is_said_beside_the_form(month_run: MonthRun, bkpsdm: User, signed_in: SignedIn) -> None:
    client = signed_in(bkpsdm)
    new = draft(weights("40", "60"))
    none = client.post(f"{LIST}mulai/", {"aturan": str(new.uid)})
    assert none.status_code == 422
    assert "Pilih sedikitnya satu bulan." in none.content.decode()
    for posted in ({"aturan": "bukan-uid", "bulan": ["2024-05"]}, {"aturan": str(new.uid), "bulan": ["2024-06"]}):
        assert client.post(f"{LIST}mulai/", posted).status_code == 422
    assert not TryOut.objects.exists()


def test_without_a_finished_run_there_is_nothing_to_try(
    manado_rules: StoredRuleSet, bkpsdm: User, signed_in: SignedIn
) -> None:
    text = signed_in(bkpsdm).get(LIST).content.decode()
    assert "Belum ada bulan yang selesai dihitung" in text
    assert "Mulai uji coba" not in text


def test_the_result_names_gains_losses_classes_and_rules(
    finished: TryOut, cases: list[Case], signed_in: SignedIn, with_role: Callable[..., User]
) -> None:
    client = signed_in(with_role("kepala_daerah"))
    listed = assert_query_count("tryout.list", lambda: client.get(LIST)).content.decode()
    assert "Naskah coba" in listed
    assert "Mulai uji coba" not in listed
    text = assert_query_count("tryout.result", lambda: client.get(f"{LIST}{finished.uid}/")).content.decode()
    for words in ("Bersih lama", "Per OPD", "Badan Pengelolaan Contoh", "Rata-rata per kelas", "Terlambat masuk kerja"):
        assert words in text
    assert "Hapus uji coba" not in text
    assert client.post(f"{LIST}{finished.uid}/hapus/").status_code == 403


def test_people_are_found_by_group_name_and_nip(
    finished: TryOut, cases: list[Case], bkpsdm: User, signed_in: SignedIn
) -> None:
    client = signed_in(bkpsdm)
    address = f"{LIST}{finished.uid}/pegawai/"
    everybody = assert_query_count("tryout.people", lambda: client.get(address)).content.decode()
    assert all(case.employee.name in everybody for case in cases)
    losers = set(TryOutPerson.objects.filter(status="loss").values_list("employee__nip", flat=True))
    losing = client.get(address, {"kelompok": "loss", "bulan": "2024-05"}).content.decode()
    assert {case.employee.nip for case in cases if case.employee.nip in losing} == losers
    found = client.get(address, {"cari": cases[2].employee.nip}).content.decode()
    assert cases[2].employee.name in found
    assert cases[3].employee.name not in found
    assert "Tidak ada pegawai" in client.get(address, {"cari": "siapa", "kelompok": "apa"}).content.decode()


def test_the_page_of_a_person_says_why(
    finished: TryOut, month_run: MonthRun, cases: list[Case], bkpsdm: User, signed_in: SignedIn
) -> None:
    late = cases[1].employee
    client = signed_in(bkpsdm)
    address = f"{LIST}{finished.uid}/pegawai/{late.uid}/"
    text = assert_query_count("tryout.person", lambda: client.get(address)).content.decode()
    row = TryOutPerson.objects.get(employee=late)
    assert "Mengapa berubah" in text
    assert "Terlambat 31 sampai 60 menit" in text
    assert "Tidak ada baris ini." in text
    assert f"Rp{row.new_net:,.0f}".replace(",", ".") in text
    assert f"/tpp/slip/{Slip.objects.get(run=month_run, employee=late).uid}/" in text
    stranger = client.get(f"{LIST}{finished.uid}/pegawai/{finished.uid}/")
    assert stranger.status_code == 404


def test_who_could_not_be_computed_is_told_with_the_reason(
    month_run: MonthRun, cases: list[Case], bkpsdm: User, signed_in: SignedIn, run_outbox: Callable[[], int]
) -> None:
    with clock.at(AFTERWARDS):
        tryout = start_try_out(rule_set=draft(needs_measure).uid, months=[MAY], actor=bkpsdm)
        run_outbox()
    client = signed_in(bkpsdm)
    assert "10 baris tidak dapat dihitung" in client.get(f"{LIST}{tryout.uid}/").content.decode()
    one = client.get(f"{LIST}{tryout.uid}/pegawai/{cases[0].employee.uid}/").content.decode()
    assert "Tidak dapat dihitung dengan naskah ini" in one
    assert "NILAI_BARU" in one


def test_the_sheet_has_every_row(finished: TryOut, cases: list[Case], bkpsdm: User, signed_in: SignedIn) -> None:
    answer = signed_in(bkpsdm).get(f"{LIST}{finished.uid}/hasil.xlsx")
    assert answer["Cache-Control"] == "private, no-store"
    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.getvalue()))
    rows = book.get_sheet_by_name("Pegawai").to_python()
    assert {str(row[1]) for row in rows[1:]} == {case.employee.nip for case in cases}
    for row in rows[1:]:
        known = TryOutPerson.objects.get(employee__nip=row[1])
        assert [Decimal(str(cell)) for cell in row[8:11]] == [known.old_net, known.new_net, known.difference]
    summary = {str(row[0]): row[1] for row in book.get_sheet_by_name("Ringkasan").to_python() if row[0]}
    assert Decimal(str(summary["Selisih"])) == sum(Decimal(str(row[10])) for row in rows[1:])
    assert AuditEvent.objects.filter(action="tryout.downloaded").count() == 1


def test_the_sheet_is_named_after_the_day_in_the_region(finished: TryOut, bkpsdm: User, signed_in: SignedIn) -> None:
    # Half past six in the morning of 1 December in Manado.
    with clock.at(datetime(2026, 11, 30, 22, 30, tzinfo=UTC)):
        answer = signed_in(bkpsdm).get(f"{LIST}{finished.uid}/hasil.xlsx")
    assert "-20261201.xlsx" in answer["Content-Disposition"]


def test_the_paper_has_two_pages(finished: TryOut, bkpsdm: User, signed_in: SignedIn) -> None:
    answer = signed_in(bkpsdm).get(f"{LIST}{finished.uid}/ringkasan.pdf")
    pdf = PdfReader(io.BytesIO(answer.content))
    assert len(pdf.pages) == 2
    words = " ".join(" ".join(page.extract_text() for page in pdf.pages).split())
    for text in ("Uji coba aturan TPP", "bukan dasar pembayaran", "Per bulan", "Sepuluh penurunan terbesar", "Per OPD"):
        assert text in words


def test_the_paper_keeps_to_two_pages_in_a_large_region(finished: TryOut, bkpsdm: User, signed_in: SignedIn) -> None:
    summary = finished.summary
    long = "Badan Perencanaan Pembangunan, Penelitian dan Pengembangan Daerah"
    summary["opds"] = [
        summary["opds"][0] | {"code": f"{number:02}", "name": f"{long} {number}"} for number in range(70)
    ]
    summary["classes"] = [summary["classes"][0] | {"kelas": kelas} for kelas in range(17, 0, -1)]
    summary["months"] = [summary["months"][0] | {"month": f"2024-{number:02}-01"} for number in range(1, 13)]
    summary["gains"] = summary["losses"] = [
        {"uid": str(finished.uid), "name": long, "nip": "1", "opd": long, "old": "1", "new": "2"}
    ] * 10
    summary["reasons"] = [{"words": long * 2, "count": 5}] * 20
    for month in summary["months"]:
        month["heads"]["error"] = 5
    finished.summary = summary
    finished.save()
    answer = signed_in(bkpsdm).get(f"{LIST}{finished.uid}/ringkasan.pdf")
    assert len(PdfReader(io.BytesIO(answer.content)).pages) == 2
