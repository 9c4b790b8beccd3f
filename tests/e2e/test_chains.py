"""Who decides, as data: a chain gets a level with a condition and a deadline, is put in force, and is followed."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

from playwright.sync_api import Page, expect

from tests.e2e.browsing import PHONE, Visitor
from tests.e2e.full_region import ADMIN, ANI, BUDI, FARAH
from tests.e2e.full_region_visits import FullRegion, find_closed, press_and_be_refused

CHAINS = "/kotak-masuk/rantai/"
NAME = "Cuti panjang sampai kepala OPD"


def who_decides(visitor: Visitor, measure: int) -> list[str]:
    """What each level says about a leave of Ani of so many days."""
    page = visitor.open(f"{CHAINS}siapa/")
    page.get_by_label("Jenis dokumen").select_option("attendance_leave")
    page.get_by_label("Pegawai").fill(ANI)
    page.get_by_label("Ukuran").fill(str(measure))
    page.get_by_role("button", name="Tampilkan").click()
    expect(page.get_by_role("heading", name="Ani")).to_be_visible()
    return page.locator("#hasil ~ ol > li").all_inner_texts()


def add_a_level(page: Page) -> None:
    """One more level: the head of the office, only for leaves of three days and more, within two working days."""
    levels = page.locator("fieldset.card")
    expect(levels).to_have_count(1)
    page.get_by_role("button", name="Tambah tingkat").click()
    expect(levels).to_have_count(2)
    second = levels.nth(1)
    second.get_by_label("Yang memutuskan").select_option("kepala_opd")
    second.get_by_label("Hanya mulai dari").fill("3")
    second.get_by_label("Dihitung dalam").select_option("kerja")


def test_a_chain_gets_a_level_for_long_leaves_and_a_leave_follows_it(
    full_region: FullRegion, arrive: Callable[..., Visitor]
) -> None:
    admin = arrive(ADMIN)
    page = admin.open(CHAINS)
    page.get_by_role("link", name="Versi baru Cuti dan izin").click()
    page.get_by_label("Nama").fill(NAME)
    add_a_level(page)
    second = page.locator("fieldset.card").nth(1)
    # A deadline of no days is refused beside its field; nothing that was typed is lost, and nothing is in force.
    page.locator("form#rantai").evaluate("form => { form.noValidate = true; }")
    second.get_by_label("Batas waktu", exact=True).fill("0")
    press_and_be_refused(admin, "Simpan versi baru", second.get_by_label("Batas waktu", exact=True), "lebih besar")
    expect(second.get_by_label("Hanya mulai dari")).to_have_value("3")
    admin.look("a chain with a deadline of no days")
    assert full_region.rows("SELECT count(*) FROM approvals_chain WHERE name = %s", NAME) == [(0,)]
    second.get_by_label("Batas waktu", exact=True).fill("2")
    page.get_by_role("button", name="Simpan versi baru").click()
    expect(page.get_by_text("Rantai baru tersimpan.")).to_be_visible()
    expect(page.get_by_role("heading", name=NAME)).to_be_visible()
    admin.look("chains, one with two levels")

    # Who decides on a document of one person, and why a level is passed over.
    long, short = who_decides(admin, 5), who_decides(admin, 1)
    admin.look("who decides")
    assert ["Budi" in long[0], "Farah" in long[1]] == [True, True]
    assert "Budi" in short[0]
    assert "Syarat tingkat ini tidak terpenuhi" in short[1]
    page.get_by_label("Pegawai").fill("Tidak Ada Namanya")
    press_and_be_refused(admin, "Tampilkan", page.get_by_label("Pegawai"), "Tidak ada pegawai aktif")

    # A leave of two weeks goes that way.
    ani = arrive(ANI, size=PHONE)
    page = ani.open("/surat/baru/")
    page.get_by_label("Jenis surat").select_option("C")
    monday = full_region.today + timedelta(days=7 - full_region.today.weekday())
    page.get_by_label("Tanggal mulai").fill(f"{monday:%Y-%m-%d}")
    page.get_by_label("Tanggal selesai").fill(f"{monday + timedelta(days=11):%Y-%m-%d}")
    page.get_by_role("button", name="Kirim").click()
    expect(page.get_by_text("Menunggu").first).to_be_visible()
    for nip, state_after in ((BUDI, "waiting"), (FARAH, "approved")):
        boss = arrive(nip)
        page = boss.open("/kotak-masuk/")
        if nip == FARAH:
            # What Budi passed up is one row with his name.
            page.locator("[data-row]").get_by_role("link", name="Budi").first.click()
        page.get_by_role("link", name=re.compile("^Cuti")).click()
        if nip == BUDI:
            boss.look("a leave to decide")
        page.get_by_role("button", name="Setujui").click()
        expect(page.get_by_text("1 dokumen disetujui.")).to_be_visible()
        leaves = "SELECT state FROM approvals_approvalrequest WHERE document_kind = 'attendance_leave'"
        assert full_region.rows(leaves) == [(state_after,)]
    ani.page.reload()
    expect(ani.page.get_by_text("Disetujui", exact=True)).to_be_visible()


def test_chains_are_closed_to_an_employee(arrive: Callable[..., Visitor]) -> None:
    ani = arrive(ANI, size=PHONE)
    find_closed(ani, CHAINS, f"{CHAINS}siapa/", f"{CHAINS}activity/", f"{CHAINS}activity/akhiri/")
