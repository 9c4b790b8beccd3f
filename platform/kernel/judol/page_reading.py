"""A page as a visitor and a search engine get it: texts, links and what is hidden from people's eyes. Pure, bounded.

Source: security note, 1.2 and 1.4 (HTML tricks).
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import urljoin

from selectolax.lexbor import LexborHTMLParser, LexborNode

from kernel.judol.hosts import host_of
from kernel.judol.scripts import Script, read_script
from kernel.judol.styles import Sheet, are_alike, background_of, imports_of, is_tiny, length_of, may_hold, read_colour

# Deeper pages do not exist among honest ones, and a parser's work grows with the square of the depth.
MOST_DEPTH: Final = 1_000
MOST_ELEMENTS: Final = 50_000
_MOST_SCRIPTS: Final = 80
_MOST_SHEETS: Final = 40
_MOST_SCRIPT_TEXT: Final = 1_000_000
_MOST_COMMENTS: Final = 200_000

_TAG: Final = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:-]*)")
# Elements that have no content, or whose end is understood: they do not nest in themselves.
_FLAT: Final = frozenset([
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track",
    "wbr", "p", "li", "td", "tr", "th", "dt", "dd", "option", "optgroup", "tbody", "thead", "tfoot", "colgroup",
    "rt", "rp", "html", "head", "body", "script", "style",
])  # fmt: skip
_CHARSET: Final = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([a-zA-Z0-9_-]{2,20})", re.IGNORECASE)
_CHARSETS: Final = frozenset(
    "utf-8 ascii iso8859-1 cp1252 iso8859-15 utf-16 utf-16-le utf-16-be gb2312 gbk gb18030 big5 euc-kr euc_jp shift_jis".split()  # noqa: SIM905, E501
)
_END: Final = re.compile(r"<(script|style|textarea|title)\b|<!--|</html\s*+>", re.IGNORECASE)
_REFRESH: Final = re.compile(r"url\s*=\s*[\"']?\s*([^\"'\s>]+)", re.IGNORECASE)
_VERIFYING: Final = frozenset([
    "google-site-verification", "msvalidate.01", "yandex-verification", "baidu-site-verification",
    "naver-site-verification", "p:domain_verify", "facebook-domain-verification", "ahrefs-site-verification",
])  # fmt: skip
_MOVING: Final = re.compile(r"location|eval|atob|fromCharCode|unescape")
# Handlers that no visitor has to set off.
_AT_ONCE: Final = frozenset(["onload", "onerror", "onpageshow", "onfocus", "onanimationstart", "onloadstart"])
_BLOCKS: Final = frozenset([
    "address", "article", "aside", "blockquote", "br", "center", "dd", "details", "div", "dl", "dt", "fieldset",
    "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "legend",
    "li", "main", "nav", "ol", "option", "p", "pre", "section", "summary", "table", "tbody", "td", "th",
    "thead", "tr", "ul", "body", "title", "marquee", "noscript", "button", "select", "label", "iframe",
])  # fmt: skip
_TEXTLESS: Final = frozenset(["script", "style", "template", "object", "svg", "math", "canvas", "video", "audio"])
_SPACES: Final = re.compile(r"\s+")


NO_STYLES: Final[Mapping[str, str]] = {}


@dataclass(frozen=True, slots=True)
class Anchor:
    """A link: the words on it, where it leads, and in which way it is hidden ("" when it is seen)."""

    text: str
    url: str
    host: str
    hidden: str = ""


@dataclass(slots=True)
class Page:
    """What a page holds. Texts are decoded, spaces squeezed; `hidden_text` is what a person does not see."""

    url: str
    title: str = ""
    description: str = ""
    text: str = ""
    hidden_text: str = ""
    anchors: tuple[Anchor, ...] = ()
    canonical: str = ""
    base: str = ""
    amphtml: str = ""
    robots: str = ""
    refresh: str = ""
    frames: tuple[Anchor, ...] = ()
    scripts: tuple[Script, ...] = ()
    verifications: tuple[str, ...] = ()
    hosts: frozenset[str] = frozenset()
    # Addresses of what the page loads: scripts, style sheets, pictures, alternates.
    loads: tuple[str, ...] = ()
    # Addresses of the style sheets that a screen gets, in their order.
    sheets: tuple[str, ...] = ()
    is_cut: bool = False


def decode(body: bytes, charset: str = "") -> str:
    """The text of a body: by its mark, the charset the server named, the page's own, else UTF-8; never fails."""
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if body.startswith(mark):
            return body.decode(name, "replace")
    own = _CHARSET.search(body[:4096])
    for wanted in (charset, own[1].decode("ascii") if own else "", "utf-8"):
        try:
            known = codecs.lookup(wanted.strip().strip("\"'")).name
        except (LookupError, ValueError):
            continue
        if known in _CHARSETS:
            if known == "utf-8" and wanted == "utf-8":
                try:
                    return body.decode("utf-8")
                except UnicodeDecodeError:
                    return (
                        body.decode("cp1252", "replace") if not own and not charset else body.decode("utf-8", "replace")
                    )
            return body.decode(known, "replace")
    return body.decode("utf-8", "replace")


def read_page(html: str | bytes, url: str, *, charset: str = "", styles: Mapping[str, str] = NO_STYLES) -> Page:
    """Read a page that lies at this URL. `styles` are those of its style sheets that are at hand, by their address."""
    source = decode(html, charset) if isinstance(html, bytes) else html
    shallow = _shallow(source)
    page = Page(url, is_cut=len(shallow) < len(source))
    _Reading(page, shallow, styles).run()
    return page


def _shallow(source: str) -> str:
    """The page up to where it nests too deep."""
    depth = 0
    for match in _TAG.finditer(source):
        if match[2].lower() in _FLAT:
            continue
        depth += -1 if match[1] else 1
        if depth > MOST_DEPTH:
            return source[: match.start()]
        depth = max(depth, 0)
    return source


@dataclass(slots=True)
class _Place:
    """What an element inherits: the way it is hidden, its colour and the one behind it, the link it stands in."""

    way: str = ""
    colour: str | None = None
    behind: str | None = None
    anchor: int = -1


@dataclass(slots=True)
class _Link:
    """A link while it is read."""

    words: list[str]
    url: str
    way: str = ""

    @property
    def text(self) -> str:
        return squeezed("".join(self.words))[:500]


class _Reading:
    """One walk over a parsed page."""

    def __init__(self, page: Page, source: str, styles: Mapping[str, str]) -> None:
        self.page, self.source, self.styles = page, source, styles
        self.tree = LexborHTMLParser(source)
        self.base = page.url
        self.seen: list[str] = []
        self.unseen: list[str] = []
        self.links: list[_Link] = []
        self.frames: list[Anchor] = []
        self.scripts: list[Script] = []
        self.script_room = _MOST_SCRIPT_TEXT
        self.verifications: list[str] = []
        self.hosts: set[str] = set()
        self.loads: dict[str, None] = {}
        self.comments: list[str] = []
        self.sheet = Sheet()

    def run(self) -> None:
        self._read_sheets()
        self._walk()
        self._read_late()
        self._read_comments()
        page = self.page
        page.text, page.hidden_text = squeezed("".join(self.seen)), squeezed("".join(self.unseen))
        page.anchors = tuple(Anchor(link.text, link.url, host_of(link.url), link.way) for link in self.links)
        page.frames, page.scripts = tuple(self.frames), tuple(self.scripts)
        page.verifications = tuple(dict.fromkeys(self.verifications))
        for anchor in page.anchors:
            self.hosts.add(anchor.host)
        page.hosts = frozenset(self.hosts - {""})
        page.loads = tuple(self.loads)[:500]

    def _read_sheets(self) -> None:
        """Sheets in files of their own first, as in most pages."""
        base = self.tree.css_first("base[href]")
        if base is not None:
            # The first one holds, also for what stands before it.
            self.base = self.page.base = self._absolute(base.attributes.get("href") or "")
        own = [
            element.text(deep=True)
            for element in self.tree.css("style")
            if may_hold(element.attributes.get("media") or "")
        ]
        linked = [
            node.attributes.get("href") or ""
            for node in self.tree.css("link[rel][href]")
            if {"stylesheet"} == {"stylesheet", "alternate"} & {*(node.attributes["rel"] or "").lower().split()}
            and may_hold(node.attributes.get("media") or "")
        ]
        wanted = dict.fromkeys(
            self._absolute(url) for url in [*linked, *(found for css in own for found in imports_of(css))] if url
        )
        self.page.sheets = tuple(wanted)[:_MOST_SHEETS]
        self.sheet.add((self.styles.get(url, "") for url in self.page.sheets), self.tree)
        # What a sheet in a file of its own sets before and after elements are icons.
        self.sheet.contents.clear()
        self.sheet.add(own, self.tree)

    def _walk(self) -> None:
        root = self.tree.root
        if root is None:
            return
        root = root.parent or root
        # A white page is what a browser shows when nothing else is said; a sheet that was not read may say it.
        has_all = all(url in self.styles for url in self.page.sheets)
        start = _Place(behind="ffffff" if has_all else None)
        stack: list[tuple[LexborNode | str, _Place]] = [(root, start)]
        elements = 0
        while stack:
            node, place = stack.pop()
            if isinstance(node, str):
                self._say(node, place)
                continue
            if node.is_text_node:
                self._say(node.text(deep=False) or "", place)
                continue
            if node.is_comment_node:
                if sum(map(len, self.comments)) < _MOST_COMMENTS:
                    self.comments.append(node.comment_content or "")
                continue
            if not node.is_element_node:
                stack += [(child, place) for child in reversed(list(_children(node)))]
                continue
            elements += 1
            if elements > MOST_ELEMENTS:
                self.page.is_cut = True
                return
            tag = (node.tag or "").lower()
            attributes = {name: value or "" for name, value in node.attributes.items()}
            inner = self._element(node, tag, attributes, place)
            if inner is None:
                continue
            edge = "\n" if tag in _BLOCKS else ""
            if edge:
                self._say(edge, inner)
                stack.append((edge, place))
            stack += [(child, inner) for child in reversed(list(_children(node)))]

    def _say(self, words: str, place: _Place) -> None:
        (self.unseen if place.way else self.seen).append(words)
        if place.anchor >= 0:
            self.links[place.anchor].words.append(words)

    def _element(self, node: LexborNode, tag: str, attributes: dict[str, str], place: _Place) -> _Place | None:
        """Take note of an element; gives what its content inherits, None when nobody reads that."""
        if tag in ("link", "meta", "script", "iframe", "frame", "title"):
            self._head_matters(node, tag, attributes, place)
        self._note_hosts(tag, attributes)
        if tag in _TEXTLESS or tag == "title":
            return None
        inner = self._place(node, tag, attributes, place)
        if tag in ("a", "area") and attributes.get("href"):
            self.links.append(_Link([], self._absolute(attributes["href"]), inner.way))
            inner.anchor = len(self.links) - 1
        for name in ("alt", "title", "aria-label", "placeholder"):
            if attributes.get(name):
                self._say(f" {attributes[name]} ", inner)
        if tag == "input" and attributes.get("type", "").lower() in ("button", "submit", "text", ""):
            self._say(f" {attributes.get('value', '')} ", inner)
        return inner

    def _place(self, node: LexborNode, tag: str, attributes: dict[str, str], place: _Place) -> _Place:
        declared, own_way = self.sheet.of(node, tag, attributes)
        way = "" if _is_shown_again(place.way, declared) else place.way
        way = way or own_way or _way_of_element(tag, attributes)
        colour = place.colour
        named = declared.get("color") or (attributes.get("color") if tag == "font" else None)
        if named:
            colour = read_colour(named)
        behind = background_of(declared) or (read_colour(attributes["bgcolor"]) if attributes.get("bgcolor") else None)
        behind = behind or place.behind
        if "background-image" in declared:
            behind = "other"
        if not way and named and colour and behind and are_alike(colour, behind):
            way = "colour"
        return _Place(way, colour, behind, place.anchor)

    def _head_matters(self, node: LexborNode, tag: str, attributes: dict[str, str], place: _Place) -> None:
        page = self.page
        if tag == "title" and not page.title:
            page.title = squeezed(node.text(deep=True))[:500]
        elif tag == "link":
            rel = attributes.get("rel", "").lower().split()
            if "canonical" in rel and not page.canonical:
                page.canonical = self._absolute(attributes.get("href", ""))
            if "amphtml" in rel and not page.amphtml:
                page.amphtml = self._absolute(attributes.get("href", ""))
        elif tag == "meta":
            self._meta(attributes)
        elif tag == "iframe" and attributes.get("srcdoc"):
            inner = LexborHTMLParser(_shallow(attributes["srcdoc"]))
            self._say(f"\n{inner.text(separator=' ')}\n", self._place(node, tag, attributes, place))
        elif tag in ("iframe", "frame") and attributes.get("src"):
            url = self._absolute(attributes["src"])
            way = self._place(node, tag, attributes, place).way
            if any(is_tiny(attributes.get(side), 2) for side in ("width", "height")):
                way = way or "size"
            self.frames.append(Anchor(attributes.get("title", ""), url, host_of(url), way))
        elif tag == "script" and len(self.scripts) < _MOST_SCRIPTS:
            kind = attributes.get("type", "").lower()
            if kind == "application/ld+json":
                page.description = f"{page.description}\n{squeezed(node.text(deep=True))[:2000]}".strip()
            elif not attributes.get("src") and kind != "application/json":
                source = node.text(deep=True)[: self.script_room]
                self.script_room -= len(source)
                self.scripts.append(read_script(source))

    def _meta(self, attributes: dict[str, str]) -> None:
        page = self.page
        name = (attributes.get("name") or attributes.get("property") or "").lower()
        content = attributes.get("content", "")
        if name == "robots":
            page.robots = squeezed(content).lower()[:200]
        elif name in ("description", "keywords", "og:title", "og:description", "twitter:title"):
            page.description = f"{page.description}\n{squeezed(content)[:1000]}".strip()
        elif name in _VERIFYING and content:
            self.verifications.append(f"{name}={squeezed(content)[:200]}")
        if attributes.get("http-equiv", "").lower() == "refresh":
            target = _REFRESH.search(content)
            if target:
                page.refresh = self._absolute(target[1])

    def _note_hosts(self, tag: str, attributes: dict[str, str]) -> None:
        for name in ("src", "action", "data", "data-src", "poster"):
            if attributes.get(name):
                self._loads(attributes[name])
        if tag == "link" and attributes.get("href"):
            self._loads(attributes["href"])
        for name, value in attributes.items():
            is_code = name.startswith("on") or (name == "href" and value.lower().lstrip().startswith("javascript:"))
            if is_code and len(self.scripts) < _MOST_SCRIPTS and _MOVING.search(value):
                read = read_script(value)
                self.scripts.append(read if name in _AT_ONCE else replace(read, is_immediate=False))

    def _loads(self, address: str) -> None:
        url = self._absolute(address)
        if host_of(url):
            self.hosts.add(host_of(url))
            self.loads[url] = None

    def _absolute(self, url: str) -> str:
        try:
            return urljoin(self.base, _SPACES.sub("", url))[:2000]
        except ValueError:
            return ""

    def _read_late(self) -> None:
        """What stands after the page's end: a browser shows it, whoever appended it did not build the page."""
        end = _end_of(self.source)
        if end is None or not self.source[end:].strip():
            return
        late = {(anchor.text, anchor.url) for anchor in _links_of(self.source[end:], self.base)}
        for link in self.links:
            if not link.way and (link.text, link.url) in late:
                link.way = "after the end"

    def _read_comments(self) -> None:
        for comment in self.comments:
            if "href" in comment.lower():
                for anchor in _links_of(comment, self.base):
                    self.links.append(_Link([anchor.text], anchor.url, "comment"))
        for words in self.sheet.contents:
            self.seen.append(f"\n{squeezed(words)}")


def _end_of(source: str) -> int | None:
    """Where the page's own end is, past scripts and comments that only speak of one."""
    lower, at = source.lower(), 0
    while match := _END.search(source, at):
        if match[0].startswith("</"):
            return match.end()
        close = f"</{match[1].lower()}" if match[1] else "-->"
        at = lower.find(close, match.end())
        if at < 0:
            return None
    return None


def _links_of(html: str, base: str) -> Iterator[Anchor]:
    for node in LexborHTMLParser(_shallow(html)).css("a[href]")[:2000]:
        try:
            url = urljoin(base, _SPACES.sub("", node.attributes.get("href") or ""))[:2000]
        except ValueError:
            continue
        yield Anchor(squeezed(node.text(deep=True))[:500], url, host_of(url))


def _is_shown_again(way: str, declared: dict[str, str]) -> bool:
    """Whether an element is seen all the same in one that is hidden this way."""
    if way == "visibility":
        return declared.get("visibility") == "visible"
    if way == "font":
        # A share of nothing is nothing.
        size = declared.get("font-size", "")
        return size.endswith(("px", "rem", "pt")) and not is_tiny(size, 2)
    return way == "colour" and "color" in declared


def _way_of_element(tag: str, attributes: dict[str, str]) -> str:
    """How an element hides its content by what it is."""
    if "hidden" in attributes:
        return "display"
    if tag == "noscript":
        return "noscript"
    if tag == "marquee":
        sizes = (attributes.get("height"), attributes.get("width"))
        speed = length_of(attributes.get("scrollamount", "")) or 0
        return "marquee" if any(is_tiny(size, 5) for size in sizes) or speed > 1000 else ""
    if tag == "font" and attributes.get("size", "").strip() in ("0", "-9", "-7"):
        return "font"
    return ""


def _children(node: LexborNode) -> Iterator[LexborNode]:
    child = node.child
    while child is not None:
        yield child
        child = child.next


def squeezed(text: str) -> str:
    return _SPACES.sub(" ", text).strip()
