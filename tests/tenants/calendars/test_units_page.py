"""Days and the time zone of a single unit."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client

from kernel.accounts.models import User
from kernel.periods import Month
from tenants.calendars.models import Holiday
from tenants.calendars.querysets import calendar_for
from tests.cast import Office

FAIR = {"date": "2026-12-16", "name": "Pasar rakyat", "kind": "unit", "source": "SE Camat 4/2026"}
DECEMBER = Month(2026, 12)


@pytest.fixture
def admin(with_role: Callable[..., User], signed_in: Callable[..., Client]) -> Client:
    return signed_in(with_role("bkpsdm"))


def test_a_day_of_a_unit_counts_there_and_is_taken_back(office: Office, admin: Client) -> None:
    url = f"/kalender/unit/{office.unit.uid}/"
    assert admin.post(url, FAIR).status_code == 302
    assert admin.post(url, FAIR).status_code == 422
    day = date(2026, 12, 16)
    assert not calendar_for(DECEMBER).is_working_day(office.unit.pk, day)
    assert calendar_for(DECEMBER).is_working_day(office.opd.pk, day)
    assert "Pasar rakyat" in admin.get("/kalender/unit/").content.decode()
    assert "Pasar rakyat" not in admin.get("/kalender/?tahun=2026").content.decode()
    holiday = Holiday.objects.get(unit=office.unit)
    asked = admin.get(f"/kalender/libur/{holiday.uid}/hapus/").content.decode()
    # Back, and the way out of the question, also without script.
    assert asked.count(f'href="{url}"') == 2
    answer = admin.post(f"/kalender/libur/{holiday.uid}/hapus/", {"reason": "Batal"})
    assert answer.headers["Location"] == url
    assert calendar_for(DECEMBER).is_working_day(office.unit.pk, day)


def test_a_swapped_day_needs_its_kind_to_have_hours_of_another_weekday(office: Office, admin: Client) -> None:
    url = f"/kalender/unit/{office.unit.uid}/"
    assert admin.post(url, {**FAIR, "like_weekday": "0"}).status_code == 422
    saturday = {**FAIR, "date": "2026-12-19", "kind": "kerja", "like_weekday": "0"}
    assert admin.post(url, saturday).status_code == 302
    removing = f"/kalender/libur/{Holiday.objects.get(date=date(2026, 12, 19)).uid}/hapus/"
    assert "mengikuti pola kerja biasa" in admin.get(removing).content.decode()
    assert calendar_for(DECEMBER).is_working_day(office.unit.pk, date(2026, 12, 19))


def test_a_unit_gets_a_time_zone_and_gives_it_back(office: Office, admin: Client) -> None:
    url = f"/kalender/unit/{office.unit.uid}/zona/"
    assert admin.post(url, {"zone": "Asia/Jayapura"}).status_code == 302
    assert calendar_for(DECEMBER).zone_of(office.unit.pk) == "Asia/Jayapura"
    assert "WIT" in admin.get("/kalender/unit/").content.decode()
    assert admin.post(url, {"zone": "Europe/Paris"}).status_code == 302
    assert calendar_for(DECEMBER).zone_of(office.unit.pk) == "Asia/Jayapura"
    assert admin.post(url, {"zone": ""}).status_code == 302
    assert calendar_for(DECEMBER).zone_of(office.unit.pk) == "Asia/Makassar"
    chosen = admin.get("/kalender/unit/pilih/", {"unit": str(office.unit.uid)})
    assert chosen.headers["Location"] == f"/kalender/unit/{office.unit.uid}/"
    assert admin.get("/kalender/unit/pilih/", {"unit": "x"}).headers["Location"] == "/kalender/unit/"
