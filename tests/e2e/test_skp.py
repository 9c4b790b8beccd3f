"""SKP that is kept here: a plan with targets, approved; what was realised; the assessment and the matrix's predikat."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.e2e.browsing import PHONE, Visitor
from tests.e2e.full_region import ADMIN, ANI, BUDI, CITRA
from tests.e2e.full_region_visits import FullRegion, find_closed, press_and_be_refused

RESULT = "Laporan kehadiran terbit tepat waktu"
VALUES = 7


def choose_here(page: Page, month: str) -> None:
    page.get_by_label("Mulai bulan").fill(month)
    page.get_by_role("radio", name="Disimpan di sini").check()
    page.get_by_role("radio", name="Bulanan").check()
    page.get_by_role("radio", name=re.compile("0 sampai 100")).check()
    page.get_by_role("button", name="Simpan").click()


def test_a_plan_is_approved_realised_and_rated_by_the_matrix(
    full_region: FullRegion, arrive: Callable[..., Visitor]
) -> None:
    month = f"{full_region.today:%Y-%m}"
    admin = arrive(ADMIN)
    page = admin.open("/skp/pengaturan/")
    choose_here(page, month)
    expect(page.get_by_text("berlaku hari ini")).to_be_visible()
    admin.look("settings of the SKP")

    # A plan with a target: a figure without its unit is refused beside the unit.
    ani = arrive(ANI, size=PHONE)
    page = ani.open("/skp/")
    page.get_by_role("link", name="Susun rencana").click()
    page.get_by_role("radio", name="Kuantitatif").check()
    page.get_by_role("button", name="Buat rencana").click()
    page.get_by_role("link", name="Tambah rencana hasil kerja").click()
    page.get_by_label("Rencana hasil kerja").fill(RESULT)
    first = page.get_by_role("group", name="Indikator 1")
    first.get_by_label("Indikator", exact=True).fill("Jumlah laporan")
    first.get_by_label("Target setahun").fill("48 laporan")
    first.get_by_label("Angka target satu periode").fill("4")
    press_and_be_refused(ani, "Simpan", first.get_by_label("Satuan angka"), "Isi satuannya.")
    expect(first.get_by_label("Target setahun")).to_have_value("48 laporan")
    ani.look("a target without its unit")
    first.get_by_label("Satuan angka").fill("laporan")
    page.get_by_role("button", name="Simpan").click()
    expect(page.get_by_text(f"1. {RESULT}")).to_be_visible()
    page.get_by_role("link", name="Isi atau ubah").click()
    behaviours = page.locator("main textarea")
    expect(behaviours).to_have_count(VALUES)
    for box in behaviours.all():
        box.fill("Tepat waktu dan jujur.")
    ani.look("expected behaviour")
    page.get_by_role("button", name="Simpan").click()
    page.get_by_role("button", name="Ajukan ke atasan").click()
    expect(page.get_by_text("menunggu Budi")).to_be_visible()

    budi = arrive(BUDI)
    page = budi.open("/kotak-masuk/")
    page.get_by_role("link", name=re.compile("SKP")).filter(has_text="Ani").or_(
        page.locator("[data-row]").get_by_role("link", name=re.compile("SKP"))
    ).first.click()
    page.get_by_role("link", name="Buka seluruh dokumen").click()
    expect(page.get_by_text("tiap periode 4 laporan")).to_be_visible()
    budi.look("a plan as the superior reads it")
    page.go_back()
    page.get_by_role("button", name="Setujui").click()
    expect(page.get_by_text("1 dokumen disetujui.")).to_be_visible()

    # Realisation: three of four.
    page = ani.open(f"/skp/realisasi/{month}/")
    page.get_by_label("Realisasi (laporan)").fill("tiga")
    press_and_be_refused(ani, "Serahkan", page.get_by_label("Realisasi (laporan)"), "Isi dengan angka")
    ani.look("a realisation that is no figure")
    page.get_by_label("Realisasi (laporan)").fill("3")
    page.get_by_role("button", name="Serahkan").click()
    expect(page.get_by_text("Sudah diserahkan")).to_be_visible()

    # The assessment: a score above 100 is refused, then the matrix says the predikat.
    page = budi.open("/skp/bawahan/")
    budi.look("own staff and their SKP")
    page.get_by_role("link", name="Nilai Ani").click()
    expect(page.get_by_text("75,00%").first).to_be_visible()
    page.locator("main form").evaluate("form => { form.noValidate = true; }")
    scores = page.get_by_role("region", name="Perilaku BerAKHLAK").get_by_role("spinbutton")
    expect(scores).to_have_count(VALUES)
    for box in scores.all():
        box.fill("97")
    scores.first.fill("150")
    results = page.get_by_role("group", name="Hasil kerja")
    results.get_by_label("Sesuai ekspektasi").check()
    page.get_by_role("group", name="Perilaku kerja").get_by_label("Di atas ekspektasi").check()
    press_and_be_refused(budi, "Simpan penilaian", scores.first, "100")
    expect(results.get_by_label("Sesuai ekspektasi")).to_be_checked()
    budi.look("an assessment with a score above 100")
    scores.first.fill("98")
    page.get_by_role("button", name="Simpan penilaian").click()
    expect(page.get_by_text("Predikat", exact=True)).to_be_visible()
    page = ani.open("/skp/")
    page.get_by_role("link", name=re.compile(r"^\w+ \d{4}$")).first.click()
    ani.look("own assessment")
    # As expected and above expectations: Baik (PermenPANRB 6/2022).
    expect(page.locator(".stats")).to_contain_text("Baik")
    expect(page.locator("main")).to_contain_text("75,00%")
    rated = "SELECT predikat, behaviour_sum FROM skp_monthlyrating WHERE month = %s"
    assert full_region.rows(rated, f"{month}-01") == [("baik", 98 + 6 * 97)]
    admin.open(f"/skp/nilai/?bulan={month}")
    expect(admin.page.get_by_role("row", name="Ani")).to_contain_text("Baik")
    admin.look("ratings that came from here")


def test_an_assessment_is_closed_to_who_is_not_the_superior(
    full_region: FullRegion, arrive: Callable[..., Visitor]
) -> None:
    [(ani,)] = full_region.rows("SELECT uid FROM employees_employee WHERE nip = %s", ANI)
    citra = arrive(CITRA)
    with citra.allow_errors("404", "403"):
        answer = citra.page.goto(f"/skp/bawahan/{ani}/{full_region.today:%Y-%m}/")
        assert answer is not None
        assert answer.status in (403, 404)
        assert "Ani" not in citra.text()
    find_closed(citra, "/skp/pengaturan/")
