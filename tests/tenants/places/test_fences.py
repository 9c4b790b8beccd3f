"""For whom which places count, and that a process hears of changes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.core.cache import cache, caches
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kernel.accounts.models import User
from kernel.tenancy.context import region_scope
from kernel.tenancy.state import RegionState
from tenants.employees.actions import place_employee
from tenants.employees.models import Employee
from tenants.places import fences
from tenants.places.actions import (
    assign_place,
    change_place,
    end_assignment,
    end_place,
    record_letter,
    reopen_place,
    withdraw_letter,
)
from tenants.places.models import Place
from tests.cast import Office, Person, make_opd, make_position
from tests.tenants.places.spots import SINCE, make_spot, said

DAY = date(2026, 11, 20)


@pytest.fixture
def bkpsdm(with_role: Callable[..., User]) -> User:
    return with_role("bkpsdm")


def names(employee: Employee, day: date = DAY) -> list[str]:
    return sorted(fence.name for fence in fences.fences_of(employee.pk, day))


def assigned(place: Place, actor: User, **whom: object) -> Place:
    assign_place(uid=place.uid, first=SINCE, last=None, actor=actor, **whom)  # type: ignore[arg-type]
    return place


def test_a_region_without_places_asks_nothing_of_anybody(ani: Person) -> None:
    assert names(ani.employee) == []
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert names(ani.employee) == []
    assert len(asked) == 0


def test_the_second_question_needs_no_statement(ani: Person, budi: Person, office: Office, bkpsdm: User) -> None:
    assigned(make_spot(bkpsdm), bkpsdm, units=[office.opd])
    assert names(ani.employee) == ["Kantor"]
    with CaptureQueriesContext(connection) as asked:
        assert names(budi.employee) == ["Kantor"]
        assert names(ani.employee, DAY) == ["Kantor"]
    assert len(asked) == 0


def test_a_unit_inherits_the_places_above_it(ani: Person, office: Office, bkpsdm: User) -> None:
    assigned(make_spot(bkpsdm, "Dinas"), bkpsdm, units=[office.opd])
    assert names(ani.employee) == ["Dinas"]


def test_a_units_own_places_go_before_those_above(ani: Person, citra: Person, office: Office, bkpsdm: User) -> None:
    assigned(make_spot(bkpsdm, "Dinas"), bkpsdm, units=[office.opd])
    assigned(make_spot(bkpsdm, "Bidang"), bkpsdm, units=[office.unit])
    assert (names(ani.employee), names(citra.employee)) == (["Bidang"], ["Dinas"])


def test_another_opd_has_nothing_of_it(ani: Person, office: Office, bkpsdm: User) -> None:
    other = make_opd("1.02", "Dinas Kesehatan")
    assigned(make_spot(bkpsdm), bkpsdm, units=[other])
    assert names(ani.employee) == []


def test_a_persons_own_place_comes_beside_the_units(ani: Person, budi: Person, office: Office, bkpsdm: User) -> None:
    assigned(make_spot(bkpsdm, "Dinas"), bkpsdm, units=[office.opd])
    assigned(make_spot(bkpsdm, "Rumah dinas"), bkpsdm, people=[ani.employee])
    assert names(ani.employee) == ["Dinas", "Rumah dinas"]
    assert names(budi.employee) == ["Dinas"]


def test_a_letter_counts_for_its_people_on_its_days(ani: Person, budi: Person, bkpsdm: User) -> None:
    letter = record_letter(
        number="800/12/2026",
        subject="Pendataan",
        first=DAY,
        last=DAY + timedelta(days=1),
        people=[ani.employee],
        places=[make_spot(bkpsdm, "Pulau Bunaken")],
        opd=None,
        actor=bkpsdm,
    )
    days = [DAY + timedelta(days=count) for count in (-1, 0, 1, 2)]
    assert [names(ani.employee, day) for day in days] == [[], ["Pulau Bunaken"], ["Pulau Bunaken"], []]
    assert names(budi.employee) == []
    withdraw_letter(uid=letter.uid, actor=bkpsdm)
    assert names(ani.employee) == []


def test_a_place_counts_on_its_days(ani: Person, office: Office, bkpsdm: User) -> None:
    place = assigned(make_spot(bkpsdm), bkpsdm, units=[office.opd])
    end_place(uid=place.uid, last=DAY, reason="Pindah kantor", actor=bkpsdm)
    assert (names(ani.employee), names(ani.employee, DAY + timedelta(days=1))) == (["Kantor"], [])
    reopen_place(uid=place.uid, actor=bkpsdm)
    assert names(ani.employee, DAY + timedelta(days=1)) == ["Kantor"]


def test_an_assignment_counts_on_its_days(ani: Person, office: Office, bkpsdm: User) -> None:
    place = assigned(make_spot(bkpsdm), bkpsdm, units=[office.opd])
    end_assignment(uid=place.assignments.get().uid, last=DAY, actor=bkpsdm)
    assert (names(ani.employee), names(ani.employee, DAY + timedelta(days=1))) == (["Kantor"], [])


def test_a_changed_place_goes_on_for_the_same_people(ani: Person, office: Office, bkpsdm: User) -> None:
    place = assigned(make_spot(bkpsdm), bkpsdm, units=[office.opd])
    change_place(uid=place.uid, place=said("Kantor baru", first=DAY, radius_m=200), actor=bkpsdm)
    yesterday, today = (fences.fences_of(ani.employee.pk, day) for day in (DAY - timedelta(days=1), DAY))
    assert [(fence.name, fence.radius_m) for fence in (*yesterday, *today)] == [("Kantor", 100), ("Kantor baru", 200)]


def test_who_changes_post_has_the_places_of_the_new_one(ani: Person, office: Office, bkpsdm: User) -> None:
    assigned(make_spot(bkpsdm), bkpsdm, units=[office.opd])
    other = make_opd("1.02", "Dinas Kesehatan")
    assert names(ani.employee) == ["Kantor"]
    position = make_position(other, "P-9", "Perawat")
    place_employee(
        uid=ani.employee.uid,
        position_uid=position.uid,
        kind="definitif",
        first=DAY,
        last=None,
        letter_number="1",
        actor=bkpsdm,
    )
    assert (names(ani.employee), names(ani.employee, DAY - timedelta(days=1))) == ([], ["Kantor"])


def test_a_region_knows_nothing_of_another_ones_places(
    ani: Person, eka: Person, office: Office, bkpsdm: User, banjarmasin: RegionState
) -> None:
    assigned(make_spot(bkpsdm), bkpsdm, units=[office.opd])
    assert names(ani.employee) == ["Kantor"]
    with region_scope(banjarmasin):
        assert names(eka.employee) == []


def test_another_process_hears_of_a_change_through_the_cache(
    ani: Person,
    office: Office,
    bkpsdm: User,
    django_capture_on_commit_callbacks: Callable[..., object],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What this process keeps is put back after the change, as another process would still have it."""
    place = assigned(make_spot(bkpsdm), bkpsdm, units=[office.opd])
    assert names(ani.employee) == ["Kantor"]
    monkeypatch.setattr(fences, "LOOK_SECONDS", 0)
    kept = dict(fences._regions)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]
        end_place(uid=place.uid, last=SINCE, reason="Pindah", actor=bkpsdm)
    fences._regions.update(kept)
    assert names(ani.employee) == []


def test_what_the_shared_cache_still_vouches_for_is_not_read_again(
    ani: Person, office: Office, bkpsdm: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    assigned(make_spot(bkpsdm), bkpsdm, units=[office.opd])
    assert names(ani.employee) == ["Kantor"]
    monkeypatch.setattr(fences, "TTL_SECONDS", 0)
    with CaptureQueriesContext(connection) as asked:
        assert names(ani.employee) == ["Kantor"]
    assert len(asked) == 0


@pytest.mark.parametrize("lost", ["the version", "all", "the cache itself"])
def test_without_a_word_from_the_shared_cache_it_is_read_again(
    ani: Person, office: Office, bkpsdm: User, monkeypatch: pytest.MonkeyPatch, lost: str
) -> None:
    place = assigned(make_spot(bkpsdm), bkpsdm, units=[office.opd])
    assert names(ani.employee) == ["Kantor"]
    monkeypatch.setattr(fences, "TTL_SECONDS", 0)
    if lost == "the version":
        cache.delete(fences._OWN_KEY)
    elif lost == "all":
        cache.clear()
    else:
        monkeypatch.setattr(type(caches["default"]), "get", lambda *args, **kwargs: None)
    # Changed where nobody announces it.
    Place.objects.filter(pk=place.pk).update(name="Kantor Baru")
    assert names(ani.employee) == ["Kantor Baru"]


def test_a_change_that_nobody_announced_is_read_after_half_an_hour(
    ani: Person, office: Office, bkpsdm: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = assigned(make_spot(bkpsdm), bkpsdm, units=[office.opd])
    assert names(ani.employee) == ["Kantor"]
    Place.objects.filter(pk=place.pk).update(name="Kantor Baru")
    assert names(ani.employee) == ["Kantor"]
    monkeypatch.setattr(fences, "LONGEST_SECONDS", 0)
    monkeypatch.setattr(fences, "SPREAD_SECONDS", 1)
    assert names(ani.employee) == ["Kantor Baru"]
