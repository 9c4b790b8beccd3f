"""Yearly leave on a phone: asked for, approved, taken from the balance and seen in the calendar; the office's pages."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from playwright.sync_api import expect

from tests.e2e.browsing import PHONE, WORK_MS, Visitor
from tests.e2e.full_region import ADMIN, KARTIKA, LINA
from tests.e2e.full_region_visits import FullRegion, find_closed, press_and_be_refused
from tests.e2e.live import Live


@pytest.fixture(scope="module")
def full_region(live: Live) -> FullRegion:
    """A full region of its own: once the ledger runs, yearly leave is no plain letter any more for anybody in it."""
    return FullRegion.set_up(live, "cuti")


def three_days(today: date) -> tuple[date, date]:
    """Monday to Wednesday of the next week; of one before where that is another year."""
    monday = today + timedelta(days=7 - today.weekday())
    if (monday + timedelta(days=2)).year != today.year:
        monday -= timedelta(days=14)
    return monday, monday + timedelta(days=2)


def keep_the_ledger(admin: Visitor, year: int) -> None:
    """BKPSDM lets the ledger run from this year on and has everybody's right written."""
    page = admin.open("/cuti/jenis/")
    page.get_by_label("Tahun pertama").fill(str(year))
    page.get_by_role("button", name=re.compile("Jalankan|Ubah tahun pertama")).click()
    expect(page.get_by_text(f"Berjalan sejak {year}.")).to_be_visible()
    admin.look("kinds of leave")
    page.get_by_role("link", name="Cuti besar").first.click()
    admin.look("one kind of leave")
    page = admin.open("/cuti/saldo/")
    page.get_by_role("button", name="Tulis hak tahun ini sekarang").click()
    page.wait_for_url(re.compile("/pekerjaan/[0-9a-f-]{36}/"))
    expect(page.get_by_text("Pegawai yang haknya ditulis")).to_be_visible(timeout=WORK_MS)


def test_yearly_leave_on_a_phone(full_region: FullRegion, arrive: Callable[..., Visitor]) -> None:
    today = full_region.today
    first, last = three_days(today)
    admin = arrive(ADMIN)
    keep_the_ledger(admin, today.year)

    lina = arrive(LINA, size=PHONE)
    page = lina.open("/cuti/")
    left = page.locator(".stat").filter(has_text="Sisa").first
    expect(left).to_contain_text("12")
    lina.look("own leave, nothing asked for")
    page.get_by_role("link", name="Ajukan cuti").first.click()
    page.get_by_role("radio", name="Cuti tahunan: sisa 12 hari kerja").check()
    page.get_by_label("Tanggal mulai").fill(last.isoformat())
    page.get_by_label("Tanggal selesai").fill(first.isoformat())
    page.get_by_role("textbox", name="Alasan").fill("Keperluan keluarga")
    press_and_be_refused(lina, "Kirim", page.get_by_label("Tanggal selesai"), "mendahului tanggal mulai")
    lina.look("asking for leave, with an error")
    page.get_by_label("Tanggal mulai").fill(first.isoformat())
    page.get_by_label("Tanggal selesai").fill(last.isoformat())
    page.get_by_role("button", name="Kirim").click()
    expect(page.get_by_text("Permohonan cuti 3 hari terkirim")).to_be_visible()

    kartika = arrive(KARTIKA, size=PHONE)
    page = kartika.open("/kotak-masuk/")
    asked = page.locator("[data-row]").filter(has_text="Cuti tahunan")
    expect(asked).to_have_count(1)
    asked.get_by_role("link").first.click()
    expect(page.get_by_text("3 hari kerja").first).to_be_visible()
    kartika.look("a leave to decide")
    page.get_by_role("button", name="Setujui").click()
    expect(page.get_by_text("1 dokumen disetujui.")).to_be_visible()

    page = lina.open(f"/cuti/?bulan={first:%Y-%m}")
    shown = [first + timedelta(days=number) for number in range(3)]
    expect(page.locator(".month__day--wait")).to_have_count(sum(day.month == first.month for day in shown))
    expect(left).to_contain_text("9")
    lina.look("own leave, approved")
    page.get_by_text("Catatan saldo", exact=True).click()
    lina.look("own leave with the lines of the ledger")
    find_closed(lina, "/cuti/saldo/", "/cuti/jenis/", "/cuti/catat/")
    assert full_region.rows(
        "SELECT sum(days) FROM leave_leaveentry l JOIN employees_employee e ON e.id = l.employee_id WHERE e.nip = %s",
        LINA,
    ) == [(9,)]

    page = admin.open("/cuti/saldo/?cari=Lina")
    admin.look("balances of an office")
    page.get_by_role("link", name="Lina").click()
    admin.look("the leave of one person")
    admin.open("/cuti/catat/")
    admin.look("recording leave from paper")
    admin.open("/cuti/saldo/lembar/")
    admin.look("opening balances")
