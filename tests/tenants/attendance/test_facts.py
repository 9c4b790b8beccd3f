"""Verdicts, disturbances, assemblies, contacts and plans of one's own reach the day, as they are stored."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from tenants.attendance.cards import today_card
from tenants.attendance.models import DayResult
from tenants.attendance.results import recompute_days
from tenants.attendance.tasks import compute_last_days
from tenants.calendars.models import PatternAssignment, WorkPattern
from tenants.disturbances.models import Disturbance
from tenants.machines.models import Machine
from tenants.punch_review.models import PunchVerdict
from tenants.punches.models import PhoneKey, Punch
from tests.cast import Office, Person
from tests.tenants.attendance.week import MONDAY, at, on, punched
from tests.tenants.calendars.making import store, week

TUESDAY = MONDAY + timedelta(days=1)


@pytest.fixture(autouse=True)
def _rules(manado_rules: Any, shift: WorkPattern) -> None:
    return None


def computed(person: Person, *, days: int = 1) -> DayResult:
    with on(TUESDAY, "09:00"):
        recompute_days(first=MONDAY, end=MONDAY + timedelta(days=days), employee_ids=[person.employee.pk])
    return DayResult.objects.get(employee=person.employee, date=MONDAY)


def codes(day: DayResult) -> list[tuple[str, int | None]]:
    return [(event["code"], event["minutes"]) for event in day.events]


def decide(punch: Punch, **verdict: Any) -> None:
    values = {"counts": True, "reason": "Diperiksa", **verdict}
    PunchVerdict.objects.create(punch=punch, employee_id=punch.employee_id, captured_at=punch.captured_at, **values)


def test_a_punch_counts_until_a_verdict_takes_it_out_and_again_when_that_is_undone(ani: Person) -> None:
    early = punched(ani.employee, MONDAY, "in", "07:20", state="review")
    punched(ani.employee, MONDAY, "out", "16:00")
    day = computed(ani)
    assert (codes(day), day.details["pending"]) == ([], ["review"])
    decide(early, counts=False)
    day = computed(ani)
    assert (codes(day), day.is_provisional) == ([("TMK3", None)], False)
    decide(early, is_undoing=True, reason="")
    day = computed(ani)
    assert (codes(day), day.details["pending"]) == ([], ["review"])
    decide(early)
    assert not computed(ani).is_provisional


def test_a_corrected_time_takes_the_punch_to_the_day_that_it_names(ani: Person) -> None:
    wrong = punched(ani.employee, TUESDAY, "in", "08:20", state="review")
    punched(ani.employee, MONDAY, "out", "16:00")
    assert codes(computed(ani, days=2)) == [("TMK3", None)]
    decide(wrong, counted_at=at(MONDAY, "07:25"))
    day = computed(ani, days=2)
    assert (codes(day), day.first_in) == ([], at(MONDAY, "07:25"))
    assert DayResult.objects.get(date=TUESDAY).first_in is None


def test_minutes_of_a_disturbance_cost_nobody_anything_and_are_named(ani: Person) -> None:
    punched(ani.employee, MONDAY, "in", "08:05")
    punched(ani.employee, MONDAY, "out", "16:00")
    assert codes(computed(ani)) == [("TMK2", 35)]
    window = Disturbance.objects.create(
        starts_at=at(MONDAY, "07:15"),
        ends_at=at(MONDAY, "08:10"),
        is_everywhere=True,
        cause="network",
        evidence="Gangguan",
        origin="detected",
        decided_by=ani.user,
        state="approved",
    )
    day = computed(ani)
    assert codes(day) == []
    assert [name for *_rest, name in day.details["neutral"]] == ["Internet atau sinyal putus"]
    Disturbance.objects.filter(pk=window.pk).update(state="undone", undone_by=ani.user, undo_reason="Keliru")
    assert codes(computed(ani)) == [("TMK2", 35)]


def test_an_absence_waits_for_the_phone_and_at_last_for_nobody(ani: Person, signed_in: Any) -> None:
    key = PhoneKey.objects.create(
        employee=ani.employee, public_key="kunci", state="active", last_contact_at=at(MONDAY, "06:00")
    )
    day = computed(ani)
    assert (day.presence, day.details["pending"]) == ("tk", ["contact"])
    with on(TUESDAY, "09:00"):
        page = signed_in(ani.user).get("/kehadiran/?hari=2026-10-05").content.decode()
    assert "belum terhubung lagi sejak hari itu selesai" in page
    PhoneKey.objects.filter(pk=key.pk).update(last_contact_at=at(TUESDAY, "07:20"))
    assert not computed(ani).is_provisional
    PhoneKey.objects.filter(pk=key.pk).update(last_contact_at=None)
    assert computed(ani).is_provisional
    with on(MONDAY + timedelta(days=4), "03:10"):
        compute_last_days.run()
    day = DayResult.objects.get(employee=ani.employee, date=MONDAY)
    assert (day.presence, day.is_provisional) == ("tk", False)


def test_an_absence_waits_for_the_machine_of_the_unit(ani: Person, office: Office) -> None:
    machine = Machine.objects.create(
        serial="UJI1", device="UJI1", unit=office.opd, state="active", last_contact_at=at(MONDAY, "12:00")
    )
    assert computed(ani).details["pending"] == ["contact"]
    Machine.objects.filter(pk=machine.pk).update(last_contact_at=at(TUESDAY, "06:00"))
    assert not computed(ani).is_provisional


def test_a_guard_presses_out_in_the_morning_and_in_at_night(ani: Person) -> None:
    pattern = store(week("malam", dict.fromkeys(range(7), "21.00-07.00")))
    PatternAssignment.objects.create(employee=ani.employee, pattern=pattern, period=DateRange(MONDAY, None))
    with on(MONDAY, "20:50"):
        assert today_card(ani.employee.pk).direction == "in"
    punched(ani.employee, MONDAY, "in", "20:51")
    with on(TUESDAY, "05:00"):
        card = today_card(ani.employee.pk)
        assert (card.date, card.direction) == (MONDAY, "out")
    punched(ani.employee, TUESDAY, "out", "07:02")
    with on(TUESDAY, "20:50"):
        card = today_card(ani.employee.pk)
        assert (card.date, card.direction) == (TUESDAY, "in")
        recompute_days(first=MONDAY, end=TUESDAY + timedelta(days=1), employee_ids=[ani.employee.pk])
    day = DayResult.objects.get(employee=ani.employee, date=MONDAY)
    assert (day.presence, codes(day), day.last_out) == ("hadir", [], at(TUESDAY, "07:02"))
