"""What a phone is told so that it can work without us."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from tenants.calendars.models import WorkPattern
from tenants.punches import policy
from tests.cast import Office, Person
from tests.tenants.attendance.week import MONDAY, at, on


def policy_of(client: Client) -> dict[str, Any]:
    told: dict[str, Any] = client.get("/absen/tanda/").json()["policy"]
    return told


def test_it_names_the_shifts_of_yesterday_today_and_the_week_behind_it(
    ani: Person, office: Office, shift: WorkPattern, signed_in: Callable[..., Client]
) -> None:
    with on(MONDAY, "07:25"):
        told = policy_of(signed_in(ani.user))
    assert [day["date"] for day in told["days"]] == [str(MONDAY + timedelta(days=n)) for n in range(-1, 8)]
    sunday, monday = told["days"][:2]
    assert sunday["shifts"] == []
    assert monday["shifts"] == [[at(MONDAY, "07:30").isoformat(), at(MONDAY, "16:00").isoformat()]]
    assert told["place"] == office.unit.name


def test_without_a_post_there_are_no_days(ani: Person, signed_in: Callable[..., Client]) -> None:
    ani.employee.placements.all().delete()
    with on(MONDAY, "07:25"):
        told = policy_of(signed_in(ani.user))
    assert told["days"] == []
    assert told["place"] == ""


def test_it_names_the_lane_before_the_other_names(
    ani: Person, settings: Any, monkeypatch: pytest.MonkeyPatch, signed_in: Callable[..., Client]
) -> None:
    settings.PUNCH_LANE_URL = "{scheme}://absen.{host}"
    monkeypatch.setattr(policy, "other_names", lambda request, region: ["http://manado.example"])
    monkeypatch.setattr("tenants.punches.offline.other_names", lambda request, region: ["http://manado.example"])
    told = policy_of(signed_in(ani.user))
    assert told["send_to"] == ["http://absen.manado.localhost/absen/kirim/", "http://manado.example/absen/kirim/"]
    assert told["elsewhere"] == ["http://manado.example"]


def test_without_a_lane_it_names_this_host_before_the_other_names(
    ani: Person, settings: Any, monkeypatch: pytest.MonkeyPatch, signed_in: Callable[..., Client]
) -> None:
    settings.PUNCH_LANE_URL = ""
    monkeypatch.setattr("tenants.punches.offline.other_names", lambda request, region: ["http://manado.example"])
    told = policy_of(signed_in(ani.user))
    assert told["send_to"] == ["http://manado.localhost/absen/kirim/", "http://manado.example/absen/kirim/"]


def test_an_app_above_adds_its_part_and_no_other_may_take_its_name(
    ani: Person, monkeypatch: pytest.MonkeyPatch, signed_in: Callable[..., Client]
) -> None:
    monkeypatch.setattr(policy, "_parts", {})
    policy.add_part("selfie", lambda employee: {"of": employee.name})
    with pytest.raises(ValueError, match="selfie"):
        policy.add_part("selfie", lambda employee: None)
    assert policy_of(signed_in(ani.user))["selfie"] == {"of": "Ani"}
