"""Days and months in words, in the active language."""

from __future__ import annotations

from datetime import date

from django.utils.dateformat import format as in_words

from kernel.periods import Month


def day_words(day: date) -> str:
    """`5 Oktober 2026`."""
    return in_words(day, "j F Y")


def short_day_words(day: date) -> str:
    """`5 Okt 2026`."""
    return in_words(day, "j M Y")


def weekday_words(day: date) -> str:
    """`Senin, 5 Oktober 2026`."""
    return in_words(day, "l, j F Y")


def month_words(month: Month | date) -> str:
    """`Oktober 2026`, of a month or of the month of a day."""
    return in_words(month.first_day if isinstance(month, Month) else month, "F Y")
