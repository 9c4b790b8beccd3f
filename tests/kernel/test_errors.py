"""What a refusal says: its words in the active language, filled in with its facts."""

from __future__ import annotations

from datetime import date

import pytest
from django.utils import translation

from kernel.closing import MonthClosed
from kernel.errors import DomainError, ReasonRefused
from kernel.periods import Month
from kernel.timeline import DayTaken


class Late(DomainError):
    words = "%(name)s: %(count)d kali sejak %(since)s, bulan %(month)s"

    def __init__(self, name: str, count: int, since: date) -> None:
        self.name, self.count, self.since, self.month = name, count, since, Month.of(since)
        super().__init__(name)


class Choosy(ReasonRefused):
    reasons = {"empty": "Kosong.", "full": "Penuh."}


def test_words_are_filled_with_the_facts_days_and_months_in_words() -> None:
    assert Late("Ani", 3, date(2026, 10, 5)).message() == "Ani: 3 kali sejak 5 Oktober 2026, bulan Oktober 2026"


def test_a_percent_sign_in_a_fact_is_no_place_to_fill() -> None:
    assert Late("100% %(count)d", 1, date(2026, 10, 5)).message().startswith("100% %(count)d: 1 kali")


def test_each_reason_has_its_words_and_no_other_is_taken() -> None:
    assert [Choosy(reason).message() for reason in ("empty", "full")] == ["Kosong.", "Penuh."]
    with pytest.raises(KeyError):
        Choosy("other").message()


def test_words_are_in_the_language_that_is_active_when_they_are_read() -> None:
    refusals = [MonthClosed(Month(2026, 10)), DayTaken(date(2026, 10, 5))]
    indonesian = [refusal.message() for refusal in refusals]
    with translation.override("en"):
        english = [refusal.message() for refusal in refusals]
    for words, place in (("Bulan Oktober 2026", indonesian[0]), ("5 Oktober 2026", indonesian[1])):
        assert words in place
    for words, place in (("October 2026", english[0]), ("5 October 2026", english[1])):
        assert words in place


def test_without_words_a_refusal_says_its_facts() -> None:
    assert DomainError("kata").message() == "kata"
