"""What screens and tablets say of a punch (`tenants.punches.witnesses`)."""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64decode
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from kernel import clock
from kernel.tenancy.context import current_region
from tenants.employees.models import Employee
from tenants.kiosks.codes import LEEWAY_S, STEP_S, VALID_S, Fit, digits_of, fit_of
from tenants.kiosks.models import Kiosk, Pin, PinFailure, Screen, is_open
from tenants.kiosks.secrets import Unsealable, code_secrets, pin_digests, unseal
from tenants.kiosks.statements import PersonCode, read_person_code
from tenants.punches.models import PhoneKey
from tenants.punches.signatures import is_signed
from tenants.punches.witnesses import Testimony

SCREEN: Final = "screen"
# So many wrong PINs of a person within the span put the right one under review.
MOST_FAILURES: Final = 5
FAILURES_SPAN: Final = timedelta(hours=24)


def hear_office(event: Mapping[str, Any], employee_id: int | None, captured_at: datetime) -> Testimony:
    """An office's code: `<uid of the screen>:<code>` when it was scanned, the digits alone when they were typed."""
    said = event["context"]["office_qr"]
    named, _, typed = said.rpartition(":") if isinstance(said, str) else ("", "", "")
    digits = digits_of(typed)
    best = Fit.NEVER
    for screen in _screens(named) if digits else ():
        if not is_open(screen, captured_at):
            continue
        fit = fit_of(code_secrets(SCREEN, screen.uid, screen.turn), digits, captured_at)
        if fit is Fit.NOW:
            return Testimony(reasons=("office_code",), lifts_place=True, office=screen.uid)
        if fit is Fit.OTHER_TIME:
            best = fit
    # It lifts nothing, and says what to look at.
    return Testimony(reasons=("office_code_other_time" if best is Fit.OTHER_TIME else "office_code_wrong",))


def _screens(named: str) -> list[Screen]:
    if not named:
        return list(Screen.objects.all())
    try:
        return list(Screen.objects.filter(uid=UUID(named)))
    except ValueError:
        return []


def hear_kiosk(event: Mapping[str, Any], employee_id: int | None, captured_at: datetime) -> Testimony:
    """Whose punch on a tablet it is, by the QR code of the person's phone or by NIP and PIN.

    A tablet stands in its office, so a place that its browser does not know is no fault of anybody.
    """
    device = _uuid(event.get("device"))
    kiosk = None if device is None else Kiosk.objects.filter(key__uid=device).first()
    context = event["context"]
    person = _uuid(context.get("person"))
    employee = None if person is None else Employee.objects.filter(uid=person, is_active=True).first()
    if kiosk is None or employee is None:
        return Testimony(refused="kiosk_no_person")
    if context.get("by") == "qr":
        code = read_person_code(context.get("code"))
        said = _by_code(code, employee, captured_at)
    elif context.get("by") == "pin":
        said = _by_pin(event, employee, kiosk)
    else:
        return Testimony(refused="kiosk_unreadable")
    if said.refused:
        return said
    doubts = () if is_open(kiosk, captured_at) else ("kiosk_revoked",)
    return Testimony(
        employee_id=employee.pk,
        reasons=(*said.reasons, *doubts),
        lifts_place=True,
        is_doubtful=said.is_doubtful or bool(doubts),
    )


def hear_person(code: PersonCode | None, employee_id: int, captured_at: datetime) -> str:
    """How a person's code goes with a moment: "" when it is good, else why not (`wrong`, `other_time`, `pending`)."""
    if code is None:
        return "wrong"
    key = PhoneKey.objects.filter(uid=code.device, employee_id=employee_id, kind=PhoneKey.Kind.PHONE).first()
    if key is None or key.state == PhoneKey.State.ENDED:
        return "wrong"
    if not is_signed(code.signed_text(current_region().code), code.signature, key.public_key):
        return "wrong"
    begins = code.step * STEP_S
    if not begins - LEEWAY_S <= captured_at.timestamp() < begins + VALID_S + LEEWAY_S:
        return "other_time"
    return "pending" if key.state == PhoneKey.State.PENDING else ""


def _by_code(code: PersonCode | None, employee: Employee, captured_at: datetime) -> Testimony:
    if code is None or code.person != employee.uid:
        return Testimony(refused="kiosk_wrong_qr")
    wrong = hear_person(code, employee.pk, captured_at)
    if wrong == "wrong":
        return Testimony(refused="kiosk_wrong_qr")
    if wrong == "other_time":
        return Testimony(reasons=("kiosk_other_time",), is_doubtful=True)
    return Testimony(reasons=("kiosk_qr", "person_key_pending") if wrong else ("kiosk_qr",))


def _by_pin(event: Mapping[str, Any], employee: Employee, kiosk: Kiosk) -> Testimony:
    try:
        # Sealed for this person and this press: taken out of one event it opens in no other.
        about = f"{employee.uid} {event.get('captured_at')}"
        pin = unseal(_bytes(event["context"].get("sealed")), about.encode()).decode("ascii")
    except (Unsealable, UnicodeDecodeError):
        return Testimony(refused="kiosk_unreadable")
    kept = Pin.objects.filter(employee=employee).first()
    if kept is None:
        return Testimony(refused="kiosk_no_pin")
    if not any(hmac.compare_digest(digest, kept.digest) for digest in pin_digests(employee.pk, pin)):
        # Once for each event, so that a tablet that repeats itself locks nobody out.
        PinFailure.objects.bulk_create(
            [PinFailure(event=UUID(str(event.get("id"))), employee=employee, kiosk=kiosk)], ignore_conflicts=True
        )
        return Testimony(refused="kiosk_wrong_pin")
    since = clock.now() - FAILURES_SPAN
    if PinFailure.objects.filter(employee=employee, at__gte=since).count() >= MOST_FAILURES:
        return Testimony(reasons=("kiosk_pin_tries",), is_doubtful=True)
    return Testimony(reasons=("kiosk_pin",))


def _uuid(said: object) -> UUID | None:
    try:
        return UUID(said) if isinstance(said, str) else None
    except ValueError:
        return None


def _bytes(said: object) -> bytes:
    if not isinstance(said, str) or not said.isascii() or len(said) > 400:
        return b""
    try:
        return urlsafe_b64decode(said + "=" * (-len(said) % 4))
    except ValueError:
        return b""
