"""How far back an activity may be entered: the log rule of the region's rule set (domain note 3.4, rule kind 13).

Calendar days: 1 allows today and yesterday. Working days: N allows every day from the N-th working day of the person's
unit before today on, so free days between are allowed as well.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

# Free days in a row beyond this are a calendar without working days, not a holiday.
LONGEST_BREAK: Final = 31


@dataclass(frozen=True, slots=True)
class EntryRule:
    """`days_back` days of this kind before today are still open."""

    days_back: int
    days: Literal["calendar", "working"]

    @property
    def furthest(self) -> int:
        """How many calendar days back a calendar must be known to answer."""
        return self.days_back if self.days == "calendar" else self.days_back * 3 + LONGEST_BREAK


def first_open_day(rule: EntryRule, today: date, is_working_day: Callable[[date], bool]) -> date:
    """The earliest date that may be entered today. `is_working_day` is asked only when working days count."""
    if rule.days == "calendar":
        return today - timedelta(days=rule.days_back)
    day = today
    left = rule.days_back
    furthest = today - timedelta(days=rule.furthest)
    while left and day > furthest:
        day -= timedelta(days=1)
        left -= is_working_day(day)
    return day


def last_entry_day(rule: EntryRule, day: date, is_working_day: Callable[[date], bool]) -> date:
    """The last date on which an activity of `day` may be entered."""
    entry = day
    furthest = day + timedelta(days=rule.furthest)
    while entry < furthest and first_open_day(rule, entry + timedelta(days=1), is_working_day) <= day:
        entry += timedelta(days=1)
    return entry
