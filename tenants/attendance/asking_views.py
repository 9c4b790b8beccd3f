"""Asking for a correction and for a permit of hours, and what the region asks of documents."""

from __future__ import annotations

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kernel.accounts.access import person
from kernel.errors import DomainError
from kernel.files.errors import FileRefused
from kernel.periods import Month
from kernel.permissions import page
from kernel.web import htmx
from tenants.attendance import access
from tenants.attendance.actions import set_policy, submit_document
from tenants.attendance.document_kinds import document_kinds
from tenants.attendance.document_views import day_asked
from tenants.attendance.errors import CorrectionsUsedUp, DaysTaken, NotYetPunched
from tenants.attendance.forms import CorrectionForm, PermitForm, PolicyForm
from tenants.attendance.permissions import POLICY, READ_OWN
from tenants.attendance.policy import corrections_in, policy_on
from tenants.calendars.work_date import running_day


@require_http_methods(["GET", "HEAD", "POST"])
@page(READ_OWN)
def correction(request: HttpRequest) -> HttpResponse:
    """Ask for a punch that is missing, with its time."""
    user = person(request)
    employee = access.employee_of(user)
    day = day_asked(request)
    form = CorrectionForm(request.POST or None, request.FILES or None, initial={"day": day})
    if request.method == "POST" and form.is_valid():
        try:
            submit_document(
                employee=employee, draft=form.draft(employee.pk), actor=user, upload=form.cleaned_data["file"]
            )
        except DomainError as error:
            _say(form, error)
        else:
            messages.success(request, _("Koreksi terkirim kepada atasan. Jam itu dihitung setelah disetujui."))
            return htmx.go(request, reverse("attendance-documents"))
    policy = policy_on(day)
    most = None if policy is None else policy.corrections_per_month
    left = None if most is None else max(most - corrections_in(employee.pk, Month.of(day)), 0)
    context = {"form": form, "left": left, "most": most}
    return render(request, "tenants/attendance/correction.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@page(READ_OWN)
def permit(request: HttpRequest) -> HttpResponse:
    """Ask to be away for half a day or some hours."""
    user = person(request)
    employee = access.employee_of(user)
    form = PermitForm(
        request.POST or None, request.FILES or None, employee_id=employee.pk, initial={"day": day_asked(request)}
    )
    if request.method == "POST" and form.is_valid():
        try:
            submit_document(employee=employee, draft=form.draft(), actor=user, upload=form.cleaned_data["file"])
        except DomainError as error:
            _say(form, error)
        else:
            messages.success(request, _("Izin terkirim kepada atasan. Jam itu tidak dihitung setelah disetujui."))
            return htmx.go(request, reverse("attendance-documents"))
    return render(request, "tenants/attendance/permit.html", {"form": form}, status=422 if form.errors else 200)


def _say(form: Form, error: DomainError) -> None:
    if isinstance(error, FileRefused):
        form.add_error("file", error.message())
    elif isinstance(error, NotYetPunched):
        form.add_error("at", error.message())
    elif isinstance(error, DaysTaken | CorrectionsUsedUp):
        form.add_error("day", error.message())
    else:
        form.add_error(None, error.message())


@require_http_methods(["GET", "HEAD", "POST"])
@page(POLICY)
def policy(request: HttpRequest) -> HttpResponse:
    """What the region asks of documents, and from when on."""
    today = running_day()
    form = PolicyForm(request.POST or None, kinds=document_kinds(today), known=policy_on(today))
    if request.method == "POST" and form.is_valid():
        set_policy(valid_from=form.cleaned_data["valid_from"], values=form.values(), actor=person(request))
        messages.success(request, _("Syarat surat disimpan."))
        return htmx.go(request, reverse("attendance-policy"))
    context = {"form": form, "known": policy_on(today)}
    return render(request, "tenants/attendance/policy.html", context, status=422 if form.errors else 200)
