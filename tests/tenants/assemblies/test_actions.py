"""Calling people together, and what officials say afterwards."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from kernel.accounts.models import User
from kernel.audit.models import AuditEvent
from kernel.delivery.models import OutboxMessage
from tenants.assemblies.actions import cancel_assembly, mark_people
from tenants.assemblies.ceremonies import ceremonies_on
from tenants.assemblies.errors import AlreadyOver, CallRefused, NotBegun, NotCalled
from tenants.assemblies.models import Mark
from tenants.rules.models import StoredRuleSet
from tests.cast import Office, Person
from tests.tenants.assemblies.calls import MONDAY, apel, at, on


@pytest.fixture
def bkpsdm(with_role: Callable[..., User]) -> User:
    return with_role("bkpsdm")


def test_a_region_calls_to_the_ceremonies_of_its_rules(manado_rules: StoredRuleSet, office: Office) -> None:
    assert ceremonies_on(MONDAY) == {"UPACARA": "Tidak mengikuti apel atau upacara"}
    assert ceremonies_on(date(2020, 1, 6)) == {}


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"date": date(2026, 10, 2), "starts_at": at(date(2026, 10, 2), "13:59")}, "past"),
        ({"ends_at": at(MONDAY, "07:30")}, "too_long"),
        ({"ends_at": at(MONDAY, "07:30") + timedelta(hours=13)}, "too_long"),
        ({"code": "SENAM"}, "ceremony"),
        ({"units": []}, "nobody"),
    ],
)
def test_a_call_that_nobody_can_follow_is_refused(
    wrong: dict[str, Any], reason: str, manado_rules: StoredRuleSet, office: Office, budi: Person, bkpsdm: User
) -> None:
    draft = {"leader": budi.employee, "actor": bkpsdm, "units": [office.opd], **wrong}
    if "starts_at" in wrong:
        draft["ends_at"] = at(date(2026, 10, 2), "15:00")
    with pytest.raises(CallRefused) as refusal:
        apel(**draft)
    assert refusal.value.reason == reason
    assert refusal.value.message()


def test_a_call_is_in_the_trail(manado_rules: StoredRuleSet, office: Office, budi: Person, bkpsdm: User) -> None:
    assembly = apel(leader=budi.employee, actor=bkpsdm, units=[office.opd], people=[budi.employee])
    event = AuditEvent.objects.get(action="assemblies.called")
    assert event.subject_uid == assembly.uid
    assert (event.after["units"], event.after["nips"]) == ([office.opd.code], [budi.employee.nip])


def test_marks_wait_for_the_beginning_and_are_for_who_was_called(
    manado_rules: StoredRuleSet, office: Office, ani: Person, citra: Person, bkpsdm: User
) -> None:
    assembly = apel(leader=ani.employee, actor=bkpsdm, units=[office.unit])
    with on(MONDAY, "07:00"), pytest.raises(NotBegun):
        mark_people(assembly=assembly, people=[ani.employee], state="missed", reason="-", actor=bkpsdm)
    with on(MONDAY, "08:30"), pytest.raises(NotCalled):
        mark_people(assembly=assembly, people=[ani.employee, citra.employee], state="missed", reason="-", actor=bkpsdm)
    assert not Mark.objects.exists()


def test_a_mark_has_the_day_judged_again(
    manado_rules: StoredRuleSet, office: Office, ani: Person, bkpsdm: User
) -> None:
    assembly = apel(leader=ani.employee, actor=bkpsdm, units=[office.unit])
    with on(MONDAY, "08:30"):
        mark_people(assembly=assembly, people=[ani.employee], state="missed", reason="Daftar kertas", actor=bkpsdm)
    message = OutboxMessage.objects.latest("pk")
    assert message.kwargs == {"employee_ids": [ani.employee.pk], "first": str(MONDAY), "last": str(MONDAY)}


def test_it_is_called_off_once_and_nobody_is_marked_afterwards(
    manado_rules: StoredRuleSet, office: Office, ani: Person, bkpsdm: User
) -> None:
    assembly = apel(leader=ani.employee, actor=bkpsdm, units=[office.unit])
    with on(MONDAY, "08:30"):
        cancel_assembly(assembly=assembly, reason="Hujan lebat", actor=bkpsdm)
        with pytest.raises(AlreadyOver):
            cancel_assembly(assembly=assembly, reason="Hujan lebat", actor=bkpsdm)
        with pytest.raises(AlreadyOver):
            mark_people(assembly=assembly, people=[ani.employee], state="missed", reason="-", actor=bkpsdm)
