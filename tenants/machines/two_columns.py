"""Pairs of two columns as people paste them: (row number, first, second). Pure."""

from __future__ import annotations

import re

Pair = tuple[int, str, str]
_BETWEEN = re.compile(r"[\t;,]| +")


def pairs_of_text(text: str) -> list[Pair]:
    """Lines of two words, between them a tab, semicolon, comma or blanks. A heading without digits is passed over."""
    pairs = []
    for row, line in enumerate(text.splitlines(), 1):
        words = [word.strip().strip('"') for word in _BETWEEN.split(line.strip(), maxsplit=1)]
        if any(words) and any(character.isdigit() for character in line):
            pairs.append((row, words[0], words[1] if len(words) > 1 else ""))
    return pairs
