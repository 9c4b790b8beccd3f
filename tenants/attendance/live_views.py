"""The board of this moment, which keeps itself up to date."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from kernel import clock
from kernel.accounts.access import person
from kernel.permissions import opd_scope, page
from kernel.web import htmx
from tenants.attendance.document_kinds import code_labels
from tenants.attendance.live import STATES, Place, counts_by_opd, counts_by_unit, people_of, version
from tenants.attendance.permissions import READ_UNIT
from tenants.calendars.work_date import running_day
from tenants.organisation.models import Unit


@require_safe
@page(READ_UNIT)
def live_board(request: HttpRequest) -> HttpResponse:
    """All OPDs in charge with their counts, or one with its units and people.

    The part asks again by itself and says which version it has: nothing is counted while that is the newest.
    """
    now = version()
    if htmx.wants_part(request) and request.GET.get("versi") == now:
        return HttpResponse(status=204)
    scope = opd_scope(person(request), READ_UNIT)
    opds = list(Unit.objects.active().opds().in_opds(scope).order_by("code"))
    wanted = _uid(request, "opd")
    opd = opds[0] if len(opds) == 1 else next((row for row in opds if row.uid == wanted), None)
    state = request.GET.get("keadaan", "")
    if state not in STATES:
        state = ""
    address = request.GET.copy()
    for name in ("versi", "setelah"):
        address.pop(name, None)
    poll = address.copy()
    if "setelah" in request.GET:
        poll["setelah"] = request.GET["setelah"]
    poll["versi"] = now
    context: dict[str, Any] = {
        "now": clock.now(),
        "day": running_day(),
        "opd": opd,
        "may_go_up": len(opds) > 1,
        "poll_url": f"{request.path}?{poll.urlencode()}",
        "state": state,
    }
    if opd is None:
        places = counts_by_opd(None if scope is None else [row.pk for row in opds])
    else:
        places = counts_by_unit(opd.pk)
        unit = _uid(request, "unit")
        after = _uid(request, "setelah")
        page_of_people = people_of(opd.pk, unit=unit, state=state, after=after)
        labels = code_labels(running_day()) if any(row.document for row in page_of_people.rows) else {}
        context |= {
            "unit": next((place for place in places if place.uid == unit), None),
            "page": page_of_people,
            "rows": [(row, labels.get(row.document, row.document)) for row in page_of_people.rows],
        }
    states = _states(places)
    context |= {"places": [_row(place, states) for place in places], "states": states}
    return htmx.answer(request, "tenants/attendance/live.html", context, part="tenants/attendance/_live.html")


def _row(place: Place, states: list[dict[str, Any]]) -> dict[str, Any]:
    shown = [(state["label"], place.counts.get(state["code"], 0)) for state in states]
    return {"uid": place.uid, "name": place.name, "total": place.total, "counts": shown}


def _states(places: list[Place]) -> list[dict[str, Any]]:
    """Each state with how many people of all places are in it; those with nobody are left out."""
    totals = {code: sum(place.counts.get(code, 0) for place in places) for code in STATES}
    return [
        {"code": code, "label": STATES[code][0], "short": STATES[code][1], "count": count}
        for code, count in totals.items()
        if count
    ]


def _uid(request: HttpRequest, name: str) -> UUID | None:
    text = request.GET.get(name, "")
    try:
        return UUID(text) if text else None
    except ValueError as error:
        raise BadRequest(f"{name} is no identifier") from error
