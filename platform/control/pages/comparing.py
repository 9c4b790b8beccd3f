"""What four visitors saw of one page, compared and judged. Pure.

The rule with a worked example: `docs/security/pages.md`. Source: security note, 3.4.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from control.pages.fetching import Fetched
from control.pages.sitemaps import is_sitemap, judge_sitemap
from kernel.judol.hosts import host_of, is_foreign, is_of_government, is_usual
from kernel.judol.page_reading import NO_STYLES
from kernel.judol.pages import DECIDED, HIT, Finding, PageJudgement, judge_page, scores_as_address

_UNLIKE: Final = 0.5
_SHINGLE: Final = 4
_WORD: Final = re.compile(r"\w+")
_HTML: Final = re.compile(rb"<\s*(?:!doctype|html|head|body|title|script|a|p|div|meta|h1)\b", re.IGNORECASE)


class Verdict(StrEnum):
    """What becomes of a page; worst first."""

    CLOAKED = "cloaked"
    INJECTED = "injected"
    DEFACED = "defaced"
    UNREACHABLE = "unreachable"
    CLEAN = "clean"

    @property
    def is_bad(self) -> bool:
        """Whether somebody did something to the page."""
        return self in (Verdict.CLOAKED, Verdict.INJECTED, Verdict.DEFACED)


@dataclass(frozen=True, slots=True)
class Visit:
    """What one visitor got: the answer, the page judged, and what speaks against the way there."""

    visitor: str
    fetched: Fetched
    judgement: PageJudgement
    way: tuple[Finding, ...] = ()

    @property
    def score(self) -> float:
        """The page's score, or that of the redirects that led away."""
        return max([self.judgement.score, *(found.weight for found in self.way)])

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All that speaks against it, heaviest first."""
        return tuple(sorted([*self.way, *self.judgement.findings], key=lambda found: -found.weight))

    @property
    def led_to(self) -> frozenset[str]:
        """The hosts that redirects led to, also those that could not be reached."""
        return frozenset(filter(None, (host_of(hop.location) for hop in self.fetched.hops)))

    @property
    def is_there(self) -> bool:
        """Whether the visitor got a page."""
        return not self.fetched.failure and self.fetched.status < 400


@dataclass(frozen=True, slots=True)
class Compared:
    """The verdict on one page, why, and how like the person's page each other visitor's was (0 to 1)."""

    verdict: Verdict
    score: float
    reasons: tuple[str, ...]
    likeness: Mapping[str, float]


def see(visitor: str, fetched: Fetched, host: str, own: frozenset[str], styles: Mapping[str, str] = NO_STYLES) -> Visit:
    """Judge what a visitor got of a page of `host`; `own` are the region's other names, `styles` its style sheets."""
    if not fetched.failure and is_sitemap(fetched.body):
        judgement = judge_sitemap(fetched.body, fetched.url)
        return Visit(visitor, fetched, judgement, tuple(_of_way(fetched, frozenset({host, *own}))))
    is_page = not fetched.failure and fetched.body and _is_html(fetched)
    judgement = judge_page(
        fetched.body if is_page else b"",
        host,
        own,
        url=fetched.hops[-1].url if fetched.hops else fetched.url,
        charset=_charset(fetched.header("Content-Type")),
        styles=styles,
    )
    return Visit(visitor, fetched, judgement, tuple(_of_way(fetched, frozenset({host, *own}))))


def _is_html(fetched: Fetched) -> bool:
    kind = fetched.header("Content-Type").lower()
    return "html" in kind or not kind or kind.startswith("text/plain") or bool(_HTML.search(fetched.body[:4096]))


def _charset(content_type: str) -> str:
    match = re.search(r"charset\s*=\s*[\"']?([\w.:-]{2,30})", content_type, re.IGNORECASE)
    return match[1] if match else ""


def _of_way(fetched: Fetched, own: frozenset[str]) -> Iterable[Finding]:
    targets = [hop.location for hop in fetched.hops if hop.location]
    refresh = fetched.header("Refresh")
    if "url=" in refresh.lower():
        targets.append(re.split(r"url\s*=", refresh, flags=re.IGNORECASE)[1].strip("\"' "))
    for target in targets:
        host = host_of(target)
        if not is_foreign(host, own) or is_usual(host):
            continue
        scores = scores_as_address(target, host)
        yield Finding("redirect", target[:300], 8.0 if scores else HIT if is_of_government(host) else 4.0)


def compare(visits: Sequence[Visit], again: Visit | None = None) -> Compared:
    """The verdict on the page that these visitors saw, the person first.

    `again` is the person's second visit: a page that is another one at each visit anyway is not cloaked because the
    others saw another one too.
    """
    person, others = visits[0], visits[1:]
    likeness = {visit.visitor: likeness_of(person, visit) for visit in others}
    worst = max(visits, key=lambda visit: visit.score)
    reasons = [f"{visit.visitor}:{found.code}" for visit in visits for found in visit.findings if found.weight >= HIT]
    diverging = [visit for visit in others if _diverges(person, visit, likeness[visit.visitor])]
    if diverging and again is not None and likeness_of(person, again) < _UNLIKE:
        diverging = []
    elsewhere = [visit for visit in others if _sent_away(visit) and not _sent_away(person)]
    if (worst.score >= DECIDED and person.score < HIT) or diverging or elsewhere:
        verdict = Verdict.CLOAKED
        reasons += [f"{visit.visitor}:unlike" for visit in diverging]
        reasons += [f"{visit.visitor}:sent_away" for visit in elsewhere]
    elif worst.score >= DECIDED:
        is_injected = any(visit.judgement.is_injected for visit in visits)
        verdict = Verdict.INJECTED if is_injected else Verdict.DEFACED
    elif not any(visit.is_there for visit in visits):
        verdict = Verdict.UNREACHABLE
        reasons += [f"{visit.visitor}:{visit.fetched.failure or visit.fetched.status}" for visit in visits]
    else:
        verdict = Verdict.CLEAN
    return Compared(verdict, worst.score, tuple(dict.fromkeys(reasons)), likeness)


def needs_another_look(visits: Sequence[Visit]) -> bool:
    """Whether the person should visit once more: only the texts differ, and the page may be another one each time."""
    person = visits[0]
    return person.score < HIT and any(
        _diverges(person, visit, likeness_of(person, visit)) for visit in visits[1:] if visit.score < DECIDED
    )


def _diverges(person: Visit, other: Visit, likeness: float) -> bool:
    """Another text with links to hosts that the person's page does not know."""
    if not (person.is_there and other.is_there) or likeness >= _UNLIKE:
        return False
    return bool(other.judgement.linked - person.judgement.outbound)


def _sent_away(visit: Visit) -> bool:
    return any(found.code == "redirect" and found.weight >= 4.0 for found in visit.way)


def likeness_of(one: Visit, other: Visit) -> float:
    """Jaccard likeness of the texts' shingles of four words, 0 to 1; two empty texts are alike."""
    first, second = (_shingles(visit.judgement.page.text) for visit in (one, other))
    if not first and not second:
        return 1.0
    return len(first & second) / len(first | second)


def _shingles(text: str) -> frozenset[tuple[str, ...]]:
    words = _WORD.findall(text.lower())[:20_000]
    if len(words) <= _SHINGLE:
        return frozenset([tuple(words)]) if words else frozenset()
    return frozenset(tuple(words[at : at + _SHINGLE]) for at in range(len(words) - _SHINGLE + 1))


def worst_of(verdicts: Iterable[Verdict]) -> Verdict:
    """The worst verdict; pages that cannot be reached count only when no other page could be."""
    found = set(verdicts)
    order = [Verdict.CLOAKED, Verdict.INJECTED, Verdict.DEFACED, Verdict.CLEAN, Verdict.UNREACHABLE]
    return next((verdict for verdict in order if verdict in found), Verdict.UNREACHABLE)
