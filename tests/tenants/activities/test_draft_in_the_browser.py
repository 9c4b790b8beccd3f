"""The form in a real browser: minutes follow the norm, and what was not sent is still there after the page is lost.

With a server behind it: tests/e2e/test_activity_entry.py.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from kernel import clock
from tenants.activities.models import JobKind
from tests.cast import Person
from tests.served_pages import SITE, browsing
from tests.tenants.activities.work import THURSDAY, make_kind, sent_form

pytestmark = pytest.mark.e2e

# The storage answers when the test says so (`answer()`), and no patience of the page ends meanwhile.
_SLOW_STORAGE = """
    const open = IDBFactory.prototype.open, later = window.setTimeout;
    window.setTimeout = (work, wait, ...rest) => later(work, wait >= 5000 ? 2 ** 30 : wait, ...rest);
    IDBFactory.prototype.open = function (...call) {
        const request = open.apply(this, call);
        return {
            get result() { return request.result; },
            set onupgradeneeded(work) { request.onupgradeneeded = work; },
            set onsuccess(work) {
                const answered = new Promise((resolve) => { request.onsuccess = resolve; });
                window.answer = () => answered.then(work);
            },
        };
    };
"""
# The next attempt hangs until the test lets it fail; those after it reach a server that takes everything.
_ONE_HANGS = """() => {
    const later = window.setTimeout;
    window.setTimeout = (work, wait, ...rest) => later(work, wait >= 5000 ? 2 ** 30 : wait, ...rest);
    window.attempts = 0;
    window.fetch = () => {
        window.attempts += 1;
        if (window.attempts === 1) return new Promise((_resolve, reject) => { window.fail = reject; });
        return Promise.resolve(new Response("", { status: 200 }));
    };
    window.dispatchEvent(new Event("online"));
}"""


def wait_for_list(page: Page) -> None:
    """Until what this browser keeps stands in the list of the page, or is known to be nothing."""
    page.locator("[data-outbox][data-listed]").wait_for(state="attached")


@pytest.fixture
def pages(ani: Person, budi: Person, signed_in: Callable[..., Client]) -> dict[str, str]:
    """Two forms of Ani's for one kind of 30 minutes, and a list without what they hold."""
    kind = make_kind("T-1", norm_minutes=30)
    client = signed_in(ani.user)
    first, second = (client.get(f"/aktivitas/baru/?jenis={kind.uid}") for _ in range(2))
    assert first.context["form"]["client_key"].value() != second.context["form"]["client_key"].value()
    return {
        "/satu": first.content.decode(),
        "/dua": second.content.decode(),
        "/kosong": client.get("/aktivitas/?bulan=2026-10").content.decode(),
        "key": str(first.context["form"]["client_key"].value()),
    }


@pytest.fixture(autouse=True)
def _thursday() -> Iterator[None]:
    with clock.at(THURSDAY):
        yield


def test_what_was_typed_is_kept_until_the_server_shows_it(
    ani: Person, signed_in: Callable[..., Client], pages: dict[str, str]
) -> None:
    client, key = signed_in(ani.user), pages["key"]
    kind = JobKind.objects.get(code="T-1")
    sent = sent_form(kind.uid, description="Isian yang terputus", volume="3", minutes="90", client_key=key)
    assert client.post("/aktivitas/baru/", sent).status_code == 302
    pages["/aktivitas/"] = client.get("/aktivitas/?bulan=2026-11").content.decode()
    with browsing(pages) as page:
        strip = page.locator("[data-outbox]")
        page.goto(f"{SITE}/satu")
        wait_for_list(page)
        expect(strip).to_be_hidden()
        page.get_by_label("Jumlah hasil").fill("3")
        expect(page.get_by_label("Menit")).to_have_value("90")
        expect(page.get_by_text("Selesai pukul")).to_be_visible()
        page.get_by_label("Uraian").fill("Isian yang terputus")

        page.goto(f"{SITE}/kosong")
        expect(strip).to_contain_text("Isian yang terputus")
        expect(strip).to_contain_text("belum diajukan")
        page.goto(f"{SITE}/dua?isian={key}")
        expect(page.get_by_label("Uraian")).to_have_value("Isian yang terputus")
        expect(page.locator("[name=client_key]")).to_have_value(key)

        page.goto(f"{SITE}/aktivitas/")
        wait_for_list(page)
        expect(strip).to_be_hidden()
        page.goto(f"{SITE}/kosong")
        wait_for_list(page)
        expect(strip).to_be_hidden()


def test_what_is_typed_before_the_storage_answers_counts_and_is_kept(pages: dict[str, str]) -> None:
    with browsing(pages) as page:
        page.add_init_script(_SLOW_STORAGE)
        page.goto(f"{SITE}/satu")
        page.get_by_label("Jumlah hasil").fill("3")
        expect(page.get_by_label("Menit")).to_have_value("90")
        page.get_by_label("Uraian").fill("Isian yang cepat")
        page.evaluate("answer()")
        wait_for_list(page)
        page.goto(f"{SITE}/kosong")
        page.evaluate("answer()")
        expect(page.locator("[data-outbox]")).to_contain_text("Isian yang cepat")


def test_what_was_kept_does_not_take_the_place_of_what_is_typed_meanwhile(pages: dict[str, str]) -> None:
    with browsing(pages) as page:
        page.goto(f"{SITE}/satu")
        wait_for_list(page)
        page.get_by_label("Uraian").fill("Isian yang lama")
        page.get_by_label("Jumlah hasil").fill("3")
        page.goto(f"{SITE}/kosong")
        expect(page.locator("[data-outbox]")).to_contain_text("Isian yang lama")
        page.add_init_script(_SLOW_STORAGE)
        page.goto(f"{SITE}/dua?isian={pages['key']}")
        page.get_by_label("Uraian").fill("Isian yang baru")
        page.evaluate("answer()")
        wait_for_list(page)
        expect(page.get_by_label("Uraian")).to_have_value("Isian yang baru")
        expect(page.get_by_label("Jumlah hasil")).to_have_value("3")
        expect(page.locator("[name=client_key]")).to_have_value(pages["key"])


def test_a_signal_that_comes_back_while_an_attempt_still_hangs_is_used(pages: dict[str, str]) -> None:
    with browsing(pages) as page:
        page.goto(f"{SITE}/satu")
        wait_for_list(page)
        page.get_by_label("Uraian").fill("Isian yang tertahan")
        page.get_by_role("button", name="Ajukan").click()
        expect(page.locator('[data-outbox] [data-chip="kept"]')).to_be_visible()
        page.evaluate(_ONE_HANGS)
        page.wait_for_function("window.fail !== undefined")
        page.evaluate("window.dispatchEvent(new Event('online'))")
        page.evaluate("window.fail(new TypeError('no network'))")
        expect(page.locator('[data-outbox] [data-chip="sent"]')).to_be_visible()
        # The list is opened at the month of the work, which on the first of a month is the one before.
        expect(page.get_by_role("link", name="Lihat di daftar")).to_have_attribute(
            "href", re.compile(r"\?bulan=2026-11$")
        )
