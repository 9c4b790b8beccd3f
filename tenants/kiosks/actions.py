"""What people do with screens, tablets and PINs."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.utils.crypto import salted_hmac

from kernel import clock
from kernel.accounts.actors import System
from kernel.accounts.models import User
from kernel.audit.record import declare_action, record
from kernel.tenancy.context import current_region
from tenants.employees.models import Employee
from tenants.kiosks.errors import KioskCodeRefused, LabelTaken, WeakPin
from tenants.kiosks.hearing import SCREEN
from tenants.kiosks.models import Kiosk, Pin, Screen
from tenants.kiosks.pins import is_weak, random_pin
from tenants.kiosks.secrets import code_secrets, pin_digest
from tenants.organisation.models import Unit
from tenants.punches.models import PhoneKey
from tenants.punches.signatures import point_of

SCREEN_MADE = declare_action("kiosks.screen_made", "Kode kantor dibuat")
SCREEN_RENEWED = declare_action("kiosks.screen_renewed", "Kode kantor diganti")
SCREEN_SHOWN = declare_action("kiosks.screen_shown", "Kode kantor dipasang di layar")
SCREEN_ENDED = declare_action("kiosks.screen_ended", "Kode kantor dihentikan")
KIOSK_MADE = declare_action("kiosks.kiosk_made", "Kios dibuat")
KIOSK_CODE_MADE = declare_action("kiosks.kiosk_code_made", "Kode pemasangan kios dibuat")
KIOSK_INSTALLED = declare_action("kiosks.kiosk_installed", "Kios dipasang di tablet")
KIOSK_ENDED = declare_action("kiosks.kiosk_ended", "Kios dihentikan")
PIN_SET = declare_action("kiosks.pin_set", "PIN kios diatur")
PINS_MADE = declare_action("kiosks.pins_made", "PIN kios dibuat untuk pegawai")

CODE_VALID_FOR: Final = timedelta(hours=24)
# Without letters and digits that look alike: people read it from one screen to another.
_ALPHABET: Final = "3469ABCDEFGHJKMNPQRTWXY78"
_CODE_LENGTH: Final = 12
_GROUP: Final = 4


@transaction.atomic
def make_screen(*, unit: Unit, label: str, actor: User) -> Screen:
    """An office gets a code. Raises LabelTaken."""
    try:
        with transaction.atomic():
            screen = Screen.objects.create(unit=unit, label=label, made_by=actor)
    except IntegrityError as error:
        raise LabelTaken from error
    record(SCREEN_MADE, actor=actor, subject=screen, after={"label": label, "unit": unit.code})
    return screen


@transaction.atomic
def renew_screen(*, screen: Screen, actor: User) -> Screen:
    """Screens that show the code must be opened anew; those that somebody should not have show nothing that counts."""
    row = Screen.objects.select_for_update().get(pk=screen.pk)
    row.turn += 1
    row.save(update_fields=["turn"])
    record(SCREEN_RENEWED, actor=actor, subject=row, after={"turn": row.turn})
    return row


@transaction.atomic
def take_screen_secret(*, screen: Screen, actor: User) -> bytes:
    """What makes the changing code, for the browser that shows it; the trail says when it was handed over."""
    record(SCREEN_SHOWN, actor=actor, subject=screen)
    return code_secrets(SCREEN, screen.uid, screen.turn)[0]


@transaction.atomic
def end_screen(*, screen: Screen, actor: User) -> None:
    """The code counts no more from now on; what was captured before still does."""
    if Screen.objects.in_use().filter(pk=screen.pk).update(ended_at=clock.now()):
        record(SCREEN_ENDED, actor=actor, subject=screen)


@transaction.atomic
def make_kiosk(*, unit: Unit, label: str, actor: User) -> tuple[Kiosk, str]:
    """A tablet is foreseen for a unit; gives the one-time code with which it is installed, shown this once.

    Raises LabelTaken.
    """
    # The unit's row stands for the list of its tablets: of two who press at once, the second sees the first's.
    Unit.objects.select_for_update(of=("self",)).get(pk=unit.pk)
    if Kiosk.objects.in_use().filter(unit=unit, label=label).exists():
        raise LabelTaken
    code = _new_code()
    kiosk = Kiosk.objects.create(unit=unit, label=label, made_by=actor, **_expiring(code))
    record(KIOSK_MADE, actor=actor, subject=kiosk, after={"label": label, "unit": unit.code})
    return kiosk, code


@transaction.atomic
def renew_kiosk_code(*, kiosk: Kiosk, actor: User) -> str:
    """Another one-time code; the tablet that used the last one is out of use once it is entered."""
    code = _new_code()
    Kiosk.objects.filter(pk=kiosk.pk).update(**_expiring(code))
    record(KIOSK_CODE_MADE, actor=actor, subject=kiosk)
    return code


@transaction.atomic
def install_kiosk(*, code: str, jwk: Mapping[str, Any], name: str = "") -> Kiosk:
    """The tablet that enters the code becomes the kiosk, under the key that it made. Raises KioskCodeRefused.

    The same tablet with the same code again changes nothing: its answer may have been lost on the way.
    """
    try:
        point = point_of(jwk)
    except ValueError as error:
        raise KioskCodeRefused from error
    digest = _digest(code)
    kiosk = Kiosk.objects.in_use().select_for_update(of=("self",)).filter(code_digest=digest).first()
    if kiosk is None or kiosk.code_expires_at is None or kiosk.code_expires_at <= clock.now():
        known = Kiosk.objects.in_use().filter(key__public_key=point).exclude(key__state=PhoneKey.State.ENDED).first()
        if known is None:
            raise KioskCodeRefused
        return known
    if PhoneKey.objects.filter(public_key=point).exists():
        raise KioskCodeRefused
    _end_key(kiosk, PhoneKey.End.REPLACED)
    kiosk.key = PhoneKey.objects.create(
        kind=PhoneKey.Kind.KIOSK, public_key=point, name=name[:80], state=PhoneKey.State.ACTIVE
    )
    kiosk.code_digest, kiosk.code_expires_at = "", None
    kiosk.save(update_fields=["key", "code_digest", "code_expires_at"])
    record(KIOSK_INSTALLED, actor=System("kiosk"), subject=kiosk, after={"device": str(kiosk.key.uid)})
    return kiosk


@transaction.atomic
def end_kiosk(*, kiosk: Kiosk, actor: User) -> None:
    """The tablet is out of use; what it captured before still counts, what it sends of later is looked at."""
    row = Kiosk.objects.select_for_update(of=("self",)).get(pk=kiosk.pk)
    if row.ended_at is not None:
        return
    row.ended_at, row.code_digest, row.code_expires_at = clock.now(), "", None
    row.save(update_fields=["ended_at", "code_digest", "code_expires_at"])
    record(KIOSK_ENDED, actor=actor, subject=row)


@transaction.atomic
def set_own_pin(*, employee: Employee, pin: str, actor: User) -> None:
    """The person chooses a PIN. Raises WeakPin."""
    if is_weak(pin, employee.nip):
        raise WeakPin
    _keep(employee, pin, actor)
    record(PIN_SET, actor=actor, subject=employee)


@dataclass(frozen=True, slots=True)
class IssuedPin:
    """A PIN as it is handed over, once."""

    employee: Employee
    pin: str


@transaction.atomic
def make_pins(*, employees: Sequence[Employee], actor: User) -> list[IssuedPin]:
    """New PINs for these people, shown once to be handed over on paper; earlier ones end."""
    issued = [IssuedPin(employee, random_pin(employee.nip)) for employee in employees]
    for one in issued:
        _keep(one.employee, one.pin, actor)
    record(PINS_MADE, actor=actor, after={"count": len(issued), "nips": [one.employee.nip for one in issued]})
    return issued


def _keep(employee: Employee, pin: str, actor: User) -> None:
    Pin.objects.update_or_create(
        employee=employee,
        defaults={"digest": pin_digest(employee.pk, pin), "set_at": clock.now(), "set_by": actor},
    )


def _end_key(kiosk: Kiosk, end: str) -> None:
    if kiosk.key_id is not None:
        PhoneKey.objects.filter(pk=kiosk.key_id).update(state=PhoneKey.State.ENDED, end=end, ended_at=clock.now())


def _expiring(code: str) -> dict[str, Any]:
    return {"code_digest": _digest(code), "code_expires_at": clock.now() + CODE_VALID_FOR}


def _new_code() -> str:
    letters = "".join(secrets.choice(_ALPHABET) for _ in range(_CODE_LENGTH))
    return "-".join(letters[start : start + _GROUP] for start in range(0, _CODE_LENGTH, _GROUP))


def _digest(code: str) -> str:
    plain = "".join(letter for letter in code.upper() if letter.isalnum())
    return salted_hmac("kiosks.install", f"{current_region().code}:{plain}", algorithm="sha256").hexdigest()
