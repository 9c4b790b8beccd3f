"""A phone, and a server that a test can take away or make wrong.

The phone is a browser with its profile on disk. The office shows the pages as they were rendered, answers as the lane
does and checks every signature.

With the real server behind it: tests/e2e/test_punch_without_signal.py.
"""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from django.contrib.staticfiles import finders
from playwright.sync_api import BrowserContext, Page, Playwright, expect
from typing_extensions import override

from infra.local.browser import find_browser
from tests.one_playwright import one_playwright

HOST: Final = "manado.localhost"
PATIENCE_MS: Final = 30_000
STEP_BYTES: Final = 32

expect.set_options(timeout=PATIENCE_MS)


@dataclass
class Answer:
    """What the office says next instead of taking the punches."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: str = "{}"


@dataclass
class Picture:
    """One sending of a picture, or of why there is none, for a punch."""

    punch: str
    photo: bytes
    fields: dict[str, str]


@dataclass
class Office:
    """The server's side. `takes` holds what arrived, in order and with repeats; `keys` the registered phones.

    `pictures` are all sendings of pictures that it understood.
    """

    pages: dict[str, str]
    owner: str = ""
    is_signed_in: bool = True
    key_state: str = "active"
    policy: dict[str, Any] = field(default_factory=dict)
    next_answers: list[Answer] = field(default_factory=list)
    judge: Callable[[dict[str, Any]], dict[str, Any]] = lambda event: {}
    keys: dict[str, dict[str, Any]] = field(default_factory=dict)
    takes: list[dict[str, Any]] = field(default_factory=list)
    envelopes: list[dict[str, Any]] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    cookies_with_punches: list[str] = field(default_factory=list)
    receipts: dict[str, int] = field(default_factory=dict)
    owners: dict[str, str] = field(default_factory=dict)
    pictures: list[Picture] = field(default_factory=list)
    next_picture_answers: list[Answer] = field(default_factory=list)
    log: list[str] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def ids(self) -> list[str]:
        """The ids of the punches that arrived, each once, in order."""
        return list(self.receipts)

    def mark(self) -> dict[str, Any]:
        now = datetime.now(UTC)
        return {"server_time": now.isoformat(), "mark": f"mark-{now.timestamp()}"}

    def register(self, told: dict[str, Any]) -> dict[str, Any]:
        known = next((uid for uid, key in self.keys.items() if key["jwk"] == told["jwk"]), None)
        uid = known or str(uuid.uuid4())
        self.keys.setdefault(uid, {"jwk": told["jwk"], "owner": self.owner, "state": self.key_state})
        return {"device": uid, "state": self.keys[uid]["state"]}

    def take(self, raw: bytes, cookie: str) -> dict[str, Any]:
        with self._lock:
            told = json.loads(raw)
            self.envelopes.append(told)
            self.sizes.append(len(raw))
            self.cookies_with_punches.append(cookie)
            return {**self.mark(), "answers": [self._answer(each) for each in told["events"]]}

    def _answer(self, sent: dict[str, str]) -> dict[str, Any]:
        event: dict[str, Any] = json.loads(sent["body"])
        verify(self.keys[event["device"]]["jwk"], sent["body"], sent["sig"])
        self.takes.append(event)
        self.owners[event["id"]] = self.keys[event["device"]]["owner"]
        is_new = event["id"] not in self.receipts
        receipt = self.receipts.setdefault(event["id"], len(self.receipts) + 1)
        return {
            "id": event["id"],
            "state": "accepted" if is_new else "duplicate",
            "grade": "A",
            "receipt": receipt,
            "captured_at": event["captured_at"],
            "reasons": [],
            "words": [],
            **self.judge(event),
        }

    def take_picture(self, punch: str, raw: bytes, kind: str) -> Answer:
        """As `tenants.punch_review.selfie_views.send` answers a script."""
        if not self.is_signed_in:
            return Answer(302, {"Location": "/masuk/"})
        if self.owners.get(punch) != self.owner:
            return Answer(404)
        parts = message_from_bytes(b"Content-Type: " + kind.encode() + b"\r\n\r\n" + raw, policy=HTTP).iter_parts()
        told = {str(part.get_param("name", header="content-disposition")): part for part in parts}
        contents = {name: bytes(part.get_payload(decode=True) or b"") for name, part in told.items()}
        photo = contents.pop("photo", b"")
        is_known = any(each.punch == punch for each in self.pictures)
        self.pictures.append(Picture(punch, photo, {name: value.decode() for name, value in contents.items()}))
        if self.next_picture_answers:
            return self.next_picture_answers.pop(0)
        return Answer(202, body=json.dumps({"state": "known" if is_known else "kept"}))


def verify(jwk: dict[str, str], body: str, signature: str) -> None:
    """Raises InvalidSignature when the key did not sign exactly this text."""
    numbers = ec.EllipticCurvePublicNumbers(_number(jwk["x"]), _number(jwk["y"]), ec.SECP256R1())
    raw = _bytes(signature)
    r, s = (int.from_bytes(part, "big") for part in (raw[:STEP_BYTES], raw[STEP_BYTES:]))
    numbers.public_key().verify(encode_dss_signature(r, s), body.encode(), ec.ECDSA(hashes.SHA256()))


def digest(body: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(body.encode()).digest()).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _number(text: str) -> int:
    return int.from_bytes(_bytes(text), "big")


def _handler(office: Office) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            path = urlsplit(self.path).path
            office.log.append(f"GET {path}")
            found = finders.find(path.removeprefix("/static/")) if path.startswith("/static/") else None
            if found:
                file = Path(str(found))
                kind = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}.get(
                    file.suffix, "text/plain"
                )
                self.answer(200, file.read_bytes(), kind)
            elif path == "/absen/tanda/":
                if not office.is_signed_in:
                    self.answer(302, b"", "text/html", {"Location": "/masuk/"})
                    return
                keys = [
                    {"device": uid, "state": key["state"]}
                    for uid, key in office.keys.items()
                    if key["owner"] == office.owner
                ]
                told = {**office.mark(), "owner": office.owner, "keys": keys, "policy": office.policy}
                self.answer(200, json.dumps(told).encode(), "application/json")
            elif path in office.pages:
                kind = "text/javascript" if path.endswith(".js") else "text/html; charset=utf-8"
                self.answer(200, office.pages[path].encode(), kind)
            else:
                self.answer(404, b"nothing here", "text/plain")

        def do_POST(self) -> None:
            path = urlsplit(self.path).path
            office.log.append(f"POST {path}")
            raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if path == "/absen/kirim/" and office.next_answers:
                said = office.next_answers.pop(0)
                self.answer(said.status, said.body.encode(), "application/json", said.headers)
            elif path == "/absen/kirim/":
                self.answer(
                    200, json.dumps(office.take(raw, self.headers.get("Cookie", ""))).encode(), "application/json"
                )
            elif path == "/absen/hp/" and office.is_signed_in:
                self.answer(200, json.dumps(office.register(json.loads(raw))).encode(), "application/json")
            elif path.startswith("/absen/swafoto/"):
                said = office.take_picture(path.split("/")[3], raw, self.headers["Content-Type"])
                self.answer(said.status, said.body.encode(), "application/json", said.headers)
            elif path == "/keluar/":
                self.answer(303, b"", "text/html", {"Location": "/masuk/"})
            else:
                self.answer(403, b"", "text/plain")

        def answer(self, status: int, body: bytes, kind: str, headers: dict[str, str] | None = None) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("X-Request-Id", "test")
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        @override
        def log_message(self, format: str, *args: object) -> None:
            pass

    return Handler


@dataclass
class Phone:
    """A browser with a profile of its own, which survives its being closed."""

    playwright: Playwright
    office: Office
    profile: Path
    port: int = 0
    context: BrowserContext | None = None
    _server: ThreadingHTTPServer | None = None

    @property
    def site(self) -> str:
        return f"http://{HOST}:{self.port}"

    def open(self, path: str = "/absen/") -> Page:
        """The page in the browser, which starts when it is not running."""
        page = self.new_page()
        page.goto(self.site + path)
        return page

    def open_with_full_storage(self, path: str = "/absen/") -> Page:
        """The page on a phone that has no room left; the browser starts anew, so that it has not put any by."""
        self.close()
        page = self.new_page()
        quota = page.context.new_cdp_session(page)
        quota.send("Storage.overrideQuotaForOrigin", {"origin": self.site, "quotaSize": 1})
        page.goto(self.site + path)
        return page

    def new_page(self) -> Page:
        if self.context is None:
            self.context = self.playwright.chromium.launch_persistent_context(
                self.profile,
                executable_path=find_browser(),
                args=["--no-sandbox", "--disable-gpu"],
                viewport={"width": 360, "height": 740},
                reduced_motion="reduce",
                permissions=["geolocation"],
                geolocation={"latitude": 1.4748, "longitude": 124.8421, "accuracy": 20},
            )
            self.context.set_default_timeout(PATIENCE_MS)
        return self.context.new_page()

    def ready(self) -> Page:
        """The punch page, when its service worker keeps the shell and its key has a name."""
        page = self.open()
        page.evaluate("navigator.serviceWorker.ready.then(() => 1)")
        page.wait_for_function(
            "async (path) => navigator.serviceWorker.controller && Boolean(await caches.match(path))",
            arg="/absen/aplikasi/",
        )
        page.wait_for_function(
            """async () => {
                const { keyOf, person } = await import("/static/punches/outbox.js");
                return Boolean((await keyOf((await person()).owner))?.device);
            }"""
        )
        return page

    def cut(self) -> None:
        """No server and no network, for pages and for the service worker."""
        assert self.context is not None
        assert self._server is not None
        self.context.set_offline(True)
        self._server.shutdown()
        self._server.server_close()
        self._server = None

    def restore(self) -> None:
        self.serve()
        if self.context is not None:
            self.context.set_offline(False)

    def close(self) -> None:
        """The browser ends, as when the phone is switched off."""
        if self.context is not None:
            self.context.close()
        self.context = None

    def serve(self) -> None:
        ThreadingHTTPServer.allow_reuse_address = True
        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), _handler(self.office))
        self._server.daemon_threads = True
        self.port = int(self._server.server_address[1])
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def end(self) -> None:
        self.close()
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()


@contextmanager
def phone_of(office: Office, profile: Path) -> Iterator[Phone]:
    """While it runs its event loop keeps Django from the database: render the pages before."""
    with one_playwright() as playwright:
        phone = Phone(playwright, office, profile)
        phone.serve()
        try:
            yield phone
        finally:
            phone.end()
