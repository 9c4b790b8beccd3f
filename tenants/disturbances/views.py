"""Pages of the disturbances: what waits and what counts, reporting one, deciding, undoing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kernel.accounts.access import person
from kernel.accounts.models import User
from kernel.errors import DomainError
from kernel.permissions import opd_scope, page, user_may
from kernel.tenancy import here
from kernel.web import htmx, paging
from tenants.disturbances import access, actions
from tenants.disturbances.forms import DisturbanceForm, NoteForm, ReasonForm
from tenants.disturbances.models import Disturbance
from tenants.disturbances.monitor import watch_of
from tenants.disturbances.permissions import DECIDE, PROPOSE, READ


@require_safe
@page(READ)
def disturbances(request: HttpRequest) -> HttpResponse:
    """Today's monitor, and all disturbances, the newest first."""
    rows = Disturbance.objects.reaching(opd_scope(person(request), READ)).prefetch_related("units")
    found = paging.page_of(
        rows.select_related("proposed_by"),
        order=("-starts_at", "-id"),
        cursor=request.GET.get(paging.PARAMETER, ""),
    )
    context = {"page": found, "watch": watch_of(here.today()), "may_propose": user_may(request.user, PROPOSE)}
    return render(request, "tenants/disturbances/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@page(PROPOSE)
def propose(request: HttpRequest) -> HttpResponse:
    """Report a disturbance."""
    user = person(request)
    form = DisturbanceForm(
        request.POST or None,
        request.FILES or None,
        units=access.units_to_name(user),
        may_name_region=access.may_name_region(user),
    )
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.propose_disturbance(draft=form.draft(), upload=form.cleaned_data["file"], actor=user)
        except DomainError as error:
            form.add_error(None, error.message())
        else:
            messages.success(request, _("Diusulkan. Berlaku setelah disetujui orang lain di BKPSDM."))
            return htmx.go(request, reverse("disturbances-one", args=[made.uid]))
    return render(request, "tenants/disturbances/new.html", {"form": form}, status=422 if form.errors else 200)


@require_safe
@page(READ)
def disturbance(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One disturbance with everything that was done to it."""
    found = access.readable_disturbance(person(request), uid)
    return render(request, "tenants/disturbances/one.html", _context(person(request), found))


def _context(user: User, found: Disturbance, **forms_in_use: forms.Form) -> dict[str, Any]:
    waits, decides = found.state == Disturbance.State.PROPOSED, user_may(user, DECIDE)
    context: dict[str, Any] = {
        "disturbance": found,
        "units": list(found.units.order_by("code")),
        "approve_form": NoteForm() if waits and decides and found.proposed_by_id != user.pk else None,
        "reject_form": ReasonForm() if waits and access.may_take_back(user, found) else None,
        "undo_form": ReasonForm() if found.state == Disturbance.State.APPROVED and decides else None,
        "is_own": waits and found.proposed_by_id == user.pk,
    }
    return {**context, **forms_in_use}


@require_POST
@page(DECIDE)
def approve(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The disturbance counts from now on."""
    return _done(
        request,
        uid,
        "approve_form",
        NoteForm(request.POST),
        lambda values: actions.approve_disturbance(uid=uid, note=values["note"], actor=person(request)),
        _("Disetujui. Hari yang tersentuh sedang dinilai ulang."),
    )


@require_POST
@page(READ)
def reject(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The proposal is not followed, or taken back."""
    return _done(
        request,
        uid,
        "reject_form",
        ReasonForm(request.POST),
        lambda values: actions.reject_disturbance(uid=uid, reason=values["reason"], actor=person(request)),
        _("Usulan ditutup. Alasannya tercatat."),
    )


@require_POST
@page(DECIDE)
def undo(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The disturbance counts no more."""
    return _done(
        request,
        uid,
        "undo_form",
        ReasonForm(request.POST),
        lambda values: actions.undo_disturbance(uid=uid, reason=values["reason"], actor=person(request)),
        _("Dibatalkan. Hari yang tersentuh sedang dinilai ulang."),
    )


def _done(
    request: HttpRequest,
    uid: UUID,
    name: str,
    form: forms.Form,
    act: Callable[[dict[str, Any]], Disturbance],
    words: str,
) -> HttpResponse:
    found = access.readable_disturbance(person(request), uid)
    if form.is_valid():
        try:
            act(form.cleaned_data)
        except DomainError as error:
            form.add_error(None, error.message())
        else:
            messages.success(request, words)
            return htmx.go(request, reverse("disturbances-one", args=[uid]))
    context = _context(person(request), found, **{name: form})
    return render(request, "tenants/disturbances/one.html", context, status=422)
