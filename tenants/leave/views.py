"""The employee's pages of leave: the own balance with its calendar, and asking for leave."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from kernel.accounts.access import person
from kernel.errors import DomainError
from kernel.files.errors import FileRefused
from kernel.permissions import page
from kernel.tenancy import here
from kernel.web import htmx
from kernel.web.asked import month_asked
from tenants.attendance import access
from tenants.attendance.document_views import STATE_CHIPS
from tenants.attendance.errors import DaysTaken
from tenants.leave import reading
from tenants.leave.actions import request_leave
from tenants.leave.checking import ledger_start
from tenants.leave.errors import LeaveRefused
from tenants.leave.forms import LeaveForm
from tenants.leave.models import LeaveBooking
from tenants.leave.permissions import OWN


@require_safe
@page(OWN)
def own(request: HttpRequest) -> HttpResponse:
    """What is left, the own leave in the calendar and as a list, and each line of the ledger."""
    employee = access.employee_id_of(person(request))
    month = month_asked(request, here.this_month())
    years = reading.years_of(employee)
    this_year = here.today().year
    context = {
        "start": ledger_start(),
        "account": next((account for account in years if account.year == this_year), None),
        "years": years,
        "this_year": this_year,
        "leaves": reading.leaves_of(employee),
        "entries": reading.entries_of(employee),
        "cells": reading.month_of_leave(employee, month),
        "column": month.first_day.isoweekday(),
        "month": month,
        "previous": f"{reverse('leave-own')}?bulan={month.previous}#kalender",
        "next": f"{reverse('leave-own')}?bulan={month.next}#kalender",
        "chips": STATE_CHIPS,
    }
    return render(request, "tenants/leave/own.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@page(OWN)
def new(request: HttpRequest) -> HttpResponse:
    """Ask for leave."""
    user = person(request)
    employee = access.employee_of(user)
    today = here.today()
    kinds = reading.own_kinds(employee.pk, today)
    account = reading.account_of(employee.pk, today.year)
    form = LeaveForm(
        request.POST or None,
        request.FILES or None,
        kinds=reading.choices_of(kinds, account),
        colleagues=reading.colleagues_of(employee.pk, today),
        takes_way=any(kind.travel_most for kind in kinds),
        initial={"kind": kinds[0].code if kinds else None},
    )
    if request.method == "POST" and form.is_valid():
        try:
            document = request_leave(employee=employee, ask=form.ask(), actor=user, upload=form.cleaned_data["file"])
        except DomainError as error:
            put_beside(form, error)
        else:
            total = LeaveBooking.objects.get(document=document).total
            messages.success(
                request,
                ngettext(
                    "Permohonan cuti %(count)s hari terkirim kepada atasan.",
                    "Permohonan cuti %(count)s hari terkirim kepada atasan.",
                    total,
                )
                % {"count": total},
            )
            return htmx.go(request, reverse("leave-own"))
    context = {"form": form, "kinds": kinds, "account": account, "start": ledger_start()}
    return render(request, "tenants/leave/new.html", context, status=422 if form.errors else 200)


def put_beside(form: LeaveForm, error: DomainError) -> None:
    """Put a refusal beside the field that it is about."""
    field: str | None = None
    if isinstance(error, FileRefused):
        field = "file"
    elif isinstance(error, DaysTaken):
        field = "first"
    elif isinstance(error, LeaveRefused):
        field = error.field
    form.add_error(field if field in form.fields else None, error.message())
