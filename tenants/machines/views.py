"""Machines that send by themselves: which there are, whose they are, what they are to do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kernel.accounts.access import person
from kernel.errors import DomainError
from kernel.permissions import opd_scope, page
from kernel.web import htmx
from tenants.machines import access, actions
from tenants.machines.ahead import ahead_of, count_ahead, drop_ahead, undo_ahead
from tenants.machines.errors import AheadTooLittle
from tenants.machines.forms import AgainForm, AheadForm, CommandForm, DropForm, MachineForm, NewMachineForm, RetireForm
from tenants.machines.models import ClockDecision, KeptLine, Machine, MachineCommand
from tenants.machines.permissions import MACHINE
from tenants.machines.unknown_pins import strange_pins

# The waiting ones and the last that are over.
COMMANDS_SHOWN = 10
LINES_SHOWN = 30
AHEAD_SHOWN = 5


@require_safe
@page(MACHINE)
def machines(request: HttpRequest) -> HttpResponse:
    """All machines in reach: first those that nobody has claimed, then those in use, then the retired."""
    user = person(request)
    found = list(
        access.machines_of(user)
        .annotate(
            kept=Count("kept_lines", filter=Q(state=Machine.State.LISTED)),
            ahead=Count("kept_lines", filter=Q(kept_lines__reason="future", kept_lines__decision=None)),
        )
        .order_by("unit__code", "name", "serial")
    )
    context = {
        "listed": [machine for machine in found if machine.state == Machine.State.LISTED],
        "in_use": [machine for machine in found if machine.state == Machine.State.ACTIVE],
        "retired": [machine for machine in found if machine.state == Machine.State.RETIRED],
        "unknown": strange_pins(opd_scope(user, MACHINE)),
        "host": request.get_host(),
    }
    return render(request, "tenants/machines/machines.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@page(MACHINE)
def register(request: HttpRequest) -> HttpResponse:
    """Enter a machine before it speaks."""
    user = person(request)
    form = NewMachineForm(request.POST or None, units=access.units_for_machines(user))
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.register_machine(**form.cleaned_data, actor=user)
        except DomainError as error:
            form.add_error("name" if error.code == "name_taken" else "serial", error.message())
        else:
            messages.success(request, _("Mesin didaftarkan. Setel alamatnya di mesin."))
            return htmx.go(request, reverse("machines-machine", args=[made.uid]))
    context = {"form": form, "machine": None}
    return render(request, "tenants/machines/machine_form.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@page(MACHINE)
def claim(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Say whose a listed machine is, or change what is said of one in use."""
    user = person(request)
    machine = access.machine_to_manage(user, uid)
    is_listed = machine.state == Machine.State.LISTED
    initial = {"name": machine.name, "time_zone": machine.time_zone}
    if machine.unit is not None:
        initial["unit"] = str(machine.unit.uid)
    form = MachineForm(request.POST or None, initial=initial, units=access.units_for_machines(user))
    if request.method == "POST" and form.is_valid():
        act = actions.claim_machine if is_listed else actions.change_machine
        try:
            act(uid=uid, **form.cleaned_data, actor=user)
        except DomainError as error:
            form.add_error("name" if error.code == "name_taken" else None, error.message())
        else:
            words = _("Mesin diklaim. Log yang sudah dikirimnya ikut dihitung.") if is_listed else _("Disimpan.")
            messages.success(request, words)
            return htmx.go(request, reverse("machines-machine", args=[uid]))
    context = {"form": form, "machine": machine}
    return render(request, "tenants/machines/machine_form.html", context, status=422 if form.errors else 200)


@require_safe
@page(MACHINE)
def machine(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One machine."""
    return _machine_page(request, access.machine_to_manage(person(request), uid))


def _machine_page(request: HttpRequest, found: Machine, *, status: int = 200, **more: Any) -> HttpResponse:
    lines = KeptLine.objects.filter(machine=found)
    others = lines.exclude(reason__in=[KeptLine.Reason.UNKNOWN_PIN, KeptLine.Reason.FUTURE])
    ahead = ahead_of(found)
    context = {
        "machine": found,
        "host": request.get_host(),
        "commands": MachineCommand.objects.filter(machine=found)
        .select_related("asked_by")
        .order_by("-id")[:COMMANDS_SHOWN],
        "lines": others.order_by("-received_at", "pk")[:LINES_SHOWN],
        "ahead": ahead,
        "ahead_lines": lines.ahead().order_by("captured_at", "pk")[:AHEAD_SHOWN] if ahead else [],
        "ahead_form": AheadForm(initial={"minutes": ahead.least_minutes if ahead else None}),
        "drop_form": DropForm(),
        "decisions": ClockDecision.objects.filter(machine=found)
        .select_related("decided_by", "undone_by")
        .order_by("-pk")[:COMMANDS_SHOWN],
        "unknown": [pin for pin in strange_pins(None) if pin.device == found.device],
        "again_form": AgainForm(),
        "retire_form": RetireForm(),
        **more,
    }
    return render(request, "tenants/machines/machine.html", context, status=status)


@require_POST
@page(MACHINE)
def command(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Give the machine something to do."""
    form, days = CommandForm(request.POST), AgainForm(request.POST)
    if not form.is_valid() or not days.is_valid():
        found = access.machine_to_manage(person(request), uid)
        return _machine_page(request, found, status=422, again_form=days)
    return _done(
        request,
        uid,
        lambda: actions.ask_machine(uid=uid, **form.cleaned_data, **days.cleaned_data, actor=person(request)),
        _("Perintah diberikan saat mesin bertanya lagi."),
    )


@require_POST
@page(MACHINE)
def withdraw(request: HttpRequest, uid: UUID, pk: int) -> HttpResponse:
    """Take back a command that the machine has not fetched."""
    return _done(request, uid, lambda: actions.withdraw_command(pk=pk, actor=person(request)), _("Perintah ditarik."))


@require_POST
@page(MACHINE)
def secret(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Give the machine a secret address, shown this once; or take it away."""
    user = person(request)
    if "drop" in request.POST:
        return _done(
            request, uid, lambda: actions.drop_secret(uid=uid, actor=user), _("Mesin dikenali dari nomor serinya saja.")
        )
    found = access.machine_to_manage(user, uid)
    try:
        word = actions.give_secret(uid=uid, actor=user)
    except DomainError as error:
        messages.error(request, error.message())
        return htmx.go(request, reverse("machines-machine", args=[uid]))
    found.refresh_from_db()
    return _machine_page(request, found, secret=word)


@require_POST
@page(MACHINE)
def networks(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The networks that it spoke from are its own."""
    return _done(
        request, uid, lambda: actions.know_networks(uid=uid, actor=person(request)), _("Jaringan itu dikenali.")
    )


@require_POST
@page(MACHINE)
def retire(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The machine is not used any more."""
    form = RetireForm(request.POST)
    if not form.is_valid():
        found = access.machine_to_manage(person(request), uid)
        return _machine_page(request, found, status=422, retire_form=form)
    return _done(
        request,
        uid,
        lambda: actions.retire_machine(uid=uid, reason=form.cleaned_data["reason"], actor=person(request)),
        _("Mesin tidak dipakai lagi. Yang masih dikirimnya disimpan dan tidak dihitung."),
    )


@require_POST
@page(MACHINE)
def count_lines_ahead(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Lines whose time was ahead count, with the clock's error taken off."""
    found = access.machine_to_manage(person(request), uid)
    form = AheadForm(request.POST)
    if form.is_valid():
        try:
            made = count_ahead(uid=uid, minutes=form.cleaned_data["minutes"], actor=person(request))
        except AheadTooLittle as error:
            form.add_error("minutes", error.message())
        except DomainError as error:
            messages.error(request, error.message())
            return htmx.go(request, reverse("machines-machine", args=[uid]))
        else:
            words = _("%(count)s baris dihitung dan masuk tinjauan absen.") % {"count": made.lines}
            messages.success(request, words)
            return htmx.go(request, reverse("machines-machine", args=[uid]))
    return _machine_page(request, found, status=422, ahead_form=form)


@require_POST
@page(MACHINE)
def drop_lines_ahead(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Lines whose time was ahead do not count."""
    form = DropForm(request.POST)
    if not form.is_valid():
        found = access.machine_to_manage(person(request), uid)
        return _machine_page(request, found, status=422, drop_form=form)
    return _done(
        request,
        uid,
        lambda: drop_ahead(uid=uid, reason=form.cleaned_data["reason"], actor=person(request)),
        _("Baris itu tidak dihitung. Keputusan ini dapat dibatalkan."),
    )


@require_POST
@page(MACHINE)
def undo_lines_ahead(request: HttpRequest, uid: UUID, decision: UUID) -> HttpResponse:
    """Take such a decision back."""
    return _done(
        request,
        uid,
        lambda: undo_ahead(uid=uid, decision=decision, actor=person(request)),
        _("Keputusan dibatalkan; barisnya menunggu lagi."),
    )


def _done(request: HttpRequest, uid: UUID, act: Callable[[], object], words: str) -> HttpResponse:
    access.machine_to_manage(person(request), uid)
    try:
        act()
    except DomainError as error:
        messages.error(request, error.message())
    else:
        messages.success(request, words)
    return htmx.go(request, reverse("machines-machine", args=[uid]))
