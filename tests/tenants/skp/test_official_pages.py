"""What officials see and set: who keeps the SKP, how far each OPD is, ratings as a sheet."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
from django.test import Client
from python_calamine import load_workbook

from kernel.accounts.models import User
from kernel.periods import Month
from kernel.testing.queries import assert_query_count
from tenants.skp.arrangement import arrangement_on
from tenants.skp.models import MonthlyRating, SkpSetting, UnitRating
from tests.cast import Office, Person, make_employee, make_nip, make_opd, make_position, make_unit
from tests.closed_months import close_months
from tests.tenants.skp.planning import approve_plan, make_plan, rate, realise

SignedIn = Callable[..., Client]
HERE = {"valid_from": "2027-01", "source": "here", "months_per_period": "3", "behaviour": "levels"}


@pytest.fixture
def admin(last_day: None, with_role: Callable[..., User], signed_in: SignedIn) -> Client:
    return signed_in(with_role("bkpsdm"))


def test_the_switch_is_dated_and_what_was_before_stays(admin: Client) -> None:
    assert "Sejak awal" in admin.get("/skp/pengaturan/").content.decode()
    assert admin.post("/skp/pengaturan/", HERE).status_code == 302
    assert not arrangement_on(date(2026, 12, 31)).is_kept_here
    begun = arrangement_on(date(2027, 1, 1))
    assert (begun.is_kept_here, begun.months_per_period, begun.by_scores) == (True, 3, False)
    assert "Disimpan di sini" in admin.get("/skp/pengaturan/").content.decode()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"valid_from": "2027-02"}, "di tengah triwulan"),
        ({"valid_from": "2026-10"}, "Sudah ada nilai SKP sejak"),
        ({"valid_from": "besok"}, "Isi bulan seperti 2026-11."),
        ({"source": "siasn"}, "pilihan"),
    ],
)
def test_a_setting_that_cannot_be_is_refused_beside_its_field(
    admin: Client, ani: Person, change: dict[str, str], says: str
) -> None:
    MonthlyRating.objects.create(employee=ani.employee, month=date(2026, 11, 1), predikat="baik", source="uji")
    answer = admin.post("/skp/pengaturan/", {**HERE, **change})
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert not SkpSetting.objects.exists()


def test_a_setting_that_closed_months_would_read_names_the_opds_and_says_what_to_do(
    admin: Client, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    others = [make_opd(f"2.0{number}", f"Dinas {number}") for number in range(1, 5)]
    close_months(monkeypatch, Month(2027, 1), opds=[office.opd, *others[:1]])
    page = admin.post("/skp/pengaturan/", HERE).content.decode()
    assert "Januari 2027 sudah dikunci untuk Dinas Pendidikan, Dinas 1, sedangkan isian ini berlaku" in page
    assert "buka dulu kunci OPD itu" in page
    close_months(monkeypatch, Month(2027, 2), opds=[office.opd, *others])
    page = admin.post("/skp/pengaturan/", HERE).content.decode()
    assert "Februari 2027 sudah dikunci untuk Dinas Pendidikan, Dinas 1, Dinas 2 dan 2 OPD lain" in page
    assert not SkpSetting.objects.exists()
    close_months(monkeypatch, Month(2026, 12), opds=[office.opd])
    assert admin.post("/skp/pengaturan/", HERE).status_code == 302


def test_a_setting_is_taken_back_until_something_is_rated_by_it(admin: Client, ani: Person) -> None:
    admin.post("/skp/pengaturan/", HERE)
    assert "Sudah ada pengaturan yang mulai Januari 2027" in admin.post("/skp/pengaturan/", HERE).content.decode()
    setting = SkpSetting.objects.get()
    MonthlyRating.objects.create(employee=ani.employee, month=date(2027, 1, 1), predikat="baik", source="uji")
    answer = admin.post(f"/skp/pengaturan/{setting.uid}/batal/", follow=True)
    assert "Sudah ada nilai SKP sejak" in answer.content.decode()
    MonthlyRating.objects.all().delete()
    admin.post(f"/skp/pengaturan/{setting.uid}/batal/")
    assert not SkpSetting.objects.exists()


def test_progress_counts_each_opd_and_leads_to_who_has_no_rating(
    ani: Person, budi: Person, kept_here: User, signed_in: SignedIn
) -> None:
    plan = approve_plan(ani, make_plan(ani), budi)
    realise(ani, plan)
    rate(ani, plan, budi)
    admin = signed_in(kept_here)
    row = admin.get("/skp/kemajuan/?periode=2026-11").context["rows"]
    assert [(r["people"], r["planned"], r["handed_in"], r["assessed"], r["rated"]) for r in row] == [(2, 1, 1, 1, 1)]
    page = admin.get("/skp/nilai/?bulan=2026-11&opd=1.01&belum=1").content.decode()
    assert "Budi" in page
    assert "Ani" not in page


def test_progress_takes_as_many_statements_for_many_opds_as_for_one(
    ani: Person, kept_here: User, signed_in: SignedIn
) -> None:
    admin = signed_in(kept_here)
    assert_query_count("skp.progress", lambda: admin.get("/skp/kemajuan/"))
    for number in range(6):
        opd = make_opd(f"3.{number:02d}", f"Dinas {number}")
        post = make_position(make_unit(opd, f"3.{number:02d}.01", "Bidang"), f"Z-{number}", "Pengelola")
        make_employee(f"Orang {number}", post, nip=make_nip(400 + number))
    assert_query_count("skp.progress", lambda: admin.get("/skp/kemajuan/"))


def test_an_operator_sees_the_own_opd_only(
    ani: Person, office: Office, last_day: None, with_role: Callable[..., User], signed_in: SignedIn
) -> None:
    other = make_opd("9.01", "Dinas Lain")
    post = make_position(make_unit(other, "9.01.01", "Bidang"), "Y-1", "Pengelola")
    stranger = make_employee("Zul", post, nip=make_nip(420))
    for employee in (ani.employee, stranger):
        MonthlyRating.objects.create(employee=employee, month=date(2026, 11, 1), predikat="baik", source="uji")
    client = signed_in(with_role("operator_opd", opd=office.opd))
    page = client.get("/skp/nilai/?bulan=2026-11").content.decode()
    assert "Ani" in page
    assert "Zul" not in page
    assert [row["title"] for row in client.get("/skp/kemajuan/").context["rows"]] == ["Dinas Pendidikan"]
    sheet = load_workbook(BytesIO(client.get("/skp/nilai/unduh.xlsx?periode=2026-11").content)).get_sheet_by_index(0)
    assert [row[1] for row in sheet.to_python()[1:]] == ["Ani"]


def test_the_download_holds_a_nip_as_text_and_the_figures(ani: Person, admin: Client) -> None:
    MonthlyRating.objects.create(
        employee=ani.employee,
        month=date(2026, 11, 1),
        predikat="baik",
        skp_percent=Decimal("95.4545"),
        behaviour_sum=679,
        source="lembar kerja",
    )
    answer = admin.get("/skp/nilai/unduh.xlsx?periode=2026-11")
    rows = load_workbook(BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    assert rows[1] == [
        ani.employee.nip,
        "Ani",
        "Dinas Pendidikan",
        "2026-11",
        "Baik",
        "95,4545",
        679.0,
        "lembar kerja",
    ]


def test_an_organisation_is_rated_beside_how_its_people_were(ani: Person, office: Office, admin: Client) -> None:
    MonthlyRating.objects.create(employee=ani.employee, month=date(2026, 11, 1), predikat="sangat_baik", source="uji")
    address = f"/skp/kemajuan/{office.opd.uid}/2026-11/"
    assert admin.post(address, {"rating": "hebat"}).status_code == 422
    assert admin.post(address, {"rating": "istimewa"}).status_code == 302
    page = admin.get(address).content.decode()
    assert "paling banyak 70%" in page
    assert "berbeda" in page
    assert UnitRating.objects.get().rating == "istimewa"
    assert admin.get(f"/skp/kemajuan/{office.unit.uid}/2026-11/").status_code == 404


def test_the_ratings_take_as_many_statements_for_many_people_as_for_one(
    ani: Person, office: Office, admin: Client
) -> None:
    MonthlyRating.objects.create(employee=ani.employee, month=date(2026, 11, 1), predikat="baik", source="uji")
    assert_query_count("skp.ratings", lambda: admin.get("/skp/nilai/?bulan=2026-11"))
    for number in range(40):
        post = make_position(office.unit, f"X-{number}", "Pengelola")
        employee = make_employee(f"Orang {number:02d}", post, nip=make_nip(500 + number))
        MonthlyRating.objects.create(employee=employee, month=date(2026, 11, 1), predikat="baik", source="uji")
    first = assert_query_count("skp.ratings", lambda: admin.get("/skp/nilai/?bulan=2026-11"))
    assert "Berikutnya" in first.content.decode()
