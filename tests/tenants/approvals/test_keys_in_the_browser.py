"""The inbox's keys in a real browser: which row they reach, and that a dialog neither swallows nor leaks them.

With a server behind it: tests/e2e/test_by_keyboard.py and test_inbox.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from kernel import clock
from tenants.activities.actions import send_activity
from tests.cast import Person
from tests.served_pages import SITE, browsing
from tests.tenants.activities.work import THURSDAY, entry, make_kind, make_sent

pytestmark = pytest.mark.e2e

# In one task of the page: the browser has drawn nothing in between and has not yet taken the focus out of the dialog.
_OPEN_CLOSE_AND_PRESS = """(key) => {
    const dialog = document.querySelector("dialog[data-keys]");
    dialog.showModal();
    dialog.close();
    document.activeElement.dispatchEvent(new KeyboardEvent("keydown", {key, bubbles: true, cancelable: true}));
}"""

# A person who says no and asks again, faster than the browser tells that the first question was closed.
_ASK_TWICE = """() => {
    const button = document.querySelector("button[value=wajar]"), dialog = document.querySelector("#dialog");
    button.click();
    dialog.close();
    button.click();
}"""


@pytest.fixture
def inbox(ani: Person, budi: Person, signed_in: Callable[..., Client]) -> Iterator[Page]:
    """Budi's inbox: one exception above the ordinary ones of two days, three and one."""
    with clock.at(THURSDAY):
        kind = make_kind()
        make_sent(ani.employee, kind, 3)
        before = entry(kind, date=date(2026, 11, 18), description="Rekap hari Rabu")
        send_activity(employee=ani.employee, actor=ani.user, draft=before)
        send_activity(employee=ani.employee, actor=ani.user, draft=entry(kind, minutes=300))
        html = signed_in(budi.user).get("/kotak-masuk/").content.decode()
    with browsing({"/kotak-masuk/": html}) as page:
        page.goto(f"{SITE}/kotak-masuk/")
        yield page


def test_a_key_right_after_a_dialog_has_closed_reaches_the_rows(inbox: Page) -> None:
    rows = inbox.locator("[data-row]")
    inbox.evaluate(_OPEN_CLOSE_AND_PRESS, "j")
    expect(rows.nth(0)).to_be_focused()
    inbox.evaluate(_OPEN_CLOSE_AND_PRESS, "j")
    expect(rows.nth(1)).to_be_focused()


def test_a_closed_dialog_gives_the_focus_back_to_the_row_or_the_button_that_it_came_from(inbox: Page) -> None:
    keys = inbox.locator("dialog[data-keys]")
    inbox.keyboard.press("j")
    inbox.keyboard.press("?")
    expect(keys).to_be_visible()
    inbox.keyboard.press("Escape")
    expect(keys).to_be_hidden()
    expect(inbox.locator("[data-row]").first).to_be_focused()
    opener = inbox.locator("[data-open=tombol]")
    # As by a finger in a browser in which a tapped button does not take the focus.
    opener.evaluate("button => { document.activeElement.blur(); button.click(); }")
    expect(keys).to_be_visible()
    keys.get_by_role("button", name="Tutup").click()
    expect(keys).to_be_hidden()
    expect(opener).to_be_focused()


def test_no_key_opens_the_help_above_a_question(inbox: Page) -> None:
    inbox.get_by_role("button", name="yang wajar").click()
    question = inbox.get_by_role("dialog", name="Periksa dahulu")
    expect(question).to_be_visible()
    # As after a click beside its buttons.
    inbox.evaluate("document.activeElement.blur()")
    inbox.keyboard.press("?")
    inbox.keyboard.press("Escape")
    expect(question).to_be_hidden()
    expect(inbox.locator("dialog[open]")).to_have_count(0)


def test_a_question_asked_again_at_once_is_answered_by_its_own_yes(inbox: Page) -> None:
    inbox.evaluate(_ASK_TWICE)
    yes = inbox.get_by_role("dialog", name="Periksa dahulu").get_by_role("button", name="Setujui")
    with inbox.expect_request("**/kotak-masuk/putuskan/") as asked:
        yes.click()
    assert "putusan=wajar" in (asked.value.post_data or "")


def test_what_was_folded_away_is_passed_over(inbox: Page) -> None:
    folds = inbox.locator("form details.fold")
    expect(folds).to_have_count(2)
    summaries = folds.locator("> summary")
    for number in range(2):
        expect(folds.nth(number).locator("[data-row]").first).to_be_visible()
        summaries.nth(number).click()
        expect(folds.nth(number).locator("[data-row]").first).to_be_hidden()
    inbox.evaluate("document.activeElement.blur()")
    stops = [inbox.locator("[data-row]").first, summaries.nth(0), summaries.nth(1)]
    for stop in stops:
        inbox.keyboard.press("j")
        expect(stop).to_be_focused()
    for stop in reversed(stops[:-1]):
        inbox.keyboard.press("k")
        expect(stop).to_be_focused()
