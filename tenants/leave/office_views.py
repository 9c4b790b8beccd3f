"""The officials' pages of leave: balances, one person's ledger, opening balances, leave on paper, kinds of leave."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kernel.accounts.access import person
from kernel.errors import DomainError, NotFound
from kernel.permissions import page, require
from kernel.sheets.writing import Column, Sheet, workbook
from kernel.tenancy import here
from kernel.web import htmx, paging
from kernel.web.downloads import as_download
from tenants.attendance.document_kinds import document_kinds
from tenants.attendance.document_views import STATE_CHIPS
from tenants.employees.access import people_in_scope
from tenants.employees.models import Employee
from tenants.leave import reading
from tenants.leave.actions import change_kind, correct_balance, record_leave, start_ledger
from tenants.leave.checking import ledger_start
from tenants.leave.errors import Overdrawn
from tenants.leave.forms import CorrectionForm, KindForm, OpeningForm, RecordLeaveForm, StartForm
from tenants.leave.granting import start_granting
from tenants.leave.models import LeaveKind
from tenants.leave.permissions import MANAGE, READ, RECORD
from tenants.leave.sheet_import import HEADINGS, start_opening_import
from tenants.leave.views import put_beside

_STATUSES: Final = Employee.Status.values


@require_safe
@page(READ)
def balance_list(request: HttpRequest) -> HttpResponse:
    """What is left to each person this year."""
    search = request.GET.get("cari", "")[:60]
    year = here.today().year
    people = people_in_scope(person(request), READ, here.today()).searched(search)
    found = paging.page_of(people, order=("name", "id"), cursor=request.GET.get(paging.PARAMETER, ""))
    accounts = reading.balances([employee.pk for employee in found.rows], year)
    context = {
        "page": found,
        "rows": [(employee, accounts.get(employee.pk)) for employee in found.rows],
        "search": search,
        "year": year,
        "start": ledger_start(),
    }
    return htmx.answer(request, "tenants/leave/balances.html", context, part="tenants/leave/_balances.html")


@require_http_methods(["GET", "HEAD", "POST"])
@page(READ)
def one_person(request: HttpRequest, uid: UUID) -> HttpResponse:
    """A person's accounts and each line of the ledger; POST corrects a year."""
    user = person(request)
    employee = _reached(request, uid)
    form = CorrectionForm(request.POST or None, initial={"year": here.today().year})
    if request.method == "POST":
        require(user, MANAGE)
        if form.is_valid():
            try:
                correct_balance(employee=employee, actor=user, **form.cleaned_data)
            except Overdrawn as error:
                form.add_error("days", error.message())
            else:
                messages.success(request, _("Saldo cuti dikoreksi."))
                return htmx.go(request, reverse("leave-person", args=[uid]))
    context = {
        "employee": employee,
        "years": reading.years_of(employee.pk),
        "leaves": reading.leaves_of(employee.pk),
        "entries": reading.entries_of(employee.pk),
        "form": form,
        "chips": STATE_CHIPS,
    }
    return render(request, "tenants/leave/person.html", context, status=422 if form.is_bound else 200)


def _reached(request: HttpRequest, uid: UUID) -> Employee:
    found = people_in_scope(person(request), READ, here.today()).filter(uid=uid).first()
    if found is None:
        raise NotFound("employee")
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@page(RECORD)
def opening(request: HttpRequest) -> HttpResponse:
    """Bring opening balances in as a sheet."""
    form = OpeningForm(request.POST or None, request.FILES or None, initial={"year": here.today().year})
    if request.method == "POST" and form.is_valid():
        try:
            job = start_opening_import(
                year=form.cleaned_data["year"], upload=form.cleaned_data["file"], actor=person(request)
            )
        except DomainError as error:
            form.add_error("file", error.message())
        else:
            return redirect("jobs-job", uid=job.uid)
    return render(request, "tenants/leave/opening.html", {"form": form}, status=422 if form.errors else 200)


@require_safe
@page(RECORD)
def template(request: HttpRequest) -> HttpResponse:
    """The sheet for opening balances with the NIP and name of everybody in reach."""
    people = people_in_scope(person(request), RECORD, here.today()).order_by("name", "pk")
    columns = [
        Column(HEADINGS["nip"][0], width=24),
        Column(_("Nama"), width=32),
        *(Column(HEADINGS[name][0], kind="number", width=12) for name in ("two_before", "before", "own")),
    ]
    rows = [[nip, name, "", "", ""] for nip, name in people.values_list("nip", "name")]
    return as_download(workbook([Sheet(_("Saldo cuti"), columns, rows)]), "saldo-cuti.xlsx")


@require_POST
@page(MANAGE)
def grant(request: HttpRequest) -> HttpResponse:
    """Write everybody's right of the year, in the background."""
    job = start_granting(actor=person(request))
    return redirect("jobs-job", uid=job.uid)


@require_http_methods(["GET", "HEAD", "POST"])
@page(RECORD)
def record(request: HttpRequest) -> HttpResponse:
    """Enter a leave that was decided on paper, for one or many people."""
    user = person(request)
    today = here.today()
    known = sorted(LeaveKind.objects.in_force(today), key=lambda kind: (kind.yearly_days is None, kind.name))
    offered = {kind.code: kind.name for kind in known if kind.is_offered}
    form = RecordLeaveForm(request.POST or None, request.FILES or None, kinds=list(offered.items()))
    if request.method == "POST" and form.is_valid():
        nips = form.cleaned_data["nips"]
        people = list(people_in_scope(user, RECORD, form.cleaned_data["first"]).filter(nip__in=nips))
        strangers = sorted(set(nips) - {employee.nip for employee in people})
        if strangers:
            form.add_error(
                "nips",
                _("Tidak ditemukan di OPD Anda pada tanggal itu: %(nips)s.") % {"nips": ", ".join(strangers[:10])},
            )
        else:
            try:
                made = record_leave(employees=people, ask=form.ask(), actor=user, upload=form.cleaned_data["file"])
            except DomainError as error:
                put_beside(form, error)
            else:
                messages.success(
                    request,
                    ngettext(
                        "Cuti tercatat untuk %(count)s pegawai.", "Cuti tercatat untuk %(count)s pegawai.", len(made)
                    )
                    % {"count": len(made)},
                )
                return htmx.go(request, reverse("leave-balances"))
    return render(request, "tenants/leave/record.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@page(MANAGE)
def kinds(request: HttpRequest) -> HttpResponse:
    """All kinds of leave with their limits; POST says from which year on the ledger is kept."""
    form = StartForm(request.POST or None, initial={"year": ledger_start() or here.today().year})
    if request.method == "POST" and form.is_valid():
        start_ledger(year=form.cleaned_data["year"], actor=person(request))
        messages.success(request, _("Saldo cuti dijalankan mulai tahun itu."))
        return htmx.go(request, reverse("leave-kinds"))
    rows = list(LeaveKind.objects.in_force(here.today()))
    codes = document_kinds(here.today())
    context = {
        "form": form,
        "start": ledger_start(),
        "rows": sorted(rows, key=lambda row: (_STATUSES.index(row.status), row.yearly_days is None, row.name)),
        "unknown": sorted({row.document_kind for row in rows if row.is_offered} - set(codes)),
    }
    return render(request, "tenants/leave/kinds.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@page(MANAGE)
def kind(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Change what a kind of leave gives, from a day on."""
    row = get_object_or_404(LeaveKind, uid=uid)
    form = KindForm(request.POST or None, kind=row, codes=document_kinds(here.today()))
    if request.method == "POST" and form.is_valid():
        change_kind(uid=uid, valid_from=form.cleaned_data["valid_from"], values=form.values(), actor=person(request))
        messages.success(request, _("Jenis cuti disimpan."))
        return htmx.go(request, reverse("leave-kinds"))
    return render(request, "tenants/leave/kind.html", {"form": form, "kind": row}, status=422 if form.errors else 200)
