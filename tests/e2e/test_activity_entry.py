"""Entering an activity on a phone: in four taps, and through a lost connection, once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Final

import pytest
from playwright.sync_api import Browser, FilePayload, Locator, Page, expect

from tests.cast import PASSWORD
from tests.e2e.browsing import PHONE, Findings, Visitor, describe
from tests.e2e.entry_office import ANI, BUDI, REGION, STARRED, YESTERDAYS
from tests.e2e.live import Live
from tests.e2e.the_month import quiet_zone
from tests.files import jpeg

# A picture of one pixel; what it is told by are its first bytes.
PHOTO: Final[FilePayload] = {"name": "rapat.jpg", "mimeType": "image/jpeg", "buffer": jpeg()}
COUNT = "SELECT count(*) FROM activities_activity WHERE description = %s"
# What was sent arrives; the answer does not.
LOSE_ANSWERS = """() => {
    window.honest = window.fetch;
    window.fetch = async (...call) => { await window.honest(...call); throw new TypeError("lost"); };
}"""
# The words of a kind are those that its owner last used for it, so the kind is counted, not the words.
OF_KIND = """SELECT count(*) FROM activities_activity a JOIN activities_jobkind k ON k.id = a.job_kind_id
    WHERE k.name = %s"""
EVIDENCE_OF_KIND = """SELECT count(*) FROM activities_evidence e JOIN activities_activity a ON a.id = e.activity_id
    JOIN activities_jobkind k ON k.id = a.job_kind_id WHERE k.name = %s"""
EVIDENCE = """SELECT count(*) FROM activities_evidence e JOIN activities_activity a ON a.id = e.activity_id
    WHERE a.description = %s"""


@pytest.fixture(scope="module")
def office(live: Live) -> Live:
    """The platform with the region in it."""
    zone, _hours = quiet_zone(datetime.now(UTC))
    live.manage("shell", "-c", f"from tests.e2e.entry_office import lay; lay({zone!r})")
    return live


@pytest.fixture
def ani(office: Live, browser: Browser) -> Iterator[Visitor]:
    """Ani with her phone, signed in. What she stumbles over fails the test."""
    findings = Findings()
    visitor = Visitor(office, browser, findings, REGION, PHONE, "ani")
    visitor.log_in(ANI, PASSWORD)
    try:
        yield visitor
    except BaseException as error:
        error.add_note(describe(visitor))
        raise
    finally:
        visitor.close()
    assert findings.all() == [], "\n".join(findings.all())


@pytest.fixture
def asked(office: Live) -> Callable[[str, str], int]:
    """A number that the database says about a description."""

    def ask(query: str, text: str) -> int:
        with office.sql(REGION) as cursor:
            return int((cursor.execute(query.encode(), [text]).fetchone() or (0,))[0])

    return ask


def state(page: Page, name: str) -> Locator:
    """The visible sign of a kept activity: kept ("di HP"), sent ("terkirim"), bad."""
    return page.locator(f'[data-outbox] [data-chip="{name}"]:not([hidden])')


def wait_for_list(page: Page) -> None:
    """Until what this browser keeps stands in the list of the page, or is known to be nothing."""
    page.locator("[data-outbox][data-listed]").wait_for(state="attached")


class Taps:
    """Taps are counted; typing is none of them."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, what: Locator) -> None:
        self.count += 1
        what.click()


def filled_form(visitor: Visitor, text: str) -> Page:
    """The form for yesterday, whose hours are over, with these words and a photo."""
    page = visitor.open("/aktivitas/baru/")
    # The second of the days that may still be entered.
    page.locator("section", has=page.get_by_role("heading", name="Hari yang masih dapat diisi")).get_by_role(
        "link"
    ).nth(1).click()
    page.get_by_role("link", name=STARRED).first.click()
    wait_for_list(page)
    page.get_by_label("Uraian").fill(text)
    page.get_by_label("Bukti").set_input_files(PHOTO)
    return page


@contextmanager
def offline_form(visitor: Visitor, text: str) -> Iterator[Page]:
    """The filled form, open when the network goes, and sent; the network is back at the end."""
    page = filled_form(visitor, text)
    with visitor.offline():
        page.get_by_role("button", name="Ajukan").click()
        expect(state(page, "kept")).to_have_text("di HP")
        expect(page.locator("[data-outbox]")).to_contain_text(text)
        expect(page.locator("[data-outbox]")).to_contain_text("Belum ada sinyal. Dikirim sendiri saat sinyal kembali.")
        yield page


def test_a_favourite_goes_out_in_four_taps(ani: Visitor, asked: Callable[[str, str], int]) -> None:
    before = asked(OF_KIND, STARRED), asked(EVIDENCE_OF_KIND, STARRED)
    tap, page = Taps(), ani.open("/aktivitas/")
    ani.look("own activities")
    tap(page.get_by_role("link", name="Tambah"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Apa yang dikerjakan?")
    ani.look("what was done")
    tap(page.get_by_role("link", name=STARRED).first)
    expect(page.get_by_label("Menit")).to_have_value("10")
    expect(page.locator("[data-window]:not([hidden])")).to_contain_text(
        re.compile("Dapat diajukan sampai .* Tinggal 1 hari")
    )
    ani.look("activity form")
    # The phone's own camera or gallery is one tap, whatever it asks behind it.
    tap.count += 1
    page.get_by_label("Bukti").set_input_files(PHOTO)
    tap(page.get_by_role("button", name="Ajukan"))
    expect(page).to_have_url(re.compile(r"/aktivitas/\?bulan="))
    assert tap.count == 4
    after = asked(OF_KIND, STARRED), asked(EVIDENCE_OF_KIND, STARRED)
    assert after == (before[0] + 1, before[1] + 1)


def test_yesterdays_work_goes_out_in_three_taps(ani: Visitor, asked: Callable[[str, str], int]) -> None:
    tap, page = Taps(), ani.open("/aktivitas/")
    tap(page.get_by_role("link", name="Tambah"))
    tap(page.get_by_role("link", name=YESTERDAYS))
    expect(page.get_by_label("Uraian")).to_have_value(YESTERDAYS)
    tap(page.get_by_role("button", name="Ajukan"))
    expect(page).to_have_url(re.compile(r"/aktivitas/\?bulan="))
    assert tap.count == 3
    assert asked(COUNT, YESTERDAYS) == 2


def test_a_draft_with_its_photo_survives_a_lost_connection_and_a_closed_page(
    ani: Visitor, asked: Callable[[str, str], int]
) -> None:
    text = "Isian tanpa sinyal dengan foto"
    with offline_form(ani, text):
        ani.page.close()
        assert asked(COUNT, text) == 0
    ani.new_page()
    page = ani.open("/aktivitas/")
    expect(state(page, "sent")).to_be_visible()
    ani.look("sent from the phone")
    assert (asked(COUNT, text), asked(EVIDENCE, text)) == (1, 1)
    page.get_by_role("link", name="Lihat di daftar").click()
    expect(page.get_by_role("link", name=text)).to_be_visible()
    wait_for_list(page)
    expect(page.locator("[data-outbox]")).to_be_hidden()
    assert (asked(COUNT, text), asked(EVIDENCE, text)) == (1, 1)


def test_it_goes_out_by_itself_when_the_signal_is_back(ani: Visitor, asked: Callable[[str, str], int]) -> None:
    text = "Isian yang menunggu sinyal"
    with offline_form(ani, text) as page:
        ani.look("waiting for a signal")
    expect(state(page, "sent")).to_be_visible()
    assert (asked(COUNT, text), asked(EVIDENCE, text)) == (1, 1)


def test_where_the_session_ended_meanwhile_it_waits_for_the_next_log_in(
    ani: Visitor, asked: Callable[[str, str], int]
) -> None:
    text = "Isian yang kehilangan sesi"
    with ani.allow_errors("403"), offline_form(ani, text) as page:
        ani.context.clear_cookies()
    with ani.allow_errors("403"):
        expect(page.locator("[data-outbox-why]")).to_contain_text("Anda perlu masuk lagi.")
    expect(state(page, "kept")).to_be_visible()
    assert asked(COUNT, text) == 0
    ani.log_in(ANI, PASSWORD)
    page.goto("/aktivitas/")
    expect(state(page, "sent")).to_be_visible()
    assert (asked(COUNT, text), asked(EVIDENCE, text)) == (1, 1)


def test_somebody_else_on_the_same_phone_neither_sees_nor_sends_it(
    ani: Visitor, asked: Callable[[str, str], int]
) -> None:
    text = "Isian milik Ani di HP bersama"
    # A browser that leaves a page lets its last moment go online again: without a session the server says no.
    with ani.allow_errors("403"), offline_form(ani, text):
        # The session ends while the draft waits, then the page goes away: Ani's own session would rightly send it.
        ani.context.clear_cookies()
        ani.page.goto("about:blank")
    page = ani.log_in(BUDI, PASSWORD)
    page.goto("/aktivitas/")
    wait_for_list(page)
    page.wait_for_timeout(1000)
    expect(page.locator("[data-outbox]")).to_be_hidden()
    assert text not in ani.text()
    assert asked(COUNT, text) == 0
    ani.context.clear_cookies()
    ani.log_in(ANI, PASSWORD)
    page.goto("/aktivitas/")
    expect(state(page, "sent")).to_be_visible()
    assert (asked(COUNT, text), asked(EVIDENCE, text)) == (1, 1)


def test_a_lost_answer_and_a_second_sending_are_one_activity(ani: Visitor, asked: Callable[[str, str], int]) -> None:
    text = "Isian yang jawabannya hilang"
    page = filled_form(ani, text)

    page.evaluate(LOSE_ANSWERS)
    page.get_by_role("button", name="Ajukan").click()
    expect(state(page, "kept")).to_be_visible()
    assert asked(COUNT, text) == 1
    page.evaluate("() => { window.fetch = window.honest; }")
    page.get_by_role("button", name="Kirim sekarang").click()
    expect(state(page, "sent")).to_be_visible()
    assert (asked(COUNT, text), asked(EVIDENCE, text)) == (1, 1)


def test_two_quick_taps_are_one_activity(ani: Visitor, asked: Callable[[str, str], int]) -> None:
    text = "Isian dengan dua ketukan"
    page = filled_form(ani, text)
    page.get_by_role("button", name="Ajukan").dblclick(no_wait_after=True)
    expect(page.get_by_role("link", name=text)).to_be_visible()
    assert asked(COUNT, text) == 1


def test_what_the_server_refuses_keeps_its_photo_and_says_what_to_do(
    ani: Visitor, asked: Callable[[str, str], int]
) -> None:
    text = "Isian yang bertumpang tindih"
    page = filled_form(ani, text)
    page.get_by_label("Menit").fill("1440")
    with ani.allow_errors("422"):
        page.get_by_role("button", name="Ajukan").click()
        # The list of what is wrong is spoken by a screen reader.
        expect(page.get_by_role("alert")).to_be_focused()
    ani.look("activity form, refused")
    expect_chosen(page)
    assert asked(COUNT, text) == 0
    page.goto("/aktivitas/")
    expect(page.locator("[data-outbox]")).to_contain_text("belum diajukan")
    page.get_by_role("link", name="Lanjutkan").click()
    expect(page.get_by_label("Uraian")).to_have_value(text)
    expect_chosen(page)
    page.goto("/aktivitas/")
    page.get_by_role("button", name="Buang").click()
    expect(page.locator("[data-outbox]")).to_be_hidden()
    page.reload()
    wait_for_list(page)
    expect(page.locator("[data-outbox]")).to_be_hidden()


def expect_chosen(page: Page) -> None:
    """The photo, and nothing else, stands in the form; files come back a moment after the words."""
    field = page.get_by_label("Bukti")
    expect(field).to_have_value(re.compile(r"rapat\.jpg$"))
    assert field.evaluate("field => [...field.files].map(file => file.name)") == ["rapat.jpg"]
