"""The inbox in a browser: an ordinary day in three taps, by keyboard, returned and handed in again, delegated."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest
from playwright.sync_api import Browser, ViewportSize, expect

from tests.e2e.browsing import DESK, PHONE, Findings, Visitor
from tests.e2e.inbox_office import ANI, BUDI, CITRA, CODE, DEWI, EXCEPTIONS, FARAH, PASSED_UP, PEOPLE
from tests.e2e.live import Live
from tests.e2e.the_month import quiet_zone

ORDINARY = PEOPLE - EXCEPTIONS
# What counts as a tap: a click that the person makes, wherever it lands.
_COUNT_TAPS = """
    document.addEventListener("click", (event) => {
        if (event.isTrusted && sessionStorage.taps !== undefined)
            sessionStorage.taps = String(Number(sessionStorage.taps) + 1);
    }, true);
"""


@dataclass(frozen=True)
class Office:
    live: Live
    day: date
    password: str

    def states(self) -> dict[str, int]:
        with self.live.sql(CODE) as cursor:
            query = b"SELECT state, count(*) FROM approvals_approvalrequest GROUP BY state"
            return dict(cursor.execute(query).fetchall())


@pytest.fixture
def office(live: Live) -> Office:
    zone, hours = quiet_zone(datetime.now(UTC))
    # The day's evening must be over.
    day = (datetime.now(UTC) + timedelta(hours=hours)).date() - timedelta(days=1)
    code = f"from tests.e2e.inbox_office import set_up; set_up({zone!r}, {day.isoformat()!r})"
    told = live.manage("shell", "--no-imports", "-c", code)
    return Office(live, day, json.loads(told.strip().splitlines()[-1])["password"])


@pytest.fixture
def enter(office: Office, browser: Browser) -> Iterator[Callable[..., Visitor]]:
    """`enter(NIP)`: this person, logged in. What they find on the way fails the test."""
    findings = Findings()
    made: list[Visitor] = []

    def make(nip: str, size: ViewportSize = DESK) -> Visitor:
        visitor = Visitor(office.live, browser, findings, CODE, size, nip)
        made.append(visitor)
        visitor.context.add_init_script(_COUNT_TAPS)
        visitor.log_in(nip, office.password)
        return visitor

    yield make
    for visitor in made:
        visitor.close()
    assert findings.all() == [], "\n".join(findings.all())


def start_counting(visitor: Visitor) -> None:
    visitor.page.evaluate("sessionStorage.taps = '0'")


def taps(visitor: Visitor) -> int:
    return int(visitor.page.evaluate("Number(sessionStorage.taps)"))


def an_ordinary_day_of_fifteen_people_takes_three_taps(office: Office, enter: Callable[..., Visitor]) -> None:
    budi = enter(BUDI, PHONE)
    page = budi.open("/")
    before = office.states()["waiting"]
    start_counting(budi)
    page.get_by_role("navigation", name="Menu utama").get_by_role("link", name="Kotak masuk").click()
    headings = page.get_by_role("heading", level=2)
    expect(headings.first).to_have_text(f"{EXCEPTIONS} perlu dilihat")
    bulk = page.get_by_role("button", name=f"Setujui {ORDINARY} yang wajar")
    budi.look("inbox of an ordinary day")
    # Within reach of the thumb without scrolling.
    expect(bulk).to_be_in_viewport()
    bulk.click()
    page.get_by_role("dialog").get_by_role("button", name="Setujui").click()
    expect(page.get_by_text(f"{ORDINARY} dokumen disetujui.")).to_be_visible()
    assert taps(budi) == 3
    states = office.states()
    assert (states["approved"], states["waiting"]) == (ORDINARY, before - ORDINARY)
    rows = page.locator("[data-row]")
    expect(rows).to_have_count(EXCEPTIONS)
    expect(rows.filter(has_text="Uraian mirip dokumen lain")).to_have_count(EXCEPTIONS)
    expect(page.get_by_role("button", name="Batalkan")).to_be_visible()
    budi.look("inbox with exceptions and an undo")


def what_came_up_is_one_row_and_its_ordinary_ones_go_in_one(office: Office, enter: Callable[..., Visitor]) -> None:
    farah = enter(FARAH)
    page = farah.open("/kotak-masuk/")
    row = page.locator("[data-row]")
    expect(row).to_have_count(1)
    expect(row).to_contain_text("Budi")
    farah.look("inbox of sums")
    row.get_by_role("button", name=f"Setujui {PASSED_UP - 1} yang wajar").click()
    page.get_by_role("dialog").get_by_role("button", name="Setujui").click()
    expect(page.get_by_text(f"{PASSED_UP - 1} dokumen disetujui.")).to_be_visible()
    row.get_by_role("link", name="Budi").first.click()
    expect(page.get_by_text("Bukti dipakai dua kali")).to_be_visible()
    farah.look("what one person passed up")
    page.locator("[data-approve]").click()
    expect(page.get_by_text("1 dokumen disetujui.")).to_be_visible()


def an_exception_is_returned_by_keyboard_handed_in_again_and_approved(
    office: Office, enter: Callable[..., Visitor]
) -> None:
    budi = enter(BUDI)
    page = budi.open("/kotak-masuk/")
    rows = page.locator("[data-row]")
    odd = rows.filter(has_text="Uraian mirip dokumen lain")
    expect(odd).to_have_count(EXCEPTIONS)
    page.keyboard.press("j")
    expect(rows.nth(0)).to_be_focused()
    page.keyboard.press("j")
    expect(rows.nth(1)).to_be_focused()
    page.keyboard.press("k")
    expect(rows.nth(0)).to_be_focused()
    name = rows.nth(0).locator("b").first.inner_text()
    page.keyboard.press("r")
    expect(page.get_by_role("heading", name="Kembalikan dokumen")).to_be_focused()
    budi.look("reason for a return")
    page.get_by_label("Bukti belum ada atau belum sesuai").check()
    page.get_by_label("Keterangan").fill("Lampirkan daftar hadir")
    page.get_by_role("button", name="Kirim keputusan").click()
    expect(page.get_by_text("1 dokumen dikembalikan.")).to_be_visible()
    expect(odd).to_have_count(EXCEPTIONS - 1)
    # The next one by its own key, although it is an exception.
    page.keyboard.press("j")
    expect(page.locator("[data-row]:focus")).to_have_count(1)
    page.keyboard.press("a")
    expect(page.get_by_text("1 dokumen disetujui.")).to_be_visible()
    expect(odd).to_have_count(EXCEPTIONS - 2)

    number = int(name.removeprefix("Pegawai "))
    owner = enter(ANI[:-3] + f"{number:03}", PHONE)
    page = owner.open("/kotak-masuk/")
    expect(page.get_by_text("Bukti belum ada atau belum sesuai: Lampirkan daftar hadir")).to_be_visible()
    owner.look("returned documents in one's inbox")
    page.get_by_role("link", name="Menyusun laporan").first.click()
    page.get_by_role("link", name=re.compile("Perbaiki|Ubah")).first.click()
    page.get_by_label("Uraian").fill("Berkas yang diminta dilampiri tanda tangan penerima")
    page.get_by_role("button", name="Ajukan").click()
    page.wait_for_url(re.compile(r"/aktivitas/[0-9a-f-]{36}/$"))

    page = budi.open("/kotak-masuk/")
    # What came back is looked at again: no bulk button takes it.
    again = rows.filter(has_text="Berkas yang diminta")
    expect(again.get_by_role("checkbox")).to_have_count(0)
    again.locator("[data-approve]").click()
    expect(page.get_by_text("1 dokumen disetujui.")).to_be_visible()
    states = office.states()
    assert (states["returned"], states["waiting"]) == (1, EXCEPTIONS - 2)


def a_stale_window_is_told_what_was_decided(office: Office, enter: Callable[..., Visitor]) -> None:
    budi, same = enter(BUDI), enter(BUDI, PHONE)
    page, other = budi.open("/kotak-masuk/"), same.open("/kotak-masuk/")
    expect(page.locator("[data-row]")).to_have_count(1)
    expect(other.locator("[data-row]")).to_have_count(1)
    page.locator("[data-approve]").click()
    expect(page.get_by_text("1 dokumen disetujui.")).to_be_visible()
    other.locator("[data-approve]").click()
    expect(other.get_by_text("1 dokumen sudah Anda putuskan sebelumnya.")).to_be_visible()
    expect(other.locator("[data-row]")).to_have_count(0)
    same.look("inbox after a second click")


def authority_is_delegated_in_four_taps_and_both_see_it(office: Office, enter: Callable[..., Visitor]) -> None:
    budi = enter(BUDI, PHONE)
    page = budi.open("/kotak-masuk/")
    start_counting(budi)
    page.get_by_role("link", name="Delegasi").click()
    page.get_by_label("Sampai").click()
    page.get_by_label("Pegawai 02").check()
    page.get_by_role("button", name="Delegasikan").click()
    expect(page.get_by_text("Delegasi tersimpan. Pegawai 02 melihatnya di kotak masuk.")).to_be_visible()
    assert taps(budi) == 4
    budi.look("delegations")
    _enter_activity(office, enter(ANI, PHONE), "Kliping berita pendidikan")
    delegate = enter(ANI[:-3] + "002")
    page = delegate.open("/kotak-masuk/")
    expect(page.get_by_text("atas nama Budi").first).to_be_visible()
    delegate.look("inbox of a delegate")
    row = page.locator("[data-row]").filter(has_text="Kliping berita pendidikan")
    row.locator("[data-approve]").click()
    expect(page.get_by_text("1 dokumen disetujui.")).to_be_visible()
    page = budi.open("/kotak-masuk/riwayat/")
    expect(page.get_by_text("Pegawai 02, atas nama Budi")).to_be_visible()
    budi.look("decisions, one by a delegate")
    page = budi.open("/kotak-masuk/delegasi/")
    page.get_by_role("button", name="Tarik").click()
    expect(page.get_by_text("Delegasi ditarik.")).to_be_visible()


def the_right_superior_is_proposed_in_two_taps(office: Office, enter: Callable[..., Visitor]) -> None:
    with office.live.sql(CODE) as cursor:
        # The map hangs the staff below the treasurer.
        cursor.execute(
            b"UPDATE organisation_position SET superior_id = (SELECT id FROM organisation_position WHERE code = 'P-4') "
            b"WHERE code = 'P-3'"
        )
    ani = enter(ANI, PHONE)
    page = ani.open("/")
    start_counting(ani)
    page.get_by_role("link", name="Atasan saya salah").click()
    expect(page.get_by_text("Tercatat sekarang: Citra.")).to_be_visible()
    expect(page.get_by_role("radio", name=re.compile("^Budi, Kepala Seksi"))).to_be_checked()
    ani.look("the superior is wrong")
    start_taps = taps(ani)
    page.get_by_role("button", name="Ajukan pembetulan").click()
    expect(page.get_by_text("Anda mengusulkan Budi.")).to_be_visible()
    assert (start_taps, taps(ani)) == (1, 2)
    ani.look("the correction waits")
    dewi = enter(DEWI)
    page = dewi.open("/kotak-masuk/")
    page.get_by_role("link", name="Atasan yang benar: Budi").click()
    dewi.look("a correction of the superior")
    page.get_by_role("button", name="Setujui").click()
    expect(page.get_by_text("1 dokumen disetujui.")).to_be_visible()
    page = ani.open("/profil/")
    expect(page.get_by_text("Budi")).to_be_visible()
    expect(page.get_by_text("Ditetapkan, bukan dari peta jabatan")).to_be_visible()
    ani.look("profile")
    page = dewi.open("/pegawai/?cari=Ani")
    page.get_by_role("link", name="Ani", exact=True).click()
    expect(page.get_by_text("Pembetulan atasan yang diajukan pegawai")).to_be_visible()
    dewi.look("a person whose superior was said")
    page.get_by_role("link", name="Tetapkan atasan").click()
    page.get_by_label("NIP atasan yang benar").fill("123")
    page.get_by_label("Alasan").fill("Surat tugas")
    with dewi.allow_errors("422"):
        page.get_by_role("button", name="Simpan").click()
        expect(page.get_by_role("alert")).to_contain_text("Tidak ada pegawai aktif dengan NIP ini.")
    dewi.look("saying the superior, with an error")
    citra = enter(CITRA)
    citra.open("/kotak-masuk/")
    citra.look("empty inbox")


def _enter_activity(office: Office, who: Visitor, words: str) -> None:
    page = who.open(f"/aktivitas/baru/?tanggal={office.day:%Y-%m-%d}&cari=Menyusun laporan")
    page.get_by_role("link", name="Menyusun laporan").first.click()
    page.get_by_label("Uraian").fill(words)
    page.get_by_label("Mulai pukul").fill("15:00")
    page.get_by_role("button", name="Ajukan").click()
    page.wait_for_url(re.compile(r"/aktivitas/(\?|$)"))


STEPS = (
    an_ordinary_day_of_fifteen_people_takes_three_taps,
    what_came_up_is_one_row_and_its_ordinary_ones_go_in_one,
    an_exception_is_returned_by_keyboard_handed_in_again_and_approved,
    a_stale_window_is_told_what_was_decided,
    authority_is_delegated_in_four_taps_and_both_see_it,
    the_right_superior_is_proposed_in_two_taps,
)


def test_the_days_of_an_inbox(office: Office, enter: Callable[..., Visitor]) -> None:
    """One office for all of it: each step goes on where the one before left it."""
    for step in STEPS:
        try:
            step(office, enter)
        except BaseException as error:
            error.add_note(f"in the step: {step.__name__.replace('_', ' ')}")
            raise
