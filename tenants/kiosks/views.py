"""Pages for officials: screens, tablets and PINs; and everybody's own PIN."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kernel.accounts.access import person
from kernel.errors import DomainError
from kernel.permissions import opd_scope, page
from kernel.web import htmx, paging
from kernel.web.containment import open_in_read_only
from kernel.web.fallback import open_in_fallback
from tenants.calendars.work_date import running_day
from tenants.employees.access import own_employee, people_in_scope
from tenants.kiosks import access, actions
from tenants.kiosks.forms import PinForm, PlacedForm
from tenants.kiosks.models import Kiosk, Pin, Screen
from tenants.kiosks.permissions import MANAGE, OWN_PIN, SHOW

_SHOWN = 200


@require_safe
@page(SHOW)
def devices(request: HttpRequest) -> HttpResponse:
    """The office codes to put up; for who manages them also the tablets."""
    user = person(request)
    screens = Screen.objects.in_use().in_opds(opd_scope(user, SHOW)).select_related("unit")
    kiosks = Kiosk.objects.none()
    may_manage = any(grant for grant in user.effective_grants if MANAGE in grant.permissions)
    if may_manage:
        kiosks = Kiosk.objects.in_use().in_opds(opd_scope(user, MANAGE)).select_related("unit", "key")
    context = {
        "screens": screens.order_by("unit__code", "label")[:_SHOWN],
        "kiosks": kiosks.order_by("unit__code", "label")[:_SHOWN],
        "may_manage": may_manage,
    }
    return render(request, "tenants/kiosks/devices.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@page(MANAGE)
def new_screen(request: HttpRequest) -> HttpResponse:
    """An office gets a code."""
    user = person(request)
    units = access.units_in_scope(user, MANAGE)
    form = PlacedForm(request.POST or None, units=units)
    if request.method == "POST" and form.is_valid():
        unit = units.get(uid=form.cleaned_data["unit"])
        try:
            actions.make_screen(unit=unit, label=form.cleaned_data["label"], actor=user)
        except DomainError as error:
            form.add_error("label", error.message())
        else:
            messages.success(request, _("Kode kantor dibuat. Buka layarnya di komputer atau HP di kantor itu."))
            return htmx.go(request, reverse("kiosks-devices"))
    return render(request, "tenants/kiosks/new_screen.html", {"form": form}, status=422 if form.errors else 200)


@require_POST
@page(MANAGE)
def renew_screen(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Another secret: screens must be opened anew."""
    user = person(request)
    actions.renew_screen(screen=access.screen_to_manage(user, uid), actor=user)
    messages.success(request, _("Kode diganti. Buka layarnya lagi di setiap perangkat yang menampilkannya."))
    return htmx.go(request, reverse("kiosks-devices"))


@require_POST
@page(MANAGE)
def end_screen(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The code counts no more."""
    user = person(request)
    actions.end_screen(screen=access.screen_to_manage(user, uid), actor=user)
    messages.success(request, _("Kode kantor dihentikan. Absen yang sudah dibuat dengannya tetap dihitung."))
    return htmx.go(request, reverse("kiosks-devices"))


@require_http_methods(["GET", "HEAD", "POST"])
@page(MANAGE)
def new_kiosk(request: HttpRequest) -> HttpResponse:
    """A tablet is foreseen; its one-time code is shown this once."""
    user = person(request)
    units = access.units_in_scope(user, MANAGE)
    form = PlacedForm(request.POST or None, units=units)
    if request.method == "POST" and form.is_valid():
        unit = units.get(uid=form.cleaned_data["unit"])
        try:
            kiosk, code = actions.make_kiosk(unit=unit, label=form.cleaned_data["label"], actor=user)
        except DomainError as error:
            form.add_error("label", error.message())
        else:
            return _with_code(request, kiosk, code)
    return render(request, "tenants/kiosks/new_kiosk.html", {"form": form}, status=422 if form.errors else 200)


@require_POST
@page(MANAGE)
def kiosk_code(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Another one-time code for a tablet."""
    user = person(request)
    kiosk = access.kiosk_to_manage(user, uid)
    return _with_code(request, kiosk, actions.renew_kiosk_code(kiosk=kiosk, actor=user))


def _with_code(request: HttpRequest, kiosk: Kiosk, code: str) -> HttpResponse:
    address = request.build_absolute_uri(reverse("kiosks-kiosk"))
    return render(request, "tenants/kiosks/kiosk_code.html", {"kiosk": kiosk, "code": code, "address": address})


@require_POST
@page(MANAGE)
def end_kiosk(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The tablet is out of use."""
    user = person(request)
    actions.end_kiosk(kiosk=access.kiosk_to_manage(user, uid), actor=user)
    messages.success(request, _("Kios dihentikan. Absen yang dibuat sebelum ini tetap dihitung."))
    return htmx.go(request, reverse("kiosks-devices"))


@require_http_methods(["GET", "HEAD", "POST"])
@page(MANAGE)
def pins(request: HttpRequest) -> HttpResponse:
    """Who has a PIN; new ones for the people ticked, shown this once."""
    user = person(request)
    people = people_in_scope(user, MANAGE, running_day())
    text = request.GET.get("cari", "")
    error = ""
    if request.method == "POST":
        chosen = list(people.filter(uid__in=_uids(request.POST.getlist("orang"))).order_by("name", "pk"))
        if chosen:
            issued = actions.make_pins(employees=chosen, actor=user)
            return render(request, "tenants/kiosks/pins_print.html", {"issued": issued})
        error = _("Centang paling sedikit satu pegawai.")
    found = paging.page_of(people.searched(text), order=("name", "id"), cursor=request.GET.get("setelah", ""))
    context = {
        "page": found,
        "holders": Pin.objects.holders([employee.pk for employee in found]),
        "text": text,
        "error": error,
    }
    return render(request, "tenants/kiosks/pins.html", context, status=422 if error else 200)


def _uids(texts: list[str]) -> list[UUID]:
    found = []
    for text in texts[:500]:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found


@open_in_read_only
@open_in_fallback
@require_http_methods(["GET", "HEAD", "POST"])
@page(OWN_PIN)
def own_pin(request: HttpRequest) -> HttpResponse:
    """The person's own PIN for tablets."""
    user = person(request)
    employee = own_employee(user)
    form = PinForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.set_own_pin(employee=employee, pin=form.cleaned_data["pin"], actor=user)
        except DomainError as error:
            form.add_error("pin", error.message())
        else:
            messages.success(request, _("PIN kios tersimpan."))
            return htmx.go(request, reverse("kiosks-own-pin"))
    context = {"form": form, "has_pin": employee.pk in Pin.objects.holders([employee.pk])}
    return render(request, "tenants/kiosks/own_pin.html", context, status=422 if form.errors else 200)
