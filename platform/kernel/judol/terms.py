"""Words and phrases of the trade, read from data, and how a written word is brought to the form they stand in."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from .data import read
from .folding import leet_variants, skeleton

_DATA: Final = read("terms.yaml")

_ALIASES: Final[dict[str, str]] = {
    skeleton(written): skeleton(word) for word, others in _DATA["aliases"].items() for written in others
}


_SHORTEST_GLUED: Final = 7
"""Letters of a phrase written as one word; shorter ones are words of their own (`depowd`, `jpgede`)."""


def key(word: str) -> str:
    """A word of the data as texts are looked up: repeats collapsed, aliases resolved."""
    bare = skeleton(word)
    return _ALIASES.get(bare, bare)


@dataclass(frozen=True, slots=True)
class Word:
    """What one word weighs. `unless`: words near by that make it harmless; `only_with`: words it needs near by."""

    key: str
    weight: float
    kind: str
    unless: frozenset[str]
    only_with: frozenset[str]


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words in this order, with at most one other word between two of them, with none if `close`."""

    keys: tuple[str, ...]
    weight: float
    kind: str
    unless: frozenset[str]
    close: bool


def _keys(words: list[str]) -> frozenset[str]:
    return frozenset(key(word) for word in words) | frozenset(words)


def _word(name: str, about: dict[str, Any]) -> Word:
    return Word(
        key(name),
        float(about["weight"]),
        about["kind"],
        _keys(about.get("unless", [])),
        _keys(about.get("only_with", [])),
    )


def _phrases(groups: list[dict[str, Any]]) -> dict[str, tuple[Phrase, ...]]:
    """Phrases by their first word, longest first."""
    found: dict[str, list[Phrase]] = {}
    for group in groups:
        for say in group["say"]:
            keys = tuple(key(word) for word in say.split())
            unless = _keys(group.get("unless", []))
            phrase = Phrase(keys, float(group["weight"]), group["kind"], unless, bool(group.get("close")))
            found.setdefault(keys[0], []).append(phrase)
    return {first: tuple(sorted(some, key=lambda p: (-len(p.keys), p.keys))) for first, some in found.items()}


def _glued(phrases: Iterable[Phrase]) -> dict[str, Word]:
    """Phrases of weight 3 and more as one word, as hashtags write them: `slotgacor`, `freespin`."""
    joined = {skeleton("".join(phrase.keys)): phrase for phrase in phrases if phrase.weight >= 3}
    return {
        word: Word(word, phrase.weight, phrase.kind, phrase.unless, frozenset())
        for word, phrase in joined.items()
        if len(word) >= _SHORTEST_GLUED
    }


PHRASES: Final = _phrases(_DATA["phrases"])
GLUED: Final = _glued(phrase for some in PHRASES.values() for phrase in some)
WORDS: Final = {**GLUED, **{key(name): _word(name, about) for name, about in _DATA["words"].items()}}
PAGE_PHRASES: Final = _phrases(_DATA["page_words"])
WITH_MONEY: Final = {
    key(word): (float(group["weight"]), str(group["kind"])) for group in _DATA["with_money"] for word in group["words"]
}
TESTIMONIAL: Final = _keys(_DATA["testimonial"])
STRONG_CONTEXT: Final = frozenset(_DATA["context"]["strong"])
WEAK_CONTEXT: Final = frozenset(_DATA["context"]["weak"])

_KNOWN: Final = frozenset(WORDS) | frozenset(PHRASES) | TESTIMONIAL
_TAILS: Final = ("nya", "lah", "kan", "in", "an", "ku", "mu")
_MONEY: Final = re.compile(r"(?:rp)?\d{1,9}(?:k|rb|rbu|ribu|jt|juta|jeti|m|perak)")
MONEY_UNITS: Final = frozenset({"k", "rb", "ribu", "jt", "juta", "jeti", "perak"})


def is_money(word: str) -> bool:
    """Whether a word is an amount as people chat: `25jt`, `50rb`, `10k`."""
    return _MONEY.fullmatch(word) is not None


@lru_cache(maxsize=16384)
def known_as(word: str) -> tuple[str, bool]:
    """The form in which a lower-case word stands in the data, and whether letters had to be put for digits in it."""
    plain = key(word)
    if plain in _KNOWN:
        return plain, False
    for variant in leet_variants(word):
        if (found := key(variant)) in _KNOWN:
            return found, True
        letters = variant.rstrip("0123456789")
        if letters != variant and len(letters) >= 4 and (found := key(letters)) in _KNOWN:
            return found, True
    for tail in _TAILS:
        if word.endswith(tail) and len(word) - len(tail) >= 4 and (found := key(word[: -len(tail)])) in WORDS:
            return found, False
    return plain, False
