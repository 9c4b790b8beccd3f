"""The labelled texts that the detector is tuned with. They are no part of the project: a folder is named each time."""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

from .linear import MASK, masked, words_of

PARTS: Final = 3
COMMENTS_WITH_A_NAME: Final = 4
"""Of so many benign comments one is learnt from with a name in it as well."""


class NoTuningData(Exception):
    """The folder does not hold what is needed."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """A text and whether it advertises gambling; `words` as the model reads them, `brands` shaped like a name."""

    text: str
    promotes: bool
    words: tuple[str, ...]
    brands: frozenset[str]


@dataclass(frozen=True, slots=True)
class Tuning:
    """Labelled comments, and sets of texts that are all benign, by name."""

    comments: tuple[Labelled, ...]
    benign: dict[str, tuple[Labelled, ...]]


def labelled(text: str, promotes: bool) -> Labelled:
    """A text made ready for the model."""
    words = words_of(text)
    seen = [masked(word) for word in words]
    brands = frozenset(word for word, as_seen in zip(words, seen, strict=True) if as_seen == MASK)
    return Labelled(text, promotes, tuple(seen), brands)


def read_folder(folder: Path) -> Tuning:
    """`comments.csv` (label, text; 1 promotes) and every `negatives_*.txt` (one benign text a line) of a folder."""
    path = folder / "comments.csv"
    if not path.is_file():
        raise NoTuningData(f"{path} is missing")
    with path.open(encoding="utf-8", newline="") as lines:
        comments = tuple(labelled(row["text"], row["label"].strip() == "1") for row in csv.DictReader(lines))
    benign = {
        file.stem.removeprefix("negatives_"): tuple(
            labelled(line.strip(), promotes=False)
            for line in file.read_text(encoding="utf-8").splitlines()
            if line.strip()
        )
        for file in sorted(folder.glob("negatives_*.txt"))
    }
    if not benign:
        raise NoTuningData(f"no negatives_*.txt in {folder}")
    return Tuning(comments, benign)


def parts_of(texts: Sequence[Labelled]) -> list[int]:
    """Which of three parts each text is in. Texts that share a name shaped like a brand are always in the same one, so
    that no name of a part occurs in another; the others are spread by a digest of their text."""
    roots: dict[str, str] = {}

    def root(name: str) -> str:
        while (above := roots.setdefault(name, name)) != name:
            roots[name] = roots[above]
            name = above
        return name

    for text in texts:
        first, *others = sorted(text.brands) or [""]
        for other in others:
            roots[root(other)] = root(first)
    return [_part(root(min(text.brands)) if text.brands else text.text) for text in texts]


def _part(name: str) -> int:
    return int.from_bytes(sha256(name.encode("utf-8", "surrogatepass")).digest()[:8], "big") % PARTS


def with_name(text: Labelled) -> Labelled | None:
    """A copy of a benign text with a name shaped like a brand put somewhere into it; None where there is one already.

    Offices name clubs, seeds and health posts with numbers too: without such copies the model takes the shape of a name
    for the deed, and its opinion is none beside the rules.
    """
    if text.promotes or text.brands or not text.words:
        return None
    spot = int.from_bytes(sha256(text.text.encode("utf-8", "surrogatepass")).digest()[8:12], "big")
    at = spot % (len(text.words) + 1)
    return Labelled(text.text, False, (*text.words[:at], MASK, *text.words[at:]), frozenset())


def to_train_with(tuning: Tuning) -> list[tuple[str, int, Labelled]]:
    """All texts that a model learns from: the set they are of ("" for comments), their place in it, and the text.

    Every text stands there, then the copies `with_name` of all benign sets and of every fourth benign comment.
    """
    sets = {"": tuning.comments, **tuning.benign}
    found = [(name, at, text) for name, texts in sets.items() for at, text in enumerate(texts)]
    benign = 0
    for name, at, text in list(found):
        copy = with_name(text)
        if copy is not None:
            benign += not name
            if name or benign % COMMENTS_WITH_A_NAME == 0:
                found.append((name, at, copy))
    return found


def names_in(texts: Iterable[Labelled]) -> frozenset[str]:
    """All names shaped like a brand in some texts."""
    return frozenset(name for text in texts for name in text.brands)
