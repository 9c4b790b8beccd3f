"""Without a mouse: every stop can be seen, and the daily work gets done."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import expect

from tests.e2e.browsing import PHONE, Visitor
from tests.e2e.keyboard import sign_in, tab_to
from tests.e2e.the_month import ANI, BUDI, PASSWORD, Month, nip_of


def signed_in(visit: Callable[..., Visitor], serial: int, name: str) -> Visitor:
    return sign_in(visit(name, size=PHONE), nip_of(serial), PASSWORD.format(name))


def test_a_punch(month: Month, visit: Callable[..., Visitor]) -> None:
    page = signed_in(visit, BUDI, "budi").open("/absen/")
    tab_to(page, page.locator("button.button--hero"))
    page.keyboard.press("Enter")
    receipt = page.locator("[data-answer]")
    expect(receipt).to_contain_text("bukti nomor")
    # The focus is on the receipt, so a screen reader speaks it.
    expect(receipt).to_be_focused()


def test_an_activity_and_its_approval(month: Month, visit: Callable[..., Visitor]) -> None:
    ani = signed_in(visit, ANI, "ani")
    page = ani.open(f"/aktivitas/baru/?tanggal={month.workday:%Y-%m-%d}&cari=konsep nota dinas")
    tab_to(page, page.get_by_role("link", name="Membuat konsep nota dinas").last)
    page.keyboard.press("Enter")
    expect(page.get_by_label("Uraian")).to_be_visible()
    page.wait_for_load_state()
    tab_to(page, page.get_by_label("Uraian"))
    page.keyboard.type("Nota lewat papan ketik")
    start = page.get_by_label("Mulai pukul")
    tab_to(page, start)
    start.fill("10:00")
    tab_to(page, page.get_by_role("button", name="Ajukan"))
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/aktivitas/(\?|$)"))
    expect(page.get_by_text("Nota lewat papan ketik")).to_be_visible()

    budi = signed_in(visit, BUDI, "budi")
    page = budi.open("/kotak-masuk/")
    row = page.locator("[data-row]").filter(has_text="Nota lewat papan ketik")
    box = row.get_by_role("checkbox")
    was_ticked = box.is_checked()
    page.keyboard.press("?")
    keys = page.get_by_role("dialog", name="Tombol papan ketik")
    expect(keys).to_be_visible()
    page.keyboard.press("Escape")
    expect(keys).to_be_hidden()
    page.keyboard.press("j")
    expect(row).to_be_focused()
    page.keyboard.press("x")
    expect(box).to_be_checked(checked=not was_ticked)
    page.keyboard.press("a")
    expect(page.get_by_text("1 dokumen disetujui.")).to_be_visible()
    expect(row).to_have_count(0)


def test_a_slip(month: Month, visit: Callable[..., Visitor]) -> None:
    page = signed_in(visit, ANI, "ani").open("/tpp/")
    tab_to(page, page.get_by_role("link").filter(has_text="Rp").first)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/tpp/slip/"))
    line = page.locator("details.fold").filter(has_text="Terlambat").first
    tab_to(page, line.locator("summary"))
    page.keyboard.press("Enter")
    expect(line.get_by_text("Hari di balik angka ini")).to_be_visible()
