"""What a script in a page hides and where it would send a visitor: literals decoded within bounds, nothing executed.

Pure. Two layers of encoding and 64 KB of decoded text at most. Source: security note, 1.2 and 1.4.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import unescape as unescape_html
from itertools import islice
from typing import Final
from urllib.parse import unquote

from kernel.judol.hosts import host_of

DEPTH: Final = 2
MOST_DECODED: Final = 65_536
_MOST_READ: Final = 262_144
_MOST_SETTINGS, _MOST_MOVES, _MOST_PARTS = 2_000, 50, 20

# Possessive throughout, and a pattern begins where a run begins: a hostile script must not cost its size's square.
_QUOTE: Final = re.compile(r"[\"'`]")
_INSIDE: Final = {
    '"': re.compile(r"(?:[^\"\\\n]|\\.)*+", re.DOTALL),
    "'": re.compile(r"(?:[^'\\\n]|\\.)*+", re.DOTALL),
    "`": re.compile(r"(?:[^`\\]|\\.)*+", re.DOTALL),
}
_GLUE: Final = re.compile(r"[\"'`]\s*+\+\s*+[\"'`]")
_ESCAPE: Final = re.compile(
    r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|u\{([0-9a-fA-F]{1,6})\}|([0-7]{2,3})|(.))", re.DOTALL
)
_CODES: Final = re.compile(
    r"fromCharCode\s*+(?:\.apply\s*+\([^,\[]{0,40},\s*+)?\(?\s*+\[?\s*+"
    r"((?:0x[0-9a-fA-F]++|\d++)(?:\s*+,\s*+(?:0x[0-9a-fA-F]++|\d++)){3,}+)"
)
_NUMBERS: Final = re.compile(
    r"\[\s*+((?:0x[0-9a-fA-F]{2}|\d{2,3})(?:\s*+,\s*+(?:0x[0-9a-fA-F]{2}|\d{2,3})){7,}+)\s*+\]"
)
_CODE: Final = re.compile(r"0x[0-9a-fA-F]+|\d+")
_BASE64: Final = re.compile(r"\A[A-Za-z0-9+/_-]{12,}={0,2}\Z")
_HEX: Final = re.compile(r"\A(?:[0-9a-fA-F]{2}){8,}\Z")
_PARTS: Final = re.compile(
    r"\[\s*+((?:\"[^\"\n]*+\"|'[^'\n]*+')(?:\s*+,\s*+(?:\"[^\"\n]*+\"|'[^'\n]*+')){1,}+)\s*+\]"
    r"\s*+\.\s*+(reverse\s*+\(\s*+\)\s*+\.\s*+)?join\s*+\(\s*+(?:\"\"|'')\s*+\)"
)
_PACK: Final = re.compile(r"\}\s*+\(\s*+'")
_PACKED: Final = re.compile(
    r"((?:[^'\\]|\\.)*+)'\s*+,\s*+(\d++)\s*+,\s*+\d++\s*+,\s*+'([^']*+)'\s*+\.\s*+split", re.DOTALL
)
_MOST_PACKS: Final = 10
_DIGITS: Final = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ADDRESS: Final = re.compile(r"(?:https?:)?//[a-z0-9.-]+\.[a-z][a-z0-9-]*[^\s\"'`<>\\)]*", re.IGNORECASE)
_MOVE: Final = re.compile(
    r"(?:\b(?:window|document|top|self|parent|globalThis)\s*+(?:\.\s*+|\[\s*+[\"']))?\blocation\b(?:[\"']\s*+\])?"
    r"(?:\s*+(?:\.\s*+href|\[\s*+[\"']href[\"']\s*+\]))?\s*+"
    r"(?:=(?![=>])|(?:\.\s*+|\[\s*+[\"'])(?:replace|assign)(?:[\"']\s*+\])?\s*+\()\s*+(?P<to>[^;\n]{0,2000})",
)
# A plus sign between the parts of a sum; one inside of an address has letters around it.
_PLUS: Final = re.compile(r"(?<=[\w\"'`)\]])\s*+\+\s*+(?=[\"'`(]|[A-Za-z_$])")
_WRITTEN: Final = re.compile(r"<\s*(?:a|iframe|meta|div|marquee|h1|title)\b", re.IGNORECASE)
_NAME: Final = re.compile(r"[A-Za-z_$][\w$]*")
_SETTING: Final = re.compile(r"\b([A-Za-z_$][\w$]*)\s*=(?![=>])\s*(?=([^;\n]{1,2000}))")
_META: Final = re.compile(r"http-equiv\s*=\s*[\"']?refresh\b[^>]{0,200}?url\s*=\s*[\"']?([^\"'>\s]+)", re.IGNORECASE)
_REFERRER: Final = re.compile(r"\breferr?er\b", re.IGNORECASE)
_AGENT: Final = re.compile(r"\buserAgent(?:Data)?\b|\bmatchMedia\b|\bontouchstart\b|\bmaxTouchPoints\b")
_ENGINE: Final = re.compile(r"google|bing|yahoo|yandex|duckduckgo|baidu|bot\b|crawl|spider", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Script:
    """What a script holds. `decoded` are the texts that stood encoded in it, `written` the markup that it would write;
    `moves` the absolute addresses to which it
    would send the visitor; the conditions are what it looks at before."""

    decoded: tuple[str, ...] = ()
    written: tuple[str, ...] = ()
    moves: tuple[str, ...] = ()
    asks_referrer: bool = False
    asks_agent: bool = False
    names_engines: bool = False
    # Absolute addresses that stand in it, decoded or not.
    addresses: tuple[str, ...] = ()
    is_disguised: bool = False
    # It moves everybody who comes, not whoever presses something.
    is_immediate: bool = False


def read_script(source: str) -> Script:
    """Read one script."""
    text = source[:_MOST_READ]
    decoded: list[str] = []
    layer, budget = [text], MOST_DECODED
    for _ in range(DEPTH):
        following: list[str] = []
        for piece in layer:
            for found in _decodings(piece):
                if budget <= 0:
                    break
                found = found[:budget]
                if found not in decoded and found not in following:
                    budget -= len(found)
                    following.append(found)
        decoded += following
        layer = following
    everything = "\n".join([text, *decoded])
    pieces = [text, _GLUE.sub("", text), *decoded]
    moves = list(dict.fromkeys(move for piece in pieces for move in _moves(piece, everything)))
    is_moving = any(_MOVE.search(piece) for piece in pieces)
    hidden_addresses = [found for piece in decoded for found in _ADDRESS.findall(piece)]
    if is_moving and not moves:
        # It moves the visitor to something that it puts together: the addresses that stood encoded are where to.
        moves = hidden_addresses
    addresses = tuple(dict.fromkeys(_ADDRESS.findall(everything)))[:200]
    return Script(
        tuple(decoded),
        tuple(found for found in _strings(_GLUE.sub("", text)) if _WRITTEN.search(found))[:50],
        tuple(address for address in moves if host_of(address)),
        bool(_REFERRER.search(everything)),
        bool(_AGENT.search(everything)),
        bool(_ENGINE.search(everything)),
        addresses,
        any(host_of(move) and move not in text for move in moves),
        is_moving and not _waits(everything),
    )


def _waits(text: str) -> bool:
    """Whether the first move stands in a function that something else has to call."""
    first = _MOVE.search(text)
    before = text[: first.start()] if first else ""
    if not re.search(r"\bfunction\b|=>|\bclick\b|\bsubmit\b", before):
        return False
    return not re.search(
        r"\(\s*(?:async\s*)?function|\(\s*\(\s*\)\s*=>|\bsetTimeout\b|\bonload\b|DOMContentLoaded", before
    )


def _moves(text: str, everything: str) -> list[str]:
    """The addresses that location is set to here; a name stands for what it was set to."""
    settings = {match[1]: match[2] for match in islice(_SETTING.finditer(everything[:_MOST_READ]), _MOST_SETTINGS)}
    found = [unescape_html(target) for target in _META.findall(text)]
    for match in islice(_MOVE.finditer(text), _MOST_MOVES):
        joined = "".join(_value(part.strip(), settings) for part in _PLUS.split(match["to"], _MOST_PARTS))
        found += _ADDRESS.findall(joined)[:1]
    return found


def _value(part: str, settings: Mapping[str, str], depth: int = 0) -> str:
    """What one part of a sum is: a literal, or a name that was set to one."""
    name = _NAME.match(part)
    if name and name[0] in settings and depth < DEPTH:
        return "".join(
            _value(inner.strip(), settings, depth + 1) for inner in _PLUS.split(settings[name[0]], _MOST_PARTS)
        )
    return next(_strings(part), "")


def _strings(text: str) -> Iterator[str]:
    at = 0
    while begin := _QUOTE.search(text, at):
        inside = _INSIDE[begin[0]].match(text, begin.end())
        at = inside.end() if inside else begin.end()
        if inside and text[at : at + 1] == begin[0]:
            at += 1
            yield _unescaped(inside[0])


def _unescaped(text: str) -> str:
    """The characters that a literal means."""
    if "\\" not in text:
        return text

    def meant(match: re.Match[str]) -> str:
        two, four, more, octal, other = match.groups()
        if octal:
            return chr(int(octal, 8))
        if other:
            return {"n": "\n", "t": "\t", "r": "\r", "0": ""}.get(other, other)
        code = int(two or four or more, 16)
        return chr(code) if code < 0x110000 else ""

    return _ESCAPE.sub(meant, text)


def _decodings(text: str) -> Iterator[str]:
    """What stands encoded in a text, one layer down."""
    for match in _CODES.finditer(text):
        yield _from_codes(match[1])
    for match in _NUMBERS.finditer(text):
        yield _from_codes(match[1])
    for match in _PARTS.finditer(text):
        parts = list(_strings(match[1]))
        yield "".join(reversed(parts) if match[2] else parts)
    for begin in islice(_PACK.finditer(text), _MOST_PACKS):
        if packed := _PACKED.match(text, begin.end()):
            yield _unpacked(packed)
    glued = _GLUE.sub("", text)
    if glued != text:
        yield from (found for found in _strings(glued) if _ADDRESS.search(found) and found not in text)
    is_reversing = "reverse" in text
    for literal in _strings(glued):
        if len(literal) < 6:
            continue
        if literal not in text:
            yield literal
        if "%" in literal and (plain := unquote(re.sub(r"%u([0-9a-fA-F]{4})", _wide, literal))) != literal:
            yield plain
        if is_reversing and _ADDRESS.search(literal[::-1]):
            yield literal[::-1]
        yield from _from_base64(literal)
        if _HEX.match(literal):
            yield from _readable(bytes.fromhex(literal))
    if _is_bare(text):
        # A decoded text is often a literal itself, without its quotes.
        yield from _from_base64(text.strip())
        if "%" in text and (plain := unquote(text)) != text:
            yield plain


def _unpacked(match: re.Match[str]) -> str:
    """A packer replaces each word by its number in some base; the words stand in a list behind."""
    code, base, words = match[1], int(match[2]), match[3].split("|")[:5_000]
    if not 2 <= base <= 62:
        return ""

    def meant(found: re.Match[str]) -> str:
        number = 0
        for digit in found[0]:
            value = _DIGITS.find(digit)
            if not 0 <= value < base:
                return found[0]
            number = number * base + value
            if number >= len(words):
                return found[0]
        return words[number] or found[0]

    return re.sub(r"\b\w{1,4}\b", meant, _unescaped(code[:MOST_DECODED]))


def _is_bare(text: str) -> bool:
    return len(text) < 20_000 and not any(mark in text for mark in "\"'`;{(")


def _wide(match: re.Match[str]) -> str:
    return chr(int(match[1], 16))


def _from_codes(numbers: str) -> str:
    codes = (int(code, 0) if code.startswith("0x") else int(code) for code in _CODE.findall(numbers)[:MOST_DECODED])
    return "".join(chr(code) for code in codes if code < 0x110000)


def _from_base64(literal: str) -> Iterator[str]:
    if not _BASE64.match(literal):
        return
    padded = literal.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        yield from _readable(base64.b64decode(padded + "=" * (-len(padded) % 4), validate=True))
    except (binascii.Error, ValueError):
        return


def _readable(raw: bytes) -> Iterator[str]:
    """The text of the bytes, when they are text: a random literal that happens to decode is not."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        return
    if text and sum(letter.isprintable() or letter in "\r\n\t" for letter in text) / len(text) > 0.95:
        yield text
