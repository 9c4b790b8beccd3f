"""Whether a page advertises online gambling, openly or behind a visitor's back. Pure, no network.

The rule and a worked example: `docs/security/pages.md`. Source: security note, 1.2, 1.4 and 3.4.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Final

from kernel.judol import Profile, judge_text
from kernel.judol.hosts import host_of, is_foreign, is_of_government, is_usual, words_of_host, words_of_url
from kernel.judol.page_reading import NO_STYLES, Anchor, Page, read_page
from kernel.judol.scoring import BLOCK_AT
from kernel.judol.scripts import Script
from kernel.judol.terms import STRONG_CONTEXT, WEAK_CONTEXT

CHUNK: Final = 400
HIT: Final = 3.0
"""A text scores from here on: the review tier."""
DECIDED: Final = 5.0
"""A page is judged to advertise from here on."""
_SHARE: Final = 0.2
_ENOUGH_CHUNKS: Final = 3
_MOST_CHUNKS: Final = 500
_MOST_ANCHORS: Final = 2_000
_FEW_WORDS: Final = 3
_GAMES: Final = frozenset(["term_game", "term_lottery", "term_betting", "term_result", "term_provider"])
_SUBJECT: Final = "phrase_subject"
_CONTEXT: Final = "context"
_STRONGLY: Final = -6.0
# What a report names: what it is about, and whom it was offered by.
_NAMING: Final = frozenset(["phrase_subject", "phrase_call", _CONTEXT])
_ONE_OFFER: Final = 5.0
_SOME_OFFERS: Final = 12.0
_PLAIN: Final = 2.0
"""A host's name below this is a plain one: half a brand's shape scores 2.5."""
# Ways in which tabs, menus and screen readers' words are hidden too.
_USUAL_WAYS: Final = frozenset(["display", "visibility", "opacity", "size", "clip", "comment"])
_SHORT: Final = 120
"""Characters of a title or a link, where every word is about the same thing."""
# Thai, Chinese, Korean, Japanese, Vietnamese: slot, baccarat, casino, lottery, betting, wager, free credit, bookmaker.
_ELSEWHERE: Final = re.compile(
    "\u0e2a\u0e25\u0e47\u0e2d\u0e15|\u0e1a\u0e32\u0e04\u0e32\u0e23\u0e48\u0e32|\u0e04\u0e32\u0e2a\u0e34\u0e42\u0e19|\u0e2b\u0e27\u0e22|\u0e41\u0e17\u0e07\u0e1a\u0e2d\u0e25|\u0e40\u0e14\u0e34\u0e21\u0e1e\u0e31\u0e19"
    "|\u0e40\u0e27\u0e47\u0e1a\u0e15\u0e23\u0e07|\u0e40\u0e04\u0e23\u0e14\u0e34\u0e15\u0e1f\u0e23\u0e35|\u0e1d\u0e32\u0e01\u0e16\u0e2d\u0e19|\u0e1e\u0e19\u0e31\u0e19|\u0e41\u0e15\u0e01\u0e07\u0e48\u0e32\u0e22"
    "|\u8001\u864e\u673a|\u535a\u5f69|\u8d4c\u573a|\u5a31\u4e50\u57ce|\u516d\u5408\u5f69|\u767e\u5bb6\u4e50"
    "|\uce74\uc9c0\ub178|\ubc14\uce74\ub77c|\ud1a0\ud1a0\uc0ac\uc774\ud2b8|\uc2ac\ub86f"
    "|\u30ab\u30b8\u30ce|\u30d1\u30c1\u30b9\u30ed|\u30aa\u30f3\u30e9\u30a4\u30f3\u30b9\u30ed\u30c3\u30c8"
    "|nh\u00e0 c\u00e1i|c\u00e1 c\u01b0\u1ee3c|n\u1ed5 h\u0169"
)
_WORD: Final = re.compile(r"\w+")
# Words against gambling, without those that an advert uses too.
_WARNING: Final = (STRONG_CONTEXT | WEAK_CONTEXT) - frozenset(
    ["akun", "dinas", "komentar", "konten", "laporan", "tim", "warga", "temuan", "subdomain", "link"]
)
_LETTER: Final = re.compile(r"\w")
_TAGS: Final = re.compile(r"<[^<>]{0,2000}>")
_SPACE: Final = re.compile(r"\s")
_SENTENCE: Final = re.compile(r"[.!?]\s")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that speaks against a page: a stable code, what was seen, and the weight that it gives."""

    code: str
    seen: str
    weight: float


@dataclass(frozen=True, slots=True)
class PageJudgement:
    """What the rules say about a page as one visitor got it. `score` from 0 to 10; from 5 the page is decided."""

    score: float
    chunks: int
    chunks_hit: int
    hidden_anchors: tuple[Anchor, ...] = ()
    outbound: frozenset[str] = frozenset()
    # Those that people are led to: by links, frames and scripts, not what the page loads.
    linked: frozenset[str] = frozenset()
    findings: tuple[Finding, ...] = ()
    page: Page = field(default_factory=lambda: Page(""))

    @property
    def is_decided(self) -> bool:
        """Whether the page advertises gambling."""
        return self.score >= DECIDED

    @property
    def is_injected(self) -> bool:
        """Whether somebody slipped in what visitors do not see: hidden links, a foreign canonical, a redirect."""
        return any(found.code in _SLIPPED_IN and found.weight >= DECIDED for found in self.findings)

    @property
    def reasons(self) -> tuple[str, ...]:
        """The findings' codes, heaviest first."""
        return tuple(found.code for found in self.findings)


_SLIPPED_IN: Final = frozenset([
    "hidden_anchor", "hidden_text", "canonical_elsewhere", "amphtml_elsewhere", "base_elsewhere", "script_redirect",
    "hidden_frame", "doorway_sitemap", "doorway_links", "meta_refresh",
])  # fmt: skip


def judge_page(
    html: str | bytes,
    host: str,
    allowed_hosts: frozenset[str] = frozenset(),
    *,
    url: str = "",
    charset: str = "",
    styles: Mapping[str, str] = NO_STYLES,
) -> PageJudgement:
    """Judge a page that `host` served. `allowed_hosts` are the region's other names: links there lead nowhere else.
    `styles` are its linked style sheets by their address."""
    return judge_read(read_page(html, url or f"http://{host}/", charset=charset, styles=styles), host, allowed_hosts)


def turns_on_styles(page: Page, host: str, allowed_hosts: frozenset[str] = frozenset()) -> bool:
    """Whether something in view would advertise if a style sheet that was not read hid it."""
    own = frozenset({host, *allowed_hosts})
    anchors = (replace(anchor, hidden="unread") for anchor in page.anchors[:_MOST_ANCHORS] if not anchor.hidden)
    return any(_leads_away(anchor, own) and _advertises(anchor) for anchor in anchors) or any(
        score_of(chunk, own, hidden=True) >= HIT for chunk in chunks_of(page.text)
    )


def judge_read(page: Page, host: str, allowed_hosts: frozenset[str] = frozenset()) -> PageJudgement:
    """Judge a page that was read before."""
    own = frozenset({host, *allowed_hosts})
    words = f"{page.title}\n{page.description}\n{page.text}"
    seen, unseen = list(chunks_of(words)), list(chunks_of(page.hidden_text))
    hits = [chunk for chunk in seen if score_of(chunk, own) >= HIT]
    hidden_hits = [chunk for chunk in unseen if score_of(chunk, own, hidden=True) >= HIT]
    anchors = [anchor for anchor in page.anchors[:_MOST_ANCHORS] if _leads_away(anchor, own) and _advertises(anchor)]
    hidden = tuple(anchor for anchor in anchors if anchor.hidden)
    findings = [
        *_of_chunks(hits, seen, own),
        *_of_hidden(hidden_hits, hidden),
        *_of_seen_anchors([anchor for anchor in anchors if not anchor.hidden], hits),
        *_of_doorways(page, own),
        *_of_title(page, own),
        *_of_head(page, own),
        *_of_frames(page, own),
        *(finding for script in page.scripts for finding in _of_script(script, own)),
    ]
    findings.sort(key=lambda found: (-found.weight, found.code, found.seen))
    strongest = findings[0].weight if findings else 0.0
    others = sum(found.weight for found in findings[1:]) * 0.25
    return PageJudgement(
        round(min(10.0, strongest + others), 1) if strongest >= HIT else round(min(HIT, strongest + others), 1),
        len(seen) + len(unseen),
        len(hits) + len(hidden_hits),
        hidden,
        frozenset(name for name in page.hosts if is_foreign(name, own)),
        _linked(page, own),
        tuple(findings[:30]),
        page,
    )


def _linked(page: Page, own: frozenset[str]) -> frozenset[str]:
    hosts = {anchor.host for anchor in (*page.anchors, *page.frames)}
    hosts |= {host_of(url) for script in page.scripts for url in script.moves}
    return frozenset(
        host for host in hosts if is_foreign(host, own) and not is_usual(host) and not is_of_government(host)
    )


def chunks_of(text: str) -> Iterator[str]:
    """Pieces of 200 to 400 characters, cut behind a sentence where one ends there, else between words: what a word is
    said about should stand beside it."""
    at, count = 0, 0
    while at < len(text) and count < _MOST_CHUNKS:
        end = min(at + CHUNK, len(text))
        if end < len(text):
            for edge in (_SENTENCE, _SPACE):
                cut = max((match.end() for match in edge.finditer(text, at + CHUNK // 2, end)), default=0)
                if cut:
                    end = cut
                    break
        if piece := text[at:end].strip():
            count += 1
            yield piece
        at = end


@lru_cache(maxsize=20_000)
def score_of(text: str, own: frozenset[str] = frozenset(), *, hidden: bool = False) -> float:
    """The score of a text on a page. Kept: four visitors see nearly the same page."""
    judgement = judge_text(text, Profile.PAGE, hidden=hidden, allowed_hosts=own)
    if (
        not hidden
        and not judgement.disguised
        and any(reason.code == _CONTEXT and reason.weight <= _STRONGLY for reason in judgement.reasons)
    ):
        # A warning quotes whole adverts; whoever doctors a page has no reason to warn.
        return 0.0
    if not hidden and judgement.score >= HIT:
        # Who only names the subject ("polisi ungkap judi online") reports of it: something must be offered too.
        offered = sum(reason.weight for reason in judgement.reasons if reason.code != _SUBJECT and reason.weight > 0)
        if offered < (1.0 if len(text) <= _SHORT else 2.5):
            return 0.0
    return max(judgement.score, foreign_score(text))


def warns(text: str) -> bool:
    """Whether words against gambling stand in a text that is not disguised."""
    judgement = judge_text(text, Profile.PAGE)
    words = {word.lower() for word in _WORD.findall(text)}
    return not judgement.disguised and not foreign_score(text) and bool(words & _WARNING)


def reports(text: str) -> bool:
    """Whether a text reads like a headline or a report: four words or more with a warning, that quote one offer and
    would not be blocked in view; or some offers, when the words around them would excuse them there."""
    if len(text.split()) <= _FEW_WORDS or not warns(text):
        return False
    found = judge_text(text, Profile.PAGE, hidden=True).reasons
    offered = sum(reason.weight for reason in found if reason.code not in _NAMING)
    return score_of(text) < (BLOCK_AT if offered <= _ONE_OFFER else HIT if offered <= _SOME_OFFERS else 0.0)


def foreign_score(text: str) -> float:
    """Words for gambling in other scripts and languages: pages in them are grown on hacked sites of governments, which
    have no reason to use them. One word is odd, two are an offer."""
    if text.isascii():
        return 0.0
    found = {match[0] for match in _ELSEWHERE.finditer(text.lower())}
    return min(8.0, 3.0 * len(found))


def scores_as_address(url: str, host: str) -> bool:
    """Whether an address itself advertises: its host's name or the words of its path."""
    if url and score_of(words_of_url(url)) >= HIT:
        return True
    return bool(host) and not is_of_government(host) and score_of(words_of_host(host)) >= HIT


def _leads_away(anchor: Anchor, own: frozenset[str]) -> bool:
    return is_foreign(anchor.host, own)


def _advertises(anchor: Anchor) -> bool:
    """One word of the games is enough in a hidden link of three words: a longer one may be a headline in a tab."""
    is_hidden = bool(anchor.hidden) and not is_of_government(anchor.host)
    if score_of(anchor.text, hidden=is_hidden) >= HIT or scores_as_address(anchor.url, anchor.host):
        return True
    return (
        is_hidden
        and len(anchor.text.split()) <= _FEW_WORDS
        and any(reason.code in _GAMES for reason in judge_text(anchor.text, Profile.PAGE, hidden=True).reasons)
    )


def _of_chunks(hits: list[str], seen: list[str], own: frozenset[str]) -> Iterator[Finding]:
    """The page rule of the security note: a fifth of the chunks, or three of them."""
    if not hits:
        return
    share = len(hits) / len(seen)
    is_plain = len(hits) > 1 or _decides_alone(hits[0], seen, own)
    is_decided = is_plain and (len(hits) >= _ENOUGH_CHUNKS or share >= _SHARE)
    weight = DECIDED + min(3.0, 3.0 * share) if is_decided else HIT
    yield Finding("chunks", f"{len(hits)}/{len(seen)}: {hits[0][:200]}", round(weight, 1))


def _decides_alone(hit: str, seen: list[str], own: frozenset[str]) -> bool:
    """Whether one chunk of a short page is enough: it says a good deal, warns of nothing, and does not only look so
    because the cut parts it from what it is about."""
    at = seen.index(hit)
    before, after = " ".join(seen[:at])[-CHUNK // 2 :], " ".join(seen[at + 1 :])[: CHUNK // 2]
    return score_of(hit, own) >= DECIDED and not warns(hit) and score_of(f"{before} {hit} {after}", own) >= HIT


def _of_hidden(hits: list[str], anchors: tuple[Anchor, ...]) -> Iterator[Finding]:
    # One or two may be headlines in a tab; whoever hides links does not stop there.
    are_few = len(anchors) < _ENOUGH_CHUNKS and len(hits) < _ENOUGH_CHUNKS
    if anchors:
        first = anchors[0]
        weight = HIT if are_few and all(map(_is_headline, anchors)) else 8.0
        yield Finding("hidden_anchor", f"{first.hidden}: {first.text[:100]} -> {first.url[:200]}", weight)
    if hits:
        weight = HIT if are_few and all(map(reports, hits)) else 6.0
        yield Finding("hidden_text", hits[0][:200], weight)


def _is_headline(anchor: Anchor) -> bool:
    """Whether a hidden link may be a report's: hidden as a tab is, worded as a headline, to a host of a plain name."""
    return anchor.hidden in _USUAL_WAYS and reports(anchor.text) and score_of(words_of_host(anchor.host)) < _PLAIN


def _of_seen_anchors(anchors: list[Anchor], hits: list[str]) -> Iterator[Finding]:
    """Links in full view. One that advertises by its address alone may be the address of a report."""
    outside = [anchor for anchor in anchors if not is_of_government(anchor.host)]
    if outside:
        # Nobody presses a link of a dot: it is there for search engines.
        is_said = any(score_of(anchor.text) >= HIT or not _LETTER.search(anchor.text) for anchor in outside)
        weight = DECIDED if is_said or hits or len(outside) >= 2 else 4.0
        yield Finding("anchor", f"{len(outside)}: {outside[0].text[:100]} -> {outside[0].url[:200]}", weight)


def _of_doorways(page: Page, own: frozenset[str]) -> Iterator[Finding]:
    """Links to the site's own pages whose addresses advertise: the doorways lie there."""
    doors = {
        anchor.url
        for anchor in page.anchors[:_MOST_ANCHORS]
        if anchor.host and not is_foreign(anchor.host, own) and score_of(words_of_url(anchor.url)) >= HIT
    }
    if doors:
        weight = DECIDED if len(doors) >= _ENOUGH_CHUNKS else HIT
        yield Finding("doorway_links", f"{len(doors)}: {min(doors)[:200]}", weight)


def _of_title(page: Page, own: frozenset[str]) -> Iterator[Finding]:
    """What a search engine shows of the page."""
    for code, words in (("title", page.title), ("description", page.description[:1000])):
        if score_of(words, own) >= HIT:
            yield Finding(code, words[:200], HIT if reports(words) else DECIDED)


def _of_head(page: Page, own: frozenset[str]) -> Iterator[Finding]:
    pointers = {"canonical_elsewhere": page.canonical, "amphtml_elsewhere": page.amphtml, "base_elsewhere": page.base}
    for code, url in pointers.items():
        host = host_of(url)
        if is_foreign(host, own) and not _is_own_copy(host, own):
            is_linked = code != "base_elsewhere" and sum(anchor.host == host for anchor in page.anchors) >= 2
            is_known = is_of_government(host) or is_linked
            weight = HIT if is_known and not scores_as_address(url, host) else 6.0
            yield Finding(code, url[:300], weight)
    host = host_of(page.refresh)
    if is_foreign(host, own) and not is_usual(host):
        weight = 6.0 if scores_as_address(page.refresh, host) else HIT if is_of_government(host) else DECIDED
        yield Finding("meta_refresh", page.refresh[:300], weight)
    if page.is_cut:
        yield Finding("too_deep", "", HIT)


def _is_own_copy(host: str, own: frozenset[str]) -> bool:
    """Whether a search engine keeps its copy of our own page there: `situs-go-id.cdn.ampproject.org`."""
    return any(host.startswith(f"{name.replace('-', '--').replace('.', '-')}.cdn.") for name in own)


def _of_frames(page: Page, own: frozenset[str]) -> Iterator[Finding]:
    loaded = [*page.loads, *(url for script in page.scripts for url in script.addresses)]
    for url in loaded[:1_000]:
        host = host_of(url)
        if is_foreign(host, own) and not is_of_government(host) and score_of(words_of_host(host)) >= HIT:
            yield Finding("loads", url[:300], DECIDED)
            break
    for frame in page.frames[:50]:
        if not is_foreign(frame.host, own) or is_of_government(frame.host):
            continue
        if scores_as_address(frame.url, frame.host):
            yield Finding("hidden_frame" if frame.hidden else "frame", frame.url[:300], 6.0)


def _of_script(script: Script, own: frozenset[str]) -> Iterator[Finding]:
    for text in (*script.decoded, *(_TAGS.sub(" ", markup) for markup in script.written)):
        if score_of(text[:2000], own, hidden=True) >= HIT:
            yield Finding("hidden_text", text.strip()[:200], 6.0)
            break
    found = [(_weight_of_move(script, url, own), url) for url in script.moves]
    weight, url = max(found, default=(0.0, ""))
    if weight:
        yield Finding("script_redirect", url[:300], weight)


def _weight_of_move(script: Script, url: str, own: frozenset[str]) -> float:
    """A redirect weighs by where it leads, by how it is disguised and by whom it looks at before."""
    host = host_of(url)
    if not is_foreign(host, own) or is_usual(host) or is_of_government(host):
        return 0.0
    if scores_as_address(url, host):
        return 7.0
    if script.is_disguised or (script.asks_referrer and script.names_engines):
        return 6.0
    return DECIDED if script.asks_agent or script.asks_referrer or script.is_immediate else 2.0
