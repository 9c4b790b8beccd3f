"""New punches are looked through behind the lane, once, and the odd ones are queued by weight."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from kernel.accounts.models import User
from kernel.delivery.models import OutboxMessage
from tenants.punch_review.following import add_signal, score_new_punches
from tenants.punch_review.models import PunchSignal, ReviewItem, SignalWeight
from tenants.punch_review.scoring import Finding
from tenants.punch_review.verdicts import accept_punches
from tenants.punches.models import Punch
from tests.cast import Office, Person, make_employee
from tests.tenants.attendance.week import MONDAY, at, on
from tests.tenants.punch_review.odd import MORNING, PLACE, make_doubtful, make_punch, scored
from tests.told import told


def queued() -> dict[Punch, int]:
    return {item.punch: item.score for item in ReviewItem.objects.select_related("punch")}


def test_an_ordinary_punch_is_not_queued(ani: Person) -> None:
    make_punch(ani.employee)
    assert scored() == 1
    assert queued() == {}


def test_a_punch_of_grade_c_is_queued_with_its_reason(ani: Person) -> None:
    punch = make_doubtful(ani.employee)
    scored()
    assert queued() == {punch: 20}
    assert PunchSignal.objects.get().evidence == {"reasons": ["place_outside"]}


def test_signals_of_an_accepted_punch_queue_it_from_their_sum_on(ani: Person, budi: Person) -> None:
    make_punch(ani.employee, latitude=Decimal("1.4748"), longitude=Decimal("124.842"))
    both = make_punch(budi.employee, latitude=Decimal("1.4748"), longitude=Decimal("124.842"), accuracy_m=0)
    scored()
    assert queued() == {both: 45}


def test_nothing_is_looked_at_twice(ani: Person) -> None:
    make_doubtful(ani.employee)
    assert scored() == 1
    assert scored() == 0
    make_doubtful(ani.employee, MORNING + timedelta(hours=1))
    assert scored(MORNING + timedelta(hours=1)) == 1


def test_what_came_this_very_moment_waits_and_nothing_behind_it_is_skipped(ani: Person) -> None:
    """The younger receipt belongs to a punch that came earlier: it waits with the one before it."""
    make_doubtful(ani.employee)
    make_doubtful(ani.employee, MORNING - timedelta(minutes=5))
    with on(MONDAY, "07:25"):
        assert score_new_punches() == 0
    assert scored() == 2


def test_the_punch_that_a_person_made_elsewhere_just_before_speaks_against_it(ani: Person) -> None:
    make_punch(ani.employee, MORNING - timedelta(minutes=2), latitude=Decimal("1.5748312"))
    fast = make_punch(ani.employee)
    scored()
    assert queued() == {fast: 60}


def test_one_account_in_two_places_that_no_plane_joins_is_told_without_saying_where(
    ani: Person, django_capture_on_commit_callbacks: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kernel.delivery.outbox.relay_soon", lambda: None)
    far = {"latitude": Decimal("-5.1476651"), "longitude": Decimal("119.4327314")}
    first = make_punch(ani.employee, MORNING - timedelta(minutes=30), **far)
    there = make_punch(ani.employee)
    with django_capture_on_commit_callbacks(execute=True):
        scored()
    (event,) = told("authn_impossible_travel")
    assert (event["person"], event["subject"]) == (str(ani.user.uid), str(there.id))
    assert event["facts"] == {"km": 950, "minutes": 30, "other": str(first.id)}


def test_a_way_that_a_plane_makes_is_not_told(
    ani: Person, django_capture_on_commit_callbacks: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kernel.delivery.outbox.relay_soon", lambda: None)
    far = {"latitude": Decimal("-5.1476651"), "longitude": Decimal("119.4327314")}
    make_punch(ani.employee, MORNING - timedelta(hours=2), **far)
    make_punch(ani.employee)
    make_punch(ani.employee, MORNING + timedelta(minutes=2), latitude=Decimal("1.5748312"))
    with django_capture_on_commit_callbacks(execute=True):
        scored(MORNING + timedelta(minutes=2))
    assert told("authn_impossible_travel") == []


def test_a_crowd_on_one_coordinate_has_all_its_people_in_it(office: Office) -> None:
    people = [make_employee(f"Pegawai {number}", office.staff) for number in range(5)]
    punches = {make_punch(person, MORNING + timedelta(minutes=count)) for count, person in enumerate(people[:4])}
    scored(MORNING + timedelta(minutes=4))
    assert not PunchSignal.objects.exists()
    punches.add(make_punch(people[4], MORNING + timedelta(minutes=9)))
    scored(MORNING + timedelta(minutes=9))
    signals = PunchSignal.objects.filter(code="crowd").select_related("punch")
    assert {signal.punch for signal in signals} == punches
    assert signals[0].evidence == {"people": 5, "latitude": str(PLACE[0]), "longitude": str(PLACE[1])}


def test_a_region_weighs_as_it_likes(ani: Person) -> None:
    SignalWeight.objects.create(code="perfect_accuracy", points=45)
    SignalWeight.objects.create(code="graded", points=0)
    perfect = make_punch(ani.employee, accuracy_m=0)
    doubtful = make_doubtful(ani.employee, MORNING + timedelta(hours=3))
    scored(MORNING + timedelta(hours=3))
    assert queued() == {perfect: 45, doubtful: 0}


def test_what_was_settled_stays_settled_when_it_is_looked_at_again(ani: Person, with_role: Callable[..., User]) -> None:
    punch = make_doubtful(ani.employee)
    scored()
    accept_punches(uids=[punch.pk], actor=with_role("bkpsdm"))
    add_signal(punch.pk, Finding("selfie_repeated"))
    item = ReviewItem.objects.get()
    assert (item.score, item.settled_at is not None) == (70, True)


def test_looking_computes_no_day(ani: Person) -> None:
    make_doubtful(ani.employee, at(MONDAY, "07:40"))
    scored(at(MONDAY, "07:40"))
    assert not OutboxMessage.objects.exists()
