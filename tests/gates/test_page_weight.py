"""What a visit brings over the wire, counted by following the HTML as a browser would: no browser is needed for it.

Limits: performance note, B1.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import pytest
from typing_extensions import override

from tests.gates.conftest import Answer, Served

KB = 1000
HASHED = re.compile(r"^/static/.+\.[0-9a-f]{12}\.[a-z0-9]+$")
LOADING_LINKS = {"stylesheet", "icon", "manifest", "preload", "modulepreload", "apple-touch-icon"}
CSS_ADDRESS = re.compile(r"""(?:url\(\s*|@import\s+)["']?([^"')\s]+)""")
# What is imported in the middle of the work (`import("...")`) comes when it is wanted, not with the page.
MODULE_ADDRESS = re.compile(r"""\b(?:from|import)\s*["']([./][^"']*)["']""")


class Loading(HTMLParser):
    """The addresses that a browser fetches for a page, besides the page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "link" and LOADING_LINKS & set(given.get("rel", "").split()):
            self.found.append(given["href"])
        elif tag in ("script", "img", "iframe", "source", "video", "audio", "embed") and given.get("src"):
            self.found.append(given["src"])
        if given.get("srcset"):
            self.found += [part.split()[0] for part in given["srcset"].split(",")]
        if given.get("hx-trigger", "").startswith(("load", "revealed", "every")):
            self.found.append(given.get("hx-get", ""))


@dataclass
class Visit:
    """Everything that one page view fetched, by address."""

    page: Answer
    files: dict[str, Answer] = field(default_factory=dict)
    foreign: list[str] = field(default_factory=list)

    @property
    def first_bytes(self) -> int:
        return self.page.wire_bytes + sum(answer.wire_bytes for answer in self.files.values())

    @property
    def second_bytes(self) -> int:
        """The next view of the page: what the browser may not keep."""
        kept = {path for path, answer in self.files.items() if "immutable" in answer.headers.get("cache-control", "")}
        return self.first_bytes - sum(self.files[path].wire_bytes for path in kept)

    @property
    def requests(self) -> int:
        return 1 + len(self.files)


def visit(served: Served, path: str, *, signed_in: bool) -> Visit:
    page = served.get(path, signed_in=signed_in)
    assert page.status == 200, (path, page.status)
    parser = Loading()
    parser.feed(page.body.decode())
    found = Visit(page)
    waiting = [urljoin(path, address) for address in parser.found]
    while waiting:
        address = waiting.pop()
        if address.startswith("data:") or address in found.files:
            continue
        if urlsplit(address).netloc:
            found.foreign.append(address)
            continue
        answer = served.get(address, signed_in=signed_in)
        assert answer.status == 200, (address, answer.status)
        found.files[address] = answer
        kind = answer.headers["content-type"].partition(";")[0]
        if kind == "text/css":
            waiting += [urljoin(address, inner) for inner in CSS_ADDRESS.findall(answer.body.decode())]
        elif kind == "text/javascript":
            waiting += [urljoin(address, inner) for inner in MODULE_ADDRESS.findall(answer.body.decode())]
    return found


PAGES = {
    "log-in": ("/masuk/", False, 60 * KB),
    "punch": ("/absen/", True, 120 * KB),
    "home": ("/", True, 120 * KB),
    "activities": ("/aktivitas/", True, 120 * KB),
    "inbox": ("/kotak-masuk/", True, 120 * KB),
}


@pytest.fixture(scope="module")
def visits(served: Served) -> dict[str, Visit]:
    """Each page, visited once."""
    return {name: visit(served, path, signed_in=signed_in) for name, (path, signed_in, _) in PAGES.items()}


@pytest.mark.parametrize("name", PAGES)
def test_first_visit_is_light(visits: dict[str, Visit], name: str) -> None:
    found, limit = visits[name], PAGES[name][2]
    sizes = {address: answer.wire_bytes for address, answer in found.files.items()}
    assert found.first_bytes <= limit, (found.page.wire_bytes, sizes)
    assert found.requests <= 12, list(found.files)


@pytest.mark.parametrize("name", PAGES)
def test_second_visit_brings_the_page_alone(visits: dict[str, Visit], name: str) -> None:
    found = visits[name]
    assert found.second_bytes <= 15 * KB, (found.page.wire_bytes, list(found.files))


@pytest.mark.parametrize("name", PAGES)
def test_nothing_comes_from_elsewhere(visits: dict[str, Visit], name: str) -> None:
    assert visits[name].foreign == []


@pytest.mark.parametrize("name", PAGES)
def test_page_and_texts_are_compressed(visits: dict[str, Visit], name: str) -> None:
    found = visits[name]
    assert found.page.headers.get("content-encoding") == "gzip"
    assert "Accept-Encoding" in found.page.headers["vary"]
    plain = [
        address
        for address, answer in found.files.items()
        if answer.headers["content-type"].startswith(("text/", "image/svg"))
        and answer.headers.get("content-encoding") != "gzip"
        and len(answer.body) > 1400
    ]
    assert plain == []


@pytest.mark.parametrize("name", PAGES)
def test_static_files_have_hashed_names_and_are_kept(visits: dict[str, Visit], name: str) -> None:
    files = {path: answer for path, answer in visits[name].files.items() if path.startswith("/static/")}
    assert files
    assert [path for path in files if not HASHED.match(path)] == []
    assert [path for path, answer in files.items() if "immutable" not in answer.headers["cache-control"]] == []


def test_a_small_answer_is_sent_as_it_is(served: Served) -> None:
    assert "content-encoding" not in served.get("/livez", signed_in=False).headers


def test_two_answers_of_one_page_differ_in_length(served: Served) -> None:
    sizes = {served.get("/masuk/", signed_in=False).wire_bytes for _ in range(8)}
    assert len(sizes) > 1
