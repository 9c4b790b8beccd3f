"""A place that is missing is proposed once, of people whom nothing speaks against, and made by one press."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest

from kernel import clock
from kernel.accounts.models import User
from kernel.errors import NotAllowed, NotFound
from kernel.ids import new_uid
from tenants.employees.models import Employee
from tenants.places.fences import fences_of
from tenants.places.judging import Point
from tenants.places.models import Place
from tenants.punch_review.models import PlaceProposal, PunchVerdict, ReviewItem
from tenants.punch_review.proposing import Stood, accept_proposal, clusters, dismiss_proposal, propose_places
from tenants.punch_review.verdicts import reject_punch
from tests.cast import Office, make_employee, make_opd
from tests.tenants.attendance.week import MONDAY
from tests.tenants.punch_review.odd import MORNING, make_doubtful, scored

ANNEX = (Decimal("1.4812345"), Decimal("124.8512345"))
STEP = Decimal("0.0000137")


@pytest.fixture
def bkpsdm(with_role: Callable[..., User]) -> User:
    return with_role("bkpsdm")


@pytest.fixture
def staff(office: Office) -> list[Employee]:
    return [make_employee(f"Pegawai {number}", office.staff) for number in range(10)]


def stand(people: list[Employee]) -> None:
    """All of them punch at the annex, some metres from one another."""
    for number, person in enumerate(people):
        moment = MORNING + timedelta(minutes=number)
        make_doubtful(person, moment, latitude=ANNEX[0] + number * STEP, longitude=ANNEX[1] - number * STEP)
    scored(MORNING + timedelta(minutes=len(people)))


def proposed() -> int:
    with clock.at(MORNING + timedelta(hours=12)):
        return propose_places()


def points(*metres_east: int, person: int | None = None) -> list[Stood]:
    """Punches along the equator, each of another person unless one is named."""
    return [
        Stood(new_uid(), number if person is None else person, Point(0, 100 + east / 111_195))
        for number, east in enumerate(metres_east)
    ]


def test_ten_people_near_one_another_are_a_place(staff: list[Employee], office: Office) -> None:
    stand(staff)
    assert proposed() == 1
    found = PlaceProposal.objects.get()
    assert (found.unit, found.people, found.radius_m, len(found.punches)) == (office.unit, 10, 75, 10)
    assert abs(found.latitude - ANNEX[0]) < Decimal("0.0002")


def test_nine_are_not(staff: list[Employee]) -> None:
    stand(staff[:9])
    assert proposed() == 0


def test_somebody_whose_punch_was_rejected_does_not_count(staff: list[Employee], bkpsdm: User) -> None:
    stand(staff)
    reject_punch(uid=ReviewItem.objects.filter(employee=staff[0]).get().pk, reason="Di rumah", actor=bkpsdm)
    assert proposed() == 0


def test_somebody_with_an_odd_punch_does_not_count(staff: list[Employee]) -> None:
    stand(staff)
    make_doubtful(staff[0], MORNING + timedelta(hours=9), accuracy_m=0)
    scored(MORNING + timedelta(hours=9))
    assert proposed() == 0


def test_a_proposal_is_not_made_twice_nor_after_it_was_turned_down(staff: list[Employee], bkpsdm: User) -> None:
    stand(staff)
    assert proposed() == 1
    assert proposed() == 0
    dismiss_proposal(uid=PlaceProposal.objects.get().uid, actor=bkpsdm)
    assert proposed() == 0


def test_one_press_makes_the_place_and_accepts_who_waits_there(staff: list[Employee], bkpsdm: User) -> None:
    stand(staff)
    proposed()
    with clock.at(MORNING + timedelta(days=1)):
        place = accept_proposal(uid=PlaceProposal.objects.get().uid, name="Gedung B", actor=bkpsdm)
    assert Place.objects.get() == place
    assert [fence.name for fence in fences_of(staff[0].pk, MONDAY + timedelta(days=1))] == ["Gedung B"]
    assert PunchVerdict.objects.filter(counts=True).count() == 10
    assert not ReviewItem.objects.waiting().exists()


def test_an_operator_decides_for_the_own_opd_only(staff: list[Employee], with_role: Callable[..., User]) -> None:
    stand(staff)
    proposed()
    stranger = with_role("operator_opd", opd=make_opd("1.02", "Dinas Kesehatan"))
    with pytest.raises(NotFound):
        accept_proposal(uid=PlaceProposal.objects.get().uid, name="", actor=stranger)
    with pytest.raises(NotAllowed):
        dismiss_proposal(uid=PlaceProposal.objects.get().uid, actor=with_role("inspektorat"))


def test_groups_by_people_and_not_by_punches() -> None:
    assert clusters(points(*range(0, 50, 5), person=1)) == []
    assert [len(group) for group in clusters(points(*range(0, 50, 5)))] == [10]


def test_a_group_reaches_as_far_as_its_cores_do() -> None:
    row = points(*range(0, 50, 5), 100, 200)
    (group,) = clusters(row)
    assert {stood.employee_id for stood in group} == set(range(11))


def test_two_places_apart_are_two_groups() -> None:
    assert [len(group) for group in clusters(points(*range(0, 55, 5), *range(5000, 5050, 5)))] == [11, 10]
