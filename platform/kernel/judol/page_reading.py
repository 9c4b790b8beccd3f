"""A page as a visitor and a search engine get it: texts, links and what is hidden from people's eyes. Pure, bounded.

Source: security note, 1.2 and 1.4 (HTML tricks).
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from html import unescape as unescape_html
from typing import Final
from urllib.parse import urljoin

from selectolax.lexbor import LexborHTMLParser, LexborNode

from kernel.judol.hosts import host_of
from kernel.judol.scripts import Script, read_script

# Deeper pages do not exist among honest ones, and a parser's work grows with the square of the depth.
MOST_DEPTH: Final = 1_000
MOST_ELEMENTS: Final = 50_000
_MOST_RULES: Final = 200
_MOST_SCRIPTS: Final = 80
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
_CSS_COMMENT: Final = re.compile(r"/\*.*?\*/", re.DOTALL)
_PRINT: Final = re.compile(r"@media\s++print\s*+\{(?:[^{}]*+\{[^{}]*+\})*+[^{}]*+\}", re.IGNORECASE)
_CONTENT: Final = re.compile(r"(?<![\w-])content\s*:\s*(\"[^\"]{1,400}+\"|'[^']{1,400}+')", re.IGNORECASE)
_SIMPLE: Final = re.compile(r"\A([a-zA-Z][\w-]*)?((?:[.#][\w-]+)*)\Z")
_LENGTH: Final = re.compile(r"-?(?:\d+\.?\d*|\.\d+)")
_REFRESH: Final = re.compile(r"url\s*=\s*[\"']?\s*([^\"'\s>]+)", re.IGNORECASE)
_VERIFYING: Final = frozenset([
    "google-site-verification", "msvalidate.01", "yandex-verification", "baidu-site-verification",
    "naver-site-verification", "p:domain_verify", "facebook-domain-verification", "ahrefs-site-verification",
])  # fmt: skip
_NAMED_COLOURS: Final = {
    "white": "ffffff", "black": "000000", "red": "ff0000", "green": "008000", "blue": "0000ff", "yellow": "ffff00",
    "gray": "808080", "grey": "808080", "silver": "c0c0c0", "navy": "000080", "transparent": "", "snow": "fffafa",
    "whitesmoke": "f5f5f5", "ivory": "fffff0",
}  # fmt: skip
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
    hidden_ways: tuple[str, ...] = ()
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


def read_page(html: str | bytes, url: str, *, charset: str = "") -> Page:
    """Read a page that lies at this URL."""
    source = decode(html, charset) if isinstance(html, bytes) else html
    shallow = _shallow(source)
    page = Page(url, is_cut=len(shallow) < len(source))
    _Reading(page, shallow).run()
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
class _Sheet:
    """What simple style sheets say: which classes, names and elements are hidden, and how they are coloured."""

    simple: dict[str, list[tuple[str, frozenset[str], dict[str, str]]]] = field(default_factory=dict)
    nodes: dict[int, dict[str, str]] = field(default_factory=dict)
    contents: list[str] = field(default_factory=list)

    def of(self, node: LexborNode, tag: str, attributes: dict[str, str]) -> dict[str, str]:
        """The declarations that reach this element, its own style last."""
        said = dict(self.nodes.get(node.mem_id, {}))
        marks = {f".{name}" for name in attributes.get("class", "").split()}
        if "id" in attributes:
            marks.add(f"#{attributes['id'].strip()}")
        for key in (*marks, tag):
            for element, needed, declared in self.simple.get(key, ()):
                if (not element or element == tag) and needed <= marks:
                    said |= declared
        if attributes.get("style"):
            said |= _declared(attributes["style"])
        return said


def _declared(text: str) -> dict[str, str]:
    found = {}
    for part in unescape_html(text[:1_000]).split(";"):
        name, colon, value = part.partition(":")
        if colon:
            found[name.strip().lower()] = value.replace("!important", "").strip().lower()
    return found


def _concerns(declared: dict[str, str]) -> bool:
    return bool(_way_of(declared) or "color" in declared or _background(declared))


def _length(value: str) -> float | None:
    """Pixels of a length, roughly: what is asked is "nothing" or "far away"."""
    match = _LENGTH.match(value.strip())
    if match is None:
        return None
    number = float(match[0])
    unit = value.strip()[match.end() :].strip()
    return number * {"em": 16, "rem": 16, "vw": 12, "vh": 8, "%": 12, "cm": 38, "in": 96, "pt": 1.33}.get(unit, 1)


def _is_tiny(value: str | None, most: float) -> bool:
    length = None if value is None else _length(value)
    return length is not None and 0 <= length <= most


def _is_away(value: str | None) -> bool:
    length = None if value is None else _length(value)
    return length is not None and length <= -300


def _way_of(declared: dict[str, str]) -> str:
    """How these declarations hide an element, "" when they do not."""
    get = declared.get
    if get("display", "").startswith("none"):
        return "display"
    if get("visibility") in ("hidden", "collapse") or get("content-visibility") == "hidden":
        return "visibility"
    if re.search(r"opacity\s*\(\s*0?(?:\.0\d*)?%?\s*\)", get("filter", "")):
        return "opacity"
    if _is_tiny(get("opacity"), 0.05) and get("opacity", "") != "":
        return "opacity"
    if _is_tiny(get("font-size"), 2) or _is_tiny(get("font", "").split("/")[0] or None, 2):
        return "font"
    is_placed = get("position") in ("absolute", "fixed", "relative")
    if is_placed and any(_is_away(get(side)) for side in ("left", "top", "right", "bottom")):
        return "off-screen"
    if any(_is_away(get(name)) for name in ("text-indent", "margin-left", "margin-top", "margin")):
        return "off-screen"
    moved = re.search(r"translate[xy3d]*\s*+\(\s*+([^)]*+)\)", get("transform", ""))
    if moved and any(_is_away(part) for part in moved[1].split(",")):
        return "off-screen"
    if re.search(r"scale[xy3d]*\s*\(\s*0(?:\.0\d*)?\s*[,)]", get("transform", "")):
        return "size"
    is_clipping = get("overflow", get("overflow-y", "")).startswith(("hidden", "clip"))
    if is_clipping and any(_is_tiny(get(side), 2) for side in ("width", "height", "max-height", "max-width")):
        return "size"
    if is_placed and re.search(
        r"rect\s*\(\s*[01](?:px)?[\s,]+[01](?:px)?[\s,]+[01](?:px)?[\s,]+[01](?:px)?", get("clip", "")
    ):
        return "clip"
    if re.search(
        r"inset\s*\(\s*(?:50|100)%|circle\s*\(\s*0|polygon\s*\(\s*0(?:px)?\s+0(?:px)?\s*,\s*0(?:px)?\s+0",
        get("clip-path", ""),
    ):
        return "clip"
    colour = get("color")
    if colour is not None and _colour(colour) == "":
        return "colour"
    return ""


def _background(declared: dict[str, str]) -> str | None:
    """The colour behind, None when nothing is said of it; something else than a plain colour is "other"."""
    value = declared.get("background-color") or declared.get("background")
    if not value:
        return None
    colour = _colour(value.split()[0] if "(" not in value else value)
    return None if colour == "" else colour or "other"


def _colour(value: str) -> str | None:
    """Six hexadecimal digits; "" for a transparent colour, None for what is not understood."""
    value = value.strip().lower()
    if value in _NAMED_COLOURS:
        return _NAMED_COLOURS[value]
    if re.fullmatch(r"#[0-9a-f]{3}", value):
        return "".join(digit * 2 for digit in value[1:])
    if re.fullmatch(r"#[0-9a-f]{6}", value):
        return value[1:]
    if re.fullmatch(r"#[0-9a-f]{6}00", value):
        return ""
    match = re.fullmatch(r"rgba?\(\s*+(\d++)[\s,]++(\d++)[\s,]++(\d++)\s*+(?:[,/]\s*+([\d.]++)%?\s*+)?\)", value)
    if match is None:
        return None
    if match[4] is not None and float(match[4] if match[4] != "." else 0) <= 0.03:
        return ""
    return "".join(f"{min(int(number), 255):02x}" for number in match.groups()[:3])


def _is_like(one: str, other: str) -> bool:
    """Whether two colours can hardly be told apart."""
    if "other" in (one, other):
        return False
    pairs = zip(bytes.fromhex(one), bytes.fromhex(other), strict=True)
    return sum(abs(first - second) for first, second in pairs) <= 24


@dataclass(slots=True)
class _Place:
    """What an element inherits: the way it is hidden, its colour and the one behind it, the link it stands in."""

    way: str = ""
    colour: str | None = None
    behind: str | None = None
    anchor: int = -1
    is_seen_again: bool = True


@dataclass(slots=True)
class _Link:
    """A link while it is read."""

    words: list[str]
    url: str
    way: str = ""

    @property
    def text(self) -> str:
        return _squeezed("".join(self.words))[:500]


class _Reading:
    """One walk over a parsed page."""

    def __init__(self, page: Page, source: str) -> None:
        self.page, self.source = page, source
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
        self.ways: set[str] = set()
        self.sheet = _Sheet()
        self.has_linked_sheet = False

    def run(self) -> None:
        self._read_sheets()
        self._walk()
        self._read_late()
        self._read_comments()
        page = self.page
        page.text, page.hidden_text = _squeezed("".join(self.seen)), _squeezed("".join(self.unseen))
        page.hidden_ways = tuple(sorted(self.ways))
        page.anchors = tuple(Anchor(link.text, link.url, host_of(link.url), link.way) for link in self.links)
        page.frames, page.scripts = tuple(self.frames), tuple(self.scripts)
        page.verifications = tuple(dict.fromkeys(self.verifications))
        for anchor in page.anchors:
            self.hosts.add(anchor.host)
        page.hosts = frozenset(self.hosts - {""})
        page.loads = tuple(self.loads)[:500]

    def _read_sheets(self) -> None:
        rules = 0
        for element in self.tree.css("style"):
            css = _CSS_COMMENT.sub("", element.text(deep=True))[:262_144]
            css = _PRINT.sub("", css)
            for block in css.split("}"):
                before, _, body = block.rpartition("{")
                selectors = before.rpartition("{")[2]
                self.sheet.contents += [_squeezed(found[1:-1]) for found in _CONTENT.findall(body[:4_000])][:20]
                declared = _declared(body)
                if not _concerns(declared):
                    continue
                for selector in selectors[:2_000].split(","):
                    rules += 1
                    if rules <= _MOST_RULES * 10:
                        self._add_rule(selector.strip(), declared, may_search=rules <= _MOST_RULES)

    def _add_rule(self, selector: str, declared: dict[str, str], *, may_search: bool) -> None:
        if not selector or selector.startswith("@") or ":" in selector:
            # Of a pseudo-class it is not known when it holds.
            return
        simple = _SIMPLE.match(selector)
        if simple and (simple[1] or simple[2]):
            marks = frozenset(re.findall(r"[.#][\w-]+", simple[2] or ""))
            key = min(marks) if marks else simple[1].lower()
            element = (simple[1] or "").lower()
            self.sheet.simple.setdefault(key, []).append((element, marks, declared))
        elif may_search and len(selector) < 200:
            try:
                found = self.tree.css(selector)
            except Exception:
                return
            for node in found[:2000]:
                self.sheet.nodes.setdefault(node.mem_id, {}).update(declared)

    def _walk(self) -> None:
        self.has_linked_sheet = any(
            "stylesheet" in (node.attributes.get("rel") or "").lower() for node in self.tree.css("link")
        )
        root = self.tree.root
        if root is None:
            return
        root = root.parent or root
        # A white page is what a browser shows when nothing else is said; a linked sheet may say it.
        start = _Place(behind=None if self.has_linked_sheet else "ffffff")
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
        if tag in ("link", "meta", "base", "script", "iframe", "frame", "title"):
            self._head_matters(node, tag, attributes, place)
        self._note_hosts(tag, attributes)
        if tag in _TEXTLESS or tag == "title":
            return None
        inner = self._place(node, tag, attributes, place)
        if inner.way:
            self.ways.add(inner.way)
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
        declared = self.sheet.of(node, tag, attributes)
        way = place.way
        if way == "visibility" and declared.get("visibility") == "visible":
            way = ""
        way = way or _way_of(declared) or _way_of_element(tag, attributes)
        colour = place.colour
        named = declared.get("color") or (attributes.get("color") if tag == "font" else None)
        if named:
            colour = _colour(named)
        behind = _background(declared) or (_colour(attributes["bgcolor"]) if attributes.get("bgcolor") else None)
        behind = behind or place.behind
        if "background-image" in declared:
            behind = "other"
        if not way and named and colour and behind and _is_like(colour, behind):
            way = "colour"
        return _Place(way, colour, behind, place.anchor)

    def _head_matters(self, node: LexborNode, tag: str, attributes: dict[str, str], place: _Place) -> None:
        page = self.page
        if tag == "title" and not page.title:
            page.title = _squeezed(node.text(deep=True))[:500]
        elif tag == "base" and attributes.get("href"):
            self.base = page.base = self._absolute(attributes["href"])
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
            if any(_is_tiny(attributes.get(side), 2) for side in ("width", "height")):
                way = way or "size"
            self.frames.append(Anchor(attributes.get("title", ""), url, host_of(url), way))
        elif tag == "script" and len(self.scripts) < _MOST_SCRIPTS:
            kind = attributes.get("type", "").lower()
            if kind == "application/ld+json":
                page.description = f"{page.description}\n{_squeezed(node.text(deep=True))[:2000]}".strip()
            elif not attributes.get("src") and kind != "application/json":
                source = node.text(deep=True)[: self.script_room]
                self.script_room -= len(source)
                self.scripts.append(read_script(source))

    def _meta(self, attributes: dict[str, str]) -> None:
        page = self.page
        name = (attributes.get("name") or attributes.get("property") or "").lower()
        content = attributes.get("content", "")
        if name == "robots":
            page.robots = _squeezed(content).lower()[:200]
        elif name in ("description", "keywords", "og:title", "og:description", "twitter:title"):
            page.description = f"{page.description}\n{_squeezed(content)[:1000]}".strip()
        elif name in _VERIFYING and content:
            self.verifications.append(f"{name}={_squeezed(content)[:200]}")
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
                self.ways.add("after the end")

    def _read_comments(self) -> None:
        for comment in self.comments:
            if "href" in comment.lower():
                for anchor in _links_of(comment, self.base):
                    self.links.append(_Link([anchor.text], anchor.url, "comment"))
                    self.ways.add("comment")
        for words in self.sheet.contents:
            self.seen.append(f"\n{words}")


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
        yield Anchor(_squeezed(node.text(deep=True))[:500], url, host_of(url))


def _way_of_element(tag: str, attributes: dict[str, str]) -> str:
    """How an element hides its content by what it is."""
    if "hidden" in attributes:
        return "display"
    if tag == "noscript":
        return "noscript"
    if tag == "marquee":
        sizes = (attributes.get("height"), attributes.get("width"))
        speed = _length(attributes.get("scrollamount", "")) or 0
        return "marquee" if any(_is_tiny(size, 5) for size in sizes) or speed > 1000 else ""
    if tag == "font" and attributes.get("size", "").strip() in ("0", "-9", "-7"):
        return "font"
    return ""


def _children(node: LexborNode) -> Iterator[LexborNode]:
    child = node.child
    while child is not None:
        yield child
        child = child.next


def _squeezed(text: str) -> str:
    return _SPACES.sub(" ", text).strip()
