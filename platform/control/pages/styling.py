"""The style sheets that pages link to, fetched within a budget and only where they decide something."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urljoin

from control.pages.fetching import Fetcher
from control.pages.visitors import PERSON
from kernel.judol.hosts import host_of, is_foreign
from kernel.judol.page_reading import Page
from kernel.judol.pages import turns_on_styles
from kernel.judol.styles import imports_of

MOST_SHEETS: Final = 8
MOST_BYTES: Final = 1024 * 1024
_DEPTH: Final = 2


@dataclass(slots=True)
class Styles:
    """The sheets of one site, each asked for once, as the person: what is asked is what a person does not see.

    Only of the owner's own hosts; what stands elsewhere stays unread. A page in which nothing would advertise however
    it is hidden costs no request.
    """

    fetcher: Fetcher
    _kept: dict[str, str | None] = field(default_factory=dict)
    _room: int = MOST_BYTES

    def of(self, page: Page, host: str, own: frozenset[str]) -> Mapping[str, str]:
        """The sheets of this page by their address, as far as the budget goes."""
        if not page.sheets or not turns_on_styles(page, host, own):
            return {}
        names = own | {host}
        return {url: css for url in page.sheets if (css := self._sheet(url, names)) is not None}

    def _sheet(self, url: str, names: frozenset[str], depth: int = 1) -> str | None:
        if url in self._kept:
            return self._kept[url]
        if len(self._kept) >= MOST_SHEETS or self._room <= 0 or is_foreign(host_of(url), names):
            return None
        self._kept[url] = None
        got = self.fetcher.fetch(url, {**PERSON.headers, "Accept": "text/css,*/*;q=0.1"}, most_bytes=self._room)
        self._room -= len(got.body)
        if got.failure or got.status != 200 or "html" in got.header("Content-Type").lower():
            return None
        css = got.body.decode("utf-8", "replace")
        if depth < _DEPTH:
            taken_in = [self._sheet(urljoin(url, found), names, depth + 1) for found in imports_of(css)]
            css = "\n".join([*filter(None, taken_in), css])
        self._kept[url] = css
        return css
