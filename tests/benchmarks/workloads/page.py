"""Pages of a signed-in person: W3's list of own activities and W5's first page."""

from __future__ import annotations

from tests.benchmarks.loadgen import Request, Step, VirtualUser

_HEADERS = {"Accept-Encoding": "gzip", "User-Agent": "bench"}


def own_list(month: str = "") -> Step:
    """The list of the running month, or of another one (as 2026-10)."""
    path = f"/aktivitas/?bulan={month}" if month else "/aktivitas/"
    return Step("activity list", lambda user: _get(user, path))


def home() -> Step:
    """The first page. Nothing of it is loaded afterwards, so this is the whole visit."""
    return Step("home", lambda user: _get(user, "/"))


def _get(user: VirtualUser, path: str) -> Request:
    return Request("GET", path, _HEADERS)
