"""The year's ceilings: all OPDs, one OPD, bringing a sheet in, and which code pays what."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kernel import clock
from kernel.accounts.access import person
from kernel.errors import DomainError, NotFound
from kernel.permissions import page, require
from kernel.sheets.writing import Column, Sheet, workbook
from kernel.tenancy.context import current_region
from kernel.web import htmx, paging
from kernel.web.downloads import as_download
from tenants.budget.accounts import PART_TITLES, UNSURE, Accounts
from tenants.budget.checking import label_of
from tenants.budget.forms import AccountForm, CeilingForm, SheetForm, WithdrawForm
from tenants.budget.models import BudgetAccount, BudgetCeiling
from tenants.budget.overview import total, without_months, years_of
from tenants.budget.permissions import READ, RECORD
from tenants.budget.recording import Ceiling, map_account, record_ceilings, withdraw_ceiling
from tenants.budget.sheet_import import HEADINGS, start_sheet_import
from tenants.organisation.models import Unit
from tenants.payout.payments.account_codes import TAX
from tenants.rules.loading import rules_on

# Years of a budget that a page is asked for; others are typing mistakes.
_FIRST, _LAST = 2000, 2100


def _asked_year(request: HttpRequest) -> int:
    text = request.GET.get("tahun", "")
    if text.isascii() and text.isdigit() and _FIRST <= int(text) <= _LAST:
        return int(text)
    return clock.today(current_region().time_zone).year


@require_safe
@page(READ)
def year(request: HttpRequest) -> HttpResponse:
    """Every OPD's year, 25 to a page, with the early warning."""
    chosen = _asked_year(request)
    opds = Unit.objects.active().opds()
    search = request.GET.get("cari", "").strip()
    if search:
        opds = opds.filter(name__icontains=search[:100])
    listed = paging.page_of(opds, order=("code", "id"), cursor=request.GET.get(paging.PARAMETER, ""))
    context = {
        "year": chosen,
        "search": search,
        "page": listed,
        "rows": years_of(listed.rows, chosen),
        "has_ceilings": BudgetCeiling.objects.standing().filter(year=chosen).exists(),
    }
    return render(request, "tenants/budget/year.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@page(READ)
def opd_year(request: HttpRequest, year: int, uid: UUID) -> HttpResponse:
    """One OPD's year by code and by month; POST records a ceiling."""
    opd = Unit.objects.opds().filter(uid=uid).first()
    if opd is None or not _FIRST <= year <= _LAST:
        raise NotFound("opd")
    form = CeilingForm(request.POST or None)
    if request.method == "POST":
        require(person(request), RECORD)
        if form.is_valid() and _record(request, form, opd):
            return htmx.go(request, reverse("budget-opd", args=[form.cleaned_data["mulai"].year, uid]))
    row = years_of([opd], year)[0]
    history = BudgetCeiling.objects.filter(opd=opd, year=year).select_related("recorded_by", "withdrawn_by")
    context = {
        "opd": opd,
        "year": year,
        "row": row,
        "year_text": str(year),
        "codes": [{"row": code, "label": label_of(code.code)} for code in row.codes or without_months(row.ceilings)],
        "months": [{"run": month.run, "total": total([month]), "is_locked": month.is_locked} for month in row.months],
        "history": history.order_by("account_code", "-valid_from", "-pk")[:200],
        "form": form,
    }
    return render(request, "tenants/budget/opd.html", context, status=422 if request.method == "POST" else 200)


def _record(request: HttpRequest, form: CeilingForm, opd: Unit) -> bool:
    values = form.cleaned_data
    ceiling = Ceiling(opd.pk, values["kode"], values["jumlah"])
    try:
        record_ceilings(ceilings=[ceiling], paper=form.paper(), source=_("halaman"), actor=person(request))
    except DomainError as error:
        form.add_error("kode", error.message())
        return False
    messages.success(request, _("Pagu tercatat."))
    return True


@require_POST
@page(RECORD)
def withdraw(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The ceiling was recorded wrongly."""
    row = BudgetCeiling.objects.select_related("opd").filter(uid=uid).first()
    if row is None:
        raise NotFound("ceiling")
    form = WithdrawForm(request.POST)
    if form.is_valid():
        withdraw_ceiling(uid=uid, why=form.cleaned_data["alasan"], actor=person(request))
        messages.success(request, _("Pagu ditarik; yang sebelumnya berlaku lagi."))
    else:
        messages.error(request, _("Pagu belum ditarik: tulis alasannya."))
    return htmx.go(request, reverse("budget-opd", args=[row.year, row.opd.uid]))


@require_http_methods(["GET", "HEAD", "POST"])
@page(RECORD)
def bring_in(request: HttpRequest) -> HttpResponse:
    """The ceilings of a DPA or DPPA as a sheet; on trial it is only checked."""
    form = SheetForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            job = start_sheet_import(
                paper=form.paper(), is_trial=values["uji"], upload=values["berkas"], actor=person(request)
            )
        except DomainError as error:
            form.add_error("berkas", error.message())
        else:
            return htmx.go(request, reverse("jobs-job", args=[job.uid]))
    return render(
        request, "tenants/budget/import.html", {"form": form}, status=422 if request.method == "POST" else 200
    )


@require_safe
@page(RECORD)
def template(request: HttpRequest) -> HttpResponse:
    """An empty sheet with the right headings."""
    columns = [Column(words[0], kind="number" if name == "amount" else "text") for name, words in HEADINGS.items()]
    return as_download(workbook([Sheet(_("Pagu"), columns)]), "pagu.xlsx")


@require_http_methods(["GET", "HEAD", "POST"])
@page(READ)
def accounts(request: HttpRequest) -> HttpResponse:
    """Which code pays which part of a slip; POST maps one."""
    form = AccountForm(request.POST or None)
    if request.method == "POST":
        require(person(request), RECORD)
        if form.is_valid():
            values = form.cleaned_data
            map_account(
                part=values["bagian"], group=values["kelompok"], account_code=values["kode"], actor=person(request)
            )
            messages.success(request, _("Kode rekening tersimpan."))
            return htmx.go(request, reverse("budget-accounts"))
    context: dict[str, Any] = {"form": form, "rows": _mapped()}
    return render(request, "tenants/budget/accounts.html", context, status=422 if request.method == "POST" else 200)


def _mapped() -> list[dict[str, object]]:
    """Every part with its code for each group, and where the code comes from."""
    known = Accounts()
    rules = rules_on(clock.today(current_region().time_zone))
    parts = [part for part in PART_TITLES if rules is None or len(part) > 2 or part in rules.criteria or part == TAX]
    extra = [] if rules is None else [part for part in rules.criteria if part not in PART_TITLES]
    return [
        {
            "title": PART_TITLES.get(part, part),
            "group": group.label,
            "code": known.code(part, group.value, rules),
            "is_own": known.is_own(part, group.value),
            "is_unsure": (part, group.value) in UNSURE and not known.is_own(part, group.value),
        }
        for part in (*parts, *extra)
        for group in BudgetAccount.Group
    ]
