"""Officials' pages of the listed sums: the list, one sum, recording, ending, cancelling, and bringing a sheet in."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kernel.accounts.access import person
from kernel.errors import DomainError, NotFound
from kernel.periods import Month
from kernel.permissions import page, require
from kernel.tenancy import here
from kernel.web import htmx, paging
from kernel.web.downloads import as_download
from tenants.calendars import closing
from tenants.deductions.codes import codes_in
from tenants.deductions.forms import CancelForm, DeductionForm, EndForm, SheetForm
from tenants.deductions.models import ListedDeduction
from tenants.deductions.permissions import READ, RECORD
from tenants.deductions.recording import Entry, cancel_deduction, end_deduction, record_deductions
from tenants.deductions.sheet import empty_sheet
from tenants.deductions.sheet_import import start_sheet_import
from tenants.employees.models import Employee


@require_http_methods(["GET", "HEAD", "POST"])
@page(READ)
def index(request: HttpRequest) -> HttpResponse:
    """The sums that stand, searched by person; POST records one."""
    month = here.this_month()
    codes = codes_in(month)
    form = DeductionForm(codes, request.POST or None, initial={"mulai": month.first_day})
    if request.method == "POST":
        require(person(request), RECORD)
        if form.is_valid() and _record(request, form):
            return htmx.go(request, reverse("deductions-list"))
    rows = ListedDeduction.objects.standing().select_related("employee")
    search = request.GET.get("cari", "").strip()
    if search:
        rows = rows.filter(employee__in=Employee.objects.searched(search).values("pk"))
    code = request.GET.get("kode", "")
    if code:
        rows = rows.filter(code=code)
    context = {
        "form": form,
        "codes": codes,
        "code": code,
        "search": search,
        "month": month,
        "page": paging.page_of(rows, order=("-from_month", "-id"), cursor=request.GET.get(paging.PARAMETER, "")),
    }
    return render(request, "tenants/deductions/list.html", context, status=422 if request.method == "POST" else 200)


def _record(request: HttpRequest, form: DeductionForm) -> bool:
    values = form.cleaned_data
    entry = Entry(
        employee_id=values["nip"].pk,
        code=values["kode"],
        from_month=Month.of(values["mulai"]),
        until_month=Month.of(values["akhir"]).next if values["akhir"] else None,
        letter_number=values["surat"],
        amount=values["jumlah"],
        percent=values["persen"],
        base=values["dasar"],
        label=values["keterangan"],
    )
    try:
        record_deductions(entries=[entry], source=_("halaman"), actor=person(request))
    except closing.MonthClosed as error:
        form.add_error("mulai", error.message())
    except DomainError as error:
        form.add_error("surat", error.message())
    else:
        messages.success(request, _("Potongan tercatat."))
        return True
    return False


@require_http_methods(["GET", "HEAD", "POST"])
@page(RECORD)
def bring_in(request: HttpRequest) -> HttpResponse:
    """A list as a sheet; on trial it is only checked."""
    form = SheetForm(
        request.POST or None, request.FILES or None, initial={"bulan": here.this_month().first_day, "uji": True}
    )
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            job = start_sheet_import(
                from_month=Month.of(values["bulan"]),
                is_trial=values["uji"],
                upload=values["berkas"],
                actor=person(request),
            )
        except DomainError as error:
            form.add_error("berkas", error.message())
        else:
            return htmx.go(request, reverse("jobs-job", args=[job.uid]))
    context = {"form": form, "codes": codes_in(here.this_month())}
    return render(request, "tenants/deductions/import.html", context, status=422 if request.method == "POST" else 200)


@require_safe
@page(RECORD)
def template(request: HttpRequest) -> HttpResponse:
    """An empty sheet with the right headings."""
    return as_download(empty_sheet(), "potongan.xlsx")


@require_http_methods(["GET", "HEAD", "POST"])
@page(READ)
def deduction(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One sum with its months; POST ends it."""
    row = _found(uid)
    form = EndForm(request.POST or None)
    if request.method == "POST":
        require(person(request), RECORD)
        if form.is_valid():
            try:
                end_deduction(uid=uid, until_month=Month.of(form.cleaned_data["mulai"]), actor=person(request))
            except DomainError as error:
                form.add_error("mulai", error.message())
            else:
                messages.success(request, _("Potongan diakhiri."))
                return htmx.go(request, reverse("deductions-deduction", args=[uid]))
    return _one(request, row, form, CancelForm(), status=422 if request.method == "POST" else 200)


@require_POST
@page(RECORD)
def cancel(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The sum was recorded wrongly."""
    row = _found(uid)
    form = CancelForm(request.POST)
    if form.is_valid():
        try:
            cancel_deduction(uid=uid, why=form.cleaned_data["alasan"], actor=person(request))
        except DomainError as error:
            form.add_error("alasan", error.message())
        else:
            messages.success(request, _("Potongan dibatalkan."))
            return htmx.go(request, reverse("deductions-list"))
    return _one(request, row, EndForm(), form, status=422)


def _one(
    request: HttpRequest, row: ListedDeduction, end: EndForm, cancelling: CancelForm, *, status: int
) -> HttpResponse:
    context: dict[str, Any] = {"row": row, "form": end, "cancel_form": cancelling}
    return render(request, "tenants/deductions/deduction.html", context, status=status)


def _found(uid: UUID) -> ListedDeduction:
    people = ListedDeduction.objects.select_related("employee", "recorded_by", "cancelled_by")
    row = people.filter(uid=uid).first()
    if row is None:
        raise NotFound("deduction")
    return row
