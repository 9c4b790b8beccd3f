"""The catalogue: as it is in force, one kind with its versions, changed by hand or by a sheet."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from uuid import UUID

import xlsxwriter
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kernel.accounts.access import person
from kernel.files.errors import FileRefused
from kernel.periods import parse_day
from kernel.permissions import page
from kernel.sheets.jobs import checked_job
from kernel.tenancy import here
from kernel.tenancy.context import current_region
from kernel.web import paging
from kernel.web.downloads import as_download
from tenants.activities.catalogue import HEADINGS, cells_of, position_names
from tenants.activities.catalogue_actions import end_kind, set_kind
from tenants.activities.catalogue_import import KIND, apply_catalogue, check_catalogue
from tenants.activities.errors import EntryRefused
from tenants.activities.forms import EndForm, KindForm, SheetForm
from tenants.activities.models import CatalogueVersion, EvidenceKind, JobKind
from tenants.activities.permissions import MANAGE_CATALOGUE, READ_CATALOGUE
from tenants.organisation.models import Position


@require_safe
@page(READ_CATALOGUE)
def catalogue(request: HttpRequest) -> HttpResponse:
    """The catalogue as it is in force on a day."""
    searched = request.GET.get("cari", "").strip()
    day = _date(request.GET.get("tanggal", "")) or here.today()
    rows = paging.page_of(
        JobKind.objects.in_force(day).searched(searched),
        order=("code", "id"),
        cursor=request.GET.get(paging.PARAMETER, ""),
    )
    context = {
        "page": rows,
        "searched": searched,
        "day": day,
        "labels": dict(Position.Kind.choices),
        "evidence": dict(EvidenceKind.choices),
        "version": CatalogueVersion.objects.order_by("-number").first(),
    }
    return render(request, "tenants/activities/catalogue.html", context)


@require_safe
@page(READ_CATALOGUE)
def kind(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One kind of work with all its versions, the newest first."""
    chosen = get_object_or_404(JobKind, uid=uid)
    versions = list(JobKind.objects.filter(code=chosen.code).order_by("-valid_from"))
    today = here.today()
    context = {
        "kind": versions[0],
        "versions": versions,
        "today": today,
        "can_end": versions[0].valid_to is None or versions[0].valid_to > today,
        "labels": dict(Position.Kind.choices),
        "evidence": dict(EvidenceKind.choices),
    }
    return render(request, "tenants/activities/kind.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@page(MANAGE_CATALOGUE)
def new_kind(request: HttpRequest) -> HttpResponse:
    """Add a kind of work by hand."""
    form = KindForm(request.POST or None, names=position_names(), initial={"valid_from": here.today(), "weight": 1})
    return _edited(request, form, None)


@require_http_methods(["GET", "HEAD", "POST"])
@page(MANAGE_CATALOGUE)
def change_kind(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Lay down the next version of a kind."""
    chosen = get_object_or_404(JobKind, uid=uid)
    latest = JobKind.objects.filter(code=chosen.code).latest("valid_from")
    initial = {**KindForm.initial_of(latest), "valid_from": max(here.today(), latest.valid_from)}
    form = KindForm(request.POST or None, names=position_names(), initial=initial, code=latest.code)
    return _edited(request, form, latest)


@require_http_methods(["GET", "HEAD", "POST"])
@page(MANAGE_CATALOGUE)
def stop_kind(request: HttpRequest, uid: UUID) -> HttpResponse:
    """End the newest version: from a day on nobody enters it any more."""
    chosen = get_object_or_404(JobKind, uid=uid)
    form = EndForm(request.POST or None, initial={"ends_on": here.today()})
    if request.method == "POST" and form.is_valid():
        try:
            ended = end_kind(code=chosen.code, ends_on=form.cleaned_data["ends_on"], actor=person(request))
        except EntryRefused as error:
            form.show(error)
        else:
            messages.success(request, _("Jenis pekerjaan ini berakhir."))
            return redirect("catalogue-kind", uid=ended.uid)
    status = 422 if form.is_bound else 200
    return render(request, "tenants/activities/kind_end.html", {"form": form, "kind": chosen}, status=status)


def _edited(request: HttpRequest, form: KindForm, latest: JobKind | None) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            written = set_kind(entry=form.entry(), is_new=latest is None, actor=person(request))
        except EntryRefused as error:
            form.show(error)
        else:
            messages.success(request, _("Katalog tersimpan."))
            return redirect("catalogue-kind", uid=written.uid)
    status = 422 if form.is_bound else 200
    return render(request, "tenants/activities/kind_form.html", {"form": form, "kind": latest}, status=status)


@require_safe
@page(READ_CATALOGUE)
def catalogue_sheet(request: HttpRequest) -> HttpResponse:
    """The catalogue in force today as XLSX, in the form that the import reads."""
    rows = JobKind.objects.in_force(here.today()).order_by("code")
    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "constant_memory": False})
    sheet = book.add_worksheet("Katalog")
    bold = book.add_format({"bold": True})
    sheet.write_row(0, 0, [words[0] for words in HEADINGS.values()], bold)
    for number, kind in enumerate(rows, 1):
        sheet.write_string(number, 0, kind.code)
        sheet.write_string(number, 1, kind.name)
        sheet.write_string(number, 2, kind.output_unit)
        sheet.write_number(number, 3, kind.norm_minutes)
        for column, text in enumerate(cells_of(kind)[4:], 4):
            sheet.write_string(number, column, text)
    sheet.autofit()
    book.close()
    return as_download(buffer.getvalue(), f"katalog-{current_region().code}.xlsx")


@require_http_methods(["GET", "HEAD", "POST"])
@page(MANAGE_CATALOGUE)
def catalogue_import(request: HttpRequest) -> HttpResponse:
    """Upload a catalogue; a job shows what would happen."""
    form = SheetForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            job = check_catalogue(upload=form.cleaned_data["file"], actor=person(request))
        except FileRefused as error:
            form.add_error("file", error.message())
        else:
            return redirect("jobs-job", uid=job.uid)
    status = 422 if form.is_bound else 200
    return render(request, "tenants/activities/catalogue_import.html", {"form": form}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@page(MANAGE_CATALOGUE)
def catalogue_apply(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Show once more what the check found, and write it on request."""
    checked = checked_job(KIND, uid)
    if request.method == "POST":
        return redirect("jobs-job", uid=apply_catalogue(checked=uid, actor=person(request)).uid)
    return render(request, "tenants/activities/catalogue_apply.html", {"job": checked})


def _date(text: str) -> date | None:
    try:
        return parse_day(text)
    except ValueError:
        return None
