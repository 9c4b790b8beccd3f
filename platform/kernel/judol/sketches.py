"""The near-duplicate mark of a text: a minhash sketch, by which two texts are compared without either of them.

What is compared are the pieces of four letters of each word, its ends marked. Names shaped like a brand, numbers and
addresses are one word each, whichever they are: those are what a sender changes from copy to copy. A sketch keeps four
bits of the least digest of all pieces under each of 128 hash functions (b-bit minwise hashing: Li and König, 2010): the
share of equal places says how many of their pieces two texts have in common, and no word can be read out of it.
"""

import struct
from functools import lru_cache
from hashlib import shake_128
from typing import Final
from zlib import crc32

from .addresses import without_addresses
from .folding import SIGN, fold
from .linear import MASK, masked, words_of
from .terms import known_as

PLACES: Final = 128
ALIKE: Final = 0.45
"""From this likeness on two texts are copies of one. Measured in `docs/algorithms/judol.md`: of pairs of unlike adverts
99.9 % have less than 0.35 in common, of copies with two changes 95 % more than 0.55."""
LONGEST_TEXT: Final = 20_000
_MOST_WORDS: Final = 160
"""Different words of a long text that are compared: those with the least checksum, the same ones in each copy."""
_LEAST_LETTERS: Final = 8
"""A text with fewer beside its names and numbers is compared by these too: one bare name is not like another."""
_PIECE: Final = 4
_CLASSES: Final = frozenset({MASK, "0", "~"})
_LETTERS: Final = "abcdefghijklmnop"
"""For 0 to 15. Letters, since a run of digits is taken for somebody's number where events are cleaned."""
_TO_HEX: Final = str.maketrans(_LETTERS, "0123456789abcdef")
_LOWEST_BITS: Final = int("1" * PLACES, 16)
_numbers: Final = struct.Struct(f"<{PLACES}H").unpack


def text_sketch(text: str) -> str:
    """The sketch of a text: 128 letters from a to p, the same on every machine."""
    words = _words_compared(text)
    if len(words) > _MOST_WORDS:
        words = set(sorted(words, key=lambda word: (crc32(word.encode("utf-8", "surrogatepass")), word))[:_MOST_WORDS])
    least = map(min, zip(*map(_least_of, words or {""}), strict=True))
    return "".join(_LETTERS[number & 15] for number in least)


def _words_compared(text: str) -> set[str]:
    said = set(words_of(without_addresses(fold(text[:LONGEST_TEXT]).text))) - {SIGN}
    compared = {_as_compared(word) for word in said}
    if sum(len(word) for word in compared - _CLASSES) < _LEAST_LETTERS:
        compared |= said
    return compared


def _as_compared(word: str) -> str:
    seen = masked(word)
    return seen if seen in _CLASSES else known_as(word)[0]


@lru_cache(maxsize=8192)
def _least_of(word: str) -> tuple[int, ...]:
    """For each hash function the least digest, of 16 bits, of the word's pieces."""
    framed = f" {word} ".encode("utf-8", "surrogatepass")
    pieces = {framed[start : start + _PIECE] for start in range(max(1, len(framed) - _PIECE + 1))}
    return tuple(map(min, zip(*(_numbers(shake_128(piece).digest(2 * PLACES)) for piece in pieces), strict=True)))


def likeness(one: str, other: str) -> float:
    """The share of their pieces that two texts have in common, 0 to 1, estimated from their sketches with an error of
    about 0.05; 0 when one of them is no sketch."""
    left, right = _read(one), _read(other)
    if left is None or right is None:
        return 0.0
    differs = left ^ right
    differs |= differs >> 2
    differs |= differs >> 1
    equal = PLACES - (differs & _LOWEST_BITS).bit_count()
    # Of places that have nothing in common every sixteenth is equal by chance.
    return max(0.0, (16 * equal / PLACES - 1) / 15)


@lru_cache(maxsize=8192)
def _read(sketch: str) -> int | None:
    if len(sketch) != PLACES or not set(sketch) <= set(_LETTERS):
        return None
    return int(sketch.translate(_TO_HEX), 16)
