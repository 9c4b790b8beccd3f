"""`/api/v1/days`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from django.test import Client

from kernel import clock
from kernel.ids import new_uid
from kernel.tenancy.state import RegionState
from tenants.punches.lane import PunchIn, accept_punch
from tenants.rules.models import StoredRuleSet
from tests.cast import Person

SignedIn = Callable[..., Client]


def test_a_late_day_says_how_late_and_by_which_code(
    manado: RegionState, ani: Person, manado_rules: StoredRuleSet, signed_in: SignedIn
) -> None:
    # Monday 23 November 2026; work begins at 07.30 in Manado (WITA, +8).
    for kind, hour, minute in (("in", 0, 0), ("out", 8, 30)):
        with clock.at(datetime(2026, 11, 23, hour, minute, tzinfo=UTC)):
            accept_punch(region=manado, employee_id=ani.employee.pk, punch=PunchIn(new_uid(), kind), actor=ani.user)
    with clock.at(datetime(2026, 11, 25, 1, tzinfo=UTC)):
        answer = signed_in(ani.user).get("/api/v1/days?month=2026-11")
    assert answer.status_code == 200
    day = next(day for day in answer.json()["days"] if day["date"] == "2026-11-23")
    assert day["is_working_day"]
    assert day["first_in"] == "2026-11-23T08:00:00+08:00"
    assert [(event["code"], event["minutes"]) for event in day["events"]] == [("TMK1", 30)]
    assert "Terlambat" in day["events"][0]["label"]


def test_an_account_without_an_employee_has_no_days(
    ani: Person, signed_in: SignedIn, with_role: Callable[..., object]
) -> None:
    answer = signed_in(with_role("asn")).get("/api/v1/days")
    assert answer.status_code == 404
    assert answer["Content-Type"] == "application/problem+json"
