"""Days and the time zone of single units: they go before what the region says."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kernel.accounts.access import person
from kernel.errors import NotFound
from kernel.permissions import page
from kernel.tenancy import here
from kernel.web import htmx
from tenants.calendars import actions
from tenants.calendars.closing import MonthClosed
from tenants.calendars.errors import HolidayTaken
from tenants.calendars.forms import HolidayForm, ZoneForm
from tenants.calendars.models import Holiday, UnitZone
from tenants.calendars.permissions import MANAGE_CALENDAR, VIEW_CALENDAR
from tenants.organisation.models import Unit


def _unit(uid: UUID | str) -> Unit:
    found = Unit.objects.active().filter(uid=uid).first()
    if found is None:
        raise NotFound("unit")
    return found


@require_safe
@page(VIEW_CALENDAR)
def units(request: HttpRequest) -> HttpResponse:
    """What single units have of their own from this year on, and the choice of a unit."""
    days = Holiday.objects.confirmed().filter(unit__isnull=False, date__year__gte=here.today().year)
    context = {
        "days": days.select_related("unit").order_by("date", "unit__code"),
        "zones": UnitZone.objects.select_related("unit").order_by("unit__code"),
        "units": Unit.objects.active().order_by("code"),
    }
    return render(request, "tenants/calendars/units.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@page(MANAGE_CALENDAR)
def unit(request: HttpRequest, uid: UUID) -> HttpResponse:
    """A unit's own days; POST adds one."""
    found = _unit(uid)
    form = HolidayForm(request.POST if request.method == "POST" else None, for_unit=True)
    if request.method == "POST" and form.is_valid():
        try:
            actions.add_holiday(**form.cleaned_data, unit=found, actor=person(request))
        except (HolidayTaken, MonthClosed) as error:
            form.add_error("date", error.message())
        else:
            messages.success(request, _("Hari itu berlaku untuk unit ini dan unit di bawahnya."))
            return htmx.go(request, reverse("calendars-unit", args=[found.uid]))
    known = UnitZone.objects.filter(unit=found).first()
    context = {
        "unit": found,
        "form": form,
        "zone_form": ZoneForm(initial={"zone": "" if known is None else known.zone}),
        "holidays": Holiday.objects.confirmed().filter(unit=found).order_by("-date"),
    }
    return render(request, "tenants/calendars/unit.html", context, status=422 if form.is_bound else 200)


@require_POST
@page(MANAGE_CALENDAR)
def zone(request: HttpRequest, uid: UUID) -> HttpResponse:
    """By which clock the unit works."""
    found = _unit(uid)
    form = ZoneForm(request.POST)
    if form.is_valid():
        actions.set_zone(unit=found, zone=form.cleaned_data["zone"], actor=person(request))
        messages.success(request, _("Zona waktu unit tersimpan."))
    else:
        messages.error(request, _("Pilih zona waktu dari daftar."))
    return redirect("calendars-unit", uid=found.uid)


@require_safe
@page(MANAGE_CALENDAR)
def choose(request: HttpRequest) -> HttpResponse:
    """From the list of units to the page of one."""
    try:
        uid = UUID(request.GET.get("unit", ""))
    except ValueError:
        return redirect("calendars-units")
    return redirect("calendars-unit", uid=_unit(uid).uid)
