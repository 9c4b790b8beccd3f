"""Pages that the test has rendered, in a real browser without a server behind them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from django.contrib.staticfiles import finders
from playwright.sync_api import Page, Route, expect

from infra.local.browser import find_browser
from tests.one_playwright import one_playwright

# A name under localhost is a secure place for the browser: its keys, workers and camera are there.
SITE: Final = "http://manado.localhost"
_STATIC: Final = "/static/"
_PATIENCE_MS: Final = 30_000

expect.set_options(timeout=_PATIENCE_MS)


@contextmanager
def browsing(pages: dict[str, str]) -> Iterator[Page]:
    """A browser at SITE, where `pages` stand by path and static files as they lie in the checkout, and nothing
    else; what is sent reaches nobody.

    While it runs its event loop keeps Django from the database: render the pages before.
    """

    def answer(route: Route) -> None:
        path = route.request.url.removeprefix(SITE).split("?")[0]
        file = finders.find(path.removeprefix(_STATIC)) if path.startswith(_STATIC) else None
        if file:
            route.fulfill(path=Path(file))
        elif path in pages and route.request.method == "GET":
            route.fulfill(body=pages[path], content_type="text/html; charset=utf-8")
        else:
            route.abort()

    with one_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(), args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page()
        page.route("**/*", answer)
        yield page
        browser.close()
