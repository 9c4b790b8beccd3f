"""The list of people, one person, and what officials do to their posts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kernel.accounts.access import person
from kernel.closing import MonthClosed, open_from
from kernel.date_words import day_words
from kernel.errors import DomainError, NotFound
from kernel.permissions import opd_scope, page
from kernel.tenancy import here
from kernel.timeline import DayTaken, OutOfPlace
from kernel.web import htmx, paging
from tenants.employees import access, actions, querysets, standings, superiors
from tenants.employees.errors import PeriodReversed, PlacementOverlaps
from tenants.employees.form_page import form_page
from tenants.employees.forms import (
    DeactivationForm,
    EmployeeForm,
    EndForm,
    FilterForm,
    PlacementForm,
    StandingCorrectionForm,
    StandingForm,
    SuperiorForm,
)
from tenants.employees.models import Employee, Placement, SuperiorCorrection, SuperiorOverride
from tenants.employees.permissions import ACTIVATE_ACCOUNTS, MANAGE_EMPLOYEES, RECORD_STOPS, VIEW_EMPLOYEES
from tenants.employees.stops import shown_stops
from tenants.organisation.models import Position, Unit


@require_safe
@page(VIEW_EMPLOYEES)
def employees(request: HttpRequest) -> HttpResponse:
    user = person(request)
    opds = Unit.objects.opds().in_opds(opd_scope(user, VIEW_EMPLOYEES)).order_by("name")
    form = FilterForm(request.GET, opds=list(opds))
    chosen = form.cleaned_data if form.is_valid() else {}
    people = access.employees_for(user, VIEW_EMPLOYEES).searched(chosen.get("cari", ""))
    people = people.filter(is_active=chosen.get("keadaan") != "nonaktif")
    people = people.standing_on(here.today())
    if chosen.get("status"):
        people = people.filter(Q(status=chosen["status"]))
    if chosen.get("opd"):
        people = people.filter(Q(opd_uid=chosen["opd"]))
    if chosen.get("keadaan") == "kosong":
        people = people.filter(Q(position_id__isnull=True))
    rows = paging.page_of(people, order=("name", "id"), cursor=request.GET.get(paging.PARAMETER, ""))
    context = {"page": rows, "form": form, "statuses": dict(Employee.Status.choices)}
    return htmx.answer(request, "tenants/employees/list.html", context, part="tenants/employees/_rows.html")


@require_safe
@login_required
def profile(request: HttpRequest) -> HttpResponse:
    """The own post, the own superior, and the doors to what a person says about both."""
    found = access.own_employee(person(request))
    today = here.today()
    waiting = found.superior_corrections.filter(state=SuperiorCorrection.State.SUBMITTED).select_related("superior")
    context = {
        "employee": found,
        "standing": querysets.standings_on([found.pk], today).get(found.pk),
        "posts": querysets.posts_on([found.pk], today).get(found.pk),
        "superior": querysets.superior_of(found, today),
        "override": SuperiorOverride.objects.in_force(today).filter(employee=found).exists(),
        "correction": waiting.first(),
    }
    return render(request, "tenants/employees/profile.html", context)


@require_safe
@page(VIEW_EMPLOYEES)
def employee(request: HttpRequest, uid: UUID) -> HttpResponse:
    user = person(request)
    found = access.employee_to_see(user, uid)
    today = here.today()
    posts = querysets.posts_on([found.pk], today).get(found.pk)
    placements = found.placements.select_related("position__unit__opd").order_by("-period", "-id")
    history = standings.STANDINGS.shown(found, today)
    context = {
        "employee": found,
        "standing": next((row.record for row in history if row.is_current), None),
        "standings": history,
        "posts": posts,
        "superior": querysets.superior_of(found, today),
        "overrides": superiors.overrides_of(found, today),
        "placements": [_shown(row, today) for row in placements],
        "stops": shown_stops(list(found.service_stops.select_related("employee").order_by("-period", "-id")), today),
        "may_record_stops": found.user_id != user.pk and access.may_reach(user, found, RECORD_STOPS),
        "may_manage": access.may_reach(user, found, MANAGE_EMPLOYEES),
        "may_activate": access.may_reach(user, found, ACTIVATE_ACCOUNTS),
        "has_password": found.user is not None and found.user.has_usable_password(),
    }
    return render(request, "tenants/employees/employee.html", context)


def _shown(placement: Placement, today: Any) -> dict[str, Any]:
    end = placement.period.upper
    return {
        "placement": placement,
        "first": placement.period.lower,
        "last": None if end is None else end - timedelta(days=1),
        "is_current": placement.period.lower <= today and (end is None or today < end),
        "is_future": placement.period.lower > today,
        "is_open": end is None or end > today,
    }


@require_http_methods(["GET", "HEAD", "POST"])
@page(MANAGE_EMPLOYEES)
def edit(request: HttpRequest, uid: UUID) -> HttpResponse:
    user = person(request)
    found = access.employee_to_manage(user, uid)
    initial = {"name": found.name, "email": found.email}
    form = EmployeeForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        actions.change_employee(uid=uid, values=form.cleaned_data, actor=user)
        messages.success(request, _("Data pegawai tersimpan."))
        return htmx.go(request, reverse("employees-employee", args=[uid]))
    return form_page(request, found, form, heading=_("Ubah data pegawai"), button=_("Simpan"))


@require_http_methods(["GET", "HEAD", "POST"])
@page(MANAGE_EMPLOYEES)
def standing(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Record a promotion or another change of status from a day on."""
    user = person(request)
    found = access.employee_to_manage(user, uid)
    now = querysets.standings_on([found.pk], here.today()).get(found.pk)
    form = StandingForm(request.POST if request.method == "POST" else None, initial=now._asdict() if now else None)
    if request.method == "POST" and form.is_valid():
        try:
            standings.change_standing(uid=uid, **form.cleaned_data, actor=user)
        except (DayTaken, MonthClosed) as error:
            form.add_error("first", error.message())
        else:
            messages.success(request, _("Status dan golongan tersimpan."))
            return htmx.go(request, reverse("employees-employee", args=[uid]))
    return form_page(
        request,
        found,
        form,
        heading=_("Ubah status atau golongan"),
        button=_("Simpan"),
        lead=_("Yang lama berakhir sehari sebelum TMT dan tetap dipakai untuk bulan-bulan sebelumnya."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@page(MANAGE_EMPLOYEES)
def correct_standing(request: HttpRequest, uid: UUID, standing_uid: UUID) -> HttpResponse:
    """Put a wrong record of status or golongan right."""
    user = person(request)
    found = access.employee_to_manage(user, uid)
    rows = list(found.standings.order_by("period"))
    wrong = next((row for row in rows if row.uid == standing_uid), None)
    if wrong is None:
        raise NotFound("standing")
    form = StandingCorrectionForm(
        request.POST if request.method == "POST" else None,
        initial=StandingCorrectionForm.initial_of(wrong),
        is_first=wrong == rows[0],
    )
    if request.method == "POST" and form.is_valid():
        try:
            standings.correct_standing(uid=uid, standing_uid=standing_uid, **form.cleaned_data, actor=user)
        except (OutOfPlace, MonthClosed) as error:
            form.add_error("first", error.message())
        else:
            messages.success(request, _("Catatan dibetulkan."))
            return htmx.go(request, reverse("employees-employee", args=[uid]))
    return form_page(
        request,
        found,
        form,
        heading=_("Betulkan status atau golongan"),
        button=_("Betulkan"),
        lead=_(
            "Hanya untuk catatan yang salah. Kenaikan atau perubahan dicatat sebagai perubahan baru dengan TMT-nya."
        ),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@page(MANAGE_EMPLOYEES)
def place(request: HttpRequest, uid: UUID) -> HttpResponse:
    user = person(request)
    found = access.employee_to_manage(user, uid)
    form = PlacementForm(request.POST if request.method == "POST" else None, scope=opd_scope(user, MANAGE_EMPLOYEES))
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            actions.place_employee(
                uid=uid,
                position_uid=values["position"].uid,
                kind=values["kind"],
                first=values["first"],
                last=values["last"],
                letter_number=values["letter_number"],
                actor=user,
            )
        except (PlacementOverlaps, PeriodReversed) as error:
            form.add_error("first", error.message())
        except MonthClosed as error:
            form.add_error("first", _closed_words(error, found, values["position"]))
        else:
            messages.success(request, _("Penempatan tersimpan."))
            return htmx.go(request, reverse("employees-employee", args=[uid]))
    return form_page(request, found, form, heading=_("Tambah penempatan"), button=_("Simpan penempatan"))


@require_http_methods(["GET", "HEAD", "POST"])
@page(MANAGE_EMPLOYEES)
def end(request: HttpRequest, uid: UUID, placement_uid: UUID) -> HttpResponse:
    user = person(request)
    found = access.employee_to_manage(user, uid)
    placement = found.placements.select_related("position").filter(uid=placement_uid).first()
    if placement is None:
        raise NotFound("placement")
    form = EndForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.end_placement(uid=uid, placement_uid=placement_uid, last=form.cleaned_data["last"], actor=user)
        except (PlacementOverlaps, PeriodReversed) as error:
            form.add_error("last", error.message())
        except MonthClosed as error:
            form.add_error("last", _closed_words(error, found, is_last=True))
        else:
            messages.success(request, _("Penempatan diakhiri."))
            return htmx.go(request, reverse("employees-employee", args=[uid]))
    heading = _("Akhiri penempatan sebagai %(title)s") % {"title": placement.position.title}
    return form_page(request, found, form, heading=heading, button=_("Akhiri"), is_dangerous=True)


@require_http_methods(["GET", "HEAD", "POST"])
@page(MANAGE_EMPLOYEES)
def superior(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Say who is the superior against the map of posts."""
    user = person(request)
    found = access.employee_to_manage(user, uid)
    form = SuperiorForm(request.POST if request.method == "POST" else None, initial={"first": here.today()})
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            superiors.override_superior(
                uid=uid,
                superior_uid=values["superior"].uid,
                first=values["first"],
                last=values["last"],
                reason=values["reason"],
                letter_number=values["letter_number"],
                actor=user,
            )
        except MonthClosed as error:
            form.add_error("first", _closed_words(error, found))
        except DomainError as error:
            if error.status != 422:
                raise
            form.add_error("first" if error.code == "override_overlaps" else "superior", error.message())
        else:
            messages.success(request, _("Atasan tersimpan."))
            return htmx.go(request, reverse("employees-employee", args=[uid]))
    return form_page(
        request,
        found,
        form,
        heading=_("Tetapkan atasan"),
        button=_("Simpan"),
        lead=_("Berlaku mendahului peta jabatan, sampai salah satu dari keduanya tidak lagi memegang jabatannya."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@page(MANAGE_EMPLOYEES)
def end_superior(request: HttpRequest, uid: UUID, override_uid: UUID) -> HttpResponse:
    """End it: from the next day on the map of posts counts again."""
    user = person(request)
    found = access.employee_to_manage(user, uid)
    override = found.superior_overrides.select_related("superior").filter(uid=override_uid).first()
    if override is None:
        raise NotFound("superior_override")
    form = EndForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            superiors.end_override(uid=uid, override_uid=override_uid, last=form.cleaned_data["last"], actor=user)
        except MonthClosed as error:
            form.add_error("last", _closed_words(error, found, is_last=True))
        else:
            messages.success(request, _("Penetapan atasan diakhiri. Peta jabatan berlaku lagi."))
            return htmx.go(request, reverse("employees-employee", args=[uid]))
    heading = _("Akhiri penetapan %(name)s sebagai atasan") % {"name": override.superior.name}
    return form_page(request, found, form, heading=heading, button=_("Akhiri"), is_dangerous=True)


@require_http_methods(["GET", "HEAD", "POST"])
@page(MANAGE_EMPLOYEES)
def deactivate(request: HttpRequest, uid: UUID) -> HttpResponse:
    user = person(request)
    found = access.employee_to_manage(user, uid)
    form = DeactivationForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            actions.deactivate_employee(uid=uid, last=values["last"], reason=values["reason"], actor=user)
        except PeriodReversed as error:
            form.add_error("last", error.message())
        except MonthClosed as error:
            form.add_error("last", _closed_words(error, found, is_last=True))
        else:
            messages.success(request, _("Pegawai dinonaktifkan. Riwayat dan hitungannya tetap ada."))
            return htmx.go(request, reverse("employees-employee", args=[uid]))
    return form_page(
        request,
        found,
        form,
        heading=_("Nonaktifkan pegawai"),
        button=_("Nonaktifkan"),
        lead=_("Semua penempatannya berakhir pada hari itu dan akunnya tidak bisa dipakai masuk lagi."),
        is_dangerous=True,
    )


@require_POST
@page(MANAGE_EMPLOYEES)
def reactivate(request: HttpRequest, uid: UUID) -> HttpResponse:
    actions.reactivate_employee(uid=uid, actor=person(request))
    messages.success(request, _("Pegawai aktif kembali. Tambahkan penempatannya."))
    return htmx.go(request, reverse("employees-employee", args=[uid]))


def _closed_words(
    error: MonthClosed, employee: Employee, position: Position | None = None, *, is_last: bool = False
) -> str:
    """What is closed, and the first day that can be given; `is_last`: the last day on which something still holds."""
    opds = [] if position is None else [position.unit.opd_id or position.unit_id]
    first = open_from(employees=[employee.pk], opds=opds)
    if first is None:
        return error.message()
    day = first - timedelta(days=1) if is_last else first
    return f"{error.message()} {_('Isi tanggal paling awal %(day)s.') % {'day': day_words(day)}}"
