"""Pages that devices keep and open without a network, the same for everybody, and what these pages ask.

Nothing of a person is in a page: it fills itself from the device's own storage.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from kernel import clock
from kernel.accounts.access import person
from kernel.permissions import page
from kernel.tenancy.context import current_region
from kernel.web.containment import open_in_read_only
from kernel.web.fallback import open_in_fallback
from tenants.calendars.work_date import running_day
from tenants.employees.models import Employee
from tenants.kiosks import access, actions
from tenants.kiosks.errors import NotOfKiosk
from tenants.kiosks.models import Kiosk
from tenants.kiosks.permissions import SHOW
from tenants.kiosks.secrets import sealing_key
from tenants.organisation.models import Unit
from tenants.punches import marks
from tenants.punches.app_views import may_send

_LARGEST = 4096


def _shell(request: HttpRequest, name: str) -> HttpResponse:
    response = render(request, f"tenants/kiosks/{name}.html", {"region": current_region()})
    response.headers["Cache-Control"] = "private, no-store"
    return may_send(request, response)


@open_in_fallback
@require_safe
def with_code(request: HttpRequest) -> HttpResponse:
    """Punching with the code of an office or of an assembly."""
    return _shell(request, "with_code")


@open_in_fallback
@require_safe
def own_code(request: HttpRequest) -> HttpResponse:
    """The changing code of the person's own phone."""
    return _shell(request, "own_code")


@open_in_fallback
@require_safe
def carry(request: HttpRequest) -> HttpResponse:
    """Punches that wait, for a colleague to take along; and taking a colleague's."""
    return _shell(request, "carry")


@open_in_fallback
@require_safe
def screen(request: HttpRequest) -> HttpResponse:
    """The office's code, big."""
    return _shell(request, "screen")


@open_in_fallback
@require_safe
def kiosk(request: HttpRequest) -> HttpResponse:
    """The shared tablet."""
    return _shell(request, "kiosk")


@open_in_read_only
@open_in_fallback
@require_POST
@page(SHOW)
def screen_secret(request: HttpRequest, uid: UUID) -> HttpResponse:
    """What makes the office's code, for the browser that shows it."""
    user = person(request)
    found = access.screen_to_show(user, uid)
    secret = actions.take_screen_secret(screen=found, actor=user)
    return _told(
        {
            "uid": str(found.uid),
            "label": found.label,
            "unit": found.unit.name,
            "secret": _text(secret),
            "server_time": clock.now().isoformat(),
        }
    )


@open_in_read_only
@open_in_fallback
@csrf_exempt
@require_POST
def install(request: HttpRequest) -> HttpResponse:
    """A tablet enters its one-time code: the code, and nothing of a session, says that it may."""
    told = _json(request)
    jwk = told.get("jwk")
    found = actions.install_kiosk(
        code=str(told.get("code", "")), jwk=jwk if isinstance(jwk, dict) else {}, name=str(told.get("label", ""))
    )
    return _told({"device": "" if found.key is None else str(found.key.uid), "state": "active", **_about(found)})


@open_in_read_only
@open_in_fallback
@csrf_exempt
@require_POST
def roster(request: HttpRequest) -> HttpResponse:
    """Who punches on this tablet, and to which key it seals PINs. The tablet's signature says that it may know."""
    found = access.kiosk_asking(_json(request))
    units = Unit.objects.tree().subtree(found.unit_id)
    people = Employee.objects.active().placed_on(running_day()).filter(Q(("unit_id__in", units)))
    rows = people.order_by("name", "pk").values_list("uid", "nip", "name")
    now = clock.now()
    return _told(
        {
            **_about(found),
            # So that what it takes without a network can show later how much time went by.
            "mark": marks.issue(current_region().code, _key_of(found), now),
            "seal_to": _text(sealing_key()),
            "people": [[str(uid), nip, name] for uid, nip, name in rows],
            "server_time": now.isoformat(),
        }
    )


def _key_of(kiosk: Kiosk) -> UUID:
    if kiosk.key is None:
        raise NotOfKiosk
    return kiosk.key.uid


def _about(kiosk: Kiosk) -> dict[str, Any]:
    region = current_region()
    return {
        "region": region.code,
        "zone": region.time_zone,
        "zone_label": region.zone_label,
        "label": kiosk.label,
        "unit": kiosk.unit.name,
    }


def _json(request: HttpRequest) -> dict[str, Any]:
    try:
        told = json.loads(request.body) if len(request.body) <= _LARGEST else None
    except ValueError:
        told = None
    return told if isinstance(told, dict) else {}


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def _told(answer: dict[str, Any]) -> HttpResponse:
    return JsonResponse(answer, headers={"Cache-Control": "no-store"})
