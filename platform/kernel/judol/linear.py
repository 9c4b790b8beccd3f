"""The second opinion: a small linear model over pieces of words, scored in plain Python.

It looks at the words around a name, never at the name: words shaped like a brand are masked, in training and here, so
that it says the same of a brand that nobody has seen. Its weights are one file of signed bytes beside a JSON head with
the file's digest: nothing in it can be executed.
"""

import json
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from hashlib import sha256
from itertools import pairwise
from typing import Final
from zlib import crc32

from .data import content
from .folding import SIGN, calmed, fold
from .shapes import LONGEST, shape_behind
from .terms import is_money

BUCKETS: Final = 1 << 18
"""Weights of the model, one byte each."""
FORMAT: Final = "kinerja-judol-1"
MASK: Final = "#"
PAIR: Final = 2
"""How often a pair of words counts, against once for a piece of a word."""
LONGEST_TEXT: Final = 200_000
_WHOLE: Final = 90
_WINDOW: Final = 60
"""Words of a window of a text longer than `_WHOLE` words."""
_PIECE: Final = re.compile(r"[a-z0-9]+|\x1f")
_SIZES: Final = (2, 3, 4, 5)


@lru_cache(maxsize=32768)
def masked(word: str) -> str:
    """A word as the model sees it: amounts are one word, whatever is shaped like a brand another."""
    if word.isdigit() or is_money(word):
        return "0"
    if len(word) > LONGEST:
        return "~"
    if shape_behind(word) is not None:
        return MASK
    return word


def words_of(text: str) -> list[str]:
    """The words of a text in lower case, folded, with letters that stood apart put together; signs are words too."""
    pieces = [calmed(piece) for piece in _PIECE.findall(fold(text[:LONGEST_TEXT]).text.lower())]
    found: list[str] = []
    at = 0
    while at < len(pieces):
        end = at
        while end < len(pieces) and len(pieces[end]) <= 2 and pieces[end] != SIGN:
            end += 1
        if end - at >= 4:
            found.append("".join(pieces[at:end]))
            at = end
            continue
        piece = pieces[at]
        if piece != SIGN or not found or found[-1] != SIGN:
            found.append(piece)
        at += 1
    return found


def pieces_of(word: str) -> Iterator[int]:
    """The buckets of the pieces of one word: two to five letters, its ends marked."""
    framed = f" {word} ".encode()
    for size in _SIZES:
        for start in range(len(framed) - size + 1):
            yield crc32(framed[start : start + size]) % BUCKETS


def pair_of(left: str, right: str) -> int:
    """The bucket of two words that stand side by side."""
    return crc32(f"{left}\x00{right}".encode()) % BUCKETS


class BrokenModel(Exception):
    """The file of weights is not the one that its head names."""


class Model:
    """Weights as signed bytes: the weight of a bucket is its byte times `scale`."""

    def __init__(self, weights: bytes, *, scale: float, bias: float, name: str) -> None:
        if len(weights) != BUCKETS:
            raise BrokenModel("weights: wrong length")
        self.name = name
        self._weights: Sequence[int] = memoryview(weights).cast("b")
        self._scale = scale
        self._bias = bias
        self._of_word = lru_cache(maxsize=16384)(self._weigh_word)

    def says(self, text: str) -> float:
        """How likely a text advertises gambling, 0 to 1; of a long text its worst window."""
        words = [masked(word) for word in words_of(text)]
        if len(words) <= _WHOLE:
            return self.of_words(words)
        step = _WINDOW // 2
        return max(self.of_words(words[start : start + _WINDOW]) for start in range(0, len(words) - step, step))

    def of_words(self, words: Sequence[str]) -> float:
        """The same of words that are masked already; 0 of none."""
        total, count = 0, 0
        for word in words:
            some, many = self._of_word(word)
            total += some
            count += many
        for left, right in pairwise(words):
            total += self._weights[pair_of(left, right)] * PAIR
            count += 1
        if not count:
            return 0.0
        z = self._bias + self._scale * total / math.sqrt(count)
        return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, z))))

    def _weigh_word(self, word: str) -> tuple[int, int]:
        buckets = list(pieces_of(word))
        return sum(self._weights[bucket] for bucket in buckets), len(buckets)


@dataclass(frozen=True, slots=True)
class Head:
    """What the JSON beside the weights says."""

    digest: str
    scale: float
    bias: float
    trained_on: dict[str, int]

    def written(self) -> str:
        """The head as it is stored."""
        return json.dumps({"format": FORMAT, "sha256": self.digest, **self._figures()}, indent=2) + "\n"

    def _figures(self) -> dict[str, object]:
        return {"buckets": BUCKETS, "scale": self.scale, "bias": self.bias, "trained_on": self.trained_on}


def read_model(head: bytes, weights: bytes) -> Model:
    """A model from its two files. Raises `BrokenModel` when they do not belong together."""
    try:
        said = json.loads(head)
        known, digest, scale, bias = said["format"], said["sha256"], float(said["scale"]), float(said["bias"])
    except (ValueError, KeyError, TypeError) as error:
        raise BrokenModel("the head cannot be read") from error
    if known != FORMAT or digest != sha256(weights).hexdigest():
        raise BrokenModel("the weights are not those of the head")
    if not (math.isfinite(scale) and math.isfinite(bias)):
        raise BrokenModel("the head's figures are no numbers")
    return Model(weights, scale=scale, bias=bias, name=digest[:8])


@cache
def shipped() -> Model:
    """The model that belongs to this version of the detector."""
    return read_model(content("model.json"), content("model.bin"))
