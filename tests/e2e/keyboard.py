"""Going through pages without a mouse: every stop can be seen."""

from __future__ import annotations

import re
from typing import Final

from playwright.sync_api import Locator, Page

from tests.e2e.browsing import Visitor

MOST_STOPS: Final = 60
_SEEN: Final = """() => {
    const e = document.activeElement, box = e.getBoundingClientRect(), style = getComputedStyle(e);
    const on = box.bottom > 0 && box.top < innerHeight && box.width > 0 && box.height > 0;
    const marked = style.outlineStyle !== "none" || style.boxShadow !== "none";
    return on && marked ? "" : `${e.outerHTML.slice(0, 160)} on screen ${on}, marked ${marked}`;
}"""


def tab_to(page: Page, wanted: Locator) -> None:
    """Press Tab until the focus is there; each stop on the way must be on the screen and marked."""
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        unseen = page.evaluate(_SEEN)
        assert unseen == "", unseen
        if wanted.evaluate("e => e === document.activeElement"):
            return
    raise AssertionError(f"the keyboard does not reach {wanted}\n{page.locator('body').inner_text()}")


def sign_in(visitor: Visitor, login: str, password: str) -> Visitor:
    """By the keyboard alone."""
    page = visitor.open("/masuk/")
    tab_to(page, page.get_by_label("NIP"))
    page.keyboard.type(login)
    tab_to(page, page.get_by_label("Kata sandi"))
    page.keyboard.type(password)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"^(?!.*/masuk/)"))
    return visitor
