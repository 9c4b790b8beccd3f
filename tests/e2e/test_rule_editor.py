"""A region's own rules in a browser: copied, changed while the example follows, pasted, signed by two, published."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from infra.local.services import CHECKOUT
from tests.cast import REGULATION
from tests.e2e.browsing import DESK, PHONE, Findings, Visitor
from tests.e2e.keyboard import tab_to
from tests.e2e.live import MANAGE_S, Live

REGION = "aturan"
PASSWORD = "perahu-kayu-aturan-menepi"
OFFICIALS = {"198001012005011021": ("Admin Aturan", "bkpsdm"), "198001012005011022": ("Citra Aturan", "bpkad")}
ADMIN, CITRA = OFFICIALS
_MAKE_OFFICIALS = """
import django
django.setup()
from kernel.accounts.models import Role, RoleGrant, User
from kernel.tenancy import registry
from kernel.tenancy.context import region_scope
with region_scope(registry.region_by_code({region!r})):
    for login, (name, role) in {officials!r}.items():
        user = User(login=login, display_name=name)
        user.set_password({password!r})
        user.save()
        RoleGrant.objects.create(user=user, role=Role.objects.get(code=role))
"""


class Ground:
    """The region of these tests, and who comes to it."""

    def __init__(self, live: Live, browser: Browser) -> None:
        self.live = live
        self.browser = browser
        self.findings = Findings()
        self.visitors: list[Visitor] = []

    def signed_in(self, login: str, *, size: ViewportSize = DESK) -> Visitor:
        visitor = Visitor(self.live, self.browser, self.findings, REGION, size, OFFICIALS[login][0])
        self.visitors.append(visitor)
        visitor.log_in(login, PASSWORD)
        return visitor


@pytest.fixture(scope="module")
def region(live: Live) -> str:
    live.manage(
        *("provision_region", REGION, "--kind", "kota", "--name", "Kota Aturan", "--short-name", "Aturan"),
        *("--zone", "wita", "--admin-nip", "198001012005011029", "--admin-name", "Admin Pertama"),
    )
    code = _MAKE_OFFICIALS.format(region=REGION, officials=OFFICIALS, password=PASSWORD)
    subprocess.run([sys.executable, "-c", code], cwd=CHECKOUT, env=live.environment, check=True, timeout=MANAGE_S)
    return REGION


@pytest.fixture
def ground(live: Live, browser: Browser, region: str) -> Iterator[Ground]:
    made = Ground(live, browser)
    yield made
    for visitor in made.visitors:
        visitor.close()
    assert made.findings.all() == [], "\n".join(made.findings.all())


def copy_ready(visitor: Visitor, code: str, start: str) -> str:
    """The address of a new draft."""
    page = visitor.open("/aturan/baru/")
    page.get_by_label("Aturan siap pakai").select_option(code)
    page.get_by_label("Berlaku mulai bulan").fill(start)
    page.get_by_role("button", name="Simpan sebagai draf").click()
    expect(page.get_by_text("Draf tersimpan.")).to_be_visible()
    return page.url


def figure(page: Page, name: str) -> str:
    """What the worked example says under “after”."""
    return (
        page.locator("#hasil .figures").first.get_by_role("row", name=re.compile(name)).locator("td").last.inner_text()
    )


def save(page: Page) -> None:
    page.locator("#ubah .bulk").get_by_role("button", name="Simpan").click()
    expect(page.get_by_text("Draf tersimpan.")).to_be_visible()


def sign(visitor: Visitor) -> None:
    # The question before it comes with the page's script.
    visitor.page.wait_for_load_state()
    visitor.page.get_by_role("button", name="Tanda tangani").click()
    visitor.page.get_by_role("dialog").get_by_role("button", name="Tanda tangani").click()
    expect(visitor.page.get_by_text("Tanda tangan tercatat.")).to_be_visible()


def test_a_copied_rule_set_is_changed_signed_by_two_and_published(ground: Ground, tmp_path: Path) -> None:
    admin = ground.signed_in(ADMIN)
    admin.open("/aturan/baru/")
    admin.look("copy a ready rule set")
    address = copy_ready(admin, "manado", "2026-01")
    admin.look("rule set, a fresh draft")
    page = admin.page

    # A tier is changed; the example follows while it is typed, and a stored example that no longer fits is named.
    page.get_by_role("link", name="Ubah draf").click()
    admin.look("editor, own data")
    page.get_by_role("link", name=re.compile("Tidak masuk tanpa keterangan")).click()
    before = figure(page, "TPP bersih")
    # The example follows with the page's script.
    page.wait_for_load_state()
    page.get_by_label(re.compile("^Poin")).first.fill("5,5")
    expect(page.locator("#hasil")).to_contain_text("1 contoh tersimpan tidak cocok lagi.")
    assert figure(page, "TPP bersih") != before
    admin.look("editor, a node with a worked example")
    page.get_by_label(re.compile("^Poin")).first.fill("lima")
    expect(page.locator("#hasil")).to_contain_text("“lima” bukan angka")
    with admin.allow_errors("422"):
        page.locator("#ubah .bulk").get_by_role("button", name="Simpan").click()
        expect(page.get_by_role("alert")).to_contain_text("Belum tersimpan")
    admin.look("editor, refused")
    page.get_by_label(re.compile("^Poin")).first.fill("10")
    expect(page.locator("#hasil")).to_contain_text("Semua contoh tersimpan cocok.")
    page.get_by_label("Tafsiran").fill("Dibaca bersama lampiran.")
    save(page)
    expect(page.get_by_role("link", name=re.compile("Tidak masuk tanpa keterangan"))).to_contain_text("berubah")

    # A class table comes from a spreadsheet: refused rows are said beside each, good ones fill the form.
    page.get_by_role("link", name=re.compile("^Pagu TPP")).click()
    page.locator("summary", has_text="Tempel dari lembar kerja").first.click()
    page.get_by_label("Baris yang disalin").first.fill("Kelas\tRupiah\n6\t2.581.000\n7\ttiga juta")
    with admin.allow_errors("422"):
        page.get_by_role("button", name=re.compile("Periksa baris")).first.click()
        expect(page.get_by_text("“tiga juta” bukan angka")).to_be_visible()
    admin.look("editor, refused rows")
    rows = (
        "Kelas\tRupiah sebulan\n6\t2.581.000\n7\tRp 2,970,000\n8\t3369000\n9\t4.191.000\n10\t4.600.000\n11\t5.539.000"
    )
    page.get_by_label("Baris yang disalin").first.fill(rows)
    page.get_by_role("button", name=re.compile("Periksa baris")).first.click()
    page.get_by_role("button", name="Isikan 6 baris").click()
    expect(page.get_by_text("6 baris diisikan. Belum tersimpan.")).to_be_visible()
    save(page)

    # What was changed is told, and nothing is published before the regulation and two signatures are there.
    page.goto(address)
    expect(page.get_by_text("Naskah peraturan (PDF) belum dilampirkan.")).to_be_visible()
    page.get_by_role("link", name="Isi nomor, tanggal dan naskah").click()
    admin.look("regulation")
    page.get_by_label("Nomor peraturan").fill("Perwali Nomor 1 Tahun 2026")
    page.get_by_label("Tanggal peraturan").fill("2026-01-02")
    file = tmp_path / "perwali.pdf"
    file.write_bytes(REGULATION)
    page.get_by_label("Naskah peraturan (PDF)").set_input_files(file)
    page.get_by_role("button", name="Simpan").click()
    expect(page.get_by_text("Naskah peraturan tersimpan.")).to_be_visible()
    sign(admin)
    expect(page.get_by_role("button", name="Tanda tangani")).to_have_count(0)
    page.get_by_role("link", name="Riwayat simpanan").click()
    page.get_by_role("link", name="Lihat bedanya 3").click()
    expect(page.get_by_role("table")).to_contain_text("4.600.000")
    admin.look("history")
    citra = ground.signed_in(CITRA)
    citra.open(f"/{address.split('/', 3)[3]}")
    sign(citra)
    page.goto(address)
    page.get_by_role("link", name="Terbitkan").click()
    page.get_by_role("dialog").get_by_role("button", name="Terbitkan").click()
    expect(page.get_by_text("Terbit", exact=True).first).to_be_visible()
    admin.look("rule set, published")

    # The next version starts from it and is compared with it.
    page.get_by_role("link", name="Salin menjadi draf baru").click()
    page.get_by_label("Berlaku mulai bulan").fill("2027-01")
    page.get_by_role("button", name="Salin", exact=True).click()
    page.get_by_role("link", name="Ubah draf").click()
    page.get_by_role("link", name=re.compile("^Terlambat masuk kerja")).click()
    page.get_by_label(re.compile("^Poin")).nth(1).fill("2,5")
    save(page)
    page.goto(page.url.split("/ubah/")[0] + "/banding/")
    row = page.get_by_role("row", name=re.compile("Terlambat masuk kerja"))
    expect(row).to_contain_text("2,5 poin")
    admin.look("comparison")


def test_a_tier_is_changed_by_keyboard_on_a_phone(ground: Ground) -> None:
    admin = ground.signed_in(ADMIN, size=PHONE)
    address = copy_ready(admin, "umum_60_40", "2026-01")
    page = admin.open(f"/{address.split('/', 3)[3]}ubah/")
    tab_to(page, page.locator("[data-tree] > summary"))
    page.keyboard.press("Enter")
    late = page.locator("a", has_text=re.compile("^Terlambat")).first
    expect(late).to_be_visible()
    late.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Tambah baris").first).to_be_visible()
    page.wait_for_load_state()
    count = page.locator("[data-line]").count()
    page.get_by_role("button", name="Tambah baris").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-line]")).to_have_count(count + 1)
    # The first input of the new row has the focus; taking the row away leaves the focus beside it.
    assert page.evaluate("document.activeElement.name").endswith("-code")
    page.locator("[data-line]").nth(count).get_by_role("button", name=re.compile("Hapus baris")).focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-line]")).to_have_count(count)
    assert page.evaluate("document.activeElement.hasAttribute('data-drop')")
    page.get_by_label("Nama ketentuan").fill("Terlambat datang")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Draf tersimpan.")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_text("Terlambat datang")
