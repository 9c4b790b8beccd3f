"""What may be kept of an event: flat facts, bounded, on one line, without a secret and without anybody's number."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from kernel.web.logs import without_numbers

Plain = str | int | float | bool | list[str] | None

MOST_FACTS: Final = 20
LONGEST_TEXT: Final = 300
LONGEST_SUBJECT: Final = 100
LONGEST_LIST: Final = 30
MOST_BYTES: Final = 2048
HIDDEN: Final = "[disembunyikan]"
# Whoever names a fact so has given away more than an event may hold.
_SECRET_WORDS: Final = (
    "password",
    "passwd",
    "secret",
    "token",
    "cookie",
    "authorization",
    "credential",
    "sandi",
    "otp",
)
# A short keyed bucket, made for this purpose.
_MEANT: Final = frozenset({"password_bucket"})


def one_line(value: str, longest: int = LONGEST_TEXT) -> str:
    """The text with control characters written out (`\\u000a`), without NIP and NIK, cut."""
    text: str = without_numbers(value[: 4 * longest])
    if not text.isprintable():
        text = "".join(sign if sign.isprintable() else f"\\u{ord(sign):04x}" for sign in text)
    return text[:longest]


def clean_facts(facts: Mapping[str, Any]) -> dict[str, Plain]:
    """The facts as they are kept; what is too much is left out and said so (`cut`)."""
    kept: dict[str, Plain] = {}
    size, cut = 2, len(facts) > MOST_FACTS
    for name, value in list(facts.items())[:MOST_FACTS]:
        plain = HIDDEN if _is_secret(name) else _plain(value)
        size += len(json.dumps({name: plain}).encode())
        if size > MOST_BYTES:
            cut = True
            break
        kept[name] = plain
    if cut:
        kept["cut"] = True
    return kept


def _is_secret(name: str) -> bool:
    return name not in _MEANT and any(word in name.lower() for word in _SECRET_WORDS)


def _plain(value: Any) -> Plain:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return value if abs(value) < 10**15 else HIDDEN
    if isinstance(value, float):
        # Not a number and the infinities are no JSON.
        return round(value, 4) if abs(value) < 1e15 else None
    if isinstance(value, list | tuple | set | frozenset):
        items = sorted(value, key=str) if isinstance(value, set | frozenset) else value
        return [one_line(str(item)) for item in list(items)[:LONGEST_LIST]]
    return one_line(str(value))
