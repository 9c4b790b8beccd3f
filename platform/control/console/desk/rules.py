"""The desk's rules as data: legal clocks with their sources, and the tasks that an incident of a kind gets."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from control.console.desk.forms import ClockForm, TemplateForm
from control.incidents.duties import clocks_in_force
from control.incidents.fulfilling import change_clock, change_template
from control.incidents.models import Kind, LegalClock, TaskTemplate
from control.incidents.permissions import READ, SET_CLOCKS
from kernel.accounts.access import person
from kernel.errors import NotFound
from kernel.permissions import page, user_may
from kernel.web import htmx


@require_safe
@page(READ)
def clocks(request: HttpRequest) -> HttpResponse:
    """The legal clocks in force."""
    context = {"clocks": clocks_in_force(), "may_set": user_may(request.user, SET_CLOCKS)}
    return render(request, "control/console/desk/clocks.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@page(SET_CLOCKS)
def clock_version(request: HttpRequest, code: str) -> HttpResponse:
    """One clock with its versions, and the next one."""
    versions = list(LegalClock.objects.filter(code=code).order_by("-version"))
    if not versions:
        raise NotFound("clock")
    newest = versions[0]
    names = ("hours", "recipient", "sender", "source", "source_checked_on", "note")
    form = ClockForm(request.POST or None, initial={name: getattr(newest, name) for name in names})
    if request.method == "POST" and form.is_valid():
        made = change_clock(code=code, actor=person(request), **form.cleaned_data)
        messages.success(
            request,
            _("Versi %(version)s berlaku bagi insiden sejak sekarang.") % {"version": made.version}
            if made != newest
            else _("Tidak ada yang berubah."),
        )
        return htmx.go(request, reverse("desk-clock", args=[code]))
    context = {"clock": newest, "versions": versions, "form": form}
    return render(request, "control/console/desk/clock.html", context, status=422 if form.errors else 200)


@require_safe
@page(READ)
def templates(request: HttpRequest) -> HttpResponse:
    """The task templates by kind."""
    rows = list(TaskTemplate.objects.order_by("kind", "order", "id"))
    groups = [
        (label, [row for row in rows if row.kind == kind]) for kind, label in [("", _("Semua jenis")), *Kind.choices]
    ]
    context = {"groups": [group for group in groups if group[1]], "may_set": user_may(request.user, SET_CLOCKS)}
    return render(request, "control/console/desk/templates.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@page(SET_CLOCKS)
def template(request: HttpRequest, key: int) -> HttpResponse:
    """Another wording or time of a task."""
    found = TaskTemplate.objects.filter(pk=key).first()
    if found is None:
        raise NotFound("template")
    names = ("title", "instruction", "due_minutes", "asked_of", "is_active")
    form = TemplateForm(request.POST or None, initial={name: getattr(found, name) for name in names})
    if request.method == "POST" and form.is_valid():
        change_template(key=key, actor=person(request), **form.cleaned_data)
        messages.success(request, _("Templat tersimpan; berlaku bagi insiden sejak sekarang."))
        return htmx.go(request, reverse("desk-templates"))
    context = {"template": found, "form": form}
    return render(request, "control/console/desk/template.html", context, status=422 if form.errors else 200)
