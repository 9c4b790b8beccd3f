"""The inspectorate: a sample that anybody can draw again, a person's month, a finding, a proposed correction."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

from playwright.sync_api import expect

from tests.e2e.browsing import PHONE, WORK_MS, Visitor
from tests.e2e.full_region import ADMIN, ANI, EVIDENCED, HADI
from tests.e2e.full_region_visits import FullRegion, find_closed, press_and_be_refused

SAMPLES = "/pengawasan/"
ABOUT = f"bukti {EVIDENCED}"
SEED = "undian-terbuka"
SLIPS = "SELECT count(*), sum(net), md5(string_agg(digest, ',' ORDER BY id)) FROM tpp_slip"


def draw(visitor: Visitor, percent: int) -> list[str]:
    """Draw with the seed of these tests and open the list; gives its names in order."""
    page = visitor.open(f"{SAMPLES}sampel/baru/")
    page.get_by_label("Bagian acak (persen)").fill(str(percent))
    page.get_by_label("Ditambah yang paling berisiko").fill("2")
    page.get_by_label("Benih acak").fill(SEED)
    page.get_by_role("button", name="Ambil sampel").click()
    page.get_by_role("link", name="Buka hasil").click(timeout=WORK_MS)
    table = page.get_by_role("table", name="Pegawai dalam sampel")
    expect(table).to_be_visible()
    return table.get_by_role("rowheader").all_inner_texts()


def test_the_same_seed_draws_the_same_people_and_a_finding_ends_in_a_correction(
    full_region: FullRegion, arrive: Callable[..., Visitor]
) -> None:
    slips = full_region.rows(SLIPS)
    hadi = arrive(HADI)
    page = hadi.open(SAMPLES)
    page.get_by_role("link", name="Ambil sampel").first.click()
    page.locator("main form").evaluate("form => { form.noValidate = true; }")
    page.get_by_label("Bagian acak (persen)").fill("101")
    press_and_be_refused(hadi, "Ambil sampel", page.get_by_label("Bagian acak (persen)"), "100")
    hadi.look("a sample of more than everybody")
    # Of 15 people: half of them rounded up, and the two riskiest.
    half = draw(hadi, 50)
    hadi.look("a sample")
    assert len(half) in (8, 9, 10)
    assert draw(hadi, 50) == half
    everybody = draw(hadi, 100)
    assert set(half) <= set(everybody)

    # A person's month: days and punches, work with its evidence and who approved it, the slip.
    page.get_by_role("link", name="Ani", exact=True).click()
    work = page.get_by_role("listitem").filter(has_text=EVIDENCED)
    expect(work).to_contain_text("rapat.jpg")
    expect(work).to_contain_text("Disetujui, Budi")
    expect(page.get_by_role("table", name="Hari dan absen").get_by_role("row").nth(5)).to_be_visible()
    expect(page.get_by_role("link", name="Buka slip")).to_be_visible()
    hadi.look("a person's month")

    # A finding: the day of the answer is not past, and the refusal stands beside it.
    page.get_by_role("link", name=f"Temuan {EVIDENCED}").click()
    due = page.get_by_label("Dijawab paling lambat")
    expect(page.get_by_label("Tentang")).to_have_value(re.compile(EVIDENCED))
    page.get_by_label("Tentang").fill(ABOUT)
    page.get_by_label("Uraian temuan").fill("Foto tidak menunjukkan laporan itu.")
    due.fill(f"{full_region.today - timedelta(days=1):%Y-%m-%d}")
    press_and_be_refused(hadi, "Simpan temuan", due, "Pilih hari ini atau sesudahnya.")
    expect(page.get_by_label("Uraian temuan")).to_have_value("Foto tidak menunjukkan laporan itu.")
    hadi.look("a finding with an answer due yesterday")
    due.fill(f"{full_region.today + timedelta(days=7):%Y-%m-%d}")
    page.get_by_role("button", name="Simpan temuan").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(ABOUT)
    address = page.url

    # What is to be taken back is proposed; nothing is not an amount.
    page.locator("summary", has_text="Usulkan koreksi").click()
    amount = page.get_by_label("Jumlah yang dikembalikan")
    amount.fill("0")
    page.get_by_label("Dasar perhitungan").fill("Satu hari kerja.")
    press_and_be_refused(hadi, "Usulkan", amount, "1")
    amount.fill("250.000")
    page.get_by_role("button", name="Usulkan", exact=True).click()
    expect(page.get_by_text("Usulan koreksi menunggu keputusan BKPSDM.")).to_be_visible()
    expect(page.get_by_text("Rp250.000")).to_be_visible()
    hadi.look("a finding with a proposed correction")

    ani = arrive(ANI, size=PHONE)
    page = ani.open("/temuan/saya/")
    ani.look("findings to answer")
    page.get_by_role("link", name=ABOUT).click()
    page.get_by_label("Jawaban").fill("Foto yang benar menyusul.")
    page.get_by_role("button", name="Kirim jawaban").click()
    expect(page.get_by_text("Jawaban terkirim kepada inspektorat.")).to_be_visible()
    expect(page.get_by_role("button", name="Usulkan", exact=True)).to_have_count(0)

    admin = arrive(ADMIN)
    admin.page.goto(address)
    page = admin.page
    page.get_by_label("Tolak").check()
    press_and_be_refused(admin, "Simpan keputusan", page.get_by_label("Catatan"), "Tulis alasan penolakan.")
    admin.look("a correction refused without a reason")
    page.get_by_label("Terima").check()
    page.get_by_role("button", name="Simpan keputusan").click()
    expect(page.get_by_text("Keputusan tersimpan.")).to_be_visible()
    # The run of the running month takes it; the slips that stand are what they were.
    [(state, taken_in)] = full_region.rows("SELECT state, taken_in FROM oversight_proposedcorrection")
    assert (state, f"{taken_in:%Y-%m}") == ("accepted", f"{full_region.today:%Y-%m}")
    assert full_region.rows(SLIPS) == slips


def test_oversight_is_closed_to_who_may_not_examine(arrive: Callable[..., Visitor]) -> None:
    find_closed(arrive(ADMIN), SAMPLES, f"{SAMPLES}sampel/baru/")
    ani = arrive(ANI, size=PHONE)
    find_closed(ani, SAMPLES, "/temuan/")
