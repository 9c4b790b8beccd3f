"""What an activity counts: once in Python, once in SQL, the same to the hundredth."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from kernel import clock
from tenants.activities.actions import send_activity
from tenants.activities.counting import counted_minutes_in_sql, counted_points_in_sql
from tenants.activities.errors import ActivityRefused
from tenants.activities.models import Activity
from tenants.activities.points import counted_minutes, counted_points
from tenants.approvals.actions import decide
from tenants.approvals.models import ApprovalRequest
from tests.cast import Person
from tests.tenants.activities.work import THURSDAY, entry, make_kind

CASES = [
    # points, weight, volume, percent, minutes, counted points, counted minutes
    ("2.50", "1", 3, "100", 90, "7.50", 90),
    ("0.33", "1.5", 1, "100", 10, "0.50", 10),
    ("0.33", "0.5", 1, "50", 5, "0.08", 3),
    # The example of docs/algorithms/activities.md.
    ("0.33", "1.5", 2, "50", 45, "0.50", 23),
    ("1", "1", 1, "33.33", 7, "0.33", 2),
    ("4", "2.125", 2, "75", 120, "12.75", 90),
    ("4", "0", 2, "100", 1, "0.00", 1),
    ("4", "1", 2, "0", 1, "0.00", 0),
]


@pytest.mark.parametrize(("points", "weight", "volume", "percent", "minutes", "expected", "expected_minutes"), CASES)
def test_both_ways_of_counting_agree(
    ani: Person,
    points: str,
    weight: str,
    volume: int,
    percent: str,
    minutes: int,
    expected: str,
    expected_minutes: int,
) -> None:
    assert counted_points(Decimal(points), Decimal(weight), volume, Decimal(percent)) == Decimal(expected)
    assert counted_minutes(minutes, Decimal(percent)) == expected_minutes
    begin = clock.at_local(date(2026, 11, 19), clock.now().time().replace(hour=8), "Asia/Makassar")
    Activity.objects.create(
        employee=ani.employee,
        job_kind=make_kind(points=points, weight=weight),
        date=date(2026, 11, 19),
        span=DateTimeTZRange(begin, begin + timedelta(minutes=minutes)),
        minutes=minutes,
        volume=volume,
        percent=percent,
        description="x",
    )
    in_sql = Activity.objects.values_list(
        counted_points_in_sql("job_kind__points", "job_kind__weight"), counted_minutes_in_sql()
    ).get()
    assert in_sql == (Decimal(expected), expected_minutes)
    assert Activity.objects.get().points == Decimal(expected)


def test_the_largest_points_of_a_catalogue_can_be_approved(ani: Person, budi: Person) -> None:
    """One activity that the database cannot hold would keep every other one of a bulk approval from being decided."""
    with clock.at(THURSDAY):
        kind = make_kind(points="999999.99", weight="999.999")
        activity = send_activity(employee=ani.employee, actor=ani.user, draft=entry(kind, volume=1000))
        request = ApprovalRequest.objects.get(document_uid=activity.uid)
        decide(request_uids=[request.uid], verdict="approved", actor=budi.user)
    activity.refresh_from_db()
    assert activity.approved_points == Decimal("999998990000.01")


def test_more_than_a_thousand_results_are_refused_in_words(ani: Person, budi: Person) -> None:
    with clock.at(THURSDAY), pytest.raises(ActivityRefused) as refused:
        send_activity(employee=ani.employee, actor=ani.user, draft=entry(make_kind(), volume=10**12))
    assert [problem.field for problem in refused.value.problems] == ["volume"]
