"""Dated values: changes, corrections, and what they do to the rows and to the days."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.timeline import DayTaken, OutOfPlace, Span, change, correct, edit, in_force

APRIL, MAY, JUNE = date(2026, 4, 1), date(2026, 5, 1), date(2026, 6, 1)
TWO = (Span(None, MAY, "a", 1), Span(MAY, None, "b", 2))


def test_the_value_of_a_day_is_that_of_the_span_around_it() -> None:
    values = [span.value if span else None for span in (in_force(TWO, day) for day in (APRIL, MAY, JUNE))]
    assert values == ["a", "b", "b"]
    assert in_force(TWO[1:], APRIL) is None


def test_a_change_ends_the_value_before_it() -> None:
    assert change(TWO, JUNE, "c") == (TWO[0], Span(MAY, JUNE, "b", 2), Span(JUNE, None, "c"))


def test_a_change_between_two_reaches_up_to_the_later_one() -> None:
    assert change(TWO, APRIL, "c") == (Span(None, APRIL, "a", 1), Span(APRIL, MAY, "c"), TWO[1])


def test_a_change_before_the_first_reaches_up_to_it() -> None:
    assert change(TWO[1:], APRIL, "c") == (Span(APRIL, MAY, "c"), TWO[1])


def test_what_counts_already_is_no_change() -> None:
    assert edit(TWO, change(TWO, JUNE, "b")).is_empty


def test_a_second_change_on_the_same_day_is_refused_with_words() -> None:
    with pytest.raises(DayTaken) as refused:
        change(TWO, MAY, "c")
    assert "1 Mei 2026" in refused.value.message()


def test_a_corrected_value_touches_only_its_own_days() -> None:
    found = edit(TWO, correct(TWO, 2, MAY, "c"))
    assert (found.moved, found.first, found.end) == ((Span(MAY, None, "c", 2),), MAY, None)


def test_a_corrected_beginning_touches_the_days_between() -> None:
    later = edit(TWO, correct(TWO, 2, JUNE, "b"))
    # The one that shrinks makes room first.
    assert later.moved == (Span(JUNE, None, "b", 2), Span(None, JUNE, "a", 1))
    assert (later.first, later.end) == (MAY, JUNE)
    earlier = edit(TWO, correct(TWO, 2, APRIL, "b"))
    assert earlier.moved == (Span(None, APRIL, "a", 1), Span(APRIL, None, "b", 2))
    assert (earlier.first, earlier.end) == (APRIL, MAY)


def test_what_is_corrected_to_the_value_before_was_no_change() -> None:
    found = edit(TWO, correct(TWO, 2, MAY, "a"))
    assert (found.removed, found.moved) == ((TWO[1],), (Span(None, None, "a", 1),))


def test_the_first_may_begin_on_no_day_or_on_one() -> None:
    assert edit(TWO, correct(TWO, 1, APRIL, "a")).end == APRIL
    assert edit(TWO, correct(TWO, 1, APRIL, "a")).first is None
    assert correct(TWO[1:], 2, None, "b") == (Span(None, None, "b", 2),)


@pytest.mark.parametrize(
    ("key", "since", "words"),
    [(2, None, "tanpa tanggal mulai"), (1, MAY, "sebelum 1 Mei 2026"), (1, JUNE, "sebelum 1 Mei 2026")],
)
def test_a_beginning_out_of_place_is_refused_with_words(key: int, since: date | None, words: str) -> None:
    with pytest.raises(OutOfPlace) as refused:
        correct(TWO, key, since, "c")
    assert words in refused.value.message()


def test_a_beginning_before_the_record_before_is_refused_with_words() -> None:
    three = change(TWO, JUNE, "c")
    numbered = (*three[:2], Span(JUNE, None, "c", 3))
    with pytest.raises(OutOfPlace) as refused:
        correct(numbered, 3, MAY, "c")
    assert "sesudah 1 Mei 2026" in refused.value.message()
    with pytest.raises(OutOfPlace) as between:
        correct((Span(APRIL, MAY, "a", 1), Span(MAY, JUNE, "b", 2)), 2, APRIL, "b")
    assert "sesudah 1 April 2026 dan sebelum 1 Juni 2026" in between.value.message()


days = st.dates(date(2026, 1, 1), date(2026, 12, 31))


@given(st.lists(st.tuples(days, st.sampled_from("abc")), max_size=8), days)
def test_spans_never_overlap_and_the_last_word_on_a_day_counts(changes: list[tuple[date, str]], day: date) -> None:
    spans: tuple[Span[str], ...] = (Span(None, None, "z", 0),)
    for since, value in changes:
        try:
            after = change(spans, since, value)
        except DayTaken:
            continue
        found = edit(spans, after)
        if not found.is_empty:
            assert found.first == since
            assert in_force(spans, since) != in_force(after, since)
        spans = tuple(replace(span, key=number) for number, span in enumerate(after))
        current = in_force(spans, since)
        assert current is not None
        assert current.value == value
    for left, right in pairwise(spans):
        assert left.until == right.since
    assert sum(span.covers(day) for span in spans) == 1
