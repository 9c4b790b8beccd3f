"""Calling people together and seeing who came; what a leader's phone asks."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kernel import clock
from kernel.accounts.access import person
from kernel.accounts.models import User
from kernel.errors import DomainError, NotAllowed, NotFound
from kernel.permissions import opd_scope, page, user_may
from kernel.tenancy import here
from kernel.tenancy.context import current_region
from kernel.web import htmx, paging
from kernel.web.containment import open_in_read_only
from kernel.web.fallback import open_in_fallback
from tenants.assemblies import access, actions
from tenants.assemblies.ceremonies import ceremonies_on
from tenants.assemblies.forms import CallForm, CancelForm, MarkForm
from tenants.assemblies.models import Assembly
from tenants.assemblies.permissions import ATTEND, CALL, INSPECT, MARK, READ
from tenants.assemblies.presence import called_to
from tenants.assemblies.results import result_of
from tenants.employees.access import own_employee, reach
from tenants.employees.models import Employee
from tenants.organisation.models import Unit
from tenants.punches.app_views import may_send

# How far ahead a leader may put an assembly on the phone.
AHEAD = timedelta(days=14)


@require_safe
@page(READ)
def assemblies(request: HttpRequest) -> HttpResponse:
    """Assemblies, the newest first."""
    user = person(request)
    found = access.readable(user).select_related("leader")
    if not user_may(user, INSPECT):
        found = found.visible_at(clock.now())
    rows = paging.page_of(found, order=("-starts_at", "-id"), cursor=request.GET.get("setelah", ""))
    context = {"page": rows, "may_call": user_may(user, CALL), "may_inspect": user_may(user, INSPECT)}
    return render(request, "tenants/assemblies/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@page(READ)
def call(request: HttpRequest) -> HttpResponse:
    """Call people: an apel by who may call, a sidak by the inspectorate."""
    user = person(request)
    is_inspection = not user_may(user, CALL)
    permission = INSPECT if is_inspection else CALL
    if not user_may(user, permission):
        raise NotAllowed(permission)
    scope = opd_scope(user, permission)
    form = CallForm(
        request.POST or None,
        ceremonies=ceremonies_on(here.today()),
        units=Unit.objects.active().in_opds(scope),
        people=Employee.objects.active().in_opds(scope, here.today()),
        is_inspection=is_inspection,
    )
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.call_assembly(
                draft=form.draft(), units=form.chosen_units(), people=form.cleaned_data["people"], actor=user
            )
        except DomainError as error:
            form.add_error(None, error.message())
        else:
            messages.success(request, _("Pegawai dipanggil. Pemimpin membuka kodenya di HP sebelum acara."))
            return htmx.go(request, reverse("assemblies-one", args=[made.uid]))
    context = {"form": form, "is_inspection": is_inspection, "has_ceremonies": bool(ceremonies_on(here.today()))}
    return render(request, "tenants/assemblies/call.html", context, status=422 if form.errors else 200)


@require_safe
@page(READ)
def assembly(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Who was called and who came."""
    return _page(request, _readable(person(request), uid), MarkForm(), CancelForm())


@require_POST
@page(MARK)
def mark(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Say something about the people ticked."""
    user = person(request)
    found = access.assembly_of(user, uid, MARK)
    form = MarkForm(request.POST)
    chosen = list(Employee.objects.filter(uid__in=_uids(request.POST.getlist("orang"))).order_by("name", "pk"))
    if not chosen:
        form.add_error(None, _("Centang paling sedikit satu pegawai."))
    if form.is_valid():
        try:
            actions.mark_people(
                assembly=found,
                people=chosen,
                state=form.cleaned_data["state"],
                reason=form.cleaned_data["reason"],
                actor=user,
            )
        except DomainError as error:
            form.add_error(None, error.message())
        else:
            words = ngettext("%(count)s pegawai dicatat.", "%(count)s pegawai dicatat.", len(chosen))
            messages.success(request, words % {"count": len(chosen)})
            return htmx.go(request, reverse("assemblies-one", args=[uid]))
    return _page(request, found, form, CancelForm(), {str(one.uid) for one in chosen})


@require_POST
@page(READ)
def cancel(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Call an assembly off."""
    user = person(request)
    found = _readable(user, uid)
    permission = INSPECT if found.is_inspection else CALL
    if not (user_may(user, permission) and access.may(user, found, permission)):
        raise NotAllowed(permission)
    form = CancelForm(request.POST)
    if form.is_valid():
        try:
            actions.cancel_assembly(assembly=found, reason=form.cleaned_data["reason"], actor=user)
        except DomainError as error:
            form.add_error("reason", error.message())
        else:
            messages.success(request, _("Acara dibatalkan. Tidak ada yang dihitung tidak hadir."))
            return htmx.go(request, reverse("assemblies-one", args=[uid]))
    return _page(request, found, MarkForm(), form)


def _readable(user: User, uid: UUID) -> Assembly:
    found = access.readable(user).select_related("leader", "called_by", "cancelled_by").filter(uid=uid).first()
    if found is None or (found.is_inspection and found.starts_at > clock.now() and not user_may(user, INSPECT)):
        raise NotFound("assembly")
    return found


def _page(
    request: HttpRequest,
    found: Assembly,
    marking: MarkForm,
    cancelling: CancelForm,
    ticked: set[str] | None = None,
) -> HttpResponse:
    user = person(request)
    result = result_of(found, reach(user, READ, found.date))
    state = request.GET.get("keadaan", "")
    permission = INSPECT if found.is_inspection else CALL
    has_begun = found.starts_at <= clock.now()
    # Full addresses: after a refusal the page stands under the address of its form.
    address = reverse("assemblies-one", args=[found.uid])
    context: dict[str, Any] = {
        "assembly": found,
        "units": [row.unit for row in found.called_units.select_related("unit").order_by("unit__code")],
        "result": result,
        "lines": [line for line in result.lines if not state or line.state == state],
        "state": state,
        "all_url": address,
        "tabs": [
            {
                "label": label,
                "url": f"{address}?keadaan={key}",
                "count": result.counts.get(key, 0),
                "is_current": key == state,
            }
            for key, label in marking.fields["state"].choices  # type: ignore[attr-defined]  # a ChoiceField
        ],
        "marking": marking,
        "cancelling": cancelling,
        "ticked": ticked or set(),
        "has_begun": has_begun,
        "may_mark": has_begun and not found.is_cancelled and user_may(user, MARK) and access.may(user, found, MARK),
        "may_cancel": not found.is_cancelled and user_may(user, permission) and access.may(user, found, permission),
    }
    status = 422 if marking.errors or cancelling.errors else 200
    return render(request, "tenants/assemblies/assembly.html", context, status=status)


def _uids(texts: list[str]) -> list[UUID]:
    found = []
    for text in texts[:2000]:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found


@open_in_fallback
@require_safe
def lead(request: HttpRequest) -> HttpResponse:
    """The leader's page, the same for everybody: it fills itself from the phone."""
    response = render(request, "tenants/assemblies/lead.html", {"region": current_region()})
    response.headers["Cache-Control"] = "private, no-store"
    return may_send(request, response)


@open_in_fallback
@require_safe
@page(ATTEND)
def led(request: HttpRequest) -> HttpResponse:
    """The assemblies that the person leads in the days to come."""
    employee = own_employee(person(request))
    today = here.today()
    rows = Assembly.objects.standing().between(today, today + AHEAD).filter(leader=employee).order_by("starts_at")
    return _told({"owner": str(employee.uid), "assemblies": [_about(row) for row in rows]})


@open_in_read_only
@open_in_fallback
@require_POST
@page(ATTEND)
def secret(request: HttpRequest, uid: UUID) -> HttpResponse:
    """What the leader's phone needs to show codes and tick names without a network."""
    user = person(request)
    employee = own_employee(user)
    found = access.led_by(employee, uid)
    key = actions.take_secret(assembly=found, actor=user)
    called = called_to([found])[found.pk]
    people = Employee.objects.filter(pk__in=called).order_by("name", "pk").values_list("uid", "nip", "name")
    return _told(
        {
            **_about(found),
            "owner": str(employee.uid),
            "secret": urlsafe_b64encode(key).rstrip(b"=").decode(),
            "people": [[str(one), nip, name] for one, nip, name in people],
        }
    )


def _about(found: Assembly) -> dict[str, Any]:
    return {
        "uid": str(found.uid),
        "title": found.title,
        "place": found.place,
        "starts_at": found.starts_at.isoformat(),
        "ends_at": found.ends_at.isoformat(),
        "opens_at": found.opens_at.isoformat(),
        "closes_at": found.closes_at.isoformat(),
    }


def _told(answer: dict[str, Any]) -> HttpResponse:
    return JsonResponse({**answer, "server_time": clock.now().isoformat()}, headers={"Cache-Control": "no-store"})
