"""Pages of stops of service: the region's list, a person's record, a sheet of many."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kernel.accounts.access import person
from kernel.errors import NotFound
from kernel.files.errors import FileRefused
from kernel.permissions import page
from kernel.sheets.jobs import checked_job
from kernel.tenancy import here
from kernel.web import htmx, paging
from kernel.web.downloads import as_download
from tenants.employees import access, stops
from tenants.employees.errors import StopRefused
from tenants.employees.form_page import form_page
from tenants.employees.forms import (
    RosterForm,
    StopCorrectionForm,
    StopFilterForm,
    StopForm,
    WithdrawStopForm,
)
from tenants.employees.models import Employee, ServiceStop
from tenants.employees.permissions import IMPORT_EMPLOYEES, RECORD_STOPS
from tenants.employees.stop_import import KIND, apply_stops, check_stops
from tenants.employees.stop_import import template as empty_sheet


@require_safe
@page(RECORD_STOPS)
def list_stops(request: HttpRequest) -> HttpResponse:
    """Everybody's stops, the latest beginning first."""
    today = here.today()
    form = StopFilterForm(request.GET)
    chosen = form.cleaned_data if form.is_valid() else {}
    people = access.employees_for(person(request), RECORD_STOPS).searched(chosen.get("cari", ""))
    found = ServiceStop.objects.filter(employee__in=people.values("pk")).select_related("employee")
    if chosen.get("jenis"):
        found = found.filter(kind=chosen["jenis"])
    if chosen.get("keadaan") == "berjalan":
        found = found.filter(period__contains=today)
    elif chosen.get("keadaan") == "nanti":
        found = found.filter(Q(period__startswith__gt=today))
    rows = paging.page_of(found, order=("-id",), cursor=request.GET.get(paging.PARAMETER, ""))
    context = {"page": rows, "rows": stops.shown_stops(list(rows), today), "form": form}
    return htmx.answer(request, "tenants/employees/stops.html", context, part="tenants/employees/_stops.html")


@require_http_methods(["GET", "HEAD", "POST"])
@page(RECORD_STOPS)
def add(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Record a stop by its letter."""
    user = person(request)
    found = access.employee_to_manage(user, uid, RECORD_STOPS)
    form = StopForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            row = stops.record_stop(uid=uid, stop=form.stop(), actor=user)
        except StopRefused as error:
            form.add_error("first", error.message())
        else:
            return _saved(request, row)
    return form_page(
        request,
        found,
        form,
        heading=_("Catat penghentian tugas"),
        button=_("Simpan"),
        lead=_("TPP berhenti sejak hari itu menurut aturan daerah. Jabatan dan akunnya diakhiri tersendiri."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@page(RECORD_STOPS)
def correct(request: HttpRequest, uid: UUID, stop_uid: UUID) -> HttpResponse:
    """Put a wrong record right, or give it its last day."""
    user = person(request)
    found, row = _reached(request, uid, stop_uid)
    said = stops.says(row)
    initial = {name: getattr(said, name) for name in ("kind", "first", "last", "letter_number", "letter_date", "note")}
    form = StopCorrectionForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            row = stops.correct_stop(
                uid=uid, stop_uid=stop_uid, stop=form.stop(), reason=form.cleaned_data["reason"], actor=user
            )
        except StopRefused as error:
            form.add_error("first", error.message())
        else:
            return _saved(request, row)
    return form_page(request, found, form, heading=_("Betulkan penghentian tugas"), button=_("Betulkan"))


@require_http_methods(["GET", "HEAD", "POST"])
@page(RECORD_STOPS)
def withdraw(request: HttpRequest, uid: UUID, stop_uid: UUID) -> HttpResponse:
    """Take a record back that should not be there."""
    user = person(request)
    found, row = _reached(request, uid, stop_uid)
    form = WithdrawStopForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        stops.withdraw_stop(uid=uid, stop_uid=stop_uid, reason=form.cleaned_data["reason"], actor=user)
        messages.success(request, _("Catatan penghentian dibatalkan."))
        return htmx.go(request, reverse("employees-employee", args=[uid]))
    return form_page(
        request,
        found,
        form,
        heading=_("Batalkan catatan penghentian"),
        button=_("Batalkan catatan"),
        lead=stops.period_of(row).words,
        is_dangerous=True,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@page(IMPORT_EMPLOYEES)
def upload(request: HttpRequest) -> HttpResponse:
    """Hand a sheet in; the job's page then shows what it would do."""
    form = RosterForm(request.POST, request.FILES) if request.method == "POST" else RosterForm()
    if request.method == "POST" and form.is_valid():
        try:
            job = check_stops(upload=form.cleaned_data["file"], actor=person(request))
        except FileRefused as error:
            form.add_error("file", error.message())
        else:
            return redirect("jobs-job", uid=job.uid)
    return render(request, "tenants/employees/stops_upload.html", {"form": form}, status=422 if form.is_bound else 200)


@require_safe
@page(IMPORT_EMPLOYEES)
def template(request: HttpRequest) -> HttpResponse:
    """An empty sheet with the right headings."""
    return as_download(empty_sheet(), "penghentian-tugas.xlsx")


@require_http_methods(["GET", "HEAD", "POST"])
@page(IMPORT_EMPLOYEES)
def apply(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Ask once more, then record what the check has shown."""
    job = checked_job(KIND, uid)
    if request.method == "POST":
        writing = apply_stops(checked=job.uid, actor=person(request))
        messages.success(request, _("Penghentian tugas sedang disimpan."))
        return redirect("jobs-job", uid=writing.uid)
    return render(request, "tenants/employees/stops_apply.html", {"job": job})


def _reached(request: HttpRequest, uid: UUID, stop_uid: UUID) -> tuple[Employee, ServiceStop]:
    found = access.employee_to_manage(person(request), uid, RECORD_STOPS)
    row = found.service_stops.filter(uid=stop_uid).first()
    if row is None:
        raise NotFound("service_stop")
    return found, row


def _saved(request: HttpRequest, row: ServiceStop) -> HttpResponse:
    messages.success(request, _("Penghentian tugas tersimpan."))
    if row.is_late:
        messages.warning(
            request,
            _("Bulan ini sudah dikunci: hasilnya menjadi tambahan atau pengurangan pada perhitungan selisih."),
        )
    return htmx.go(request, reverse("employees-employee", args=[row.employee.uid]))
