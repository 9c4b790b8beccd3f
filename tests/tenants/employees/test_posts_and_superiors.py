"""Posts and superiors of people on a day, from the database."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from tenants.employees import querysets
from tenants.employees.models import Employee, Placement
from tests.cast import Office, Person, make_employee, make_opd, make_position

DAY = date(2026, 10, 15)


def test_posts_of_a_day_tell_definitive_from_acting(office: Office, ani: Person, budi: Person) -> None:
    Placement.objects.create(
        employee=ani.employee,
        position=office.section_head,
        kind="plt",
        period=DateRange(date(2026, 10, 1), date(2026, 11, 1)),
    )
    posts = querysets.posts_on([ani.employee.pk, budi.employee.pk], DAY)
    mine = posts[ani.employee.pk]
    assert mine.definitive is not None
    assert (mine.definitive.title, mine.definitive.kelas, mine.definitive.opd_name) == (
        "Pengelola Data",
        7,
        "Dinas Pendidikan",
    )
    assert [post.title for post in mine.acting] == ["Kepala Seksi"]
    assert mine.acting[0].until == date(2026, 11, 1)
    assert posts[budi.employee.pk].acting == ()
    assert querysets.posts_on([ani.employee.pk], date(2026, 11, 1))[ani.employee.pk].acting == ()


def test_somebody_without_a_post_has_no_entry(office: Office, ani: Person) -> None:
    nobody = make_employee("Tanpa Jabatan")
    assert nobody.pk not in querysets.posts_on(None, DAY)
    assert querysets.posts_on([ani.employee.pk], date(2020, 1, 1)) == {}


def test_placed_on_carries_the_post_of_that_day(office: Office, ani: Person) -> None:
    other = make_position(make_opd("1.02", "Dinas Kesehatan"), "K-1", "Perawat", kelas=6)
    moved_on = date(2026, 7, 1)
    placement = ani.employee.placements.get()
    placement.period = DateRange(placement.period.lower, moved_on)
    placement.save()
    Placement.objects.create(employee=ani.employee, position=other, period=DateRange(moved_on, None))
    before: Any = Employee.objects.placed_on(date(2026, 6, 30)).get(pk=ani.employee.pk)
    after: Any = Employee.objects.placed_on(moved_on).get(pk=ani.employee.pk)
    assert (before.position_title, before.opd_name, before.kelas) == ("Pengelola Data", "Dinas Pendidikan", 7)
    assert (after.position_title, after.opd_name, after.kelas) == ("Perawat", "Dinas Kesehatan", 6)
    assert not Employee.objects.in_opds({office.opd.uid}, moved_on).filter(pk=ani.employee.pk).exists()
    assert Employee.objects.in_opds({office.opd.uid}, date(2026, 6, 30)).filter(pk=ani.employee.pk).exists()
    assert Employee.objects.in_opds(None, moved_on).count() == 1


def test_the_single_and_the_bulk_answer_agree(office: Office, ani: Person, budi: Person, citra: Person) -> None:
    head = make_employee("Kepala", office.head)
    everybody = [ani.employee, budi.employee, citra.employee, head]
    bulk = querysets.superiors_of([person.pk for person in everybody], DAY)
    assert bulk == {person.pk: querysets.superior_of(person, DAY) for person in everybody}
    assert bulk[ani.employee.pk] == budi.employee
    assert bulk[head.pk] is None
    assert querysets.superior_line(ani.employee, DAY) == [budi.employee, head]
    assert querysets.subordinates_of(head, DAY) == [budi.employee, citra.employee]


def test_an_inactive_superior_counts_as_a_vacancy(office: Office, ani: Person, budi: Person) -> None:
    head = make_employee("Kepala", office.head)
    Employee.objects.filter(pk=budi.employee.pk).update(is_active=False)
    assert querysets.superior_of(ani.employee, DAY) == head


def test_the_superior_is_found_in_a_bounded_number_of_statements(
    office: Office, ani: Person, budi: Person, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(5):
        querysets.superior_of(ani.employee, DAY)
    with django_assert_num_queries(4):
        querysets.superiors_of([ani.employee.pk, budi.employee.pk], DAY)
    with django_assert_num_queries(1):
        querysets.posts_on(None, DAY)


def test_a_cycle_in_stored_positions_does_not_hang(office: Office, ani: Person) -> None:
    office.head.superior = office.staff
    office.head.save()
    assert querysets.superior_of(ani.employee, DAY) is None


@pytest.mark.parametrize(("text", "found"), [("ani", True), ("1990 0101", True), ("0101", False), ("budi", False)])
def test_people_are_searched_by_name_or_by_the_beginning_of_the_nip(ani: Person, text: str, found: bool) -> None:
    assert Employee.objects.searched(text).filter(pk=ani.employee.pk).exists() is found
