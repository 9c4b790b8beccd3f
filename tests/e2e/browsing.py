"""A person in front of a browser, and what is asked of every page that they see.

`Visitor.look` holds a page to the same questions wherever it is met: no accessibility violation in either theme, no
sideways scrolling, no text that is cut at double size. Faults are collected, so that one run tells all of them.

`KD_SLOWER=8 make e2e` gives the pages an eighth of the processor: what holds only on a fast machine shows itself.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    Response,
    ViewportSize,
    expect,
)

from tests.e2e.live import Live
from tests.page_checks import AXE, SETTLED, THEMED, TOO_SMALL, TOO_WIDE, load_axe

PHONE: Final[ViewportSize] = {"width": 360, "height": 740}
DESK: Final[ViewportSize] = {"width": 1280, "height": 800}
# For what a page does by itself, and for what a worker does behind it; also on a machine that has other things to do.
PATIENCE_MS: Final = 60_000
WORK_MS: Final = 180_000
SCREENS: Final = "KD_SCREENS"
SLOWER: Final = "KD_SLOWER"

expect.set_options(timeout=PATIENCE_MS)


@dataclass
class Findings:
    """What went wrong on the way, in the words of a report."""

    accessibility: list[str] = field(default_factory=list)
    layout: list[str] = field(default_factory=list)
    console: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)
    storable: list[str] = field(default_factory=list)
    looked: list[str] = field(default_factory=list)

    def all(self) -> list[str]:
        return [*self.accessibility, *self.layout, *self.console, *self.strangers, *self.storable]


class Visitor:
    """One person in one browser profile of their own, at one host."""

    def __init__(
        self, live: Live, browser: Browser, findings: Findings, region: str | None, size: ViewportSize, name: str
    ) -> None:
        self.live = live
        self.region = region
        self.name = name
        self.findings = findings
        self.size = size
        # The zone and the language of the machine must not matter; an official's phone may have any.
        self.context: BrowserContext = browser.new_context(
            base_url=live.address(region, ""),
            viewport=size,
            locale="en-US",
            timezone_id="Europe/London",
            accept_downloads=True,
            reduced_motion="reduce",
        )
        self.context.set_default_timeout(PATIENCE_MS)
        self.expected_errors: list[str] = []
        self.context.on("request", self._request)
        self.context.on("response", self._response)
        self.page: Page = self.new_page()

    def new_page(self) -> Page:
        """Another window of the same profile; it becomes the visitor's."""
        self.page = self.context.new_page()
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.findings.console.append(f"{self._where()}: {error}"))
        rate = float(os.environ.get(SLOWER, "1"))
        if rate > 1:
            self.context.new_cdp_session(self.page).send("Emulation.setCPUThrottlingRate", {"rate": rate})
        return self.page

    # Going ----------------------------------------------------------------------------------------------------------

    def open(self, path: str, *, status: int = 200) -> Page:
        answer = self.page.goto(path)
        assert answer is not None
        assert answer.status == status, f"{self._where()}: {answer.status}\n{self.text()}"
        return self.page

    def log_in(self, login: str, password: str) -> Page:
        self.open("/masuk/")
        self.page.get_by_label("E-mail" if self.region is None else "NIP", exact=True).fill(login)
        self.page.get_by_label("Kata sandi", exact=True).fill(password)
        self.page.get_by_role("button", name="Masuk").click()
        self.page.wait_for_url(re.compile(r"^(?!.*/masuk/)"))
        return self.page

    def download(self, name: str | re.Pattern[str]) -> Path:
        """What the link or button of that name saves."""
        with self.page.expect_download() as download:
            self.page.get_by_role("link", name=name).click()
        path = self.live.directory / f"{len(self.findings.looked)}-{download.value.suggested_filename}"
        download.value.save_as(path)
        return path

    def text(self) -> str:
        return self.page.locator("body").inner_text()

    @contextmanager
    def allow_errors(self, *parts: str) -> Iterator[None]:
        """The browser's own lines in the console about refused requests that the step is about."""
        self.expected_errors += parts
        yield
        if not self.page.is_closed():
            self.page.evaluate("1")
        for part in parts:
            self.expected_errors.remove(part)

    @contextmanager
    def offline(self) -> Iterator[None]:
        """Without a network: a page that tries again by itself meanwhile may say so in the console."""
        with self.allow_errors("ERR_INTERNET_DISCONNECTED"):
            self.context.set_offline(True)
            yield
            self.context.set_offline(False)

    # Looking --------------------------------------------------------------------------------------------------------

    def look(self, name: str, *, both_sizes: bool = True) -> None:
        """Ask the page that is open all that is asked of every page; `KD_SCREENS` also keeps pictures of it."""
        page = self.page
        # A click waits for the page that it leads to to begin, not for its end.
        page.wait_for_load_state()
        self.findings.looked.append(name)
        load_axe(page)
        for size in (PHONE, DESK) if both_sizes else (self.size,):
            page.set_viewport_size(size)
            label = f"{name} at {size['width']} px"
            for theme in ("light", "dark"):
                page.emulate_media(color_scheme="dark" if theme == "dark" else "light", reduced_motion="reduce")
                page.evaluate(SETTLED)
                for line in page.evaluate(AXE, {} if theme == "light" else THEMED):
                    self.findings.accessibility.append(f"{label}, {theme}: {line}")
                self._picture(f"{name}-{size['width']}-{theme}")
            self._note_layout(label)
            page.emulate_media(color_scheme="light", reduced_motion="reduce")
        page.set_viewport_size(self.size)

    def _note_layout(self, label: str) -> None:
        page = self.page
        self.findings.layout += [f"{label}: wider than the screen: {line}" for line in page.evaluate(TOO_WIDE)]
        self.findings.layout += [f"{label}: too small to touch: {line}" for line in page.evaluate(TOO_SMALL)]
        if page.viewport_size != DESK:
            return
        # Text at 200 % (WCAG 1.4.4): what a person sets in the browser reaches the page as the size of the root.
        page.evaluate("document.documentElement.style.setProperty('font-size', '200%')")
        self.findings.layout += [f"{label}, text at 200 %: {line}" for line in page.evaluate(TOO_WIDE)]
        page.evaluate("document.documentElement.style.removeProperty('font-size')")

    def _picture(self, name: str) -> None:
        directory = os.environ.get(SCREENS)
        if directory:
            path = Path(directory)
            path.mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=path / f"{name}.png", full_page=True)

    # Listening ------------------------------------------------------------------------------------------------------

    def _where(self) -> str:
        return f"{self.name} at {urlsplit(self.page.url).path}"

    def _console(self, message: ConsoleMessage) -> None:
        if message.type not in ("error", "warning"):
            return
        if any(part in message.text for part in self.expected_errors):
            return
        self.findings.console.append(f"{self._where()}: {message.text}")

    def _request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in ("data", "blob", "about"):
            return
        if parts.hostname is None or not parts.hostname.endswith("localhost") or parts.port != self.live.port:
            self.findings.strangers.append(f"{self._where()}: {request.url}")

    def _response(self, response: Response) -> None:
        """A page with a person's things must not stay in a cache."""
        kind = response.headers.get("content-type", "")
        stored = "no-store" in response.headers.get("cache-control", "")
        if kind.startswith("text/html") and not stored and not 300 <= response.status < 400:
            self.findings.storable.append(f"{self.name}: {urlsplit(response.url).path}")

    def close(self) -> None:
        self.context.close()


def describe(visitor: Visitor) -> str:
    """What a person would see now, for a failure's report."""
    picture = visitor.live.directory.parent / f"kinerja-e2e-{os.getpid()}-{visitor.name}.png"
    page: Any = visitor.page
    try:
        page.screenshot(path=picture, full_page=True)
        text = visitor.text()[:3000]
    except Exception as error:
        return f"{visitor.name}: the page is gone ({error})"
    return f"--- {visitor.name} at {page.url}, picture in {picture}\n{text}\n---"
