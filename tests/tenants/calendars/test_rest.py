"""Too little rest between two shifts."""

from __future__ import annotations

from datetime import date

import pytest

from tenants.calendars.plans import plan_of
from tenants.calendars.rest import Conflict, conflicts
from tests.tenants.calendars.making import span

MONDAY, TUESDAY = date(2026, 10, 5), date(2026, 10, 6)
MORNING, EVENING, NIGHT = "07.00-14.00", "14.00-21.00", "21.00-07.00"


@pytest.mark.parametrize(
    ("monday", "tuesday", "found"),
    [
        ([MORNING], [MORNING], []),
        ([EVENING], [MORNING], [Conflict(TUESDAY, "rest", 600)]),
        ([NIGHT], [MORNING], [Conflict(TUESDAY, "double", 0)]),
        (["21.00-08.00"], [MORNING], [Conflict(TUESDAY, "double", 0)]),
        ([NIGHT], [NIGHT], []),
        ([EVENING], ["08.00-15.00"], []),
        (["07.00-11.00", "15.00-18.00"], [MORNING], []),
        ([NIGHT], [], []),
    ],
)
def test_the_rest_before_a_shift(monday: list[str], tuesday: list[str], found: list[Conflict]) -> None:
    plans = [
        plan_of(day, [span(text) for text in texts], zone="Asia/Makassar")
        for day, texts in ((MONDAY, monday), (TUESDAY, tuesday))
    ]
    assert conflicts(plans, lambda day: 11) == found


def test_a_duty_at_home_is_no_work_before_a_shift() -> None:
    home = plan_of(MONDAY, [span("14.00-07.00", "OC", on_call=True)], zone="Asia/Makassar")
    assert conflicts([home, plan_of(TUESDAY, [span(MORNING)], zone="Asia/Makassar")], lambda day: 11) == []
