"""Sitemaps: which addresses a site tells search engines, and which of them advertise. Pure.

Read by pattern, not by an XML parser: nothing to expand, nothing to fetch, and a broken file still tells its addresses.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import date
from html import unescape
from itertools import islice, zip_longest
from typing import Final
from urllib.parse import urljoin

from kernel.judol.hosts import host_of, is_foreign, words_of_url
from kernel.judol.page_reading import Page
from kernel.judol.pages import HIT, Finding, PageJudgement, score_of, scores_as_address

SAMPLE: Final = 20
_MOST: Final = 50_000
_LOC: Final = re.compile(r"<(?:\w{1,20}+:)?loc\s*+>\s*+(?:<!\[CDATA\[)?+([^<\]]{1,2000}+)", re.IGNORECASE)
_CHANGED: Final = re.compile(r"<(?:\w{1,20}+:)?lastmod\s*+>\s*+(?:<!\[CDATA\[)?+(\d{4}-\d\d-\d\d)", re.IGNORECASE)
_PROOF: Final = re.compile(r"/((?:google[0-9a-f]{12,20}|yandex_[0-9a-f]{12,20}|pinterest-[0-9a-z]{4,10})\.html)\Z")
_NAMED: Final = re.compile(r"^[ \t]*+sitemap[ \t]*+:[ \t]*+(\S{1,2000})", re.IGNORECASE | re.MULTILINE)
CHANGED: Final = 10
"""Pages that are looked at besides because their sitemap says that they changed since the last scan."""
DOORWAYS: Final = 3
"""Addresses that advertise, from which on a sitemap is judged to be a doorway's."""


def is_sitemap(body: bytes) -> bool:
    """Whether a body is a sitemap or an index of sitemaps."""
    head = body[:2000].lower()
    return b"<urlset" in head or b"<sitemapindex" in head


def is_index(body: bytes) -> bool:
    """Whether it names other sitemaps instead of pages."""
    return b"<sitemapindex" in body[:2000].lower()


def addresses_in(body: bytes) -> list[str]:
    """The addresses that a sitemap names, in its order."""
    text = body.decode("utf-8", "replace")
    return [unescape(match[1]).strip() for match in _LOC.finditer(text)][:_MOST]


def changes_in(body: bytes) -> dict[str, date]:
    """The addresses of a sitemap that say on which day they were last changed; days that do not exist are no days."""
    found: dict[str, date] = {}
    text = body.decode("utf-8", "replace")
    addresses = list(islice(_LOC.finditer(text), _MOST))
    for this, following in zip_longest(addresses, addresses[1:]):
        # Up to the next address: what stands before one belongs to the one before.
        said = _CHANGED.search(text, this.end(), following.start() if following else len(text))
        if said:
            with suppress(ValueError):
                found[unescape(this[1]).strip()] = date.fromisoformat(said[1])
    return found


def proofs_in(addresses: Iterable[str]) -> list[str]:
    """Files among these addresses by which somebody proves to a search engine that the site is theirs."""
    return sorted({found[1] for url in addresses if (found := _PROOF.search(url))})


def named_in_robots(body: bytes, base: str) -> list[str]:
    """The sitemaps that a robots.txt names."""
    return [urljoin(base, found) for found in _NAMED.findall(body[:100_000].decode("utf-8", "replace"))][:10]


def advertising(addresses: Sequence[str]) -> list[str]:
    """Those whose own words advertise."""
    return [url for url in addresses if score_of(words_of_url(url)) >= HIT or scores_as_address("", host_of(url))]


def judge_sitemap(body: bytes, url: str) -> PageJudgement:
    """Judge a sitemap by the addresses it names: three that advertise, or a fifth of a short one, lead to doorways."""
    addresses = addresses_in(body)
    found = advertising(addresses[:5_000])
    findings: tuple[Finding, ...] = ()
    if found:
        is_doorway = len(found) >= DOORWAYS or len(found) / len(addresses) >= 0.2
        findings = (
            Finding("doorway_sitemap", f"{len(found)}/{len(addresses)}: {found[0][:200]}", 6.0 if is_doorway else HIT),
        )
    page = Page(url, text="\n".join(addresses[:500]))
    return PageJudgement(
        findings[0].weight if findings else 0.0, len(addresses), len(found), findings=findings, page=page
    )


def changed_since(changes: Mapping[str, date], own: frozenset[str], since: date | None) -> list[str]:
    """Ten pages of the site that changed on that day or later, the latest first; none when no day is known."""
    if since is None:
        return []
    recent = sorted((day, url) for url, day in changes.items() if day >= since and _is_inside(url, own))
    return [url for _day, url in reversed(recent)][:CHANGED]


def sample(addresses: Sequence[str], own: frozenset[str], *, seed: str = "") -> list[str]:
    """Twenty pages of the site: first those whose address advertises, then by a draw that the seed decides."""
    inside = list(dict.fromkeys(url for url in addresses if _is_inside(url, own)))
    first = advertising(inside[:5_000])[: SAMPLE // 2]
    rest = sorted(
        (url for url in inside if url not in set(first)),
        key=lambda url: hashlib.sha256(f"{seed}|{url}".encode()).digest(),
    )
    return [*first, *rest][:SAMPLE]


def _is_inside(url: str, own: frozenset[str]) -> bool:
    return bool(host_of(url)) and not is_foreign(host_of(url), own)


def has_jumped(before: int | None, now: int) -> bool:
    """Whether a sitemap grew by more than half (and by more than a handful) since it was last seen."""
    return before is not None and now - before > max(10, before * 0.5)
