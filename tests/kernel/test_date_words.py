"""Days and months in the words of the active language."""

from __future__ import annotations

from datetime import date

from django.utils import translation

from kernel.date_words import day_words, month_words, short_day_words, weekday_words
from kernel.periods import Month

DAY = date(2026, 10, 5)


def test_days_and_months_are_said_in_indonesian() -> None:
    assert day_words(DAY) == "5 Oktober 2026"
    assert short_day_words(DAY) == "5 Okt 2026"
    assert weekday_words(DAY) == "Senin, 5 Oktober 2026"
    assert month_words(Month(2026, 10)) == month_words(DAY) == "Oktober 2026"


def test_and_in_the_language_that_is_active() -> None:
    with translation.override("en"):
        assert weekday_words(DAY) == "Monday, 5 October 2026"
        assert month_words(Month(2026, 8)) == "August 2026"
