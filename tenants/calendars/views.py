"""Holidays of a year."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kernel.accounts.access import person
from kernel.errors import NotFound
from kernel.permissions import page
from kernel.tenancy import here
from kernel.web import htmx
from tenants.calendars import actions
from tenants.calendars.closing import MonthClosed
from tenants.calendars.errors import HolidayTaken
from tenants.calendars.forms import ConfirmForm, HolidayForm, RemovalForm
from tenants.calendars.models import Holiday
from tenants.calendars.permissions import MANAGE_CALENDAR, VIEW_CALENDAR


def _year(request: HttpRequest) -> int:
    """The year asked for, this one when none or no sensible one is."""
    this_year = here.today().year
    text = request.GET.get("tahun", "") or request.POST.get("tahun", "")
    year = int(text) if text.isascii() and text.isdigit() and len(text) == 4 else this_year
    return year if abs(year - this_year) <= 10 else this_year


def _holidays_of(year: int) -> dict[str, Any]:
    rows = list(Holiday.objects.in_year(year).of_region().select_related("confirmed_by").order_by("date", "pk"))
    current = [row for row in rows if row.removed_at is None]
    return {
        "year": year,
        "holidays": current,
        "removed": [row for row in rows if row.removed_at is not None],
        "drafts": sum(not row.is_confirmed for row in current),
        "confirmed": sum(row.is_confirmed for row in current),
    }


@require_safe
@page(VIEW_CALENDAR)
def holidays(request: HttpRequest) -> HttpResponse:
    return render(request, "tenants/calendars/holidays.html", {**_holidays_of(_year(request)), "form": ConfirmForm()})


@require_POST
@page(MANAGE_CALENDAR)
def draft(request: HttpRequest) -> HttpResponse:
    year = _year(request)
    new = actions.draft_national_holidays(year=year, actor=person(request))
    if new:
        text = ngettext(
            "%(count)d hari ditambahkan sebagai draf.", "%(count)d hari ditambahkan sebagai draf.", len(new)
        )
        messages.success(request, text % {"count": len(new)})
    else:
        messages.info(request, _("Tidak ada hari libur nasional baru untuk tahun itu."))
    return htmx.go(request, f"{reverse('calendars-holidays')}?tahun={year}")


@require_POST
@page(MANAGE_CALENDAR)
def confirm(request: HttpRequest) -> HttpResponse:
    year = _year(request)
    form = ConfirmForm(request.POST)
    uids = [UUID(text) for text in request.POST.getlist("holiday") if _is_uuid(text)]
    if not uids:
        form.add_error(None, _("Centang hari libur yang sudah Anda bandingkan dengan keputusannya."))
    if not form.is_valid():
        context = {**_holidays_of(year), "form": form, "ticked": {str(uid) for uid in uids}}
        return render(request, "tenants/calendars/holidays.html", context, status=422)
    done = actions.confirm_holidays(uids=uids, source=form.cleaned_data["source"], actor=person(request))
    text = ngettext("%(count)d hari libur berlaku.", "%(count)d hari libur berlaku.", len(done))
    messages.success(request, text % {"count": len(done)})
    return htmx.go(request, f"{reverse('calendars-holidays')}?tahun={year}")


@require_http_methods(["GET", "HEAD", "POST"])
@page(MANAGE_CALENDAR)
def add(request: HttpRequest) -> HttpResponse:
    form = HolidayForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            holiday = actions.add_holiday(**form.cleaned_data, actor=person(request))
        except HolidayTaken as error:
            form.add_error("date", error.message())
        else:
            messages.success(request, _("Hari libur ditambahkan dan langsung berlaku."))
            return htmx.go(request, f"{reverse('calendars-holidays')}?tahun={holiday.date.year}")
    return render(request, "tenants/calendars/holiday_add.html", {"form": form}, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@page(MANAGE_CALENDAR)
def remove(request: HttpRequest, uid: UUID) -> HttpResponse:
    holiday = Holiday.objects.select_related("unit").filter(uid=uid, removed_at__isnull=True).first()
    if holiday is None:
        raise NotFound("holiday")
    back = f"{reverse('calendars-holidays')}?tahun={holiday.date.year}"
    if holiday.unit is not None:
        back = reverse("calendars-unit", args=[holiday.unit.uid])
    form = RemovalForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.remove_holiday(uid=uid, reason=form.cleaned_data["reason"], actor=person(request))
        except MonthClosed as error:
            form.add_error(None, error.message())
        else:
            messages.success(request, _("Hari libur dihapus. Alasannya tercatat."))
            return htmx.go(request, back)
    return htmx.answer(
        request,
        "tenants/calendars/holiday_remove.html",
        {"holiday": holiday, "form": form, "back": back},
        part="tenants/calendars/_holiday_remove.html",
        status=422 if form.is_bound else 200,
    )


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
