"""The synthetic punch of each minute, the alarm, and the disturbance that it proposes."""

from __future__ import annotations

import io
from datetime import date, datetime, timedelta
from typing import Any
from unittest.mock import Mock
from urllib.error import URLError
from urllib.request import Request

import pytest
from django.test import Client

from kernel import clock
from kernel.audit.models import AuditEvent
from kernel.tenancy.context import control_scope
from tenants.disturbances import probing, tasks
from tenants.disturbances.actions import approve_disturbance
from tenants.disturbances.models import Disturbance, SyntheticPunch
from tenants.machines.models import Machine
from tenants.punches.models import Probe, Punch, RefusedPunch
from tests.cast import Office, make_opd
from tests.tenants.attendance.week import MONDAY, at, on

TUESDAY = MONDAY + timedelta(days=1)


class Lane:
    """The lane's public address: real requests reach the real lane, unless it is away."""

    def __init__(self) -> None:
        self.is_away = False
        self.asked: list[str] = []

    def __call__(self, request: Request, timeout: float) -> Any:
        self.asked.append(request.full_url)
        if self.is_away:
            raise URLError("Connection refused")
        body = request.data
        assert isinstance(body, bytes)
        client = Client(headers={"host": request.get_header("Host") or ""})
        answer = client.post("/absen/kirim/", body, content_type="application/json")
        return io.BytesIO(answer.content)


@pytest.fixture
def lane(manado: Any, monkeypatch: pytest.MonkeyPatch) -> Lane:
    found = Lane()
    monkeypatch.setattr(probing, "urlopen", found)
    return found


def minutes(day: date, first: str, last: str) -> list[str]:
    begin, end = at(day, first), at(day, last)
    return [(begin + timedelta(minutes=step)).isoformat() for step in range(int((end - begin).total_seconds() // 60))]


def watched(day: date, first: str, last: str) -> None:
    """The worker's minutes from the first up to but without the last."""
    for minute in minutes(day, first, last):
        with clock.at(datetime.fromisoformat(minute)):
            tasks.watch_region.run()


@pytest.fixture
def yesterday(manado: Any) -> None:
    """The region was watched before."""
    SyntheticPunch.objects.create(minute=at(MONDAY, "06:30"), is_answered=True, milliseconds=12)


def test_a_synthetic_punch_goes_the_whole_way_and_counts_for_nobody(lane: Lane, settings: Any) -> None:
    settings.PUNCH_LANE_URL = "{scheme}://absen.{host}"
    with on(MONDAY, "06:31"):
        tasks.watch_region.run()
        tasks.watch_region.run()
    assert lane.asked == ["https://absen.manado.localhost/absen/kirim/"]
    kept = SyntheticPunch.objects.get()
    assert (kept.minute, kept.is_answered, kept.problem) == (at(MONDAY, "06:31"), True, "")
    assert Probe.objects.count() == 1
    assert not Punch.objects.exists()
    assert not RefusedPunch.objects.exists()


def test_outside_the_morning_nothing_is_sent(lane: Lane) -> None:
    for moment in ("06:29", "08:30", "12:00"):
        with on(MONDAY, moment):
            tasks.watch_region.run()
    assert lane.asked == []


def test_three_minutes_without_an_answer_raise_the_alarm_once_and_propose_a_window_that_grows(
    lane: Lane, yesterday: None, with_role: Any
) -> None:
    watched(TUESDAY, "06:30", "06:58")
    lane.is_away = True
    watched(TUESDAY, "06:58", "07:00")
    assert not Disturbance.objects.exists()
    watched(TUESDAY, "07:00", "07:04")
    found = Disturbance.objects.get()
    # The running minute is not over.
    assert (found.starts_at, found.ends_at, found.state) == (at(TUESDAY, "06:58"), at(TUESDAY, "07:03"), "proposed")
    assert (found.is_everywhere, found.origin, found.proposed_by) == (True, "detected", None)
    assert "Connection refused" in SyntheticPunch.objects.get(minute=at(TUESDAY, "07:00")).problem
    with control_scope():
        alarm = AuditEvent.objects.get(action="disturbances.alarm")
    assert alarm.after["region"] == "manado"
    lane.is_away = False
    watched(TUESDAY, "07:04", "07:10")
    found.refresh_from_db()
    assert found.ends_at == at(TUESDAY, "07:04")
    with on(TUESDAY, "09:00"):
        approve_disturbance(uid=found.uid, actor=with_role("bkpsdm"))
        tasks.watch_region.run()
    found.refresh_from_db()
    assert (found.state, found.ends_at) == ("approved", at(TUESDAY, "07:04"))


def test_a_worker_that_was_away_itself_is_found_by_the_minutes_that_nobody_asked(lane: Lane, yesterday: None) -> None:
    watched(TUESDAY, "06:30", "07:10")
    watched(TUESDAY, "07:50", "07:52")
    found = Disturbance.objects.get()
    assert (found.starts_at, found.ends_at) == (at(TUESDAY, "07:10"), at(TUESDAY, "07:50"))
    assert "40 menit (0 kali ditanya)" in found.evidence


def test_a_region_that_was_never_watched_before_has_no_gaps(lane: Lane) -> None:
    watched(TUESDAY, "07:30", "07:40")
    assert not Disturbance.objects.exists()


@pytest.mark.parametrize(
    "told", [b"", b"[]", b'{"answers": []}', b'{"answers": [{"state": "refused", "reasons": ["signature"]}]}']
)
def test_an_answer_that_is_none_is_a_failure(told: bytes) -> None:
    with pytest.raises(probing.NotTaken):
        probing.require_taken(told)


def test_what_is_older_than_thirty_days_is_removed(lane: Lane, yesterday: None) -> None:
    watched(MONDAY, "06:40", "06:42")
    with on(MONDAY + timedelta(days=31), "09:00"):
        tasks.watch_region.run()
    assert not SyntheticPunch.objects.exists()
    assert not Probe.objects.exists()


def test_each_minute_the_regions_whose_morning_it_is_are_watched(manado: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    sent = Mock()
    monkeypatch.setattr(tasks.watch_region, "apply_async", sent)
    for moment, count in (("06:29", 0), ("06:30", 2), ("08:29", 2), ("08:31", 0), ("08:40", 2), ("15:00", 0)):
        sent.reset_mock()
        with on(MONDAY, moment):
            tasks.watch_mornings.run()
        assert sent.call_count == count, moment


# --- machines that go silent ------------------------------------------------------------------------------------------


@pytest.fixture
def doors(office: Office, with_role: Any) -> list[Machine]:
    """Two machines of the office and one of another OPD, all heard at 06.50."""
    other = make_opd("2.02", "Dinas Lain")
    with on(TUESDAY, "06:50"):
        return [
            Machine.objects.create(
                serial=f"CKJG{n}", device=f"CKJG{n}", name=f"Pintu {n}", unit=unit, state="active", last_contact_at=now
            )
            for now in [clock.now()]
            for n, unit in enumerate([office.opd, office.opd, other])
        ]


def heard(day: date, clock_time: str, *machines: Machine) -> None:
    Machine.objects.filter(pk__in=[one.pk for one in machines]).update(last_contact_at=at(day, clock_time))


def test_machines_of_a_unit_that_all_go_silent_propose_a_window_for_it_that_grows_and_counts_for_nobody_yet(
    lane: Lane, yesterday: None, doors: list[Machine], office: Office, with_role: Any
) -> None:
    watched(TUESDAY, "06:30", "07:20")
    heard(TUESDAY, "07:19", doors[2])
    # One of the two still speaks.
    heard(TUESDAY, "07:10", doors[1])
    watched(TUESDAY, "07:20", "07:40")
    assert not Disturbance.objects.exists()
    heard(TUESDAY, "07:39", doors[2])
    watched(TUESDAY, "07:40", "07:45")
    found = Disturbance.objects.get()
    assert (found.starts_at, found.ends_at) == (at(TUESDAY, "07:11"), at(TUESDAY, "07:44"))
    assert [unit.name for unit in found.units.all()] == [office.opd.name]
    assert (found.state, found.origin, found.is_everywhere) == ("proposed", "detected", False)
    assert "tidak terdengar sejak 07.10" in found.evidence
    assert found.cause == "silent"
    # Heard again: the window is over, and somebody decides.
    heard(TUESDAY, "07:44", *doors)
    watched(TUESDAY, "07:45", "07:50")
    found.refresh_from_db()
    assert found.ends_at == at(TUESDAY, "07:44")
    with on(TUESDAY, "09:00"):
        approve_disturbance(uid=found.uid, actor=with_role("bkpsdm"))


def test_machines_that_were_off_the_whole_morning_propose_nothing(
    lane: Lane, yesterday: None, doors: list[Machine]
) -> None:
    heard(MONDAY, "16:30", *doors)
    watched(TUESDAY, "06:30", "07:40")
    assert not Disturbance.objects.exists()


def test_while_the_lane_itself_is_away_no_unit_is_proposed_beside_the_region(
    lane: Lane, yesterday: None, doors: list[Machine]
) -> None:
    watched(TUESDAY, "06:30", "06:51")
    lane.is_away = True
    watched(TUESDAY, "06:51", "07:40")
    assert Disturbance.objects.get().is_everywhere
