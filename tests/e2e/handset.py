"""Somebody's phone: a browser profile on disk, a network that can really be cut, and a clock that can be wrong."""

from __future__ import annotations

import contextlib
import json
import re
import select
import socket
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import BrowserContext, Page, Playwright, Request, expect

from infra.local.browser import find_browser
from tests.e2e.browsing import PATIENCE_MS, PHONE
from tests.e2e.live import Live, free_port

_CHUNK: Final = 65_536
_LOOK_MS: Final = 200
# Asked of the storage itself: the page's policy lets nobody from outside import its modules.
_NAMED: Final = """() => new Promise((resolve) => {
    const opening = indexedDB.open("kinerja-absen", 1);
    opening.onsuccess = () => {
        const stores = opening.result.transaction(["facts", "keys"]);
        const person = stores.objectStore("facts").get("person ");
        const keys = stores.objectStore("keys").getAll();
        stores.oncomplete = () => {
            opening.result.close();
            const owner = person.result?.value.owner;
            resolve(keys.result.some((key) => key.owner === owner && key.device));
        };
    };
})"""
_SIGNED_OUT: Final = re.compile("/masuk/")


class Gate:
    """A port in front of the platform; while it is shut nothing gets through, and what was open breaks.

    A name that is in `blocked` gets nothing through either, as a provider refuses it by what a connection asks for.
    `received` counts the bytes that came from the platform, whoever asked for them.
    """

    def __init__(self, target: int) -> None:
        self.target = target
        self.port = free_port()
        self.received = 0
        self.blocked: set[str] = set()
        self._listening: socket.socket | None = None
        self._open: set[socket.socket] = set()
        self.open()

    def open(self) -> None:
        listening = socket.socket()
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(("127.0.0.1", self.port))
        listening.listen(64)
        self._listening = listening
        threading.Thread(target=self._accept, args=(listening,), daemon=True).start()

    def shut(self) -> None:
        for each in (self._listening, *self._open):
            if each is not None:
                with contextlib.suppress(OSError):
                    each.shutdown(socket.SHUT_RDWR)
                each.close()
        self._listening = None
        self._open.clear()

    def _accept(self, listening: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = listening.accept()
                threading.Thread(target=self._carry, args=(near,), daemon=True).start()

    def _carry(self, near: socket.socket) -> None:
        with (
            contextlib.suppress(OSError, ValueError),
            socket.create_connection(("127.0.0.1", self.target)) as far,
            near,
        ):
            self._open |= {near, far}
            # A browser uses a connection for one name only.
            asked = near.recv(_CHUNK, socket.MSG_PEEK).lower()
            if any(f"host: {name}:".encode() in asked for name in self.blocked):
                return
            while True:
                for ready in select.select((near, far), (), ())[0]:
                    data = ready.recv(_CHUNK)
                    if not data:
                        return
                    if ready is far:
                        self.received += len(data)
                    (far if ready is near else near).sendall(data)


@dataclass
class Handset:
    """The phone. The platform's clock begins at `begins`, and both run on as the test's own does.

    `wrong` is how far the phone's wall clock is ahead of the platform's.
    """

    playwright: Playwright
    live: Live
    region: str
    profile: Path
    begins: datetime
    wrong: timedelta = timedelta()
    gate: Gate = field(init=False)
    context: BrowserContext | None = None
    envelopes: list[str] = field(default_factory=list)
    _ahead: timedelta = field(init=False)

    def __post_init__(self) -> None:
        self.gate = Gate(self.live.port)
        self.keep_time(self.begins - datetime.now(UTC))

    # The phone ------------------------------------------------------------------------------------------------------

    @property
    def site(self) -> str:
        return f"http://{self.region}.localhost:{self.gate.port}"

    def start(self, *, sends_by_itself: bool = False) -> BrowserContext:
        """Switch it on: the same profile, a new run of its clocks.

        Only then does the worker send by itself: its clock is the machine's and cannot be moved.
        """
        permissions = ["geolocation", "background-sync"] if sends_by_itself else ["geolocation"]
        self.context = self.playwright.chromium.launch_persistent_context(
            self.profile,
            executable_path=find_browser(),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
            viewport=PHONE,
            locale="id-ID",
            timezone_id="Asia/Makassar",
            reduced_motion="reduce",
            permissions=permissions,
            geolocation={"latitude": 1.4748, "longitude": 124.8421, "accuracy": 20},
        )
        self.context.set_default_timeout(PATIENCE_MS)
        self.context.on("request", self._note)
        if not sends_by_itself:
            self.context.clock.install(time=self.time + self.wrong)
        return self.context

    def switch_off(self) -> None:
        if self.context is not None:
            self.context.close()
        self.context = None

    def open(self, path: str = "/absen/") -> Page:
        context = self.context or self.start()
        page = context.new_page()
        page.goto(self.site + path)
        return page

    def log_in(self, login: str, password: str) -> Page:
        """The punch page, signed in, with the shell on the phone and a name for its key."""
        page = self.open("/masuk/?next=/absen/")
        page.get_by_label("NIP").fill(login)
        page.get_by_label("Kata sandi").fill(password)
        page.get_by_role("button", name="Masuk").click()
        page.wait_for_url("**/absen/")
        until(page, "Boolean(navigator.serviceWorker.controller)")
        until(page, _NAMED)
        return page

    def cut(self) -> None:
        assert self.context is not None
        self.context.set_offline(True)
        self.gate.shut()

    def restore(self) -> None:
        self.gate.open()
        if self.context is not None:
            self.context.set_offline(False)

    def end(self) -> None:
        self.switch_off()
        self.gate.shut()
        Path(self.live.environment["E2E_CLOCK"]).unlink(missing_ok=True)

    def log_out(self, page: Page) -> None:
        """By the menu, with a network; done when the platform has said good-bye."""
        self.leave(page)
        page.wait_for_url(_SIGNED_OUT)

    def leave(self, page: Page) -> None:
        """By the menu, whether the platform hears of it or not."""
        page.locator("details.menu > summary").click()
        page.get_by_role("button", name="Keluar").click()

    # Time -----------------------------------------------------------------------------------------------------------

    @property
    def time(self) -> datetime:
        """What the platform's clock says now."""
        return datetime.now(UTC) + self._ahead

    def keep_time(self, ahead: timedelta) -> None:
        """The platform is so far ahead of the machine's own clock."""
        self._ahead = ahead
        Path(self.live.environment["E2E_CLOCK"]).write_text(str(ahead.total_seconds()))

    def wait(self, time: timedelta) -> None:
        """So much time goes by."""
        self.wait_until(self.time + time)

    def wait_until(self, moment: datetime) -> None:
        """Time goes by at the platform and on the phone, where everything that waited for it happens."""
        wait = moment - self.time
        assert wait > timedelta(), f"it is {self.time} already"
        self.keep_time(self._ahead + wait)
        if self.context is not None:
            self.context.clock.fast_forward(int(wait / timedelta(milliseconds=1)))

    def set_clock_wrong(self, wrong: timedelta) -> None:
        """Somebody turns the phone's clock; its running clock does not notice."""
        self.wrong = wrong
        if self.context is not None:
            self.context.clock.set_system_time(self.time + wrong)

    # What it sent ---------------------------------------------------------------------------------------------------

    def _note(self, request: Request) -> None:
        if request.url.endswith("/absen/kirim/") and request.method == "POST":
            self.envelopes.append(request.post_data or "")

    def events_sent(self) -> list[dict[str, Any]]:
        return [json.loads(event["body"]) for each in self.envelopes for event in json.loads(each)["events"]]


def until(page: Page, question: str) -> None:
    """Wait for a script's yes. Playwright's own way of waiting needs what the pages' policy forbids."""
    for _ in range(PATIENCE_MS // _LOOK_MS):
        if page.evaluate(question):
            return
        page.wait_for_timeout(_LOOK_MS)
    raise AssertionError(f"still not: {question}")


def tap(page: Page) -> None:
    """One punch, kept: the button is green."""
    another = page.locator("[data-another]")
    if another.is_visible():
        another.click()
    page.locator("[data-hero]").click()
    expect(page.locator("[data-hero][data-saved]")).to_be_visible()


def expect_count(page: Page, state: str, number: int) -> None:
    expect(page.locator(f"[data-count={state}] dd")).to_have_text(str(number))


def expect_sent(page: Page) -> None:
    """Nothing waits for an answer any more. Both counts in one look: a punch goes back and forth between them."""
    none = "".join(f":has([data-count={state}]:not([data-some]))" for state in ("saved", "sending"))
    expect(page.locator(f"[data-outbox]{none}")).to_be_visible()
