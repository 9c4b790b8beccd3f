"""Looking at a page, and at a whole site, as four visitors. Network, but no database."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final
from urllib.parse import urljoin, urlsplit

from control.pages.addresses import Refused, read_target
from control.pages.comparing import Compared, Verdict, Visit, compare, needs_another_look, see, worst_of
from control.pages.fetching import Fetched, Fetcher
from control.pages.sitemaps import (
    addresses_in,
    changed_since,
    changes_in,
    is_index,
    is_sitemap,
    named_in_robots,
    proofs_in,
    sample,
)
from control.pages.styling import Styles
from control.pages.visitors import PERSON, ROBOT, VISITORS, Visitor

_MOST_SITEMAPS: Final = 5
_ROBOTS: Final = "robots.txt"
_SITEMAP: Final = "sitemap.xml"
# The beginning of a site or of a folder.
_BEGINNING: Final = re.compile(r"(?:\A|/|/index\.\w{2,5})\Z")


@dataclass(frozen=True, slots=True)
class SeenPage:
    """One page with what each visitor got and the verdict."""

    url: str
    visits: tuple[Visit, ...]
    compared: Compared

    @property
    def verdict(self) -> Verdict:
        return self.compared.verdict


@dataclass(frozen=True, slots=True)
class SeenSite:
    """A site: its pages, the home page first, and how many addresses its sitemaps name (None without a sitemap).

    `verifications` are the signs by which somebody proved to a search engine that the site is theirs.
    """

    pages: tuple[SeenPage, ...]
    sitemap_size: int | None = None
    verifications: frozenset[str] = field(default_factory=frozenset)

    @property
    def verdict(self) -> Verdict:
        """The worst of its pages; whether it can be reached is its home page's."""
        worst = worst_of(page.verdict for page in self.pages)
        return worst if worst.is_bad else self.pages[0].verdict

    @property
    def worst(self) -> SeenPage:
        """The page that the verdict is about."""
        return next(page for page in self.pages if page.verdict is self.verdict)


def look_at_page(
    url: str,
    fetcher: Fetcher,
    own: frozenset[str] = frozenset(),
    visitors: Sequence[Visitor] = VISITORS,
    styles: Styles | None = None,
) -> SeenPage:
    """Fetch one page as each visitor and compare. `styles` are the sheets of the site that were fetched before.

    Never raises for what the other side does.
    """
    styles = styles or Styles(fetcher)
    try:
        host = read_target(url, loopback=fetcher.loopback).host
    except Refused as error:
        # Nobody needs to try what may not be asked.
        visit = see(visitors[0].code, Fetched(url, failure=error.reason, failed_at=url), "", own)
        return SeenPage(url, (visit,), compare([visit]))

    def visited_by(visitor: Visitor) -> Visit:
        fetched = fetcher.fetch(url, visitor.headers)
        seen = see(visitor.code, fetched, host, own)
        sheets = styles.of(seen.judgement.page, host, own)
        return see(visitor.code, fetched, host, own, sheets) if sheets else seen

    visits = [visited_by(visitor) for visitor in visitors]
    again = visited_by(visitors[0]) if needs_another_look(visits) else None
    return SeenPage(url, tuple(visits), compare(visits, again))


def look_with_sitemap(url: str, fetcher: Fetcher, own: frozenset[str] = frozenset()) -> list[SeenPage]:
    """One page, and the sitemap beside it when it is the beginning of a site or of a folder."""
    page = look_at_page(url, fetcher, own)
    if not _BEGINNING.search(urlsplit(url).path) or not any(visit.is_there for visit in page.visits):
        return [page]
    return [page, *_sitemaps(url, fetcher, own).pages]


def look_at_site(
    home: str, fetcher: Fetcher, own: frozenset[str] = frozenset(), *, seed: str = "", since: date | None = None
) -> SeenSite:
    """The home page as all four visitors, the sitemaps, twenty of their pages and those that changed `since` as person
    and as robot."""
    styles = Styles(fetcher)
    first = look_at_page(home, fetcher, own, styles=styles)
    pages = [first]
    size: int | None = None
    tokens = {token for visit in first.visits for token in visit.judgement.page.verifications}
    if any(visit.is_there for visit in first.visits):
        beside = _sitemaps(home, fetcher, own)
        inside = own | {urlsplit(first.visits[0].fetched.url).hostname or ""}
        size = len(beside.addresses) if beside.pages else None
        pages += [page for page in beside.pages if page.verdict.is_bad]
        chosen = dict.fromkeys(
            [*sample(beside.addresses, inside, seed=seed), *changed_since(beside.changes, inside, since)]
        )
        links = [anchor.url for visit in first.visits for anchor in visit.judgement.page.anchors]
        tokens.update(proofs_in([*beside.addresses, *links]))
        pages += [look_at_page(url, fetcher, own, (PERSON, ROBOT), styles) for url in chosen if url != home]
    return SeenSite(tuple(pages), size, frozenset(tokens))


@dataclass(frozen=True, slots=True)
class _Sitemaps:
    """Sitemaps as person and robot see them, all pages that they name, and which say when they changed."""

    pages: tuple[SeenPage, ...]
    addresses: tuple[str, ...]
    changes: Mapping[str, date]


def _sitemaps(url: str, fetcher: Fetcher, own: frozenset[str]) -> _Sitemaps:
    """The sitemaps beside a page, and those that robots.txt names."""
    wanted = [urljoin(url, _SITEMAP)]
    robots = fetcher.fetch(urljoin(url, _ROBOTS), ROBOT.headers)
    if not robots.failure and robots.status == 200:
        wanted += named_in_robots(robots.body, url)
    seen: list[SeenPage] = []
    addresses: dict[str, None] = {}
    changes: dict[str, date] = {}
    asked: set[str] = set()
    while wanted and len(asked) < _MOST_SITEMAPS:
        at = wanted.pop(0)
        if at in asked:
            continue
        asked.add(at)
        page = look_at_page(at, fetcher, own, (PERSON, ROBOT))
        bodies = [visit.fetched.body for visit in page.visits if visit.is_there and is_sitemap(visit.fetched.body)]
        if not bodies:
            continue
        seen.append(page)
        for body in bodies:
            named = addresses_in(body)
            if is_index(body):
                wanted += named
            else:
                addresses |= dict.fromkeys(named)
                changes |= changes_in(body)
    return _Sitemaps(tuple(seen), tuple(addresses), changes)
