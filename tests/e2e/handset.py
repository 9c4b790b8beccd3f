"""Somebody's phone: a browser profile on disk, a network that can really be cut, and a clock that can be wrong."""

from __future__ import annotations

import contextlib
import json
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
from tests.e2e.live import Live

_CHUNK: Final = 65_536
_LOOK_MS: Final = 200
# Asked of the storage itself: the page's policy lets nobody from outside import its modules.
_NAMED: Final = """() => new Promise((resolve) => {
    const opening = indexedDB.open("kinerja-absen", 1);
    opening.onsuccess = () => {
        const keys = opening.result.transaction("keys").objectStore("keys").getAll();
        keys.onsuccess = () => {
            opening.result.close();
            resolve(keys.result.some(({ device }) => device));
        };
    };
})"""


class Gate:
    """A port in front of the platform; while it is shut nothing gets through, and what was open breaks.

    A name that is in `blocked` gets nothing through either, as a provider refuses it by what a connection asks for.
    `received` counts the bytes that came from the platform, whoever asked for them.
    """

    def __init__(self, target: int) -> None:
        self.target = target
        self.port = 0
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
        self.port = int(listening.getsockname()[1])
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
    """The phone. `wrong` is how far its wall clock is ahead of the platform's; both move together by `wait`."""

    playwright: Playwright
    live: Live
    region: str
    profile: Path
    now: datetime
    wrong: timedelta = timedelta()
    gate: Gate = field(init=False)
    context: BrowserContext | None = None
    envelopes: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.gate = Gate(self.live.port)
        self._tell_platform()

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
            self.context.clock.install(time=self.now + self.wrong)
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
        self._file.unlink(missing_ok=True)

    # Time -----------------------------------------------------------------------------------------------------------

    def wait(self, time: timedelta) -> None:
        """The same time goes by at the platform and on the phone, where everything that waited for it happens."""
        self.now += time
        self._tell_platform()
        if self.context is not None:
            self.context.clock.fast_forward(int(time / timedelta(milliseconds=1)))

    def set_clock_wrong(self, wrong: timedelta) -> None:
        """Somebody turns the phone's clock; its running clock does not notice."""
        self.wrong = wrong
        if self.context is not None:
            self.context.clock.set_system_time(self.now + wrong)

    @property
    def _file(self) -> Path:
        return Path(self.live.environment["E2E_CLOCK"])

    def _tell_platform(self) -> None:
        self._file.write_text(str((self.now - datetime.now(UTC)).total_seconds()))

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
    """Nothing waits for an answer any more."""
    expect_count(page, "saved", 0)
    expect_count(page, "sending", 0)
