"""Zakat by consent: the person's own page, and what officials read."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kernel.accounts.access import person
from kernel.errors import DomainError
from kernel.periods import Month
from kernel.permissions import page
from kernel.tenancy import here
from kernel.web import htmx, paging
from kernel.web.asked import month_asked
from tenants.deductions.forms import ZakatEndForm, ZakatForm
from tenants.deductions.models import ZakatConsent
from tenants.deductions.permissions import CONSENT, READ
from tenants.deductions.zakat import give_consent, withdraw_consent
from tenants.employees.access import own_employee
from tenants.employees.models import Employee


@require_http_methods(["GET", "HEAD", "POST"])
@page(CONSENT)
def own(request: HttpRequest) -> HttpResponse:
    """What the person gives now and gave before; POST gives a new consent."""
    form = ZakatForm(request.POST or None, initial={"mulai": here.this_month().first_day})
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            give_consent(
                from_month=Month.of(values["mulai"]),
                percent=values["persen"],
                amount=values["jumlah"],
                actor=person(request),
            )
        except DomainError as error:
            form.add_error("mulai", error.message())
        else:
            messages.success(request, _("Persetujuan zakat tercatat."))
            return htmx.go(request, reverse("deductions-zakat"))
    ending = ZakatEndForm(initial={"berhenti": here.this_month().first_day})
    return _own_page(request, form, ending, status=422 if request.method == "POST" else 200)


@require_POST
@page(CONSENT)
def withdraw(request: HttpRequest) -> HttpResponse:
    """Nothing is taken from the month on."""
    ending = ZakatEndForm(request.POST)
    if ending.is_valid():
        try:
            withdraw_consent(from_month=Month.of(ending.cleaned_data["berhenti"]), actor=person(request))
        except DomainError as error:
            ending.add_error("berhenti", error.message())
        else:
            messages.success(request, _("Persetujuan zakat ditarik."))
            return htmx.go(request, reverse("deductions-zakat"))
    form = ZakatForm(initial={"mulai": here.this_month().first_day})
    return _own_page(request, form, ending, status=422)


def _own_page(request: HttpRequest, form: ZakatForm, ending: ZakatEndForm, *, status: int) -> HttpResponse:
    consents = list(
        ZakatConsent.objects.filter(employee=own_employee(person(request))).order_by("-from_month", "-pk")[:36]
    )
    standing = [row for row in consents if row.until_month is None or row.until_month > here.this_month().first_day]
    counted = [row for row in standing if row.until_month is None or row.until_month > row.from_month]
    context = {
        "form": form,
        "ending": ending,
        "standing": counted,
        "earlier": [row for row in consents if row not in counted and row.until_month != row.from_month],
    }
    return render(request, "tenants/deductions/zakat.html", context, status=status)


@require_safe
@page(READ)
def consents(request: HttpRequest) -> HttpResponse:
    """Who agreed to zakat in a month. Reading only: nobody gives or takes it back for another."""
    month = month_asked(request, here.this_month())
    rows = ZakatConsent.objects.of(month).select_related("employee")
    search = request.GET.get("cari", "").strip()
    if search:
        rows = rows.filter(employee__in=Employee.objects.searched(search).values("pk"))
    context = {
        "month": month,
        "search": search,
        "previous": f"{reverse('deductions-consents')}?bulan={month.previous}",
        "next": f"{reverse('deductions-consents')}?bulan={month.next}",
        "page": paging.page_of(rows, order=("id",), cursor=request.GET.get(paging.PARAMETER, "")),
    }
    return render(request, "tenants/deductions/consents.html", context)
