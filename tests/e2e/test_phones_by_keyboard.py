"""One's own phones without a mouse: a new one, which waits, the operator who confirms it, and one that is lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, ViewportSize, expect

from tests.cast import PASSWORD
from tests.e2e.browsing import DESK, PHONE, Findings, Visitor
from tests.e2e.keyboard import sign_in, tab_to
from tests.e2e.live import Live
from tests.e2e.small_office import BKPSDM, CODE


@pytest.fixture
def arrive(office: Live, browser: Browser) -> Iterator[Callable[..., Visitor]]:
    """`arrive(NIP, size=...)`: that person of the small office with a browser of their own, signed in by keyboard."""
    findings = Findings()
    made: list[Visitor] = []

    def make(nip: str, *, size: ViewportSize = PHONE) -> Visitor:
        made.append(Visitor(office, browser, findings, CODE, size, nip))
        return sign_in(made[-1], nip, PASSWORD)

    yield make
    for visitor in made:
        visitor.close()
    assert findings.all() == [], "\n".join(findings.all())


def with_its_key(visitor: Visitor) -> Page:
    """The punch page, when the platform knows this browser's key."""
    page = visitor.page
    with page.expect_response("**/absen/hp/"):
        visitor.open("/absen/")
    return page


def press(page: Page, button: Locator) -> None:
    tab_to(page, button)
    page.keyboard.press("Enter")


def test_a_new_phone_waits_is_confirmed_and_can_be_reported_lost(
    arrive: Callable[..., Visitor], newcomers: Iterator[str]
) -> None:
    ani = next(newcomers)
    with_its_key(arrive(ani))
    second = arrive(ani)
    page = with_its_key(second)
    expect(page.get_by_text("HP baru, menunggu konfirmasi")).to_be_visible()
    press(page, page.locator("details.menu > summary"))
    press(page, page.locator(".menu__panel").get_by_role("link", name="HP saya"))
    expect(page.get_by_role("heading", name="HP saya")).to_be_visible()
    expect(page.get_by_text("Menunggu konfirmasi")).to_be_visible()
    second.look("own phones")

    operator = arrive(BKPSDM, size=DESK)
    desk = operator.open(f"/kehadiran/hp/?cari={ani}")
    operator.look("phones of employees")
    press(desk, desk.get_by_role("button", name="Konfirmasi"))
    expect(desk.get_by_role("status")).to_contain_text("dikonfirmasi")

    page.reload()
    expect(page.get_by_text("Menunggu konfirmasi")).to_have_count(0)
    press(page, page.get_by_role("button", name="Laporkan hilang").first)
    question = page.get_by_role("dialog")
    expect(question).to_contain_text("Laporkan HP ini hilang?")
    second.look("report a phone lost", both_sizes=False)
    press(page, question.get_by_role("button", name="Laporkan hilang"))
    expect(page.get_by_role("status")).to_contain_text("HP dilaporkan hilang.")
    expect(page.get_by_text("Ditemukan kembali? Minta operator OPD memulihkannya.")).to_be_visible()
