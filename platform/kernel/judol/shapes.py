"""The shape of a brand name of online gambling. No list of brands: two public lists of 179 and 248 names share two."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from .data import read
from .folding import leet_variants

_DATA: Final = read("shapes.yaml")
_ENDINGS: Final = tuple(sorted(_DATA["endings"].items(), key=lambda item: (-len(item[0]), item[0])))
_BEGINNINGS: Final = tuple(sorted(_DATA["beginnings"].items(), key=lambda item: (-len(item[0]), item[0])))
_LUCKY: Final = re.compile(_DATA["lucky"])
OFFICE_STEMS: Final = frozenset(_DATA["stems_that_are_no_brand"])
STEMS_BEFORE_4D: Final = frozenset(_DATA["stems_before_4d"])
_WORDS: Final = frozenset(_DATA["words_that_only_end_so"])
NUMBER_LABELS: Final = frozenset(_DATA["number_labels"])
SHORT_WORDS: Final = frozenset(_DATA["short_words"])
PERSON_TITLES: Final = frozenset(_DATA["person_titles"])
CODES: Final = frozenset(_DATA["codes"])

_NUMBERED: Final = re.compile(r"([a-z]{2,24})(\d{2,4})")
_NUMBER_INSIDE: Final = re.compile(r"([a-z]{2,20})(\d{2,4})([a-z]{2,8})")
_4D_AND_MORE: Final = re.compile(r"([a-z]{3,20})4d[a-z0-9]{1,2}")
_SHORT_BEFORE: Final = frozenset(_DATA["short_before"])
_YEARS: Final = frozenset(_DATA["years"])
_TAILS: Final = frozenset(_DATA["tails_after_a_number"])
_HEX: Final = re.compile(r"[0-9a-f]*\d[0-9a-f]{5,}")
_ENCLITICS: Final = ("nya", "ku", "mu", "lah", "aja", "in", "an")
LONGEST: Final = 32
"""Letters of the longest word that is looked at; whatever is longer is no name."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What a word is shaped like. `name_like`: names of persons or places are shaped so too."""

    code: str
    weight: float
    name_like: bool = False


def _bare(word: str) -> str:
    for tail in _ENCLITICS:
        if word.endswith(tail) and len(word) - len(tail) >= 5:
            return word[: -len(tail)]
    return word


def _syllable(stem: str) -> bool:
    """Whether a stem of a name is no more than a syllable or two, as in names of persons: `dar`, `ed`, `sar`."""
    return len(stem) <= 3


def is_lucky(number: str) -> bool:
    """Whether names of the trade end in this number."""
    return _LUCKY.fullmatch(number) is not None


@lru_cache(maxsize=16384)
def shape_of(word: str) -> Shape | None:
    """The shape of one lower-case word of letters and digits, or None. No more steps than `LONGEST` allows."""
    if not 4 <= len(word) <= LONGEST or word in _WORDS or not word.isascii():
        return None
    if numbered := _NUMBERED.fullmatch(word):
        return _numbered(numbered[1], numbered[2])
    return _ended(word) or _ended(_bare(word)) or _begun(word) or _inside(word)


@lru_cache(maxsize=16384)
def shape_behind(word: str) -> Shape | None:
    """The shape of a word, also when digits in it stand for letters: `k0ru5t0t0`."""
    if (shape := shape_of(word)) is not None or not _may_be_leet(word):
        return shape
    number_last = _NUMBERED.fullmatch(word) is not None  # a year or a serial is not a luckier number in disguise
    for variant in leet_variants(word):
        shape = shape_of(variant)
        if shape is not None and shape.weight >= 3 and not (number_last and shape.code == "brand_number"):
            return shape
    return None


def _may_be_leet(word: str) -> bool:
    """Not a number with its unit, nor one that computers write."""
    if (numbered := _NUMBERED.fullmatch(word)) and numbered[1] in OFFICE_STEMS:
        return False
    return not (word.startswith(("0x", "0o", "0b")) or _HEX.fullmatch(word))


def _inside(word: str) -> Shape | None:
    if (found := _4D_AND_MORE.fullmatch(word)) and found[1] not in STEMS_BEFORE_4D:
        return Shape("brand_ending", 3.0)
    if (found := _NUMBER_INSIDE.fullmatch(word)) and found[1] not in OFFICE_STEMS and found[3] in _TAILS:
        return Shape("brand_number", 3.0)
    return None


def _numbered(stem: str, number: str) -> Shape | None:
    if stem in OFFICE_STEMS:
        return None
    if number.startswith(("19", "20")) and len(number) == 4:
        return None  # a year
    inner = _ended(stem) or _begun(stem) or _trade(stem)
    if inner is not None:
        return Shape("brand_number", inner.weight + 2.0)
    if is_lucky(number):
        return Shape("brand_number", 3.0 if len(stem) >= 3 else 2.0)
    if len(number) == 4 or len(stem) < 3:
        return None
    return Shape("brand_number", 2.0 if len(stem) >= 4 and number not in _YEARS else 1.0)


def _trade(stem: str) -> Shape | None:
    for word, about in _ENDINGS:
        if stem == word and len(word) >= 3:
            return Shape("brand_ending", max(float(about["weight"]), 2.0))
    return None


def _ended(word: str) -> Shape | None:
    if word in _WORDS:
        return None
    for ending, about in _ENDINGS:
        if not word.endswith(ending):
            continue
        stem = word[: -len(ending)]
        if stem in STEMS_BEFORE_4D or not stem.isalpha():
            return None
        if len(stem) < 3:
            short = len(stem) == 2 and ending in _SHORT_BEFORE and stem not in OFFICE_STEMS
            return Shape("brand_ending_upper", float(about["weight"])) if short else None
        weight = float(about["weight"])
        if not weight:
            return None
        if about.get("upper"):
            return Shape("brand_ending_upper", weight)
        return Shape("brand_ending", weight, bool(about.get("name_like")))
    return None


def _begun(word: str) -> Shape | None:
    for beginning, weight in _BEGINNINGS:
        if word.startswith(beginning) and len(word) - len(beginning) >= 3 and word[len(beginning) :].isalpha():
            return Shape("brand_beginning", float(weight), True)
    return None
