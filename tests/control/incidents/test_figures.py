"""How fast the desk is, and the numbers of a year."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from control.incidents.figures import Speed, speed
from control.incidents.leading import close_as_false_alarm, move_on
from control.incidents.models import Incident
from control.incidents.numbering import take_number
from kernel import clock
from kernel.accounts.models import User
from tests.control.incidents.hits import NOW, a_hit


def handled(source: str, operator: User, *, after: int) -> Incident:
    """Taken up so many minutes after it was found, and contained twice as late."""
    incident = a_hit(source, key=source)
    for factor, to in ((1, "handling"), (2, "contained")):
        with clock.at(NOW + timedelta(minutes=after * factor)):
            move_on(uid=incident.uid, to=to, actor=operator)
    return incident


def test_the_medians_are_of_real_incidents_and_of_what_has_happened(desk: None, operator: User) -> None:
    for number, after in enumerate((10, 20, 90)):
        handled(f"hit-{number}", operator, after=after)
    a_hit("new", key="new")
    close_as_false_alarm(uid=a_hit("false", key="false").uid, reason="Razia.", actor=operator)
    measured = speed(NOW + timedelta(days=1))
    assert measured == Speed(
        incidents=4,
        detect=timedelta(minutes=4),
        acknowledge=timedelta(minutes=20),
        contain=timedelta(minutes=40),
        recover=None,
    )


def test_what_is_older_than_ninety_days_is_not_measured(desk: None) -> None:
    a_hit()
    assert speed(NOW + timedelta(days=90)).incidents == 1
    assert speed(NOW + timedelta(days=90, seconds=1)).incidents == 0


@pytest.mark.parametrize(
    ("moment", "number"),
    [
        (datetime(2026, 12, 31, 16, 59, tzinfo=UTC), "INS-2026-0001"),
        # Midnight in the west.
        (datetime(2026, 12, 31, 17, 0, tzinfo=UTC), "INS-2027-0001"),
    ],
)
def test_the_year_of_a_number_is_that_of_western_indonesia(desk: None, moment: datetime, number: str) -> None:
    assert take_number(moment) == number
    assert take_number(moment) == f"{number[:-1]}2"
