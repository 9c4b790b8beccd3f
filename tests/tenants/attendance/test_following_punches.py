"""New punches are judged within seconds, whatever brought them; what comes for a closed month is a late fact."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kernel.periods import Month
from tenants.arrears.models import LateFact
from tenants.attendance.following import follow_punches, has_news
from tenants.attendance.models import DayResult, PunchFollowing
from tenants.attendance.tasks import look_for_punches
from tenants.calendars.models import WorkPattern
from tests.cast import Office, Person, make_employee
from tests.closed_months import close_months
from tests.tenants.attendance.week import MONDAY, at, on, punched

TUESDAY = MONDAY + timedelta(days=1)


@pytest.fixture(autouse=True)
def at_work(shift: WorkPattern, manado_rules: object) -> None:
    """An office with a shift and rules, and nothing left of the receipts that other tests have drawn."""
    follow_punches()


def day_of(person: Person) -> DayResult:
    return DayResult.objects.get(employee=person.employee, date=MONDAY)


def test_a_punch_is_in_the_day_after_the_next_look(ani: Person) -> None:
    assert not has_news()
    with on(MONDAY, "07:45"):
        punched(ani.employee, MONDAY, "in", "07:44")
        assert has_news()
        done = follow_punches()
        assert (done.punches, done.written) == (1, 1)
        assert not has_news()
        day = day_of(ani)
        assert (day.presence, day.live, day.first_in is not None) == ("berjalan", "late", True)
        assert follow_punches().punches == 0


def test_only_the_day_that_a_late_punch_belongs_to_is_judged_again(ani: Person) -> None:
    with on(TUESDAY, "09:00"):
        punched(ani.employee, MONDAY, "in", "07:25")
        punched(ani.employee, TUESDAY, "out", "00:40")
        follow_punches()
        assert list(DayResult.objects.values_list("date", flat=True)) == [MONDAY]
        assert day_of(ani).presence == "hadir"
        assert not day_of(ani).is_provisional


def test_an_outage_is_caught_up_in_one_go(ani: Person, office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tenants.attendance.following.TAKE", 3)
    people = [make_employee(f"Orang {number}", office.staff) for number in range(4)]
    for person in people:
        punched(person, MONDAY, "in", "07:20")
        punched(person, MONDAY, "out", "16:00")
    with on(TUESDAY, "09:00"):
        done = follow_punches()
    assert done.punches == 8
    assert DayResult.objects.filter(presence="hadir", last_out__isnull=False).count() == 4


def test_the_statements_do_not_depend_on_how_many_have_punched(ani: Person, office: Office) -> None:
    def statements(people: int) -> int:
        for number in range(people):
            punched(make_employee(f"Orang {people} {number}", office.staff), MONDAY, "in", "07:20")
        with (
            on(MONDAY, "07:30"),
            CaptureQueriesContext(
                connection,
            ) as captured,
        ):
            assert follow_punches().punches == people
        return len(captured)

    statements(1)
    assert statements(3) == statements(12)


def test_a_week_of_the_same_people_is_judged_in_one_go(ani: Person, office: Office) -> None:
    people = [make_employee(f"Orang {number}", office.staff) for number in range(3)]

    def statements(days: int, *, back: int) -> int:
        for person in people:
            for number in range(days):
                punched(person, MONDAY - timedelta(days=back - number), "in", "07:20")
        with on(MONDAY, "07:30"), CaptureQueriesContext(connection) as captured:
            assert follow_punches().written == len(people) * days
        return len(captured)

    assert statements(1, back=21) == statements(5, back=14)
    # Far apart, days are judged each by itself, and nobody's day of whom nothing came.
    punched(people[0], MONDAY - timedelta(days=7), "in", "07:20")
    punched(people[1], MONDAY - timedelta(days=4), "in", "07:20")
    with on(MONDAY, "07:30"):
        assert follow_punches().written == 2


def test_while_one_follows_another_does_nothing_and_takes_over_from_a_silent_one(ani: Person) -> None:
    with on(MONDAY, "07:45"):
        follow_punches()
        punched(ani.employee, MONDAY, "in", "07:44")
    with on(MONDAY, "07:46"):
        PunchFollowing.objects.update(claimed_until=at(MONDAY, "07:47"))
        assert follow_punches().punches == 0
    with on(MONDAY, "07:48"):
        assert follow_punches().punches == 1


def test_a_punch_for_a_closed_month_is_a_late_fact_told_once(ani: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    october = Month(2026, 10)
    with on(MONDAY + timedelta(days=35), "09:00"):
        close_months(monkeypatch, october)
        punched(ani.employee, MONDAY, "in", "07:25")
        follow_punches()
        follow_punches()
        assert not DayResult.objects.exists()
        assert list(LateFact.objects.values_list("employee_id", "of_month", "what")) == [
            (ani.employee.pk, october.first_day, "Absen")
        ]


def test_a_region_with_news_is_found_by_the_beat(ani: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr("tenants.attendance.tasks.follow_punches.apply_async", lambda **options: asked.append("follow"))
    look_for_punches()
    assert asked == []
    punched(ani.employee, MONDAY, "in", "07:25")
    look_for_punches()
    assert asked == ["follow"]
