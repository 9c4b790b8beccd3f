"""The region's security page, an incident with what is asked, and an operator's visit while it happens."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kernel.accounts.access import person
from kernel.errors import DomainError, NotAllowed, NotFound
from kernel.guests.models import Visit
from kernel.permissions import page
from kernel.web import htmx
from kernel.web.containment import open_in_read_only
from kernel.web.fallback import open_in_fallback
from tenants.security import actions, reading
from tenants.security.forms import AnswerForm
from tenants.security.models import Answer, Incident
from tenants.security.permissions import ANSWER, READ

SHOWN_REQUESTS = 500
SHOWN_INCIDENTS = 50


@open_in_fallback
@require_safe
@page(READ)
def home(request: HttpRequest) -> HttpResponse:
    """Incidents, what stands, visits, events."""
    incidents = list(Incident.objects.all()[:SHOWN_INCIDENTS])
    return render(
        request,
        "tenants/security/home.html",
        {
            "incidents": incidents,
            "asks": reading.waiting_asks(incidents),
            "measures": reading.measures(),
            "visits": reading.visits(),
            "seen": reading.seen_lately(),
            "days": reading.DAYS,
        },
    )


@open_in_fallback
@require_safe
@page(READ)
def incident(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One incident, and what is asked of the region by when."""
    return _incident_page(request, _incident(uid), AnswerForm(), None)


def _incident(uid: UUID) -> Incident:
    found = Incident.objects.filter(uid=uid).first()
    if found is None:
        raise NotFound("incident")
    return found


def _incident_page(request: HttpRequest, found: Incident, form: AnswerForm, ask: UUID | None) -> HttpResponse:
    rows = [
        (one, form if str(ask) == one.uid else AnswerForm(auto_id=f"{one.uid}-%s")) for one in reading.asks_of(found)
    ]
    return render(
        request,
        "tenants/security/incident.html",
        {"incident": found, "asks": rows, "notices": reading.notices_of(found)},
        status=422 if form.errors else 200,
    )


@open_in_read_only
@open_in_fallback
@require_POST
@page(ANSWER)
def answer(request: HttpRequest, uid: UUID, ask: UUID) -> HttpResponse:
    """Answer something that is asked. Works in a contained region: that is when it is asked."""
    found, form = _incident(uid), AnswerForm(request.POST, auto_id=f"{ask}-%s")
    if form.is_valid():
        try:
            actions.answer_ask(
                incident=uid,
                ask=ask,
                kind=Answer.Kind(form.cleaned_data["kind"]),
                text=form.cleaned_data["text"],
                key=form.cleaned_data["key"],
                actor=person(request),
            )
        except (NotFound, NotAllowed):
            raise
        except DomainError as error:
            form.add_error("text", error.message())
        else:
            messages.success(request, _("Tanggapan terkirim ke meja insiden."))
            return redirect("security-incident", uid=uid)
    return _incident_page(request, found, form, ask)


@open_in_fallback
@require_safe
@page(READ)
def visit(request: HttpRequest, uid: UUID) -> HttpResponse:
    """An operator's visit: everything that was asked for, and while it runs, what is being asked for."""
    found = Visit.objects.filter(uid=uid).first()
    if found is None:
        raise NotFound("visit")
    rows = list(found.requests.order_by("-id")[:SHOWN_REQUESTS])
    return htmx.answer(
        request,
        "tenants/security/visit.html",
        {"visit": found, "rows": rows},
        part="tenants/security/_visit.html",
    )


@open_in_read_only
@open_in_fallback
@require_POST
@page(ANSWER)
def stop_visit(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The region ends a visit."""
    actions.stop_visit(uid=uid, actor=person(request))
    messages.success(request, _("Kunjungan diakhiri. Operator tidak melihat apa pun lagi."))
    return redirect("security-visit", uid=uid)
