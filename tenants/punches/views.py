"""What phones ask: to take signed events, for a time mark, to register a key."""

from __future__ import annotations

import json
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from kernel import clock, origin
from kernel.accounts.access import person
from kernel.permissions import page
from kernel.tenancy.context import current_region
from kernel.web.containment import open_in_read_only
from kernel.web.fallback import open_in_fallback
from tenants.employees.access import own_employee
from tenants.employees.models import Employee
from tenants.punches import marks, sending
from tenants.punches.actions import register_phone
from tenants.punches.drawing import draw
from tenants.punches.events import LARGEST_ENVELOPE, Unreadable, read_envelope
from tenants.punches.lane import Answer, take_events
from tenants.punches.models import PhoneKey
from tenants.punches.permissions import PUNCH
from tenants.punches.phone_views import own_phones
from tenants.punches.policy import phone_policy
from tenants.punches.words import words_of

# One start of a page sends once a minute, and a kiosk at the gate some dozens of times; more is a page that runs wild.
_runs: Final = sending.Flood(most=90)
# Events that nobody of here signed, from one network address: beyond it they are turned away instead of kept.
_strangers: Final = sending.Flood(most=60)


@open_in_read_only
@open_in_fallback
@csrf_exempt
@require_http_methods(["OPTIONS", "POST"])
@sending.from_phones
def send(request: HttpRequest) -> HttpResponse:
    """Take up to thirty signed events. The signature says whose they are: neither a session nor a token is needed."""
    if int(request.headers.get("Content-Length") or 0) > LARGEST_ENVELOPE:
        return sending.refused(413, "too_large")
    try:
        envelope = read_envelope(request.body)
    except Unreadable as error:
        return sending.refused(400, error.reason)
    region = current_region()
    run = (region.number, envelope.boot)
    if envelope.boot:
        if seconds := _runs.seconds_left(run):
            return sending.come_again(seconds)
        _runs.count(run)
    address = (region.number, origin.address_of(request))
    taken = take_events(region=region, envelope=envelope, keeps_strangers=not _strangers.seconds_left(address))
    if taken.turned_away and not taken.answers:
        return sending.come_again(_strangers.seconds_left(address))
    _strangers.count(address, sum(1 for one in taken.answers if one.state == "refused"))
    now = clock.now()
    return sending.answer(
        {
            "server_time": now.isoformat(),
            "mark": "" if taken.holder is None else marks.issue(region.code, taken.holder, now),
            "answers": [_told(one) for one in taken.answers],
        }
    )


def _told(answer: Answer) -> dict[str, Any]:
    is_refused = answer.state == "refused"
    return {
        "id": None if answer.uid is None else str(answer.uid),
        "state": answer.state,
        "grade": answer.grade or None,
        "receipt": answer.receipt,
        "captured_at": None if answer.captured_at is None else answer.captured_at.isoformat(),
        "reasons": list(answer.reasons),
        "words": [words_of(reason, refused=is_refused) for reason in answer.reasons],
        "draw": None if is_refused or answer.uid is None else draw(answer.uid),
    }


@open_in_read_only
@open_in_fallback
@require_safe
@page(PUNCH)
def mark(request: HttpRequest) -> HttpResponse:
    """The server's time, signed, with what the phone of the person who is signed in must know."""
    employee = own_employee(person(request))
    now = clock.now()
    return sending.answer(
        {
            "server_time": now.isoformat(),
            "mark": marks.issue(current_region().code, employee.uid, now),
            "owner": str(employee.uid),
            "keys": _keys(employee),
            "policy": phone_policy(request, employee),
        }
    )


def _keys(employee: Employee) -> list[dict[str, Any]]:
    return [
        {
            "device": str(key.uid),
            # A phone knows only whether it may sign.
            "state": "revoked" if key.state == PhoneKey.State.ENDED else key.state,
            "name": key.name,
            "registered_at": key.registered_at.isoformat(),
        }
        for key in PhoneKey.objects.phones_of([employee.pk])[:20]
    ]


@open_in_read_only
@open_in_fallback
@require_http_methods(["GET", "HEAD", "POST"])
@page(PUNCH)
def phone(request: HttpRequest) -> HttpResponse:
    """The person's phones; a POST of JSON registers the key of the one in hand, and again gives the same device."""
    if request.method != "POST":
        return own_phones(request)
    try:
        told = json.loads(request.body)
    except ValueError:
        told = None
    if not isinstance(told, dict) or not isinstance(told.get("jwk"), dict):
        return sending.refused(400, "jwk")
    label = told.get("label")
    key = register_phone(
        employee=own_employee(person(request)),
        jwk=told["jwk"],
        name=label if isinstance(label, str) else "",
        actor=person(request),
    )
    state = "revoked" if key.state == PhoneKey.State.ENDED else key.state
    return sending.answer({"device": str(key.uid), "state": state})
