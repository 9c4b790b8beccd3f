"""Copies of one text are alike, whatever was changed in them; unlike texts are not, although they share words."""

from itertools import combinations
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from kernel.judol import ALIKE, likeness, text_sketch
from kernel.watching.cleaning import clean_facts

_FAMILIES = yaml.safe_load(Path("tests/golden/judol/copies.yaml").read_text())
_UNLIKE = yaml.safe_load(Path("tests/golden/judol/unlike.yaml").read_text())
_COPIES = [
    pytest.param(family["first"], copy, id=name) for family in _FAMILIES for name, copy in family["copies"].items()
]


@pytest.mark.parametrize(("first", "copy"), _COPIES)
def test_a_copy_is_alike(first: str, copy: str) -> None:
    assert likeness(text_sketch(first), text_sketch(copy)) >= ALIKE


@pytest.mark.parametrize(("one", "other"), list(combinations(_UNLIKE, 2)))
def test_unlike_texts_are_not(one: str, other: str) -> None:
    assert likeness(text_sketch(one), text_sketch(other)) < ALIKE


def test_the_worked_example_of_the_document() -> None:
    first = text_sketch("Main di KORUS77, slot gacor, wd cepat")
    assert first.startswith("gbeokmpn")
    assert round(likeness(first, text_sketch("Halo semua, main di BAMBU88, slot gacor, wd cepat")), 2) == 0.76


def test_a_long_advert_is_known_again_although_not_all_of_its_words_are_compared() -> None:
    words = [f"{one}{other}nya" for one in ("gajah", "kerbau", "merpati", "rusa", "badak") for other in _SYLLABLES]
    first = " ".join(words)
    assert len(set(words)) > 300
    assert likeness(text_sketch(first), text_sketch(f"halo semua {first} buruan gabung")) > 0.9


def test_a_sketch_passes_the_cleaning_of_events_unchanged() -> None:
    for text in _UNLIKE:
        assert clean_facts({"sketch": text_sketch(text)}) == {"sketch": text_sketch(text)}


def test_what_is_no_sketch_is_like_nothing() -> None:
    assert [likeness(text_sketch("slot gacor"), other) for other in ("", "a", "z" * 128, "1" * 128)] == [0.0] * 4


@given(st.text(max_size=300))
def test_every_text_has_a_sketch_and_is_like_itself(text: str) -> None:
    assert likeness(text_sketch(text), text_sketch(text)) == 1.0


_SYLLABLES = [first + vowel + last for first in "bcdgjklmnprst" for vowel in "aiueo" for last in ("", "n")]
