"""An office that practises: its slips say LATIHAN and pay nobody until two people have signed its first paid month."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import expect

from tests.e2e.browsing import PHONE, WORK_MS, Visitor
from tests.e2e.full_region import ADMIN, CITRA, LINA, OTHER_OFFICE
from tests.e2e.full_region_visits import FullRegion, find_closed

PRACTICE = "/tpp/latihan/"


def compute(visitor: Visitor, month: str) -> str:
    """Run the month; gives what the page of the finished run says."""
    page = visitor.open(f"/tpp/perhitungan/?bulan={month}")
    page.get_by_role("button", name="Mulai hitung").click()
    page.wait_for_url(re.compile("/tpp/perhitungan/[0-9a-f-]{36}/"))
    expect(page.get_by_role("link", name="Daftar slip")).to_be_visible(timeout=WORK_MS)
    return page.locator("main").inner_text()


def test_an_office_practises_and_goes_live_with_two_signatures(
    full_region: FullRegion, arrive: Callable[..., Visitor]
) -> None:
    month = f"{full_region.today:%Y-%m}"
    admin = arrive(ADMIN)
    page = admin.open(PRACTICE)
    # No office ticked: the page says so, and the month that was typed is still there.
    page.get_by_label("Mulai bulan").fill(month)
    with admin.allow_errors("422"):
        page.get_by_role("button", name="Ikutkan latihan").click()
        page.get_by_role("dialog").get_by_role("button", name="Mulai latihan").click()
        expect(page.get_by_text("Belum tersimpan")).to_be_visible()
    expect(page.get_by_label("Mulai bulan")).to_have_value(month)
    admin.look("practice without an office")
    page.get_by_label(OTHER_OFFICE).check()
    page.get_by_role("button", name="Ikutkan latihan").click()
    page.get_by_role("dialog").get_by_role("button", name="Mulai latihan").click()
    expect(page.get_by_text("1 OPD mulai latihan.")).to_be_visible()
    admin.look("practice, one office")

    # Only that office is computed, and nobody in it is paid.
    told = compute(admin, month)
    assert "LATIHAN: 3 pegawai dihitung tanpa dibayar" in told
    assert "12 pegawai tidak dihitung" in told
    admin.look("a run of a practising office")
    page.get_by_role("link", name="Daftar slip").click()
    expect(page.get_by_text("LATIHAN").first).to_be_visible()
    lina = arrive(LINA, size=PHONE)
    page = lina.open("/tpp/")
    lina.look("own slips, one for practice")
    page.get_by_role("link").filter(has_text="LATIHAN").first.click()
    expect(page.get_by_text("Ini slip latihan")).to_be_visible()
    lina.look("a slip for practice")
    slip = page.url
    page.get_by_role("link", name="Cetak").click()
    expect(page.get_by_text("LATIHAN: slip ini tidak dibayar.")).to_be_visible()

    # Who proposes signs first; the second signature is somebody else's.
    page = admin.open(PRACTICE)
    page.get_by_role("table", name="OPD dan keadaannya").get_by_label(OTHER_OFFICE).check()
    page.get_by_label("Mulai bulan").fill(month)
    page.get_by_role("button", name="Usulkan dan tanda tangani mulai dibayar").click()
    expect(page.get_by_text("Sekarang perlu tanda tangan orang kedua.")).to_be_visible()
    expect(page.get_by_text("Menunggu orang lain")).to_be_visible()
    # The question before the next signature comes with the page's script.
    page.wait_for_load_state()
    proposal = page.get_by_role("table", name="Usul yang belum berlaku")
    proposal.get_by_label(OTHER_OFFICE).check()
    with admin.allow_errors("422"):
        page.get_by_role("button", name="Tanda tangani yang dicentang").click()
        page.get_by_role("dialog").get_by_role("button", name="Tanda tangani").click()
        expect(page.get_by_text("Belum tersimpan")).to_be_visible()
    admin.look("going live, signed by one")
    assert full_region.rows("SELECT signed_by_id FROM tpp_golive") == [(None,)]
    citra = arrive(CITRA)
    page = citra.open(PRACTICE)
    page.get_by_role("table", name="Usul yang belum berlaku").get_by_label(OTHER_OFFICE).check()
    page.get_by_role("button", name="Tanda tangani yang dicentang").click()
    page.get_by_role("dialog").get_by_role("button", name="Tanda tangani").click()
    expect(page.get_by_text("1 OPD ditandatangani.")).to_be_visible()

    # From that month on the office is paid.
    told = compute(admin, month)
    assert "LATIHAN:" not in told
    assert "12 pegawai tidak dihitung" in told
    page = lina.open("/tpp/")
    expect(page.get_by_role("link").filter(has_text="Rp").first).to_be_visible()
    expect(page.get_by_text("LATIHAN")).to_have_count(0)
    # The former slip goes on saying what it was.
    page.goto(slip)
    expect(page.get_by_text("Ini slip latihan")).to_be_visible()


def test_practice_is_closed_to_an_employee(arrive: Callable[..., Visitor]) -> None:
    lina = arrive(LINA, size=PHONE)
    find_closed(lina, PRACTICE)
