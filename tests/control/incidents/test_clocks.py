"""How much time is left, in words."""

from __future__ import annotations

from datetime import timedelta

import pytest

from control.incidents.clocks import countdown, span_words
from tests.control.incidents.hits import NOW

DAY = timedelta(hours=24)


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(), "0 menit"),
        (timedelta(seconds=59), "0 menit"),
        (timedelta(minutes=8), "8 menit"),
        (timedelta(hours=5, minutes=12), "5 jam 12 menit"),
        (timedelta(hours=24), "1 hari"),
        (timedelta(days=2, hours=3, minutes=50), "2 hari 3 jam"),
    ],
)
def test_a_span_has_its_two_largest_units(span: timedelta, words: str) -> None:
    assert span_words(span) == words


@pytest.mark.parametrize(
    ("after", "words", "kind"),
    [
        (timedelta(), "Sisa 1 hari", "ok"),
        (timedelta(hours=16), "Sisa 8 jam", "ok"),
        (timedelta(hours=16, minutes=1), "Sisa 7 jam 59 menit", "wait"),
        (timedelta(hours=24), "Lewat 0 menit", "bad"),
        (timedelta(hours=26, minutes=5), "Lewat 2 jam 5 menit", "bad"),
    ],
)
def test_the_last_third_asks_for_attention_and_the_end_is_over(after: timedelta, words: str, kind: str) -> None:
    left = countdown(NOW, NOW + DAY, NOW + after)
    assert (left.words, left.kind, left.is_over) == (words, kind, kind == "bad")
