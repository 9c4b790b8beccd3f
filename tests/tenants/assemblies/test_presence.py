"""Who was called and who came, from posts, events, the leader's list and officials' marks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test.utils import CaptureQueriesContext

from kernel.accounts.models import User
from tenants.assemblies.actions import cancel_assembly, mark_people
from tenants.assemblies.models import Assembly
from tenants.assemblies.querysets import called_between
from tenants.employees.models import ServiceStop
from tenants.punch_review.models import PunchVerdict
from tenants.rules.models import StoredRuleSet
from tests.cast import Office, Person, make_employee, make_opd, make_position
from tests.tenants.assemblies.calls import MONDAY, apel, arrives, at, code_shown, on, ticked

TUESDAY = MONDAY + timedelta(days=1)


@pytest.fixture
def bkpsdm(with_role: Callable[..., User]) -> User:
    return with_role("bkpsdm")


@pytest.fixture
def monday(manado_rules: StoredRuleSet, office: Office, ani: Person, budi: Person, bkpsdm: User) -> Assembly:
    """The whole office must come; Budi leads."""
    return apel(leader=budi.employee, actor=bkpsdm, units=[office.opd])


def attended(*people: Person) -> list[bool]:
    """Of these people in order, as the day's result will ask once the apel is over."""
    with on(MONDAY, "09:00"):
        found = {one.employee_id: one for one in called_between([p.employee.pk for p in people], MONDAY, TUESDAY)}
    assert {(one.date, one.code) for one in found.values()} <= {(MONDAY, "UPACARA")}
    return [found[person.employee.pk].attended for person in people]


def test_who_entered_the_code_came_and_who_did_not_is_missed(monday: Assembly, ani: Person, budi: Person) -> None:
    moment = at(MONDAY, "07:35")
    arrives(ani.employee, moment, assembly=str(monday.uid), code=code_shown(monday, moment))
    assert attended(ani, budi) == [True, False]


def test_digits_alone_find_their_assembly(monday: Assembly, ani: Person) -> None:
    moment = at(MONDAY, "07:35")
    shown = code_shown(monday, moment)
    punch = arrives(ani.employee, moment, code=f"{shown[:4]} {shown[4:]}")
    assert (punch.assembly, punch.state) == (monday.uid, "accepted")
    assert attended(ani) == [True]


def test_a_made_up_code_is_no_presence_and_an_old_one_counts_until_somebody_has_looked(
    monday: Assembly, ani: Person, budi: Person
) -> None:
    moment = at(MONDAY, "07:35")
    made_up = arrives(ani.employee, moment, assembly=str(monday.uid), code="00000000")
    old = arrives(budi.employee, moment, code=code_shown(monday, moment - timedelta(minutes=5)))
    assert (made_up.reasons, made_up.assembly) == (["roll_call_wrong"], None)
    assert (old.reasons, old.state, old.assembly) == (["roll_call_other_time"], "review", monday.uid)
    assert attended(ani, budi) == [False, True]


def test_what_a_reviewer_decides_about_an_old_code_counts(monday: Assembly, ani: Person, bkpsdm: User) -> None:
    moment = at(MONDAY, "07:35")
    punch = arrives(ani.employee, moment, code=code_shown(monday, moment - timedelta(minutes=5)))

    def decide(**verdict: object) -> None:
        PunchVerdict.objects.create(
            punch=punch, employee=ani.employee, captured_at=moment, decided_by=bkpsdm, **verdict
        )

    decide(counts=False, reason="Foto kode dari rekan")
    assert attended(ani) == [False]
    decide(counts=True, is_undoing=True)
    assert attended(ani) == [True]


def test_a_code_shown_hours_before_the_assembly_is_none(monday: Assembly, ani: Person) -> None:
    moment = at(MONDAY, "06:30")
    arrives(ani.employee, moment, assembly=str(monday.uid), code=code_shown(monday, moment))
    assert attended(ani) == [False]


def test_the_leaders_list_speaks_for_who_has_no_phone_and_the_leader_was_there(
    monday: Assembly, ani: Person, budi: Person, citra: Person
) -> None:
    arrives(budi.employee, at(MONDAY, "07:40"), assembly=str(monday.uid), ticks=ticked([ani.employee]))
    assert attended(ani, budi, citra) == [True, True, False]


def test_nobody_but_the_leader_may_tick(monday: Assembly, ani: Person, citra: Person) -> None:
    punch = arrives(citra.employee, at(MONDAY, "07:40"), assembly=str(monday.uid), ticks=ticked([ani.employee]))
    assert (punch.reasons, punch.state) == (["roll_call_wrong"], "review")
    assert attended(ani, citra) == [False, False]


def test_people_of_units_below_and_people_named_are_called_and_others_are_not(
    manado_rules: StoredRuleSet, office: Office, ani: Person, budi: Person, citra: Person, dedi: Person, bkpsdm: User
) -> None:
    # Ani and Budi work in the unit below the OPD, Citra and Dedi in the OPD itself.
    apel(leader=budi.employee, actor=bkpsdm, units=[office.unit], people=[citra.employee])
    other = make_employee("Fani", make_position(make_opd("1.02", "Dinas Lain"), "F-1", "Staf"))
    with on(MONDAY, "09:00"):
        called = called_between(None, MONDAY, TUESDAY)
    assert {one.employee_id for one in called} == {ani.employee.pk, budi.employee.pk, citra.employee.pk}
    assert other.pk not in {one.employee_id for one in called}


def test_who_is_out_of_service_is_not_called(monday: Assembly, ani: Person, budi: Person) -> None:
    ServiceStop.objects.create(
        employee=ani.employee,
        kind="study_leave",
        period=DateRange(date(2026, 9, 1), None),
        letter_number="800/1",
        letter_date=date(2026, 8, 20),
    )
    with on(MONDAY, "09:00"):
        assert [one.employee_id for one in called_between([ani.employee.pk], MONDAY, TUESDAY)] == []


def test_nobody_is_missed_while_it_goes_on(monday: Assembly, ani: Person) -> None:
    with on(MONDAY, "07:59"):
        assert called_between([ani.employee.pk], MONDAY, TUESDAY) == []


def test_an_officials_word_goes_before_and_the_newest_counts(
    monday: Assembly, ani: Person, budi: Person, bkpsdm: User
) -> None:
    with on(MONDAY, "10:00"):
        mark_people(
            assembly=monday, people=[ani.employee], state="attended", reason="Daftar hadir kertas", actor=bkpsdm
        )
    assert attended(ani, budi) == [True, False]
    with on(MONDAY, "11:00"):
        mark_people(assembly=monday, people=[budi.employee], state="excused", reason="Menjaga loket", actor=bkpsdm)
        mark_people(assembly=monday, people=[ani.employee], state="missed", reason="Salah baris", actor=bkpsdm)
    with on(MONDAY, "12:00"):
        found = called_between([ani.employee.pk, budi.employee.pk], MONDAY, TUESDAY)
    assert [(one.employee_id, one.attended) for one in found] == [(ani.employee.pk, False)]


def test_called_off_it_is_missed_by_nobody(monday: Assembly, ani: Person, bkpsdm: User) -> None:
    with on(MONDAY, "10:00"):
        cancel_assembly(assembly=monday, reason="Hujan lebat", actor=bkpsdm)
    with on(MONDAY, "11:00"):
        assert called_between([ani.employee.pk], MONDAY, TUESDAY) == []


def test_the_question_costs_the_same_for_one_assembly_and_for_ten(
    monday: Assembly, office: Office, ani: Person, budi: Person, bkpsdm: User
) -> None:
    people = [ani.employee.pk, budi.employee.pk]

    def statements() -> int:
        with (
            on(MONDAY, "09:00"),
            CaptureQueriesContext(
                connection,
            ) as captured,
        ):
            called_between(people, MONDAY, TUESDAY)
        return len(captured)

    one = statements()
    for _ in range(9):
        apel(leader=budi.employee, actor=bkpsdm, units=[office.opd], people=[ani.employee])
    assert statements() == one <= 8
