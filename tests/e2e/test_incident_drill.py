"""The drill: an attack on one region is seen at the desk, the region is contained while its neighbour works on, the
measure is lifted, and the report pack is downloaded (M4, M7)."""

from __future__ import annotations

import csv
import hashlib
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from io import StringIO
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from kernel.tenancy import registry
from kernel.tenancy.context import region_scope
from tests.cast import PASSWORD, make_nip, make_user
from tests.e2e.browsing import DESK, WORK_MS, Findings, Visitor, describe
from tests.e2e.live import Live
from tests.e2e.small_office import NIPS, OPERATOR_NIP, set_up
from tests.e2e.the_month import enter_by_code

ATTACKED, NEIGHBOUR = "sasaran", "sebelah"
DISKOMINFO = make_nip(340)
OPERATOR = "meja@platform.test"
OWN_PASSWORD = "Perahu-kayu-menepi-8"
REASON = "Tulisan promosi judi masuk dari satu akun"
# Nobody's site: the shapes of such a text are enough.
SPAM = "Situs slot gacor hari ini, maxwin tiap malam, deposit pulsa tanpa potongan, daftar di contoh88.example"


def lay() -> None:
    """Two regions, and somebody in the first who looks after its security. Run by `manage.py shell`."""
    for code in (ATTACKED, NEIGHBOUR):
        set_up(code)
    with region_scope(registry.region_by_code(ATTACKED)):
        make_user(DISKOMINFO, "Petugas Diskominfo", "diskominfo")


@pytest.fixture(scope="module")
def regions(live: Live) -> Live:
    """The platform with two regions."""
    live.manage("shell", "--no-imports", "-c", "from tests.e2e.test_incident_drill import lay; lay()")
    return live


@pytest.fixture
def arrive(regions: Live, browser: Browser) -> Iterator[Callable[..., Visitor]]:
    """`arrive("name", region)`: somebody with a browser. What they find fails the test."""
    findings = Findings()
    made: list[Visitor] = []

    def make(name: str, region: str | None) -> Visitor:
        made.append(Visitor(regions, browser, findings, region, DESK, name))
        return made[-1]

    try:
        yield make
    except BaseException as error:
        for visitor in made:
            error.add_note(describe(visitor))
        raise
    finally:
        for visitor in made:
            visitor.close()
    assert findings.all() == [], "\n".join(findings.all())


def at_the_desk(regions: Live, arrive: Callable[..., Visitor]) -> Visitor:
    said = regions.manage("create_operator", OPERATOR, "--name", "Operator Meja")
    operator = arrive("desk", None)
    enter_by_code(operator, OPERATOR, said.split()[-1], OWN_PASSWORD)
    return operator


def plant(clerk: Visitor) -> None:
    """An account of the region writes what advertises gambling into a form of the office."""
    page = clerk.open("/gangguan/baru/")
    page.get_by_label("Unit yang terganggu").select_option(index=0)
    page.get_by_label("Jam mulai").fill("07:00")
    page.get_by_label("Jam selesai").fill("08:00")
    page.get_by_label("Keterangan dan bukti").fill(SPAM)
    page.get_by_role("button", name="Usulkan").click()
    page.wait_for_url(re.compile("/gangguan/[0-9a-f-]{36}/"))
    # What was written is kept aside: nobody else reads it, and the person is told without a reproach.
    expect(page.locator("main")).not_to_contain_text("slot gacor")


def sweep(regions: Live) -> None:
    """What the beat does every 15 seconds: events that are not urgent leave with the next relay."""
    relaying = "from kernel.delivery.tasks import relay_all_regions; relay_all_regions()"
    regions.manage("shell", "--no-imports", "-c", relaying)


def wait_for(visitor: Visitor, sign: Locator) -> None:
    """Reload the page as a person would, until the sign is there: it comes by outboxes and a worker."""
    waited = 0
    while not sign.first.is_visible():
        assert waited < WORK_MS, visitor.text()
        visitor.page.wait_for_timeout(1000)
        waited += 1000
        visitor.page.reload()


def wait_for_incident(operator: Visitor) -> Page:
    """Open the region's incident once it is in the queue."""
    page = operator.open(f"/insiden/?wilayah={ATTACKED}")
    link = page.locator("tbody th a").first
    wait_for(operator, link)
    link.click()
    expect(page.get_by_role("heading", name="Ringkasan")).to_be_visible()
    return page


def test_an_attack_is_seen_contained_lifted_and_reported(regions: Live, arrive: Callable[..., Visitor]) -> None:
    operator = at_the_desk(regions, arrive)
    person, neighbour = arrive("person", ATTACKED), arrive("neighbour", NEIGHBOUR)
    person.log_in(NIPS[0], PASSWORD)
    neighbour.log_in(NIPS[0], PASSWORD)
    diskominfo = arrive("diskominfo", ATTACKED)
    diskominfo.log_in(DISKOMINFO, PASSWORD)
    clerk = arrive("clerk", ATTACKED)
    clerk.log_in(OPERATOR_NIP, PASSWORD)
    plant(clerk)

    page = wait_for_incident(operator)
    incident, incident_path = page.url, urlsplit(page.url).path
    heading = page.get_by_role("heading", level=1).inner_text()
    operator.look("an incident")
    page.get_by_role("button", name="Tangani").click()
    expect(page.get_by_role("button", name="Nyatakan terkendali")).to_be_visible()

    # Contain the one region, from the incident.
    page.get_by_role("link", name="Kendalikan Kota Sasaran").click()
    page.get_by_role("link", name=re.compile("Pratinjau.*Hanya-baca")).click()
    page.get_by_label("Alasan").fill(REASON)
    page.get_by_role("button", name="Pasang sekarang").click()
    expect(page.get_by_text("Hanya-baca dipasang di Kota Sasaran.")).to_be_visible()
    expect(person.open("/").get_by_text(REASON).first).to_be_visible()
    expect(neighbour.open("/").get_by_text(REASON)).to_have_count(0)
    neighbour.open("/absen/")

    # The wall and the incident say so.
    page = operator.open("/")
    # Other modules leave incidents of their regions behind, which may stand above.
    row = page.get_by_role("row").filter(has=page.get_by_role("link", name="Kota Sasaran"))
    expect(row).to_contain_text(REASON)
    operator.look("the wall with an incident")
    page.goto(incident)
    expect(page.locator("#pengendalian")).to_contain_text(REASON)
    page.get_by_role("button", name="Nyatakan terkendali").click()
    page.get_by_text("Tambah catatan").click()
    page.get_by_label("Catatan").fill("Pemilik akun sudah ditelepon.")
    page.get_by_role("button", name="Catat", exact=True).click()
    expect(page.locator("#linimasa")).to_contain_text("Pemilik akun sudah ditelepon.")

    # The region's own Diskominfo reads what happened and answers what is asked, also while it may only read.
    page = diskominfo.open("/keamanan/")
    page.get_by_role("link", name=heading).click()
    diskominfo.look("an incident, as the region reads it")
    page.get_by_label("Tanggapan").first.select_option("done")
    page.get_by_label("Keterangan").first.fill("Pemilik akun tidak menulisnya.")
    page.get_by_role("button", name="Kirim tanggapan").first.click()
    expect(page.get_by_text("Pemilik akun tidak menulisnya.")).to_be_visible()
    sweep(regions)
    page = operator.open(incident_path)
    wait_for(operator, page.locator("#linimasa").get_by_text("Pemilik akun tidak menulisnya."))

    # Lifted, the region works as before.
    page.get_by_role("link", name="Kendalikan Kota Sasaran").click()
    page.get_by_role("button", name=re.compile("Hanya-baca")).click()
    expect(page.get_by_text("Hanya-baca di Kota Sasaran dicabut.")).to_be_visible()
    expect(person.open("/").get_by_text(REASON)).to_have_count(0)
    page.goto(incident)
    page.get_by_role("button", name="Nyatakan pulih").click()

    # The report, with everything that was done.
    page.get_by_role("button", name="Paket laporan insiden").click()
    expect(page.get_by_role("link", name="Unduh paket")).to_be_visible(timeout=WORK_MS)
    operator.look("a pack that is made")
    pack = operator.download("Unduh paket")
    page.goto(incident)
    expect(page.locator("#laporan")).to_contain_text(hashlib.sha256(pack.read_bytes()).hexdigest())
    with zipfile.ZipFile(pack) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        for row in manifest["files"]:
            assert hashlib.sha256(archive.read(row["file"])).hexdigest() == row["sha256"], row["file"]
        told = [row[1] for row in csv.reader(StringIO(archive.read("linimasa.csv").decode("utf-8-sig")), delimiter=";")]
    assert {row["file"] for row in manifest["files"]} >= {"laporan-bssn.pdf", "laporan-internal.pdf"}
    assert f"Kota Sasaran: Hanya-baca. {REASON}" in told
    assert "Pemilik akun sudah ditelepon." in told
    assert "Layanan dinyatakan pulih." in told
    operator.open("/insiden/")
    operator.look("the queue of incidents")
