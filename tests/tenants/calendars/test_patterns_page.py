"""Work patterns: their hours from a day on, Ramadan, and who works by them when."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time

import pytest
from django.test import Client

from kernel.accounts.models import User
from kernel.periods import Month
from tenants.calendars.models import PatternAssignment, PatternVersion, WorkPattern
from tenants.calendars.querysets import calendar_between, calendar_for
from tenants.calendars.working_days import Hours
from tests.cast import Office, Person

HEAD = {"rest_hours": "8"}
SIX = {**HEAD, "code_0": "k", "starts_0": "07:30", "ends_0": "14:00"} | {f"day_{day}": "K" for day in range(6)}


@pytest.fixture
def admin(with_role: Callable[..., User], signed_in: Callable[..., Client]) -> Client:
    return signed_in(with_role("bkpsdm"))


def five_days() -> WorkPattern:
    return WorkPattern.objects.get(code="5-hari-kerja")


def test_a_new_region_works_by_the_presidential_hours(office: Office) -> None:
    patterns = {pattern.code: pattern for pattern in WorkPattern.objects.as_values().values()}
    assert [(version.variant, version.week_minutes) for version in patterns["5-hari-kerja"].versions] == [
        ("normal", 2250),
        ("ramadan", 1950),
    ]
    assert calendar_for(Month(2026, 10)).wall_hours(office.unit.pk, date(2026, 10, 2)) == Hours(
        time(7, 30), time(16, 30), 90
    )


def test_the_admin_makes_a_pattern_and_assigns_it_for_some_days(office: Office, admin: Client) -> None:
    assert admin.post("/kalender/pola/baru/", {"name": "6 hari kerja uji", **SIX}).status_code == 302
    pattern = WorkPattern.objects.get(name="6 hari kerja uji")
    fields = {"units": [str(office.unit.uid)], "first": "2026-10-05", "last": "2026-10-31"}
    assert admin.post(f"/kalender/pola/{pattern.uid}/tetapkan/", fields).status_code == 302
    calendar = calendar_for(Month(2026, 10))
    assert calendar.is_working_day(office.unit.pk, date(2026, 10, 31))
    assert not calendar.is_working_day(office.unit.pk, date(2026, 10, 3))
    assert not calendar.is_working_day(office.opd.pk, date(2026, 10, 31))


def test_a_ready_rotation_is_taken_and_given_to_a_person_of_the_second_team(
    office: Office, ani: Person, admin: Client
) -> None:
    assert "Rumah sakit, 3 sif" in admin.get("/kalender/pola/").content.decode()
    assert admin.post("/kalender/pola/siap-pakai/rs-3-sif/").status_code == 302
    assert admin.post("/kalender/pola/siap-pakai/tidak-ada/").status_code == 404
    pattern = WorkPattern.objects.get(code="rs-3-sif")
    fields = {"nips": ani.employee.nip, "first": "2026-10-05", "offset": "2"}
    assert admin.post(f"/kalender/pola/{pattern.uid}/tetapkan/", fields).status_code == 302
    calendar = calendar_between(date(2026, 10, 1), date(2026, 11, 1), employee_ids=[ani.employee.pk])
    codes = [
        "".join(shift.code for shift in calendar.plan(office.unit.pk, date(2026, 10, day), ani.employee.pk).shifts)
        for day in range(5, 14)
    ]
    # The team's cycle of nine days began on 4 October.
    assert codes == ["P", "S", "S", "M", "M", "", "", "", "P"]
    page = admin.get(f"/kalender/pola/{pattern.uid}/").content.decode()
    assert "mulai putaran 2 hari kemudian" in page


def test_an_unknown_nip_is_named_beside_the_field(admin: Client) -> None:
    fields = {"nips": "199001012015019999", "first": "2026-10-05"}
    answer = admin.post(f"/kalender/pola/{five_days().uid}/tetapkan/", fields)
    assert answer.status_code == 422
    assert "199001012015019999" in str(answer.context["form"].errors["nips"])


def test_a_new_assignment_leaves_the_old_one_before_and_after(office: Office, admin: Client) -> None:
    admin.post("/kalender/pola/siap-pakai/6-hari-kerja/")
    other, normal = WorkPattern.objects.get(code="6-hari-kerja"), five_days()
    unit = [str(office.opd.uid)]
    admin.post(f"/kalender/pola/{normal.uid}/tetapkan/", {"units": unit, "first": "2026-01-01"})
    admin.post(f"/kalender/pola/{other.uid}/tetapkan/", {"units": unit, "first": "2026-02-18", "last": "2026-03-19"})
    rows = PatternAssignment.objects.order_by("period").values_list("pattern__code", "period")
    assert [(code, period.lower, period.upper) for code, period in rows] == [
        ("5-hari-kerja", date(2026, 1, 1), date(2026, 2, 18)),
        ("6-hari-kerja", date(2026, 2, 18), date(2026, 3, 20)),
        ("5-hari-kerja", date(2026, 3, 20), None),
    ]
    last = PatternAssignment.objects.get(period__startswith=date(2026, 3, 20))
    assert admin.post(f"/kalender/pola/penetapan/{last.uid}/", {"last": "2026-06-30"}).status_code == 302
    last.refresh_from_db()
    assert last.period.upper == date(2026, 7, 1)
    assert admin.post(f"/kalender/pola/penetapan/{last.uid}/", {"last": "2026-01-01"}).status_code == 302
    assert not PatternAssignment.objects.filter(pk=last.pk).exists()


def test_new_hours_begin_on_their_day_and_the_old_ones_stay_before(office: Office, admin: Client) -> None:
    url = f"/kalender/pola/{five_days().uid}/jam/"
    assert 'value="07:30"' in admin.get(url).content.decode()
    hours = {"code_0": "K", "starts_0": "08:00", "ends_0": "15:30", **{f"day_{day}": "K" for day in range(5)}}
    assert "sejak awal" in str(admin.post(url, hours).context["hours"].errors["valid_from"])
    assert admin.post(url, {**hours, "valid_from": "2026-10-12"}).status_code == 302
    calendar = calendar_for(Month(2026, 10))
    found = [calendar.wall_hours(office.unit.pk, date(2026, 10, day)) for day in (9, 12)]
    assert found == [Hours(time(7, 30), time(16, 30), 90), Hours(time(8), time(15, 30), 0)]
    assert admin.post(url, {**hours, "valid_from": "2026-10-12"}).status_code == 422
    version = PatternVersion.objects.get(valid_from=date(2026, 10, 12))
    assert admin.post(f"{url}{version.uid}/hapus/").status_code == 302
    assert calendar_for(Month(2026, 10)).wall_hours(office.unit.pk, date(2026, 10, 12)) == Hours(
        time(7, 30), time(16), 60
    )


def test_the_last_ordinary_hours_stay(admin: Client) -> None:
    pattern = five_days()
    version = pattern.versions.get(variant="normal")
    answer = admin.post(f"/kalender/pola/{pattern.uid}/jam/{version.uid}/hapus/", follow=True)
    assert "satu-satunya jam biasa" in answer.content.decode()
    assert pattern.versions.filter(variant="normal").count() == 1


def test_ramadan_is_given_once_and_taken_back(office: Office, admin: Client) -> None:
    fields = {"name": "Ramadan 1448 H", "first": "2027-02-08", "last": "2027-03-09", "source": "SE 7/2027"}
    assert admin.post("/kalender/ramadan/baru/", fields).status_code == 302
    assert admin.post("/kalender/ramadan/baru/", {**fields, "first": "2027-03-09"}).status_code == 422
    monday = date(2027, 2, 8)
    february = Month(2027, 2)
    assert calendar_for(february).wall_hours(office.unit.pk, monday) == Hours(time(8), time(15), 30)
    page = admin.get("/kalender/ramadan/")
    assert "SE 7/2027" in page.content.decode()
    assert admin.post(f"/kalender/ramadan/{page.context['periods'][0]['row'].uid}/hapus/").status_code == 302
    assert calendar_for(february).wall_hours(office.unit.pk, monday) == Hours(time(7, 30), time(16), 60)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"name": "Kosong", **HEAD}, "paling sedikit satu sif"),
        ({"name": "Separuh", **SIX, "ends_0": ""}, "Isi jam masuk dan jam pulang"),
        ({"name": "Tanpa kode", **SIX, "code_0": ""}, "Beri kode"),
        ({"name": "Kode lain", **SIX, "day_0": "X"}, "belum diisi jamnya"),
        ({"name": "Istirahat", **SIX, "rest_starts_0": "15:00", "rest_ends_0": "16:00"}, "di dalam jam sifnya"),
        (
            {"name": "Tumpang", **SIX, "code_1": "S", "starts_1": "13:00", "ends_1": "20:00", "day_0": "K S"},
            "tidak boleh bertumpuk",
        ),
        ({"name": "5 hari kerja", **SIX}, "sudah ada"),
    ],
)
def test_an_impossible_pattern_is_refused_with_words(admin: Client, fields: dict[str, str], words: str) -> None:
    answer = admin.post("/kalender/pola/baru/", fields)
    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_an_assignment_that_ends_before_it_begins_is_refused(office: Office, admin: Client) -> None:
    fields = {"units": [str(office.opd.uid)], "first": "2026-03-01", "last": "2026-02-01"}
    assert admin.post(f"/kalender/pola/{five_days().uid}/tetapkan/", fields).status_code == 422
    assert not PatternAssignment.objects.exists()
