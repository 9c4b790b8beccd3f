"""Screens, tablets and PINs as officials handle them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from kernel import clock
from kernel.accounts.models import User
from kernel.audit.models import AuditEvent
from tenants.kiosks.actions import (
    install_kiosk,
    make_kiosk,
    make_pins,
    make_screen,
    renew_kiosk_code,
    set_own_pin,
)
from tenants.kiosks.errors import KioskCodeRefused, LabelTaken, WeakPin
from tenants.kiosks.models import Kiosk, Pin
from tenants.kiosks.pins import is_weak, random_pin
from tenants.punches.models import PhoneKey
from tests.cast import Office, Person
from tests.tenants.kiosks.phones import Device


@pytest.fixture
def operator(with_role: Callable[..., User]) -> User:
    return with_role("bkpsdm")


def test_two_screens_of_a_unit_have_two_names(office: Office, operator: User) -> None:
    make_screen(unit=office.opd, label="Lobi", actor=operator)
    make_screen(unit=office.unit, label="Lobi", actor=operator)
    with pytest.raises(LabelTaken):
        make_screen(unit=office.opd, label="Lobi", actor=operator)


def test_a_tablet_is_installed_once_and_asking_again_changes_nothing(office: Office, operator: User) -> None:
    kiosk, code = make_kiosk(unit=office.opd, label="Loket", actor=operator)
    tablet = Device.fresh()
    first = install_kiosk(code=code.lower().replace("-", " "), jwk=tablet.jwk, name="Chrome di Android")
    assert (first.pk, first.code_digest) == (kiosk.pk, "")
    assert first.key is not None
    assert (first.key.kind, first.key.employee_id, first.key.state) == ("kiosk", None, "active")
    # The answer was lost on the way and the tablet asks again; another tablet gets nothing for the same code.
    assert install_kiosk(code=code, jwk=tablet.jwk).key_id == first.key_id
    with pytest.raises(KioskCodeRefused):
        install_kiosk(code=code, jwk=Device.fresh().jwk)
    assert AuditEvent.objects.filter(action="kiosks.kiosk_installed").count() == 1


def test_a_code_ends_after_a_day_and_a_made_up_one_opens_nothing(office: Office, operator: User) -> None:
    _kiosk, code = make_kiosk(unit=office.opd, label="Loket", actor=operator)
    with clock.at(clock.now() + timedelta(hours=25)), pytest.raises(KioskCodeRefused):
        install_kiosk(code=code, jwk=Device.fresh().jwk)
    for wrong in ("", "AAAA-AAAA-AAAA"):
        with pytest.raises(KioskCodeRefused):
            install_kiosk(code=wrong, jwk=Device.fresh().jwk)
    with pytest.raises(KioskCodeRefused):
        install_kiosk(code=code, jwk={"kty": "oct"})


def test_a_new_tablet_in_the_same_place_puts_the_former_out_of_use(office: Office, operator: User) -> None:
    kiosk, code = make_kiosk(unit=office.opd, label="Loket", actor=operator)
    former, fresh = Device.fresh(), Device.fresh()
    was = install_kiosk(code=code, jwk=former.jwk).key
    assert was is not None
    again = renew_kiosk_code(kiosk=kiosk, actor=operator)
    # Until the new one is there the former one works.
    assert PhoneKey.objects.get(pk=was.pk).state == "active"
    install_kiosk(code=again, jwk=fresh.jwk)
    assert PhoneKey.objects.get(pk=was.pk).end == "replaced"
    assert Kiosk.objects.get(pk=kiosk.pk).key_id != was.pk


def test_a_phones_key_becomes_no_tablets(office: Office, operator: User, ani: Person) -> None:
    from tests.tenants.kiosks.phones import phone_of

    phone = phone_of(ani.employee)
    _kiosk, code = make_kiosk(unit=office.opd, label="Loket", actor=operator)
    with pytest.raises(KioskCodeRefused):
        install_kiosk(code=code, jwk=phone.jwk)


@pytest.mark.parametrize(
    "pin", ["111111", "121212", "123456", "654321", "123123", "900101", "010190", "199001", "12345", "abcdef", "٣١٤١٥٩"]
)
def test_a_pin_that_a_colleague_would_try_is_refused(pin: str, ani: Person) -> None:
    # Born on 1 January 1990.
    assert is_weak(pin, "199001012015011102")
    with pytest.raises(WeakPin):
        set_own_pin(employee=ani.employee, pin=pin, actor=ani.user)


def test_pins_are_made_for_many_shown_once_and_stored_nowhere(ani: Person, budi: Person, operator: User) -> None:
    issued = make_pins(employees=[ani.employee, budi.employee], actor=operator)
    assert [one.employee.name for one in issued] == ["Ani", "Budi"]
    for one in issued:
        assert not is_weak(one.pin, one.employee.nip)
        assert one.pin not in Pin.objects.get(employee=one.employee).digest
    event = AuditEvent.objects.get(action="kiosks.pins_made")
    assert all(one.pin not in str(event.after) for one in issued)


def test_pins_by_chance_differ() -> None:
    assert len({random_pin("199001012015011102") for _ in range(20)}) > 15
