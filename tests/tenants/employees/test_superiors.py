"""Superiors against the map of posts: written, followed by every question, and over with the posts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test import Client

from kernel import clock
from kernel.accounts.actors import System
from kernel.accounts.models import User
from kernel.audit.models import AuditEvent
from tenants.employees import querysets, superiors
from tenants.employees.errors import (
    OverrideOverlaps,
    PeriodReversed,
    SuperiorInactive,
    SuperiorIsBelow,
    SuperiorIsSelf,
    WithoutPost,
)
from tenants.employees.models import Employee, Placement, SuperiorOverride
from tenants.employees.signals import superior_changed
from tests.cast import Office, Person, make_employee, make_opd, make_position, make_user

DAY = date(2026, 10, 15)
FIRST = date(2026, 10, 1)
REASON = "Peta jabatan belum diperbarui"


def write(employee: Employee, superior: Employee, **values: Any) -> SuperiorOverride:
    return superiors.write_override(
        **{
            "employee": employee,
            "superior": superior,
            "first": FIRST,
            "last": None,
            "reason": REASON,
            "actor": System("tests"),
            **values,
        }
    )


@pytest.fixture
def gita(office: Office) -> Employee:
    """Head of a section in another office, below its head."""
    opd = make_opd("1.02", "Dinas Kesehatan")
    head = make_position(opd, "K-1", "Kepala Dinas Kesehatan", kelas=14, kind="jpt")
    make_employee("Hadi", head)
    user = make_user("198001012005011009", "Gita", "asn")
    section = make_position(opd, "K-2", "Kepala Seksi Kesehatan", kelas=9, kind="pengawas", superior=head)
    return make_employee("Gita", section, user=user)


@pytest.fixture
def admin(with_role: Callable[..., User], signed_in: Callable[..., Client]) -> Client:
    return signed_in(with_role("bkpsdm"))


def test_every_question_about_superiors_follows_it(ani: Person, budi: Person, gita: Employee) -> None:
    write(ani.employee, gita)
    assert querysets.superior_of(ani.employee, DAY) == gita
    assert [person.name for person in querysets.superior_line(ani.employee, DAY)] == ["Gita", "Hadi"]
    bulk = querysets.superiors_of([ani.employee.pk, budi.employee.pk], DAY)
    assert bulk == {ani.employee.pk: gita, budi.employee.pk: None}
    assert querysets.subordinates_of(gita, DAY) == [ani.employee]
    assert querysets.subordinates_of(budi.employee, DAY) == []
    before = date(2026, 9, 30)
    assert querysets.superior_of(ani.employee, before) == budi.employee


def test_the_single_and_the_bulk_line_agree_where_a_superior_is_overridden(
    ani: Person, budi: Person, citra: Person, gita: Employee
) -> None:
    write(budi.employee, gita)
    lines = querysets.reporting_lines_on(DAY)
    for person in Employee.objects.all():
        alone = querysets.reporting_line_of(person, DAY)
        assert alone.line_of(person.pk) == lines.line_of(person.pk)
    assert [person.name for person in querysets.superior_line(ani.employee, DAY)] == ["Budi", "Gita", "Hadi"]


def test_the_number_of_statements_does_not_grow_with_overrides(
    office: Office, ani: Person, budi: Person, gita: Employee, django_assert_num_queries: Any
) -> None:
    people = [make_employee(f"Staf {number}", office.staff) for number in range(20)]
    for person in people:
        write(person, gita)
    with django_assert_num_queries(5):
        assert querysets.superior_of(people[0], DAY) == gita
    with django_assert_num_queries(4):
        found = querysets.superiors_of([person.pk for person in people], DAY)
    assert set(found.values()) == {gita}


def test_it_is_over_when_either_post_is(ani: Person, budi: Person, gita: Employee) -> None:
    write(ani.employee, gita)
    placement = gita.placements.get()
    placement.period = DateRange(placement.period.lower, DAY)
    placement.save()
    assert querysets.superior_of(ani.employee, DAY) == budi.employee
    assert querysets.superior_of(ani.employee, date(2026, 10, 14)) == gita
    shown = superiors.overrides_of(ani.employee, DAY)
    assert [(row.last, row.is_current, row.is_open) for row in shown] == [(date(2026, 10, 14), False, False)]


def test_it_is_over_with_the_persons_own_post(ani: Person, budi: Person, office: Office, gita: Employee) -> None:
    write(ani.employee, gita)
    own = ani.employee.placements.get()
    own.period = DateRange(own.period.lower, DAY)
    own.save()
    Placement.objects.create(employee=ani.employee, position=office.staff, period=DateRange(DAY, None))
    assert querysets.superior_of(ani.employee, DAY) == budi.employee


def test_a_superior_who_is_gone_counts_as_none_said(ani: Person, budi: Person, gita: Employee) -> None:
    write(ani.employee, gita)
    Employee.objects.filter(pk=gita.pk).update(is_active=False)
    assert querysets.superior_of(ani.employee, DAY) == budi.employee
    with pytest.raises(SuperiorInactive):
        write(budi.employee, gita)


def test_a_circle_is_refused_with_words(ani: Person, budi: Person, gita: Employee) -> None:
    with pytest.raises(SuperiorIsSelf):
        write(ani.employee, ani.employee)
    with pytest.raises(SuperiorIsBelow) as refused:
        write(budi.employee, ani.employee)
    assert refused.value.message().startswith("Ani berada di bawah Budi")
    write(budi.employee, gita)
    with pytest.raises(SuperiorIsBelow):
        write(gita, ani.employee)
    assert SuperiorOverride.objects.count() == 1


def test_the_database_refuses_oneself_and_two_at_once(ani: Person, budi: Person, gita: Employee) -> None:
    first = write(ani.employee, gita)
    values = {
        "employee": ani.employee,
        "placement": first.placement,
        "superior_placement": first.superior_placement,
        "reason": REASON,
    }
    with pytest.raises(IntegrityError, match="superior_override_not_oneself"), transaction.atomic():
        SuperiorOverride.objects.create(superior=ani.employee, period=DateRange(date(2020, 1, 1), FIRST), **values)
    with pytest.raises(IntegrityError, match="superior_override_one_at_a_time"), transaction.atomic():
        SuperiorOverride.objects.create(superior=gita, period=DateRange(DAY, None), **values)


def test_who_has_no_post_has_no_superior(ani: Person) -> None:
    nobody = make_employee("Tanpa Jabatan")
    for employee, superior in ((ani.employee, nobody), (nobody, ani.employee)):
        with pytest.raises(WithoutPost) as refused:
            write(employee, superior)
        assert "Tanpa Jabatan tidak memegang jabatan pada 1 Oktober 2026" in refused.value.message()


def test_a_newer_one_ends_the_older_and_the_past_is_not_written_over(
    ani: Person, budi: Person, citra: Person, gita: Employee
) -> None:
    older = write(ani.employee, gita)
    write(ani.employee, citra.employee, first=DAY)
    older.refresh_from_db()
    assert (older.period.lower, older.period.upper) == (FIRST, DAY)
    assert querysets.superior_of(ani.employee, date(2026, 10, 14)) == gita
    assert querysets.superior_of(ani.employee, DAY) == citra.employee
    with pytest.raises(OverrideOverlaps):
        write(ani.employee, gita, first=date(2026, 10, 10))
    with pytest.raises(PeriodReversed):
        write(ani.employee, gita, first=DAY, last=FIRST)


def test_an_ended_one_leaves_the_map_and_the_change_is_heard(
    ani: Person, budi: Person, gita: Employee, admin: Client
) -> None:
    heard: list[tuple[int, date]] = []

    def listen(sender: Any, **kwargs: Any) -> None:
        heard.append((kwargs["employee"].pk, kwargs["first"]))

    superior_changed.connect(listen)
    try:
        override = write(ani.employee, gita)
        answer = admin.post(f"/pegawai/{ani.employee.uid}/atasan/{override.uid}/akhiri/", {"last": "2026-10-14"})
    finally:
        superior_changed.disconnect(listen)
    assert answer.status_code == 302
    assert heard == [(ani.employee.pk, FIRST), (ani.employee.pk, DAY)]
    assert querysets.superior_of(ani.employee, DAY) == budi.employee
    events = AuditEvent.objects.filter(action__startswith="employees.superior").order_by("id")
    assert list(events.values_list("action", flat=True)) == [
        "employees.superior_overridden",
        "employees.superior_override_ended",
    ]


def test_one_that_has_not_begun_is_taken_off(ani: Person, budi: Person, gita: Employee, admin: Client) -> None:
    override = write(ani.employee, gita, first=date(2026, 12, 1))
    admin.post(f"/pegawai/{ani.employee.uid}/atasan/{override.uid}/akhiri/", {"last": "2026-11-30"})
    assert querysets.superior_of(ani.employee, date(2026, 12, 2)) == budi.employee
    assert superiors.overrides_of(ani.employee, DAY) == []
    # The days are free again.
    write(ani.employee, gita, first=date(2026, 12, 1))


def test_an_official_says_who_it_is_and_the_person_becomes_a_superior(
    ani: Person, budi: Person, gita: Employee, admin: Client
) -> None:
    url = f"/pegawai/{ani.employee.uid}/atasan/"
    form = {"superior": gita.nip, "first": "2026-10-01", "last": "", "reason": REASON, "letter_number": "800/9"}
    assert "NIP atasan yang benar" in admin.get(url).content.decode()
    answer = admin.post(url, form)
    assert answer.status_code == 302
    with clock.at(clock.at_local(DAY, time(9), "Asia/Makassar")):
        page = admin.get(f"/pegawai/{ani.employee.uid}/").content.decode()
    for words in ("Ditetapkan, bukan dari peta jabatan", "800/9", REASON, "Gita"):
        assert words in page
    assert "atasan" in User.objects.get(pk=gita.user_id).role_codes


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"superior": "199001012015011999"}, "Tidak ada pegawai aktif dengan NIP ini."),
        ({"reason": ""}, 'id="id_reason_error"'),
        ({"last": "2026-09-01"}, "Tanggal akhir harus sama dengan atau sesudah tanggal mulai."),
        ({"superior": "own"}, "Seseorang tidak dapat menjadi atasan bagi dirinya sendiri."),
    ],
)
def test_a_wrong_form_says_why_beside_the_field(
    ani: Person, budi: Person, gita: Employee, admin: Client, changes: dict[str, str], words: str
) -> None:
    form = {"superior": gita.nip, "first": "2026-10-01", "reason": REASON, **changes}
    if form["superior"] == "own":
        form["superior"] = ani.employee.nip
    answer = admin.post(f"/pegawai/{ani.employee.uid}/atasan/", form)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not SuperiorOverride.objects.exists()


def test_an_opd_operator_says_it_only_for_the_own_opd(
    ani: Person, gita: Employee, office: Office, with_role: Callable[..., User], signed_in: Callable[..., Client]
) -> None:
    operator = signed_in(with_role("operator_opd", opd=office.opd))
    form = {"superior": ani.employee.nip, "first": "2026-10-01", "reason": REASON}
    assert operator.post(f"/pegawai/{gita.uid}/atasan/", form).status_code == 404
    form["superior"] = gita.nip
    assert operator.post(f"/pegawai/{ani.employee.uid}/atasan/", form).status_code == 302
