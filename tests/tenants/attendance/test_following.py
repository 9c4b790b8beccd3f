"""Days are computed again when the calendar or a post behind them changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime

import pytest

from kernel import clock
from kernel.accounts.models import User
from kernel.delivery.models import OutboxMessage
from tenants.attendance.following import days_to_follow
from tenants.attendance.models import DayResult
from tenants.attendance.results import recompute_days
from tenants.calendars.actions import add_holiday
from tenants.employees.actions import end_placement
from tests.cast import Person

THURSDAY = date(2026, 10, 8)


@pytest.fixture(autouse=True)
def a_friday_of_october() -> Iterator[None]:
    with clock.at(datetime(2026, 10, 9, 2, tzinfo=UTC)):
        yield


def presence(person: Person) -> str | None:
    return DayResult.objects.filter(employee=person.employee, date=THURSDAY).values_list("presence", flat=True).first()


def test_a_holiday_added_later_frees_the_day(
    ani: Person, with_role: Callable[..., User], run_outbox: Callable[[], int]
) -> None:
    recompute_days(first=THURSDAY, end=date(2026, 10, 9))
    assert presence(ani) == DayResult.Presence.ABSENT
    add_holiday(date=THURSDAY, name="Libur daerah", kind="daerah", source="SE 9/2026", actor=with_role("bkpsdm"))
    run_outbox()
    assert presence(ani) == DayResult.Presence.FREE


def test_a_post_that_ended_takes_the_days_behind_it_away(
    ani: Person, with_role: Callable[..., User], run_outbox: Callable[[], int]
) -> None:
    recompute_days(first=THURSDAY, end=date(2026, 10, 9))
    placement = ani.employee.placements.get()
    end_placement(uid=ani.employee.uid, placement_uid=placement.uid, last=date(2026, 10, 5), actor=with_role("bkpsdm"))
    run_outbox()
    assert presence(ani) is None


def test_a_change_of_days_to_come_computes_nothing(ani: Person, with_role: Callable[..., User]) -> None:
    before = OutboxMessage.objects.count()
    add_holiday(date=date(2026, 12, 1), name="Nanti", kind="daerah", source="SE 9/2026", actor=with_role("bkpsdm"))
    assert OutboxMessage.objects.count() == before


@pytest.mark.parametrize(
    ("first", "end", "expected"),
    [
        (None, None, (date(2026, 9, 1), date(2026, 10, 9))),
        (date(2026, 10, 5), None, (date(2026, 10, 5), date(2026, 10, 9))),
        (date(2026, 1, 1), date(2026, 1, 2), None),
        (date(2026, 8, 1), date(2026, 9, 3), (date(2026, 9, 1), date(2026, 9, 2))),
        (date(2026, 11, 1), None, None),
    ],
)
def test_days_are_followed_from_the_month_before_up_to_today(
    ani: Person, first: date | None, end: date | None, expected: tuple[date, date] | None
) -> None:
    assert days_to_follow(first, end) == expected
