"""How far back an activity may be entered."""

from datetime import date, timedelta

import pytest

from tenants.activities.window import EntryRule, first_open_day, last_entry_day

FRIDAY, MONDAY = date(2026, 11, 20), date(2026, 11, 23)


def is_weekday(day: date) -> bool:
    return day.weekday() < 5


@pytest.mark.parametrize(("days_back", "first"), [(0, MONDAY), (1, date(2026, 11, 22)), (3, FRIDAY)])
def test_calendar_days_count_every_day(days_back: int, first: date) -> None:
    assert first_open_day(EntryRule(days_back, "calendar"), MONDAY, is_weekday) == first


@pytest.mark.parametrize(("days_back", "first"), [(0, MONDAY), (1, FRIDAY), (2, date(2026, 11, 19))])
def test_working_days_pass_over_the_weekend(days_back: int, first: date) -> None:
    assert first_open_day(EntryRule(days_back, "working"), MONDAY, is_weekday) == first


def test_a_holiday_leaves_one_day_more() -> None:
    def is_working_day(day: date) -> bool:
        return is_weekday(day) and day != FRIDAY

    assert first_open_day(EntryRule(1, "working"), MONDAY, is_working_day) == date(2026, 11, 19)


def test_a_calendar_without_working_days_ends_the_search() -> None:
    rule = EntryRule(2, "working")
    assert first_open_day(rule, MONDAY, lambda day: False) == MONDAY - timedelta(days=rule.furthest)


@pytest.mark.parametrize(
    ("rule", "last"),
    [
        (EntryRule(1, "calendar"), date(2026, 11, 21)),
        (EntryRule(1, "working"), MONDAY),
        (EntryRule(0, "calendar"), FRIDAY),
    ],
)
def test_the_last_entry_day_is_the_last_one_on_which_the_day_is_open(rule: EntryRule, last: date) -> None:
    assert last_entry_day(rule, FRIDAY, is_weekday) == last
    assert first_open_day(rule, last, is_weekday) <= FRIDAY
    assert first_open_day(rule, last + timedelta(days=1), is_weekday) > FRIDAY
