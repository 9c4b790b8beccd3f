"""Sending in a machine's log by hand, and saying whom a PIN means."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from kernel.accounts.access import person
from kernel.accounts.models import User
from kernel.errors import DomainError, NotFound
from kernel.jobs.models import Job
from kernel.permissions import opd_scope, page
from kernel.web import htmx, paging
from tenants.calendars.work_date import running_day
from tenants.employees.access import people_in_scope
from tenants.machines.actions import MACHINE_WORK, remove_pin, save_pins, start_machine_import
from tenants.machines.forms import MachineLogForm, PinsForm
from tenants.machines.models import MachinePin
from tenants.machines.permissions import MACHINE


@require_http_methods(["GET", "HEAD", "POST"])
@page(MACHINE)
def log(request: HttpRequest) -> HttpResponse:
    """Send in a log; below it the unknown PINs and the last files."""
    form = MachineLogForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            job = start_machine_import(
                device=form.cleaned_data["device"], upload=form.cleaned_data["file"], actor=person(request)
            )
        except DomainError as error:
            form.add_error("file", error.message())
        else:
            return HttpResponseRedirect(reverse("jobs-job", args=[job.uid]))
    jobs = Job.objects.filter(kind=MACHINE_WORK)
    if opd_scope(person(request), MACHINE) is not None:
        jobs = jobs.filter(started_by=person(request))
    context = {"form": form, "jobs": jobs.order_by("-id")[:10]}
    return render(request, "tenants/machines/log.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@page(MACHINE)
def pins(request: HttpRequest) -> HttpResponse:
    """Pairs of PIN and NIP for a machine."""
    user = person(request)
    initial = {"device": request.GET.get("mesin", ""), "pasted": f"{request.GET.get('pin', '')} ".lstrip()}
    form = PinsForm(request.POST or None, request.FILES or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        answer = _save(request, form, user)
        if answer is not None:
            return answer
    found = paging.page_of(_pins_in_scope(user), order=("device", "pin", "id"), cursor=request.GET.get("setelah", ""))
    context = {"form": form, "page": found}
    return render(request, "tenants/machines/pins.html", context, status=422 if form.errors else 200)


def _save(request: HttpRequest, form: PinsForm, user: User) -> HttpResponse | None:
    wanted: dict[str, str] = form.cleaned_data["pins"]
    people = {
        employee.nip: employee
        for employee in people_in_scope(user, MACHINE, running_day()).filter(nip__in=wanted.values())
    }
    strangers = sorted({nip for nip in wanted.values() if nip not in people})
    if strangers:
        form.add_error("pasted", _("NIP tidak ditemukan di OPD Anda: %(nips)s.") % {"nips": ", ".join(strangers[:10])})
        return None
    try:
        jobs = save_pins(
            device=form.cleaned_data["device"], pins={pin: people[nip] for pin, nip in wanted.items()}, actor=user
        )
    except DomainError as error:
        form.add_error("pasted", error.message())
        return None
    messages.success(
        request,
        ngettext("%(count)s PIN dipasangkan.", "%(count)s PIN dipasangkan.", len(wanted)) % {"count": len(wanted)},
    )
    if jobs:
        messages.info(request, _("Log yang memuat PIN itu sedang dibaca ulang."))
    return htmx.go(request, reverse("machines-pins"))


def _pins_in_scope(user: User) -> Any:
    """The pairs whose people are in the OPDs in charge."""
    pairs = MachinePin.objects.select_related("employee")
    if opd_scope(user, MACHINE) is None:
        return pairs
    people = people_in_scope(user, MACHINE, running_day())
    return pairs.filter(employee_id__in=people.values("pk"))


@require_POST
@page(MACHINE)
def release_pin(request: HttpRequest, pk: int) -> HttpResponse:
    """A PIN means nobody from now on."""
    pin = _pins_in_scope(person(request)).filter(pk=pk).first()
    if pin is None:
        raise NotFound("pin")
    remove_pin(pin=pin, actor=person(request))
    messages.success(request, _("PIN dilepas. Absen yang sudah masuk tetap tersimpan."))
    return htmx.go(request, reverse("machines-pins"))
