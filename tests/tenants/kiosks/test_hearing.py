"""What an office's code and a tablet say of a punch."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from kernel import clock
from kernel.accounts.models import User
from kernel.ids import new_uid
from kernel.tenancy.context import region_scope
from kernel.tenancy.state import RegionState
from tenants.kiosks.actions import (
    end_kiosk,
    end_screen,
    install_kiosk,
    make_kiosk,
    make_screen,
    renew_screen,
    set_own_pin,
)
from tenants.kiosks.codes import code_of, step_of
from tenants.kiosks.hearing import SCREEN
from tenants.kiosks.models import Kiosk, PinFailure, Screen
from tenants.kiosks.secrets import code_secrets
from tenants.punches import witnesses
from tests.cast import Office, Person
from tests.tenants.attendance.week import MONDAY, at, on
from tests.tenants.kiosks.phones import Device, phone_of, sealed_pin

SEVEN = at(MONDAY, "07:25")
FRIDAY_BEFORE = SEVEN - timedelta(days=3)


@pytest.fixture
def operator(with_role: Callable[..., User]) -> User:
    return with_role("bkpsdm")


@pytest.fixture
def lobby(office: Office, operator: User) -> Screen:
    with clock.at(FRIDAY_BEFORE):
        return make_screen(unit=office.opd, label="Lobi", actor=operator)


@pytest.fixture
def tablet(office: Office, operator: User) -> Device:
    """A tablet at the office, installed by its code."""
    device = Device.fresh()
    with clock.at(FRIDAY_BEFORE):
        _kiosk, code = make_kiosk(unit=office.opd, label="Loket", actor=operator)
        kiosk = install_kiosk(code=code.lower(), jwk=device.jwk)
    assert kiosk.key is not None
    device.device = str(kiosk.key.uid)
    return device


def shown(screen: Screen, moment: datetime) -> str:
    return code_of(code_secrets(SCREEN, screen.uid, screen.turn)[0], step_of(moment))


def heard(person: Person, moment: datetime, **context: object) -> witnesses.Testimony:
    """What the witnesses say of an event of the person's own phone."""
    event = {"id": str(new_uid()), "kind": "in", "context": context}
    with clock.at(moment):
        return witnesses.hear(event, person.employee.pk, moment)


def on_tablet(tablet: Device, who: Person, moment: datetime, **context: object) -> witnesses.Testimony:
    """What they say of an event of the tablet."""
    event: dict[str, Any] = {
        "id": str(new_uid()),
        "kind": "in",
        "device": tablet.device,
        "captured_at": moment.isoformat(),
    }
    pin = context.pop("pin", None)
    if pin is not None:
        context["sealed"] = sealed_pin(str(pin), who.employee, moment)
    with clock.at(moment):
        event["context"] = {"person": str(who.employee.uid), "by": "pin" if pin else "qr", **context}
        return witnesses.hear(event, None, moment)


def test_the_offices_code_makes_up_for_a_place(lobby: Screen, ani: Person) -> None:
    for text in (f"{lobby.uid}:{shown(lobby, SEVEN)}", shown(lobby, SEVEN)):
        said = heard(ani, SEVEN, office_qr=text)
        assert said == witnesses.Testimony(reasons=("office_code",), lifts_place=True, office=lobby.uid)


def test_a_code_of_another_time_or_made_up_makes_up_for_nothing(lobby: Screen, ani: Person) -> None:
    old = heard(ani, SEVEN, office_qr=shown(lobby, SEVEN - timedelta(minutes=4)))
    assert (old.reasons, old.lifts_place) == (("office_code_other_time",), False)
    for text in ("00000000", f"{new_uid()}:{shown(lobby, SEVEN)}", "lobi:12345678", "1", ":"):
        assert heard(ani, SEVEN, office_qr=text) == witnesses.Testimony(reasons=("office_code_wrong",))


def test_a_code_replaced_or_ended_counts_no_more(lobby: Screen, ani: Person, operator: User) -> None:
    before = shown(lobby, SEVEN)
    with on(MONDAY, "07:00"):
        renewed = renew_screen(screen=lobby, actor=operator)
    assert heard(ani, SEVEN, office_qr=before).lifts_place is False
    assert heard(ani, SEVEN, office_qr=shown(renewed, SEVEN)).lifts_place is True
    with on(MONDAY, "07:30"):
        end_screen(screen=renewed, actor=operator)
    # What was captured before it ended and comes later still counts.
    assert heard(ani, SEVEN, office_qr=shown(renewed, SEVEN)).lifts_place is True
    later = at(MONDAY, "07:31")
    assert heard(ani, later, office_qr=shown(renewed, later)).lifts_place is False


def test_no_code_of_another_region_counts(lobby: Screen, ani: Person, office: Office, banjarmasin: RegionState) -> None:
    text = f"{lobby.uid}:{shown(lobby, SEVEN)}"
    with region_scope(banjarmasin), clock.at(SEVEN):
        said = witnesses.hear({"context": {"office_qr": text}}, 1, SEVEN)
    assert said.reasons == ("office_code_wrong",)


def test_the_code_of_the_persons_own_phone_makes_a_punch_of_the_best_grade(tablet: Device, ani: Person) -> None:
    phone = phone_of(ani.employee)
    said = on_tablet(tablet, ani, SEVEN, code=phone.person_code(ani.employee.uid, SEVEN))
    assert said == witnesses.Testimony(employee_id=ani.employee.pk, reasons=("kiosk_qr",), lifts_place=True)


def test_a_phone_that_waits_for_its_confirmation_is_named(tablet: Device, ani: Person) -> None:
    phone = phone_of(ani.employee, state="pending")
    said = on_tablet(tablet, ani, SEVEN, code=phone.person_code(ani.employee.uid, SEVEN))
    assert said.reasons == ("kiosk_qr", "person_key_pending")


def test_an_old_picture_of_the_code_is_looked_at(tablet: Device, ani: Person) -> None:
    picture = phone_of(ani.employee).person_code(ani.employee.uid, SEVEN - timedelta(minutes=3))
    said = on_tablet(tablet, ani, SEVEN, code=picture)
    assert (said.reasons, said.is_doubtful, said.employee_id) == (("kiosk_other_time",), True, ani.employee.pk)


def test_a_code_that_the_persons_phone_did_not_sign_is_kept_aside(tablet: Device, ani: Person, budi: Person) -> None:
    phone, stranger = phone_of(ani.employee), phone_of(budi.employee)
    good = phone.person_code(ani.employee.uid, SEVEN)
    for code in (
        good[:-3] + "AAA",
        stranger.person_code(ani.employee.uid, SEVEN),
        stranger.person_code(budi.employee.uid, SEVEN),
        "KDP:x",
        None,
    ):
        assert on_tablet(tablet, ani, SEVEN, code=code).refused == "kiosk_wrong_qr"


def test_a_lost_phone_shows_nothing_that_counts(tablet: Device, ani: Person) -> None:
    phone = phone_of(ani.employee, state="ended", ended_at=FRIDAY_BEFORE)
    said = on_tablet(tablet, ani, SEVEN, code=phone.person_code(ani.employee.uid, SEVEN))
    assert said.refused == "kiosk_wrong_qr"


def test_nip_and_pin_make_a_punch_of_grade_b(tablet: Device, ani: Person) -> None:
    set_own_pin(employee=ani.employee, pin="271828", actor=ani.user)
    said = on_tablet(tablet, ani, SEVEN, pin="271828")
    assert said == witnesses.Testimony(employee_id=ani.employee.pk, reasons=("kiosk_pin",), lifts_place=True)


def test_a_wrong_pin_is_kept_aside_and_none_is_told(tablet: Device, ani: Person, budi: Person) -> None:
    set_own_pin(employee=ani.employee, pin="271828", actor=ani.user)
    assert on_tablet(tablet, ani, SEVEN, pin="314159").refused == "kiosk_wrong_pin"
    assert on_tablet(tablet, budi, SEVEN, pin="271828").refused == "kiosk_no_pin"
    assert on_tablet(tablet, ani, SEVEN, sealed="xx", by="pin").refused == "kiosk_unreadable"
    assert on_tablet(tablet, ani, SEVEN, by="face").refused == "kiosk_unreadable"


def test_a_pin_sealed_for_one_press_opens_for_no_other_and_for_nobody_else(
    tablet: Device, ani: Person, budi: Person
) -> None:
    for who in (ani, budi):
        set_own_pin(employee=who.employee, pin="271828", actor=who.user)
    taken = sealed_pin("271828", ani.employee, SEVEN)
    assert on_tablet(tablet, ani, SEVEN, sealed=taken, by="pin").reasons == ("kiosk_pin",)
    assert on_tablet(tablet, ani, at(MONDAY, "16:05"), sealed=taken, by="pin").refused == "kiosk_unreadable"
    assert on_tablet(tablet, budi, SEVEN, sealed=taken, by="pin").refused == "kiosk_unreadable"


def test_after_five_wrong_pins_even_the_right_one_is_looked_at_for_a_day(tablet: Device, ani: Person) -> None:
    set_own_pin(employee=ani.employee, pin="271828", actor=ani.user)
    for wrong in range(5):
        on_tablet(tablet, ani, SEVEN, pin=f"31415{wrong}")
    said = on_tablet(tablet, ani, SEVEN + timedelta(hours=1), pin="271828")
    assert (said.reasons, said.is_doubtful, said.refused) == (("kiosk_pin_tries",), True, "")
    assert on_tablet(tablet, ani, SEVEN + timedelta(hours=25), pin="271828").reasons == ("kiosk_pin",)


def test_a_tablet_that_repeats_one_wrong_pin_locks_nobody_out(tablet: Device, ani: Person) -> None:
    set_own_pin(employee=ani.employee, pin="271828", actor=ani.user)
    event = {
        "id": str(new_uid()),
        "device": tablet.device,
        "captured_at": SEVEN.isoformat(),
        "context": {"person": str(ani.employee.uid), "by": "pin", "sealed": sealed_pin("314159", ani.employee, SEVEN)},
    }
    for _ in range(6):
        with clock.at(SEVEN):
            assert witnesses.hear(event, None, SEVEN).refused == "kiosk_wrong_pin"
    assert PinFailure.objects.count() == 1
    assert on_tablet(tablet, ani, SEVEN, pin="271828").reasons == ("kiosk_pin",)


def test_an_ended_tablet_brings_what_it_captured_and_later_punches_are_looked_at(
    tablet: Device, ani: Person, operator: User
) -> None:
    set_own_pin(employee=ani.employee, pin="271828", actor=ani.user)
    with on(MONDAY, "08:00"):
        end_kiosk(kiosk=Kiosk.objects.get(key__uid=tablet.device), actor=operator)
    assert on_tablet(tablet, ani, SEVEN, pin="271828").reasons == ("kiosk_pin",)
    later = on_tablet(tablet, ani, at(MONDAY, "16:05"), pin="271828")
    assert (later.reasons, later.is_doubtful) == (("kiosk_pin", "kiosk_revoked"), True)


def test_nobody_or_somebody_who_left_punches_on_no_tablet(tablet: Device, ani: Person) -> None:
    phone = phone_of(ani.employee)
    ani.employee.is_active = False
    ani.employee.save(update_fields=["is_active"])
    code = phone.person_code(ani.employee.uid, SEVEN)
    assert on_tablet(tablet, ani, SEVEN, code=code).refused == "kiosk_no_person"
    assert on_tablet(tablet, ani, SEVEN, code=code, person="?").refused == "kiosk_no_person"
