"""What style sheets say of an element: whether it is hidden, and in which colours it stands. Pure, bounded.

Source: security note, 1.2 and 1.4 (HTML tricks).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from html import unescape as unescape_html
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

WIDTHS: Final = (1366, 390)
"""Pixels of a computer's screen and of a phone's: hidden is what neither shows."""
MOST_TEXT: Final = 524_288
_MOST_RULES: Final = 10_000
# A selector that is more than names of one element costs a walk through the page.
_MOST_SEARCHES: Final = 200
_MOST_LOOKS: Final = 1_000_000
_MOST_SELECTORS: Final = 2_000
_COMMENT: Final = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_BRACE: Final = re.compile(r"[{}]")
_CONTENT: Final = re.compile(r"(?<![\w-])content\s*:\s*(\"[^\"]{1,400}+\"|'[^']{1,400}+')", re.IGNORECASE)
_IMPORT: Final = re.compile(r"@import\s++(?:url\(\s*+)?[\"']?([^\"')\s;]{1,500}+)", re.IGNORECASE)
_SIMPLE: Final = re.compile(r"\A([a-zA-Z][\w-]*)?((?:[.#][\w-]+)*)\Z")
_MARK: Final = re.compile(r"[.#][\w-]+")
_PSEUDO: Final = re.compile(r"::?([\w-]+)")
# Those that hold or do not by where an element stands; of the others it is not known when they hold.
_STANDING: Final = frozenset([
    "not", "is", "where", "has", "root", "empty", "first-child", "last-child", "only-child", "nth-child",
    "nth-last-child", "first-of-type", "last-of-type", "only-of-type", "nth-of-type",
])  # fmt: skip
_WIDTH: Final = re.compile(r"\(\s*(min|max)-(?:device-)?width\s*:\s*([\d.]+)\s*(px|em|rem)\s*\)")
_RANGE: Final = re.compile(r"\(\s*width\s*([<>])=?\s*([\d.]+)\s*(px|em|rem)\s*\)")
_ELSEWHERE: Final = re.compile(r"\b(?:print|speech|prefers-[a-z-]+|forced-colors|inverted-colors)\b")
_WAYS: Final = frozenset([
    "display", "visibility", "content-visibility", "filter", "opacity", "font-size", "font", "position", "left",
    "top", "right", "bottom", "text-indent", "margin", "margin-left", "margin-top", "transform", "overflow",
    "overflow-y", "width", "height", "max-width", "max-height", "clip", "clip-path", "color", "background",
    "background-color", "background-image",
])  # fmt: skip
_LENGTH: Final = re.compile(r"-?(?:\d+\.?\d*|\.\d+)")
_NAMED_COLOURS: Final = {
    "white": "ffffff", "black": "000000", "red": "ff0000", "green": "008000", "blue": "0000ff", "yellow": "ffff00",
    "gray": "808080", "grey": "808080", "silver": "c0c0c0", "navy": "000080", "transparent": "", "snow": "fffafa",
    "whitesmoke": "f5f5f5", "ivory": "fffff0",
}  # fmt: skip


_Declared = dict[str, tuple[str, bool]]
"""A value for each property, and whether it is marked as important."""


@dataclass(frozen=True, slots=True)
class _Rule:
    """What one selector says, at which widths it holds, and how much it weighs against others."""

    declared: _Declared
    holds: tuple[bool, ...]
    rank: tuple[int, int]
    # Of a selector that names one element only: its tag ("" for any) and all the names that it must have.
    tag: str = ""
    marks: frozenset[str] = frozenset()


@dataclass(slots=True)
class Sheet:
    """What the style sheets of a page say of its elements, as far as it hides or colours them.

    The cascade is the browser's: importance, then an element's own style, then the selector, then the order.
    """

    contents: list[str] = field(default_factory=list)
    _named: dict[str, list[_Rule]] = field(default_factory=dict)
    _found: dict[int, list[_Rule]] = field(default_factory=dict)
    _count: int = 0
    # Rules that are looked at in all: a page of thousands of elements with thousands of rules each has an end.
    _room: int = _MOST_LOOKS
    _is_by_width: bool = False

    def add(self, sheets: Iterable[str], tree: LexborHTMLParser) -> None:
        """Read style sheets whose rules come after those that were read before. The bounds hold for all together."""
        most, searches = self._count + _MOST_RULES, _MOST_SEARCHES
        rules = (rule for css in sheets for rule in _rules_of(_COMMENT.sub("", css[:MOST_TEXT])))
        for selectors, body, holds in rules:
            self.contents += [found[1:-1] for found in _CONTENT.findall(body[:4_000])][:20]
            declared = {name: said for name, said in _declared(body).items() if name in _WAYS}
            if not declared or not any(holds):
                continue
            for selector in map(str.strip, selectors[:_MOST_SELECTORS].split(",")):
                if self._count >= most:
                    return
                if _is_standing(selector):
                    self._count += 1
                    self._is_by_width = self._is_by_width or not all(holds)
                    rule = _Rule(declared, holds, (_weight(selector), self._count))
                    searches -= self._take(selector, rule, tree, may_search=searches > 0)

    def _take(self, selector: str, rule: _Rule, tree: LexborHTMLParser, *, may_search: bool) -> int:
        """Keep a rule; gives how many searches that cost."""
        simple = _SIMPLE.match(selector)
        if simple:
            marks = frozenset(_MARK.findall(simple[2]))
            tag = (simple[1] or "").lower()
            named = replace(rule, tag=tag, marks=marks)
            self._named.setdefault(min(marks) if marks else tag, []).append(named)
            return 0
        if not may_search or len(selector) >= 200:
            return 0
        try:
            for node in tree.css(selector)[:2_000]:
                self._found.setdefault(node.mem_id, []).append(rule)
        except Exception:
            # The selector is none that the parser knows.
            return 1
        return 1

    def of(self, node: LexborNode, tag: str, attributes: dict[str, str]) -> tuple[dict[str, str], str]:
        """The declarations that reach this element on a computer's screen, and the way they hide it at every width,
        "" when they do not."""
        rules = list(self._found.get(node.mem_id, ()))
        marks = {f".{name}" for name in attributes.get("class", "").split()}
        if "id" in attributes:
            marks.add(f"#{attributes['id'].strip()}")
        for key in (*marks, tag):
            named = self._named.get(key, ())
            self._room -= len(named)
            if self._room >= 0:
                rules += [rule for rule in named if rule.tag in ("", tag) and rule.marks <= marks]
        rules.sort(key=lambda rule: rule.rank)
        own = _declared(attributes["style"]) if attributes.get("style") else {}
        said = _cascade(rules, own, 0)
        way = way_of(said)
        if way and self._is_by_width:
            way = way if all(way_of(_cascade(rules, own, number)) for number in range(1, len(WIDTHS))) else ""
        return said, way


def imports_of(css: str) -> list[str]:
    """The addresses of other style sheets that one takes in."""
    return _IMPORT.findall(_COMMENT.sub("", css[:20_000]))


def may_hold(query: str) -> bool:
    """Whether a sheet with this `media` is for a screen at all."""
    return not query or any(_holds(query.lower()[:200], width) for width in WIDTHS)


def _rules_of(css: str) -> Iterator[tuple[str, str, tuple[bool, ...]]]:
    """Selectors and body of each rule, and at which widths it holds."""
    always = tuple(True for _ in WIDTHS)
    within: list[tuple[str, tuple[bool, ...]]] = []
    at = 0
    for brace in _BRACE.finditer(css):
        text = css[at : brace.start()]
        at = brace.end()
        if brace[0] == "{":
            holds = within[-1][1] if within else always
            prelude = text.rpartition(";")[2].strip()
            if prelude[:6].lower() == "@media":
                query = prelude[6:200].lower()
                holds = tuple(held and _holds(query, width) for held, width in zip(holds, WIDTHS, strict=True))
            elif prelude.startswith(("@keyframes", "@-webkit-keyframes", "@font-face", "@page")):
                holds = tuple(False for _ in WIDTHS)
            within.append((prelude, holds))
        elif within:
            selectors, holds = within.pop()
            if not selectors.startswith("@"):
                yield selectors, text, holds


def _holds(query: str, width: int) -> bool:
    """Whether a media query holds on a screen of this width."""
    return any(_holds_part(part.strip(), width) for part in query.split(","))


def _holds_part(part: str, width: int) -> bool:
    if part.startswith("not "):
        return not _holds_part(part[4:], width)
    if _ELSEWHERE.search(part):
        return False
    limits = [(kind == "min", number, unit) for kind, number, unit in _WIDTH.findall(part)]
    limits += [(sign == ">", number, unit) for sign, number, unit in _RANGE.findall(part)]
    for is_least, number, unit in limits:
        pixels = length_of(f"{number}{unit}") or 0
        if (width < pixels) if is_least else (width > pixels):
            return False
    return True


def _is_standing(selector: str) -> bool:
    """Whether it is known that the selector holds, without a visitor who points or types."""
    return bool(selector) and all(name in _STANDING for name in _PSEUDO.findall(selector)) and "::" not in selector


def _weight(selector: str) -> int:
    """How much a selector weighs: identifiers, then classes and what counts as one, then elements."""
    classes = len(re.findall(r"[.\[]|:(?!is\b|not\b|where\b|has\b)", selector))
    tags = len(re.findall(r"(?<![\w.#:\[-])[a-zA-Z][\w-]*", selector))
    return selector.count("#") * 10_000 + min(classes, 99) * 100 + min(tags, 99)


def _cascade(rules: Sequence[_Rule], own: _Declared, number: int) -> dict[str, str]:
    """What holds in the end at one of the widths; `rules` stand in the order of their weight."""
    said: _Declared = {}
    for declared in [*(rule.declared for rule in rules if rule.holds[number]), own]:
        for name, (value, is_important) in declared.items():
            if is_important or not (name in said and said[name][1]):
                said[name] = value, is_important
    return {name: value for name, (value, _important) in said.items()}


def _declared(text: str) -> _Declared:
    found = {}
    for part in unescape_html(text[:1_000]).split(";"):
        name, colon, value = part.partition(":")
        if colon:
            value = value.strip().lower()
            found[name.strip().lower()] = value.replace("!important", "").strip(), "important" in value
    return found


def length_of(value: str) -> float | None:
    """Pixels of a length, roughly: what is asked is "nothing" or "far away"."""
    match = _LENGTH.match(value.strip())
    if match is None:
        return None
    number = float(match[0])
    unit = value.strip()[match.end() :].strip()
    return number * {"em": 16, "rem": 16, "vw": 12, "vh": 8, "%": 12, "cm": 38, "in": 96, "pt": 1.33}.get(unit, 1)


def is_tiny(value: str | None, most: float) -> bool:
    length = None if value is None else length_of(value)
    return length is not None and 0 <= length <= most


def _is_away(value: str | None) -> bool:
    length = None if value is None else length_of(value)
    return length is not None and length <= -300


def way_of(declared: dict[str, str]) -> str:
    """How these declarations hide an element, "" when they do not."""
    get = declared.get
    if get("display", "").startswith("none"):
        return "display"
    if get("visibility") in ("hidden", "collapse") or get("content-visibility") == "hidden":
        return "visibility"
    if re.search(r"opacity\s*\(\s*0?(?:\.0\d*)?%?\s*\)", get("filter", "")):
        return "opacity"
    if is_tiny(get("opacity"), 0.05) and get("opacity", "") != "":
        return "opacity"
    if is_tiny(get("font-size"), 2) or is_tiny(get("font", "").split("/")[0] or None, 2):
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
    if is_clipping and any(is_tiny(get(side), 2) for side in ("width", "height", "max-height", "max-width")):
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
    if colour is not None and read_colour(colour) == "":
        return "colour"
    return ""


def background_of(declared: dict[str, str]) -> str | None:
    """The colour behind, None when nothing is said of it; something else than a plain colour is "other"."""
    value = declared.get("background-color") or declared.get("background")
    if not value:
        return None
    colour = read_colour(value.split()[0] if "(" not in value else value)
    return None if colour == "" else colour or "other"


def read_colour(value: str) -> str | None:
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


def are_alike(one: str, other: str) -> bool:
    """Whether two colours can hardly be told apart."""
    if "other" in (one, other):
        return False
    pairs = zip(bytes.fromhex(one), bytes.fromhex(other), strict=True)
    return sum(abs(first - second) for first, second in pairs) <= 24
