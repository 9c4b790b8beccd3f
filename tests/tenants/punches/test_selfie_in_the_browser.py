"""The picture that a region wants with a punch, in the browser: asked for, made small, kept, sent once by its owner."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from PIL import Image
from playwright.sync_api import FilePayload, Page, expect

from tests.cast import Person
from tests.tenants.attendance.week import MONDAY, on
from tests.tenants.punches.phone import Answer, Office, Phone, phone_of

pytestmark = pytest.mark.e2e

RULE = {
    "mode": "always",
    "percent": 10,
    "since": "2020-01-01T00:00:00+08:00",
    "done": [],
    "reasons": [["camera", "Kamera rusak"], ["other", "Alasan lain"]],
    "max_bytes": 5_000_000,
    "send_to": "/absen/swafoto/",
}


@pytest.fixture
def office(ani: Person, budi: Person, signed_in: Callable[..., Client]) -> Office:
    """Ani's office, where each punch wants a picture; Budi's page lies at /budi/."""
    with on(MONDAY, "07:25"):
        pages = {
            "/absen/": signed_in(ani.user).get("/absen/").content.decode(),
            "/budi/": signed_in(budi.user).get("/absen/").content.decode(),
            "/absen/aplikasi/": signed_in(None).get("/absen/aplikasi/").content.decode(),
            "/sw.js": signed_in(None).get("/sw.js").content.decode(),
            "/masuk/": "<title>Masuk</title><p>Masuk</p>",
        }
    return Office(pages, owner=str(ani.employee.uid), policy={"days": [], "selfie": RULE})


@pytest.fixture
def phone(office: Office, tmp_path: Path) -> Iterator[Phone]:
    with phone_of(office, tmp_path / "profile") as found:
        yield found


def picture(colour: str = "teal", size: tuple[int, int] = (1800, 2400)) -> FilePayload:
    """As a phone's camera gives it."""
    out = BytesIO()
    Image.new("RGB", size, colour).save(out, "JPEG")
    return {"name": "IMG_1.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


def tap(page: Page) -> None:
    another = page.locator("[data-another]")
    if another.is_visible():
        another.click()
    page.locator("[data-hero]").click()
    expect(page.locator("[data-hero][data-saved]")).to_be_visible()


def asked(page: Page) -> Any:
    return page.get_by_role("heading", name="Swafoto diminta")


def take(page: Page, file: FilePayload | None = None) -> None:
    expect(asked(page)).to_be_visible()
    with page.expect_file_chooser() as opening:
        page.get_by_role("button", name="Ambil swafoto").click()
    opening.value.set_files(file or picture())


def rows(page: Page) -> Any:
    return page.locator("[data-selfie-rows] li")


def expect_kept(page: Page) -> None:
    expect(rows(page).get_by_text("swafoto di HP")).to_be_visible()


def expect_sent(page: Page) -> None:
    expect(rows(page).get_by_text("terkirim")).to_be_visible()


def test_the_picture_is_asked_for_after_the_punch_made_small_and_sent_behind_it(phone: Phone, office: Office) -> None:
    page = phone.ready()
    expect(page.locator("[data-selfie]")).to_be_hidden()
    tap(page)
    take(page)
    expect_sent(page)
    expect(asked(page)).to_be_hidden()
    expect(page.locator("[data-selfie-rows]")).to_be_focused()
    (sent,) = office.pictures
    assert sent.punch == office.takes[0]["id"]
    assert len(sent.photo) < 150_000
    with Image.open(BytesIO(sent.photo)) as small:
        assert (small.format, small.size) == ("JPEG", (540, 720))
    assert sent.fields["taken_at"].endswith("Z")
    assert office.sizes[0] < 2000


def test_without_a_network_it_waits_on_the_phone_survives_a_restart_and_goes_after_its_punch(
    phone: Phone, office: Office
) -> None:
    page = phone.ready()
    phone.cut()
    tap(page)
    take(page)
    expect_kept(page)
    phone.close()
    phone.restore()
    page = phone.open()
    expect_sent(page)
    posts = [line for line in office.log if line.startswith("POST /absen/") and "/hp/" not in line]
    assert posts == ["POST /absen/kirim/", f"POST /absen/swafoto/{office.takes[0]['id']}/"]


def test_somebody_else_on_the_phone_neither_sees_nor_sends_it(phone: Phone, office: Office, budi: Person) -> None:
    page = phone.ready()
    ani, answers = office.owner, office.next_picture_answers
    tap(page)
    expect(page.locator("[data-count=accepted] dd")).to_have_text("1")
    answers.append(Answer(503))
    take(page)
    expect_kept(page)
    before = len(office.pictures)
    page.evaluate("document.querySelector('form[action=\"/keluar/\"]').dispatchEvent(new Event('submit'))")
    page.wait_for_function("import('/static/punches/outbox.js').then(async (o) => !(await o.person()))")
    office.owner = str(budi.employee.uid)
    page.goto(phone.site + "/budi/")
    tap(page)
    expect(page.locator("[data-count=accepted] dd")).to_have_text("1")
    expect(asked(page)).to_be_visible()
    expect(rows(page)).to_have_count(0)
    assert len(office.pictures) == before
    office.owner = ani
    page.goto(phone.site + "/absen/")
    expect_sent(page)
    assert {each.punch for each in office.pictures} == {office.takes[0]["id"]}


def test_an_answer_that_was_lost_is_asked_for_again_and_the_picture_is_kept_once(phone: Phone, office: Office) -> None:
    page = phone.ready()
    tap(page)
    office.next_picture_answers = [Answer(502)]
    take(page)
    expect_kept(page)
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect_sent(page)
    first, again = office.pictures
    assert first == again


def test_of_a_sample_the_server_says_which_punch_it_drew(phone: Phone, office: Office) -> None:
    draws = iter([10, 9])
    office.policy["selfie"] = RULE | {"mode": "sample"}
    office.judge = lambda event: {"draw": next(draws)}
    page = phone.ready()
    tap(page)
    expect(page.locator("[data-answer]")).to_contain_text("bukti nomor 1")
    expect(page.locator("[data-selfie]")).to_be_hidden()
    tap(page)
    expect(page.locator("[data-answer]")).to_contain_text("bukti nomor 2")
    expect(asked(page)).to_be_visible()


def test_who_cannot_take_one_says_why(phone: Phone, office: Office) -> None:
    page = phone.ready()
    tap(page)
    page.get_by_text("Tidak dapat mengambil foto").click()
    page.get_by_label("Alasan").select_option("Kamera rusak")
    page.get_by_role("button", name="Kirim alasan").click()
    expect_sent(page)
    (sent,) = office.pictures
    assert (sent.photo, sent.fields) == (b"", {"reason": "camera"})


def test_what_the_server_refuses_is_said_and_asked_for_again(phone: Phone, office: Office) -> None:
    page = phone.ready()
    tap(page)
    office.next_picture_answers = [Answer(422, body='{"code": "kind", "detail": "Hanya JPEG atau PNG."}')]
    take(page)
    expect(page.get_by_role("alert").filter(has_text="Hanya JPEG atau PNG.")).to_be_visible()
    take(page)
    expect_sent(page)
    expect(page.get_by_text("Hanya JPEG atau PNG.")).to_be_hidden()


def test_what_is_no_picture_is_said_at_once(phone: Phone, office: Office) -> None:
    page = phone.ready()
    tap(page)
    take(page, {"name": "catatan.txt", "mimeType": "text/plain", "buffer": b"bukan foto"})
    expect(page.get_by_text("Foto tidak terbaca. Ambil lagi.")).to_be_visible()
    assert office.pictures == []


def test_after_the_session_it_waits_for_the_next_log_in(phone: Phone, office: Office) -> None:
    page = phone.ready()
    office.is_signed_in = False
    tap(page)
    take(page)
    expect(rows(page).get_by_text("Masuk lagi untuk mengirim.")).to_be_visible()
    office.is_signed_in = True
    page = phone.open()
    expect_sent(page)


def test_a_phone_keeps_a_dozen_that_wait_and_no_more(phone: Phone, office: Office) -> None:
    page = phone.ready()
    phone.cut()
    tap(page)
    expect(asked(page)).to_be_visible()
    page.evaluate(
        """(owner) => new Promise((done) => {
            const opening = indexedDB.open("kinerja-swafoto", 1);
            opening.onsuccess = () => {
                const work = opening.result.transaction("pictures", "readwrite");
                const one = { owner, reason: "", state: "kept", why: "", taken: Date.now(), picture: null };
                for (let n = 0; n < 12; n += 1) work.objectStore("pictures").put({ ...one, id: `waiting-${n}` });
                work.oncomplete = done;
            };
        })""",
        office.owner,
    )
    page.evaluate("window.dispatchEvent(new Event('online'))")
    take(page)
    expect(page.get_by_text("Terlalu banyak swafoto menunggu di HP ini.")).to_be_visible()
    expect(page.locator("[data-count=saved] dd")).to_have_text("1")


def test_where_nobody_asks_for_pictures_nothing_of_it_is_fetched(phone: Phone, office: Office) -> None:
    office.policy["selfie"] = RULE | {"mode": "off"}
    page = phone.ready()
    tap(page)
    expect(page.locator("[data-answer]")).to_contain_text("bukti nomor 1")
    expect(page.locator("[data-selfie]")).to_be_hidden()
    assert "GET /static/punches/selfie.js" not in office.log
