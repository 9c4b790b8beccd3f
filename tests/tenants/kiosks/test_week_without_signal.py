"""K8: a unit without devices and without signal works a week from one tablet, or by a colleague who goes to town."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from kernel import clock
from kernel.accounts.models import User
from kernel.periods import Month
from tenants.attendance.months import month_days
from tenants.calendars.models import WorkPattern
from tenants.kiosks.actions import install_kiosk, make_kiosk, make_pins, make_screen
from tenants.kiosks.codes import code_of, step_of
from tenants.kiosks.hearing import SCREEN
from tenants.kiosks.secrets import code_secrets
from tenants.punches.models import Punch, RefusedPunch
from tenants.rules.models import StoredRuleSet
from tests.cast import Office, Person
from tests.tenants.attendance.week import MONDAY, at, on
from tests.tenants.kiosks.phones import Device, phone_of, sealed_pin

WEEK = [MONDAY + timedelta(days=n) for n in range(5)]
FRIDAY = WEEK[-1]
Send = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def bkpsdm(with_role: Callable[..., User]) -> User:
    return with_role("bkpsdm")


@pytest.fixture
def send(signed_in: Callable[..., Client]) -> Send:
    """`send(device, events)`: what the server answers to these, in sendings of thirty."""
    client = signed_in(None)

    def make(device: Device, events: list[dict[str, str]]) -> list[dict[str, Any]]:
        answers: list[dict[str, Any]] = []
        for first in range(0, len(events), 30):
            body = device.envelope(*events[first : first + 30])
            response = client.post("/absen/kirim/", body, content_type="application/json")
            assert response.status_code == 200, response.content
            answers += response.json()["answers"]
        return answers

    return make


def installed(office: Office, actor: User, client: Client) -> Device:
    """A tablet that was in town on Sunday, and got its people and a time mark there."""
    tablet = Device.fresh()
    with on(MONDAY - timedelta(days=1), "16:00"):
        _kiosk, code = make_kiosk(unit=office.opd, label="Ruang guru", actor=actor)
        kiosk = install_kiosk(code=code, jwk=tablet.jwk)
        assert kiosk.key is not None
        tablet.device = str(kiosk.key.uid)
        body = json.dumps(
            {"kind": "roster", "device": tablet.device, "region": "manado", "at": clock.now().isoformat()}
        )
        asked = {"body": body, "sig": tablet.sign(body)}
        told = client.post("/absen/kios/daftar/", asked, content_type="application/json").json()
    assert "Ani" in {name for _uid, _nip, name in told["people"]}
    tablet.hold(told["mark"])
    tablet.restart()
    return tablet


def worked(person: Person) -> dict[date, str]:
    """The presence of each day of the week, as the day is judged."""
    assert person.employee is not None
    days = month_days(person.employee.pk, Month.of(MONDAY)).days
    return {day: days[day].presence for day in WEEK}


def test_a_week_from_one_tablet(
    manado_rules: StoredRuleSet,
    shift: WorkPattern,
    office: Office,
    ani: Person,
    budi: Person,
    bkpsdm: User,
    signed_in: Callable[..., Client],
    send: Send,
) -> None:
    tablet = installed(office, bkpsdm, signed_in(None))
    pins = {one.employee.pk: one.pin for one in make_pins(employees=[ani.employee, budi.employee], actor=bkpsdm)}
    events = []
    for day in WEEK:
        for kind, time in (("in", "07:20"), ("out", "16:05")):
            for person in (ani, budi):
                tablet.wait(at(day, time) - tablet.wall)
                pin = sealed_pin(pins[person.employee.pk], person.employee, tablet.wall)
                context = {"person": str(person.employee.uid), "by": "pin", "sealed": pin}
                events.append(tablet.event(kind, captured_at=tablet.wall.isoformat(), context=context))
    # On Friday evening somebody takes the tablet to where there is a signal.
    tablet.wait(at(FRIDAY, "19:00") - tablet.wall)
    with on(FRIDAY, "19:00"):
        answers = send(tablet, events)
    assert {answer["state"] for answer in answers} <= {"accepted", "accepted_review"}
    assert all("kiosk_pin" in answer["reasons"] for answer in answers)
    with on(FRIDAY, "19:10"):
        again = send(tablet, events)
        assert {answer["state"] for answer in again} == {"duplicate"}
    assert Punch.objects.filter(source="kiosk").count() == 20
    assert not RefusedPunch.objects.exists()
    stored = Punch.objects.filter(employee=ani.employee).order_by("captured_at").values_list("captured_at", flat=True)
    assert list(stored) == [at(day, time) for day in WEEK for time in ("07:20", "16:05")]
    with on(FRIDAY + timedelta(days=1), "08:00"):
        for person in (ani, budi):
            assert worked(person) == dict.fromkeys(WEEK, "hadir")


def test_a_week_carried_by_a_colleague(
    manado_rules: StoredRuleSet, shift: WorkPattern, office: Office, ani: Person, budi: Person, send: Send
) -> None:
    phone, colleague = phone_of(ani.employee), phone_of(budi.employee)
    events = []
    for day in WEEK:
        for kind, time in (("in", "07:20"), ("out", "16:05")):
            phone.wall = at(day, time)
            events.append(phone.event(kind))
    carried = [{**event, "carrier": colleague.device, "carrier_sig": colleague.sign(event["body"])} for event in events]
    colleague.wall = at(FRIDAY, "19:00")
    with on(FRIDAY, "19:00"):
        answers = send(colleague, carried)
    assert {answer["state"] for answer in answers} <= {"accepted", "accepted_review"}
    punches = Punch.objects.order_by("captured_at")
    assert {punch.employee_id for punch in punches} == {ani.employee.pk}
    assert {punch.carried_by_id for punch in punches} == {budi.employee.pk}
    # A week later Ani's own phone has signal and sends the same: one punch each.
    phone.wall = at(FRIDAY + timedelta(days=7), "12:00")
    with on(FRIDAY + timedelta(days=7), "12:00"):
        again = send(phone, events)
        assert {answer["state"] for answer in again} == {"duplicate"}
        assert Punch.objects.count() == 10
        assert worked(ani) == dict.fromkeys(WEEK, "hadir")


def test_on_a_tablet_a_wrong_pin_is_kept_aside_and_the_next_try_counts(
    office: Office, ani: Person, bkpsdm: User, signed_in: Callable[..., Client], send: Send
) -> None:
    tablet = installed(office, bkpsdm, signed_in(None))
    (issued,) = make_pins(employees=[ani.employee], actor=bkpsdm)
    tablet.wall = at(MONDAY, "07:25")
    wrong = "314159" if issued.pin != "314159" else "271828"
    tries = [
        tablet.event(
            "in",
            context={
                "person": str(ani.employee.uid),
                "by": "pin",
                "sealed": sealed_pin(pin, ani.employee, tablet.wall),
            },
        )
        for pin in (wrong, issued.pin)
    ]
    with on(MONDAY, "07:25"):
        refused, taken = send(tablet, tries)
    assert (refused["state"], refused["reasons"]) == ("refused", ["kiosk_wrong_pin"])
    assert refused["words"] == ["PIN salah."]
    assert taken["state"].startswith("accepted")
    assert RefusedPunch.objects.get().reason == "kiosk_wrong_pin"
    # What is kept aside holds nothing that opens the PIN.
    assert issued.pin not in json.dumps(RefusedPunch.objects.get().payload)


def test_an_office_code_lifts_a_punch_without_a_place_over_the_lane(
    office: Office, ani: Person, bkpsdm: User, send: Send
) -> None:
    phone = phone_of(ani.employee)
    with on(MONDAY, "06:00"):
        lobby = make_screen(unit=office.opd, label="Lobi", actor=bkpsdm)
    code = code_of(code_secrets(SCREEN, lobby.uid, lobby.turn)[0], step_of(phone.wall))
    with on(MONDAY, "07:25"):
        (good,) = send(phone, [phone.event("in", context={"office_qr": f"{lobby.uid}:{code}"})])
        (bad,) = send(phone, [phone.event("out", context={"office_qr": "00000000"})])
    assert (good["state"], good["grade"]) == ("accepted", "B")
    assert "office_code" in good["reasons"]
    assert (bad["state"], bad["grade"]) == ("accepted_review", "C")
    assert Punch.objects.get(kind="in").office == lobby.uid
