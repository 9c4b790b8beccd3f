"""What starts browsers, once for the process: a second one beside it is refused by Playwright."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Playwright, sync_playwright

_running: list[Playwright] = []


@contextmanager
def one_playwright() -> Iterator[Playwright]:
    """The process's own, started by whoever asks first and shared with who asks meanwhile."""
    if _running:
        yield _running[0]
        return
    with sync_playwright() as started:
        _running.append(started)
        try:
            yield started
        finally:
            _running.clear()
