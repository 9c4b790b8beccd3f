"""Whether two descriptions say nearly the same.

Two steps, so that one description is never compared with all others: MinHash bands (Broder 1997) of the text's
four-letter pieces find the few that can be alike, RapidFuzz measures those. Two texts that share nine tenths of their
pieces have a common band in more than 99 of 100 cases, two that share three tenths in 15.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from rapidfuzz import fuzz

# Of 100: word order does not matter, one changed word in ten does not either.
ALIKE_FROM: Final = 90
# Shorter texts are alike because little was said, not because they were copied.
LEAST_LETTERS: Final = 30
LEAST_WORDS: Final = 4
PIECE: Final = 4
BANDS: Final = 6
ROWS: Final = 3
_PRIME: Final = (1 << 61) - 1


def plain(text: str) -> str:
    """Letters and digits in lower case with single blanks, so that signs and spacing make no difference."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return " ".join("".join(sign if sign.isalnum() else " " for sign in folded).split())


def says_enough(text: str, names: Iterable[str] = ()) -> bool:
    """Whether a plain text can be told from another's own words: long enough, and not just one of these names."""
    return len(text) >= LEAST_LETTERS and text.count(" ") + 1 >= LEAST_WORDS and text not in map(plain, names)


def are_alike(one: str, other: str) -> bool:
    """Whether two plain texts are nearly the same."""
    return fuzz.token_sort_ratio(one, other, score_cutoff=ALIKE_FROM) > 0


def digest(text: str) -> int:
    """64 bits of a plain text, as the database's bigint."""
    return _signed(_hash(text))


def bands(text: str) -> list[int]:
    """The MinHash bands of a plain text, as bigints: two texts with one in common are worth comparing."""
    pieces = {_hash(text[at : at + PIECE]) for at in range(max(1, len(text) - PIECE + 1))}
    lowest = [min((a * piece + b) % _PRIME for piece in pieces) for a, b in _functions()]
    found = []
    for band in range(BANDS):
        rows = lowest[band * ROWS : (band + 1) * ROWS]
        found.append(_signed(_hash(f"{band}:{rows}")))
    return found


@lru_cache(maxsize=1)
def _functions() -> tuple[tuple[int, int], ...]:
    """As many hash functions as there are rows; always the same, for bands are kept."""
    return tuple((_hash(f"a{number}") % _PRIME or 1, _hash(f"b{number}") % _PRIME) for number in range(BANDS * ROWS))


def _hash(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big")


def _signed(number: int) -> int:
    return number - (1 << 64) if number >= 1 << 63 else number
