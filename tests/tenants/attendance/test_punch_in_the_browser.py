"""The punch in a real browser: what happens between two attempts to send it.

With a server behind it: the month in tests/e2e/the_month.py.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from playwright.sync_api import expect

from tests.cast import Person
from tests.served_pages import SITE, browsing
from tests.tenants.attendance.week import MONDAY, on

pytestmark = pytest.mark.e2e

# The first attempt hangs until the test lets it fail, the next one gets a receipt; no patience ends meanwhile.
_ONE_HANGS = """
    const later = window.setTimeout;
    window.setTimeout = (work, wait, ...rest) => later(work, wait >= 5000 ? 2 ** 30 : wait, ...rest);
    window.sent = [];
    window.fetch = (_address, { body }) => {
        window.sent.push(body.get("uid"));
        if (window.sent.length === 1) return new Promise((_resolve, reject) => { window.fail = reject; });
        return Promise.resolve(new Response("<p>Absen diterima</p>", { status: 200 }));
    };
"""


def test_a_signal_that_comes_back_while_an_attempt_still_hangs_is_used(
    ani: Person, signed_in: Callable[..., Client]
) -> None:
    with on(MONDAY, "07:25"):
        html = signed_in(ani.user).get("/absen/").content.decode()
    with browsing({"/absen/": html}) as page:
        page.add_init_script(_ONE_HANGS)
        page.goto(f"{SITE}/absen/")
        page.locator("button.button--hero").click()
        page.wait_for_function("window.fail !== undefined")
        page.evaluate("window.dispatchEvent(new Event('online'))")
        page.evaluate("window.fail(new TypeError('no network'))")
        receipt = page.locator("[data-answer]")
        expect(receipt).to_have_text("Absen diterima")
        expect(receipt).to_be_focused()
        first, second = page.evaluate("window.sent")
        assert first == second
