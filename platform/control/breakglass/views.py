"""Visits to one region: asking for one, the way in, what was asked for in it, and its end."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from control.breakglass import actions
from control.breakglass.forms import VisitForm
from control.breakglass.permissions import ENTER
from control.regions.addresses import page_address
from control.regions.models import Region
from kernel.accounts.access import person
from kernel.accounts.second_factor import fresh_second_factor
from kernel.errors import DomainError, NotFound
from kernel.guests.actions import LINK_SECONDS, link_token
from kernel.guests.models import Visit
from kernel.permissions import page
from kernel.tenancy.context import region_scope

SHOWN_VISITS = 30
SHOWN_REQUESTS = 200


@require_http_methods(["GET", "HEAD", "POST"])
@page(ENTER)
@fresh_second_factor(minutes=10)
def visits(request: HttpRequest, code: str) -> HttpResponse:
    """The region's visits, and the form for a new one."""
    region = _region(code)
    form = VisitForm(request.POST or None, initial={"incident": request.GET.get("incident", "")})
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            visit = actions.open_visit(
                region=code,
                role=said["role"],
                reason=said["reason"],
                minutes=said["minutes"],
                key=said["key"],
                incident=said["incident"],
                actor=person(request),
            )
        except NotFound:
            raise
        except DomainError as error:
            form.add_error(None, error.message())
        else:
            return redirect("breakglass-visit", code=code, uid=visit.uid)
    with region_scope(region.state()):
        past = list(Visit.objects.all()[:SHOWN_VISITS])
    return render(
        request,
        "control/breakglass/visits.html",
        {"shown": region, "form": form, "visits": past},
        status=422 if form.errors else 200,
    )


@require_safe
@page(ENTER)
def visit(request: HttpRequest, code: str, uid: UUID) -> HttpResponse:
    """One visit, with the way in for who opened it, as long as nobody has used it."""
    region = _region(code)
    with region_scope(region.state()):
        found = Visit.objects.filter(uid=uid).first()
        if found is None:
            raise NotFound("visit")
        rows = list(found.requests.order_by("-id")[:SHOWN_REQUESTS])
        way_in = ""
        if found.is_running and found.entered_at is None and found.operator_uid == person(request).uid:
            query = urlencode({"kunci": link_token(found)})
            way_in = f"{page_address(request, region)}tamu/masuk/?{query}"
    response = render(
        request,
        "control/breakglass/visit.html",
        {"shown": region, "visit": found, "rows": rows, "way_in": way_in, "seconds": LINK_SECONDS},
    )
    response.headers["Cache-Control"] = "private, no-store"
    return response


@require_POST
@page(ENTER)
def end(request: HttpRequest, code: str, uid: UUID) -> HttpResponse:
    """End a visit before its time."""
    actions.end_visit(region=code, uid=uid, actor=person(request))
    messages.success(request, _("Kunjungan diakhiri."))
    return redirect("breakglass-visit", code=code, uid=uid)


def _region(code: str) -> Region:
    found: Region | None = Region.objects.filter(code=code).exclude(status=Region.Status.PROVISIONING).first()
    if found is None:
        raise NotFound("region")
    return found
