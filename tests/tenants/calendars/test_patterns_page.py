"""Work patterns: hours of a week, and who works by them when."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time

import pytest
from django.test import Client

from kernel.accounts.models import User
from kernel.periods import Month
from tenants.calendars.models import PatternAssignment, WorkPattern
from tenants.calendars.querysets import calendar_for
from tenants.calendars.working_days import Hours
from tests.cast import Office

SIX = {f"starts_{day}": "07:30" for day in range(6)} | {f"ends_{day}": "14:00" for day in range(6)}


@pytest.fixture
def admin(with_role: Callable[..., User], signed_in: Callable[..., Client]) -> Client:
    return signed_in(with_role("bkpsdm"))


def test_a_new_region_works_by_the_presidential_hours(office: Office) -> None:
    weeks = {week.code: week for week in WorkPattern.objects.weeks().values()}
    assert weeks["5-hari-kerja"].minutes == 2250
    assert weeks["ramadan"].minutes == 1950
    assert calendar_for(Month(2026, 10)).wall_hours(office.unit.pk, date(2026, 10, 2)) == Hours(
        time(7, 30), time(16, 30), 90
    )


def test_the_admin_makes_a_pattern_and_assigns_it_for_some_days(office: Office, admin: Client) -> None:
    assert admin.post("/kalender/pola/baru/", {"name": "6 hari kerja", **SIX}).status_code == 302
    pattern = WorkPattern.objects.get(name="6 hari kerja")
    fields = {"units": [str(office.unit.uid)], "first": "2026-10-05", "last": "2026-10-31"}
    assert admin.post(f"/kalender/pola/{pattern.uid}/tetapkan/", fields).status_code == 302
    calendar = calendar_for(Month(2026, 10))
    assert calendar.is_working_day(office.unit.pk, date(2026, 10, 31))
    assert not calendar.is_working_day(office.unit.pk, date(2026, 10, 3))
    assert not calendar.is_working_day(office.opd.pk, date(2026, 10, 31))


def test_a_new_assignment_leaves_the_old_one_before_and_after(office: Office, admin: Client) -> None:
    ramadan = WorkPattern.objects.get(code="ramadan")
    normal = WorkPattern.objects.get(code="5-hari-kerja")
    unit = [str(office.opd.uid)]
    admin.post(f"/kalender/pola/{normal.uid}/tetapkan/", {"units": unit, "first": "2026-01-01"})
    admin.post(f"/kalender/pola/{ramadan.uid}/tetapkan/", {"units": unit, "first": "2026-02-18", "last": "2026-03-19"})
    rows = PatternAssignment.objects.order_by("period").values_list("pattern__code", "period")
    assert [(code, period.lower, period.upper) for code, period in rows] == [
        ("5-hari-kerja", date(2026, 1, 1), date(2026, 2, 18)),
        ("ramadan", date(2026, 2, 18), date(2026, 3, 20)),
        ("5-hari-kerja", date(2026, 3, 20), None),
    ]


def test_changed_hours_are_kept_and_shown(office: Office, admin: Client) -> None:
    pattern = WorkPattern.objects.get(code="ramadan")
    url = f"/kalender/pola/{pattern.uid}/"
    page = admin.get(url).content.decode()
    assert 'value="08:00"' in page
    assert admin.post(url, {"name": "Ramadan", "starts_0": "08:30", "ends_0": "15:00"}).status_code == 302
    assert WorkPattern.objects.weeks()[pattern.pk].days == {0: Hours(time(8, 30), time(15), 0)}
    assert "08.30–15.00" in admin.get("/kalender/pola/").content.decode()


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"name": "Kosong"}, "paling sedikit satu hari"),
        ({"name": "Terbalik", "starts_0": "16:00", "ends_0": "07:30"}, "Jam pulang harus sesudah jam masuk"),
        ({"name": "Separuh", "starts_0": "07:30"}, "atau kosongkan keduanya"),
        ({"name": "5 hari kerja", **SIX}, "sudah ada"),
    ],
)
def test_an_impossible_pattern_is_refused_beside_the_field(admin: Client, fields: dict[str, str], words: str) -> None:
    answer = admin.post("/kalender/pola/baru/", fields)
    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_an_assignment_that_ends_before_it_begins_is_refused(office: Office, admin: Client) -> None:
    pattern = WorkPattern.objects.get(code="ramadan")
    fields = {"units": [str(office.opd.uid)], "first": "2026-03-01", "last": "2026-02-01"}
    assert admin.post(f"/kalender/pola/{pattern.uid}/tetapkan/", fields).status_code == 422
    assert not PatternAssignment.objects.exists()
