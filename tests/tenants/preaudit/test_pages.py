"""The pages of the check before payment, as officials use them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from kernel.accounts.models import User
from kernel.testing.queries import assert_query_count
from tenants.preaudit.checks import all_checks
from tenants.preaudit.models import Hit, Waiver
from tenants.tpp.models import MonthRun, Slip
from tests.cast import Office, Person, make_employee, make_opd, make_position
from tests.tenants.tpp.small_run import slip_in

SignedIn = Callable[..., Client]
MakeUser = Callable[..., User]
MONTH = "/praaudit/?bulan=2024-05"


@pytest.fixture
def inspector(signed_in: SignedIn, with_role: MakeUser) -> Client:
    return signed_in(with_role("inspektorat"))


@pytest.fixture
def page(office: Office) -> str:
    return f"/praaudit/2024-05/ordinary/{office.opd.uid}/"


def test_a_month_without_a_run_says_what_comes_first(office: Office, inspector: Client) -> None:
    assert "Belum ada perhitungan yang selesai" in inspector.get(MONTH).content.decode()


def test_from_the_month_to_the_hit_to_the_waiver_and_back(
    dead_ani: Slip, office: Office, inspector: Client, page: str
) -> None:
    answer = inspector.get(MONTH).content.decode()
    assert "Dinas Pendidikan" in answer
    assert "OPD belum diperiksa" in answer
    assert inspector.post(f"{page}periksa/").status_code == 302
    answer = inspector.get(page).content.decode()
    assert "Akan dibayar Rp1.000.000, padahal tidak bertugas sejak 10 April 2024 (surat SK 800/12)." in answer
    hit = Hit.objects.get(check_code="paid_though_dead")
    form = {"temuan": [str(hit.uid)], "alasan": "Ahli waris, surat kuasa ada", "dokumen": "SK 9"}
    assert inspector.post(f"{page}kecualikan/", form).status_code == 302
    assert "Ahli waris, surat kuasa ada" in inspector.get(f"/praaudit/temuan/{hit.uid}/").content.decode()
    assert "padahal tidak bertugas" not in inspector.get(page).content.decode()
    assert "padahal tidak bertugas" in inspector.get(f"{page}?tampil=dikecualikan").content.decode()
    assert inspector.post(f"/praaudit/temuan/{hit.uid}/tarik/").status_code == 302
    answer = inspector.get(f"/praaudit/temuan/{hit.uid}/").content.decode()
    assert "Ditarik oleh" in answer
    assert "padahal tidak bertugas" in inspector.get(page).content.decode()


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"alasan": "Alasan yang cukup panjang"}, "Pilih dulu temuan"),
        ({"temuan": "HIT", "alasan": "pendek"}, "10"),
        ({"temuan": "HIT", "alasan": ""}, "Bidang ini"),
    ],
)
def test_a_waiver_that_says_too_little_is_refused_beside_the_field_and_the_ticks_stay(
    form: dict[str, str], words: str, dead_ani: Slip, inspector: Client, page: str
) -> None:
    inspector.post(f"{page}periksa/")
    uid = str(Hit.objects.get(check_code="paid_though_dead").uid)
    sent = {name: uid if value == "HIT" else value for name, value in form.items()}
    answer = inspector.post(f"{page}kecualikan/", sent)
    assert answer.status_code == 422
    text = answer.content.decode()
    assert words in text
    if "temuan" in form:
        assert f'value="{uid}" checked' in text
    assert not Waiver.objects.exists()


def test_the_personnel_agency_sees_that_a_grave_hit_is_not_theirs_to_let_through(
    dead_ani: Slip, page: str, signed_in: SignedIn, with_role: MakeUser
) -> None:
    client = signed_in(with_role("bkpsdm"))
    client.post(f"{page}periksa/")
    answer = client.get(page).content.decode()
    assert "Hanya inspektorat yang dapat mengecualikan" in answer
    hit = Hit.objects.get(check_code="paid_though_dead")
    sent = client.post(f"{page}kecualikan/", {"temuan": str(hit.uid), "alasan": "Alasan yang cukup panjang"})
    assert sent.status_code == 422
    assert "Hanya inspektorat" in sent.content.decode()


def test_an_operator_reads_the_own_opd_only(
    dead_ani: Slip, page: str, office: Office, inspector: Client, signed_in: SignedIn, with_role: MakeUser
) -> None:
    inspector.post(f"{page}periksa/")
    other = make_opd("9.01", "Dinas Lain")
    hit = Hit.objects.get(check_code="paid_though_dead")
    inside, outside = (
        signed_in(with_role("operator_opd", opd=office.opd)),
        signed_in(with_role("operator_opd", opd=other)),
    )
    assert inside.get(page).status_code == 200
    assert "Kecualikan yang dipilih" not in inside.get(page).content.decode()
    assert inside.get(f"/praaudit/temuan/{hit.uid}/").status_code == 200
    assert outside.get(page).status_code == 404
    assert outside.get(f"/praaudit/temuan/{hit.uid}/").status_code == 404
    assert "Dinas Pendidikan" not in outside.get(MONTH).content.decode()


def test_the_list_names_every_check_with_its_source(office: Office, inspector: Client) -> None:
    answer = inspector.get("/praaudit/daftar/").content.decode()
    for check in all_checks():
        assert str(check.title) in answer


def test_the_pages_do_not_ask_more_for_more_people(
    dead_ani: Slip, run: MonthRun, office: Office, inspector: Client, page: str, ani: Person
) -> None:
    inspector.post(f"{page}periksa/")
    assert_query_count("preaudit.opd", lambda: inspector.get(page))
    assert_query_count("preaudit.month", lambda: inspector.get(MONTH))
    for number in range(20):
        post = make_position(office.opd, f"P-1{number}", "Staf")
        slip_in(run, make_employee(f"Orang {number}", post), office.opd)
    assert_query_count("preaudit.look", lambda: inspector.post(f"{page}periksa/"))
    assert Hit.objects.open().count() == 23
    assert_query_count("preaudit.opd", lambda: inspector.get(page))
    assert_query_count("preaudit.month", lambda: inspector.get(MONTH))
