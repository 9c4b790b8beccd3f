"""The phone's outbox in a real browser: what is kept, who sends it, and what it takes from a server that misbehaves."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from tests.cast import Person
from tests.tenants.attendance.week import MONDAY, on
from tests.tenants.punches.phone import Answer, Office, Phone, digest, phone_of

pytestmark = pytest.mark.e2e


@pytest.fixture
def office(ani: Person, budi: Person, signed_in: Callable[..., Client]) -> Office:
    """Ani's office, with the pages as the server renders them; Budi's page lies at /budi/."""
    with on(MONDAY, "07:25"):
        ani_client, budi_client = signed_in(ani.user), signed_in(budi.user)
        pages = {
            "/absen/": ani_client.get("/absen/").content.decode(),
            "/budi/": budi_client.get("/absen/").content.decode(),
            "/absen/aplikasi/": signed_in(None).get("/absen/aplikasi/").content.decode(),
            "/sw.js": signed_in(None).get("/sw.js").content.decode(),
            "/masuk/": "<title>Masuk</title><p>Masuk</p>",
        }
    return Office(pages, owner=str(ani.employee.uid))


@pytest.fixture
def phone(office: Office, tmp_path: Path) -> Iterator[Phone]:
    with phone_of(office, tmp_path / "profile") as found:
        yield found


def tap(page: Page) -> None:
    another = page.locator("[data-another]")
    if another.is_visible():
        another.click()
    page.locator("[data-hero]").click()
    expect(page.locator("[data-hero][data-saved]")).to_be_visible()


def count(page: Page, state: str) -> Any:
    return page.locator(f"[data-count={state}] dd")


def said(page: Page) -> Any:
    return page.locator("[data-answer]")


def test_a_punch_with_a_network_is_kept_sent_and_answered_with_its_receipt(phone: Phone, office: Office) -> None:
    page = phone.ready()
    tap(page)
    expect(said(page)).to_contain_text("Absen diterima")
    expect(said(page)).to_contain_text("bukti nomor 1")
    expect(count(page, "accepted")).to_have_text("1")
    expect(count(page, "saved")).to_have_text("0")
    event = office.takes[0]
    assert event["place"]["lat"] == "1.4748"
    assert event["prev"] == ""
    assert event["mark"].startswith("mark-")
    assert event["mark_boot"] == event["boot"] == office.envelopes[0]["boot"]
    assert event["region"] == "manado"
    assert office.cookies_with_punches == [""]


def test_one_punch_is_less_than_two_kilobytes_on_the_wire(phone: Phone, office: Office) -> None:
    page = phone.ready()
    tap(page)
    expect(said(page)).to_contain_text("bukti nomor")
    assert office.sizes[0] < 2000


def test_each_punch_names_the_one_before(phone: Phone, office: Office) -> None:
    page = phone.ready()
    for number in (1, 2, 3):
        tap(page)
        expect(said(page)).to_contain_text(f"bukti nomor {number}")
    bodies = [each["body"] for envelope in office.envelopes for each in envelope["events"]]
    assert [event["prev"] for event in office.takes] == ["", digest(bodies[0]), digest(bodies[1])]


def test_a_double_tap_is_one_punch(phone: Phone, office: Office) -> None:
    page = phone.ready()
    page.locator("[data-hero]").dblclick()
    expect(said(page)).to_contain_text("bukti nomor 1")
    page.locator("[data-hero]").dispatch_event("click")
    assert len(office.ids()) == 1


def test_without_a_network_the_app_opens_takes_the_punch_and_sends_it_when_there_is_one(
    phone: Phone, office: Office
) -> None:
    page = phone.ready()
    phone.cut()
    page.goto(phone.site + "/absen/")
    expect(page.get_by_text("Halaman ini terbuka dari HP")).to_be_visible()
    expect(page.get_by_text("Ani", exact=True)).to_be_visible()
    tap(page)
    expect(said(page)).to_contain_text("Absen tersimpan di HP")
    expect(page.get_by_text("Tidak ada jaringan")).to_be_visible()
    expect(count(page, "saved")).to_have_text("1")
    assert office.ids() == []
    phone.restore()
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(said(page)).to_contain_text("bukti nomor 1")
    assert office.takes[0]["context"]["network"] == "offline"


def test_a_punch_survives_the_end_of_the_browser(phone: Phone, office: Office) -> None:
    page = phone.ready()
    phone.cut()
    page.goto(phone.site + "/absen/")
    tap(page)
    captured = page.evaluate(
        "import('/static/punches/outbox.js').then(async (o) => (await o.waiting((await o.person()).owner))[0].captured)"
    )
    phone.close()
    page = phone.open()
    phone.context.set_offline(True)  # type: ignore[union-attr]
    expect(count(page, "saved")).to_have_text("1")
    phone.restore()
    page.reload()
    expect(count(page, "accepted")).to_have_text("1")
    assert office.takes[0]["boot"] != office.envelopes[-1]["boot"]
    assert office.takes[0]["captured_at"] == page.evaluate("(at) => new Date(at).toISOString()", captured)


def test_two_tabs_send_each_punch_once(phone: Phone, office: Office) -> None:
    first = phone.ready()
    second = phone.open()
    phone.cut()
    for page in (first, second, first):
        tap(page)
    expect(count(second, "saved")).to_have_text("3")
    phone.restore()
    for page in (first, second):
        page.evaluate("window.dispatchEvent(new Event('online'))")
    for page in (first, second):
        expect(count(page, "accepted")).to_have_text("3")
    assert [event["id"] for event in office.takes] == office.ids()
    assert len(office.ids()) == 3


def test_somebody_else_on_the_phone_neither_sees_nor_sends_the_queue_which_goes_after_the_owner_is_back(
    phone: Phone, office: Office, ani: Person, budi: Person
) -> None:
    page = phone.ready()
    phone.cut()
    tap(page)
    expect(count(page, "saved")).to_have_text("1")
    # She leaves. What is hers stays, and nobody is signed in on the phone.
    page.evaluate("document.querySelector('form[action=\"/keluar/\"]').dispatchEvent(new Event('submit'))")
    page.wait_for_function("import('/static/punches/outbox.js').then(async (o) => !(await o.person()))")
    page.goto(phone.site + "/absen/")
    expect(page.get_by_text("Belum ada yang masuk di HP ini")).to_be_visible()
    expect(page.locator("[data-outbox]")).to_be_hidden()
    phone.restore()
    office.owner = str(budi.employee.uid)
    page.goto(phone.site + "/budi/")
    tap(page)
    expect(said(page)).to_contain_text("bukti nomor 1")
    expect(count(page, "saved")).to_have_text("0")
    expect(page.locator("[data-rows] li")).to_have_count(1)
    assert [office.keys[event["device"]]["owner"] for event in office.takes] == [office.owner]
    office.owner = str(ani.employee.uid)
    page.goto(phone.site + "/absen/")
    expect(count(page, "accepted")).to_have_text("1")
    assert office.keys[office.takes[-1]["device"]]["owner"] == str(ani.employee.uid)
    assert len(office.takes) == 2


def test_a_session_that_is_over_does_not_hold_up_a_phone_that_is_known(phone: Phone, office: Office) -> None:
    page = phone.ready()
    office.is_signed_in = False
    tap(page)
    expect(said(page)).to_contain_text("bukti nomor 1")


def test_a_punch_before_the_phone_has_a_name_waits_and_is_signed_with_the_name(phone: Phone, office: Office) -> None:
    office.is_signed_in = False
    page = phone.open()
    tap(page)
    expect(said(page)).to_contain_text("Absen tersimpan di HP")
    expect(page.get_by_text("Sesi Anda berakhir")).to_be_visible()
    assert office.takes == []
    office.is_signed_in = True
    page = phone.open()
    expect(count(page, "accepted")).to_have_text("1")
    assert office.takes[0]["device"] in office.keys


def test_a_full_storage_is_told_at_once_and_the_punch_goes_straight_to_the_server(phone: Phone, office: Office) -> None:
    phone.ready()
    page = phone.open_with_full_storage()
    expect(page.get_by_text("Penyimpanan HP penuh atau ditutup")).to_be_visible()
    page.locator("[data-hero]").click()
    expect(page.get_by_text("Penyimpanan HP penuh atau ditutup")).to_be_visible()
    expect(said(page)).to_contain_text("bukti nomor 1")


def test_a_full_storage_without_a_network_does_not_turn_green_and_sends_from_the_page(
    phone: Phone, office: Office
) -> None:
    phone.ready()
    page = phone.open_with_full_storage()
    phone.cut()
    page.locator("[data-hero]").click()
    expect(said(page)).to_contain_text("Absen belum tersimpan")
    expect(page.locator("[data-hero][data-saved]")).to_have_count(0)
    phone.restore()
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(said(page)).to_contain_text("bukti nomor 1")


def test_a_busy_server_is_asked_again_only_when_it_said(phone: Phone, office: Office) -> None:
    page = phone.ready()
    office.next_answers = [Answer(503, {"Retry-After": "3"})]
    tap(page)
    expect(page.get_by_text("Layanan sedang penuh")).to_be_visible()
    page.evaluate("window.dispatchEvent(new Event('online'))")
    page.get_by_role("button", name="Kirim sekarang").last.click()
    assert office.takes == []
    expect(said(page)).to_contain_text("bukti nomor 1")


def test_a_page_of_somebody_elses_in_between_is_no_receipt(phone: Phone, office: Office) -> None:
    page = phone.ready()
    office.next_answers = [
        Answer(200, {}, "<html>Selamat datang di Wi-Fi</html>"),
        Answer(302, {"Location": "/masuk/"}),
    ]
    tap(page)
    expect(said(page)).to_contain_text("Absen tersimpan di HP")
    for _ in range(2):
        page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(said(page)).to_contain_text("bukti nomor 1")


def test_the_other_addresses_are_tried_when_the_first_does_not_answer(phone: Phone, office: Office) -> None:
    office.policy = {"send_to": ["http://127.0.0.1:9/absen/kirim/"], "days": []}
    page = phone.ready()
    tap(page)
    expect(said(page)).to_contain_text("bukti nomor 1")


def test_each_attempt_says_when_it_was_made(phone: Phone, office: Office) -> None:
    """Between two addresses a phone may sleep: what went on meanwhile is no part of the way."""
    office.policy = {"send_to": ["http://127.0.0.1:9/absen/kirim/"], "days": []}
    page = phone.ready()
    page.evaluate(
        """() => {
            const honest = window.fetch;
            window.asked = [];
            window.fetch = async (address, call) => {
                if (!call?.body || !String(address).endsWith("/absen/kirim/")) return honest(address, call);
                window.asked.push(JSON.parse(call.body));
                if (window.asked.length > 1) return honest(address, call);
                await new Promise((resolve) => setTimeout(resolve, 700));
                throw new TypeError("nobody answers");
            };
        }"""
    )
    tap(page)
    expect(said(page)).to_contain_text("bukti nomor 1")
    first, second = page.evaluate("window.asked")[:2]
    assert first["events"] == second["events"]
    assert second["sent_mono_ms"] - first["sent_mono_ms"] >= 600
    assert second["sent_at"] > first["sent_at"]


def test_many_punches_go_in_batches_of_thirty(phone: Phone, office: Office) -> None:
    page = phone.ready()
    phone.cut()
    page.evaluate(
        """async () => {
            const { capture, person } = await import("/static/punches/outbox.js");
            const { owner, region } = await person();
            for (let n = 0; n < 65; n += 1) await capture({ owner, region, kind: "in", placeError: "timeout" });
        }"""
    )
    expect(count(page, "saved")).to_have_text("65")
    phone.restore()
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(count(page, "accepted")).to_have_text("65")
    assert [(len(each["events"]), each["left"]) for each in office.envelopes] == [(30, 35), (30, 5), (5, 0)]
    assert len(set(office.ids())) == 65


def test_a_review_says_why_and_what_to_do(phone: Phone, office: Office) -> None:
    office.judge = lambda event: {"state": "accepted_review", "grade": "C", "words": ["Di luar lokasi kantor."]}
    page = phone.ready()
    tap(page)
    expect(said(page)).to_contain_text("Absen diterima, akan ditinjau")
    expect(said(page)).to_contain_text("Di luar lokasi kantor.")
    expect(count(page, "review")).to_have_text("1")


def test_the_key_cannot_be_taken_out_of_the_browser(phone: Phone) -> None:
    page = phone.ready()
    refused = page.evaluate(
        """async () => {
            const { keyOf, person } = await import("/static/punches/outbox.js");
            const { pair } = await keyOf((await person()).owner);
            return crypto.subtle.exportKey("pkcs8", pair.privateKey).then(() => "", ({ name }) => name);
        }"""
    )
    assert refused == "InvalidAccessError"


def test_a_phone_whose_storage_was_cleared_says_what_is_gone_and_gets_a_new_key(phone: Phone, office: Office) -> None:
    page = phone.ready()
    phone.cut()
    tap(page)
    page.goto("about:blank")
    phone.restore()
    office.key_state = "pending"
    # The database alone, as when it was damaged; what is small survives.
    page.goto(phone.site + "/masuk/")
    page.evaluate(
        "new Promise((done) => { const ask = indexedDB.deleteDatabase('kinerja-absen'); ask.onsuccess = done; })"
    )
    page.goto(phone.site + "/absen/")
    expect(page.get_by_text("Penyimpanan HP dikosongkan")).to_be_visible()
    expect(page.get_by_text("HP baru, menunggu konfirmasi")).to_be_visible()
    assert len(office.keys) == 2


def test_log_out_as_the_form_does_it_closes_the_phone_for_the_next_person(phone: Phone) -> None:
    page = phone.ready()
    page.evaluate("navigator.serviceWorker.controller.state")
    page.locator("details.menu > summary").click()
    page.get_by_role("button", name="Keluar").click()
    page.wait_for_url(re.compile("/masuk/"))
    phone.cut()
    page.goto(phone.site + "/")
    expect(page.get_by_text("Belum ada yang masuk di HP ini")).to_be_visible()


def test_a_log_out_without_a_network_counts_on_the_phone_and_reaches_the_server_before_any_page(
    phone: Phone, office: Office
) -> None:
    page = phone.ready()
    phone.cut()
    page.locator("details.menu > summary").click()
    page.get_by_role("button", name="Keluar").click()
    expect(page.get_by_text("Belum ada yang masuk di HP ini")).to_be_visible()
    phone.restore()
    asked = len(office.log)
    page.goto(phone.site + "/budi/")
    expect(page.get_by_role("heading", name="Absen")).to_be_visible()
    told = office.log[asked:]
    assert "POST /keluar/" in told
    # A page that the browser fetched meanwhile with the old session is thrown away.
    assert told.index("POST /keluar/") < len(told) - 1 - told[::-1].index("GET /budi/")
