"""How far back an activity may be entered: the log rule of the region's rule set (domain note 3.4, rule kind 13).

Calendar days: 1 allows today and yesterday. Working days: N allows every day from the N-th working day of the person's
own plan before today on, so free days between are allowed as well. Days further back, up to `late_days_back`, are taken
late and count at `late_percent`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final, Literal

# Free days in a row beyond this are a calendar without working days, not a holiday.
LONGEST_BREAK: Final = 31
WHOLE: Final = Decimal(100)


@dataclass(frozen=True, slots=True)
class EntryRule:
    """`days_back` days of this kind before today are open; up to `late_days_back` (None: no more) at `late_percent`."""

    days_back: int
    days: Literal["calendar", "working"]
    late_days_back: int | None = None
    late_percent: Decimal = WHOLE
    overlap_allowed: bool = False

    @property
    def most_days_back(self) -> int:
        """How far back anything is taken, late or not."""
        return max(self.days_back, self.late_days_back or 0)

    @property
    def furthest(self) -> int:
        """How many calendar days back a calendar must be known to answer."""
        return reach(self, self.most_days_back)


def reach(rule: EntryRule, count: int) -> int:
    """The most calendar days that `count` days of the rule can be."""
    return count if rule.days == "calendar" else count * 3 + LONGEST_BREAK


def first_open_day(rule: EntryRule, today: date, is_working_day: Callable[[date], bool]) -> date:
    """The earliest date that may be entered today, late or not. `is_working_day` is asked only when working days
    count."""
    return _back(rule, rule.most_days_back, today, is_working_day)


def first_full_day(rule: EntryRule, today: date, is_working_day: Callable[[date], bool]) -> date:
    """The earliest date that counts in full when it is entered today."""
    return _back(rule, rule.days_back, today, is_working_day)


def last_entry_day(rule: EntryRule, day: date, is_working_day: Callable[[date], bool]) -> date:
    """The last date on which an activity of `day` may be entered, late or not."""
    return _ahead(rule, rule.most_days_back, day, is_working_day)


def last_full_day(rule: EntryRule, day: date, is_working_day: Callable[[date], bool]) -> date:
    """The last date on which an activity of `day` counts in full."""
    return _ahead(rule, rule.days_back, day, is_working_day)


def _back(rule: EntryRule, count: int, today: date, is_working_day: Callable[[date], bool]) -> date:
    if rule.days == "calendar":
        return today - timedelta(days=count)
    day = today
    furthest = today - timedelta(days=reach(rule, count))
    while count and day > furthest:
        day -= timedelta(days=1)
        count -= is_working_day(day)
    return day


def _ahead(rule: EntryRule, count: int, day: date, is_working_day: Callable[[date], bool]) -> date:
    """The day is open as long as fewer than `count` working days lie between it and today."""
    if rule.days == "calendar" or count == 0:
        return day + timedelta(days=count)
    entry = day + timedelta(days=1)
    furthest = day + timedelta(days=reach(rule, count))
    while entry < furthest:
        count -= is_working_day(entry)
        if count <= 0:
            break
        entry += timedelta(days=1)
    return entry
