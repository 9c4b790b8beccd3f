"""Holidays of a year: drafts, confirmation, additions, removals."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from kernel.accounts.models import User
from kernel.audit.models import AuditEvent
from kernel.periods import Month
from tenants.calendars import actions
from tenants.calendars.models import Holiday
from tenants.calendars.querysets import calendar_for
from tests.cast import Office, Person

INDEPENDENCE = date(2026, 8, 17)
SKB = "SKB 3 Menteri 1497/2025"


@pytest.fixture
def admin(with_role: Callable[..., User], signed_in: Callable[..., Client]) -> Client:
    return signed_in(with_role("bkpsdm"))


def test_a_new_region_begins_with_drafts_that_do_not_count(office: Office) -> None:
    holiday = Holiday.objects.get(date=INDEPENDENCE)
    assert (holiday.is_confirmed, holiday.kind) == (False, "nasional")
    assert Holiday.objects.filter(date=date(2026, 12, 24), kind="cuti_bersama").exists()
    assert calendar_for(Month(2026, 8)).is_working_day(office.unit.pk, INDEPENDENCE)


def test_the_admin_confirms_the_ticked_drafts_with_the_decree(office: Office, admin: Client) -> None:
    holiday = Holiday.objects.get(date=INDEPENDENCE)
    page = admin.get("/kalender/?tahun=2026")
    assert "Hari Kemerdekaan Republik Indonesia" in page.content.decode()
    answer = admin.post("/kalender/konfirmasi/", {"tahun": "2026", "holiday": [str(holiday.uid)], "source": SKB})
    assert answer.status_code == 302
    holiday.refresh_from_db()
    assert (holiday.is_confirmed, holiday.source) == (True, SKB)
    assert calendar_for(Month(2026, 8)).holiday(INDEPENDENCE) == holiday.name
    assert AuditEvent.objects.filter(action="calendars.holidays_confirmed").exists()
    assert Holiday.objects.in_year(2026).drafts().exists()


@pytest.mark.parametrize("fields", [{"source": ""}, {"source": SKB, "holiday": []}])
def test_confirming_without_a_source_or_a_tick_keeps_the_page(admin: Client, fields: dict[str, Any]) -> None:
    holiday = Holiday.objects.get(date=INDEPENDENCE)
    answer = admin.post("/kalender/konfirmasi/", {"tahun": "2026", "holiday": [str(holiday.uid)], **fields})
    assert answer.status_code == 422
    assert not Holiday.objects.confirmed().exists()
    # The page stands under the address of its form now: the other years must not.
    assert 'href="/kalender/?tahun=2027"' in answer.content.decode()


def test_a_regional_holiday_counts_at_once(office: Office, admin: Client) -> None:
    fields = {"date": "2026-07-14", "name": "HUT Kota Manado", "kind": "daerah", "source": "SE Wali Kota 5/2026"}
    assert admin.post("/kalender/libur/tambah/", fields).status_code == 302
    assert not calendar_for(Month(2026, 7)).is_working_day(office.unit.pk, date(2026, 7, 14))
    again = admin.post("/kalender/libur/tambah/", fields)
    assert again.status_code == 422
    assert "sudah tercatat" in again.content.decode()


def test_a_removed_holiday_stays_away_with_its_reason(office: Office, admin: Client) -> None:
    holiday = Holiday.objects.get(date=INDEPENDENCE)
    url = f"/kalender/libur/{holiday.uid}/hapus/"
    assert admin.get(url).status_code == 200
    assert admin.post(url, {"reason": ""}).status_code == 422
    assert admin.post(url, {"reason": "Salah tahun"}).status_code == 302
    admin.post("/kalender/draf/", {"tahun": "2026"})
    assert not Holiday.objects.in_year(2026).drafts().filter(date=INDEPENDENCE).exists()
    assert "Salah tahun" in admin.get("/kalender/?tahun=2026").content.decode()
    assert admin.get(url).status_code == 404


def test_drafting_again_adds_nothing(admin: Client) -> None:
    before = Holiday.objects.in_year(2027).count()
    admin.post("/kalender/draf/", {"tahun": "2027"})
    once = Holiday.objects.in_year(2027).count()
    admin.post("/kalender/draf/", {"tahun": "2027"})
    assert before == 0
    assert once == Holiday.objects.in_year(2027).count() > 20


def test_the_command_drafts_a_year(manado: Any, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("seed_holidays", "manado", 2027)
    assert Holiday.objects.in_year(2027).drafts().count() > 20
    assert "2027-08-17" in capsys.readouterr().out


def test_those_without_the_permission_may_look_but_not_change(
    office: Office, ani: Person, with_role: Callable[..., User], signed_in: Callable[..., Client]
) -> None:
    assert signed_in(ani.user).get("/kalender/").status_code == 403
    inspector = signed_in(with_role("inspektorat"))
    assert inspector.get("/kalender/").status_code == 200
    assert inspector.post("/kalender/draf/", {"tahun": "2027"}).status_code == 403


def test_a_change_is_told_to_those_who_listen(office: Office, with_role: Callable[..., User]) -> None:
    heard: list[dict[str, Any]] = []

    def listen(sender: Any, **kwargs: Any) -> None:
        heard.append(kwargs)

    from tenants.calendars.signals import calendar_changed

    calendar_changed.connect(listen)
    try:
        actions.add_holiday(date=date(2026, 7, 14), name="HUT", kind="daerah", source="SE 1", actor=with_role("bkpsdm"))
    finally:
        calendar_changed.disconnect(listen)
    assert [(call["first"], call["end"]) for call in heard] == [(date(2026, 7, 14), date(2026, 7, 15))]
