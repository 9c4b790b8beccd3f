"""Pages of the appeals: the own ones, a new one, one with its way, and those of an official."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kernel.accounts.access import person
from kernel.accounts.models import Role
from kernel.errors import DomainError, NotFound
from kernel.files.errors import FileRefused
from kernel.permissions import opd_scope, page, user_may
from kernel.web import paging
from tenants.appeals import actions
from tenants.appeals.access import DOCUMENT_KIND, may_decide_on, readable_appeal, waiting_request
from tenants.appeals.deadlines import last_day_for
from tenants.appeals.errors import AlreadyAppealed
from tenants.appeals.forms import AppealForm, RemedyForm, ReviseForm
from tenants.appeals.models import Appeal
from tenants.appeals.permissions import FILE, OPEN, READ, REMEDY
from tenants.approvals.models import ApprovalRequest, Decision
from tenants.rules.loading import loaded
from tenants.tpp.explaining import readable
from tenants.tpp.models import Slip

CHIPS = {"submitted": "wait", "returned": "wait", "granted": "ok", "refused": "bad", "withdrawn": "plain"}


@require_safe
@page(FILE)
def own(request: HttpRequest) -> HttpResponse:
    """The person's own appeals, the newest first."""
    rows = Appeal.objects.filter(employee__user=person(request))
    found = paging.page_of(rows, order=("-id",), cursor=request.GET.get(paging.PARAMETER, ""))
    return render(request, "tenants/appeals/own.html", {"page": found, "chips": CHIPS})


@require_http_methods(["GET", "HEAD", "POST"])
@page(FILE)
def new(request: HttpRequest, uid: UUID, order: int) -> HttpResponse:
    """Object to one line of the own slip."""
    user = person(request)
    slips = Slip.objects.as_it_stands().select_related("run__rule_set", "opd", "employee")
    slip = slips.filter(uid=uid, employee__user=user).first()
    line = None if slip is None else slip.lines.filter(order=order).first()
    if slip is None or line is None:
        raise NotFound("slip_line")
    form = AppealForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            made = actions.file_appeal(
                slip_uid=uid,
                order=order,
                text=values["uraian"],
                upload=values["berkas"],
                client_key=values["kunci"],
                actor=user,
            )
        except FileRefused as error:
            form.add_error("berkas", error.message())
        except NotFound:
            raise
        except DomainError as error:
            form.add_error(None, error.message())
            if isinstance(error, AlreadyAppealed):
                form.add_error(None, _("Keberatan itu ada di daftar Keberatan saya."))
        else:
            messages.success(request, _("Keberatan terkirim. Anda mendapat jawabannya di halaman ini."))
            return redirect("appeals-appeal", uid=made.uid)
    context = {
        "slip": slip,
        "line": readable(line, loaded(slip.run.rule_set)),
        "form": form,
        "last": last_day_for(slip),
        "refused": "" if form.errors else _why_not(slip),
    }
    return render(request, "tenants/appeals/new.html", context, status=422 if form.errors else 200)


def _why_not(slip: Slip) -> str:
    """Why nobody can object to this slip now, in words."""
    try:
        actions.refuse_closed(slip)
    except DomainError as error:
        return error.message()
    return ""


@require_safe
@page(OPEN)
def appeal(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One appeal with its way and its outcome."""
    return _page(request, readable_appeal(person(request), uid))


def _page(request: HttpRequest, found: Appeal, **forms: Any) -> HttpResponse:
    user = person(request)
    is_own = found.employee.user_id == user.pk
    is_waiting = found.state == Appeal.State.SUBMITTED
    may_decide = is_waiting and not is_own and may_decide_on(user, found)
    may_remedy = is_waiting and not is_own and user_may(user, REMEDY)
    request_now = waiting_request(found) if is_waiting else None
    context = {
        "appeal": found,
        "chip": CHIPS[found.state],
        "is_own": is_own,
        "is_official": not is_own,
        "decisions": Decision.objects.filter(request__document_kind=DOCUMENT_KIND, request__document_uid=found.uid)
        .select_related("decided_by", "request")
        .order_by("id"),
        "waiting": request_now,
        "holder": _holder(request_now),
        "may_withdraw": is_own and found.is_open,
        "revise_form": forms.get("revise_form")
        or (ReviseForm(initial={"uraian": found.text}) if is_own and found.state == Appeal.State.RETURNED else None),
        "remedy_form": forms.get("remedy_form")
        or (
            RemedyForm(
                initial={
                    "hasil": found.remedy or Appeal.Remedy.AMOUNT,
                    "jumlah": found.amount,
                    "catatan": found.remedy_note,
                    "versi": found.version,
                }
            )
            if may_remedy
            else None
        ),
        "decide_url": reverse("approvals-request", args=[request_now.uid]) if may_decide and request_now else "",
        "may_read_slip": is_own or user_may(user, "tpp.read_all") or user_may(user, "tpp.read_opd", opd=found.opd.uid),
    }
    status = 422 if any(form.errors for form in forms.values()) else 200
    return render(request, "tenants/appeals/appeal.html", context, status=status)


def _holder(waiting: ApprovalRequest | None) -> str:
    """Who decides on it now, as a person reads it."""
    if waiting is None:
        return ""
    if waiting.approver is not None:
        return waiting.approver.name
    role = Role.objects.filter(code=waiting.role_code).first()
    return waiting.role_code if role is None else role.name


@require_POST
@page(FILE)
def revise(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Hand a returned appeal in again."""
    user = person(request)
    form = ReviseForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            actions.revise_appeal(
                uid=uid, text=form.cleaned_data["uraian"], upload=form.cleaned_data["berkas"], actor=user
            )
        except FileRefused as error:
            form.add_error("berkas", error.message())
        except NotFound:
            raise
        except DomainError as error:
            form.add_error(None, error.message())
        else:
            messages.success(request, _("Keberatan diajukan kembali."))
            return redirect("appeals-appeal", uid=uid)
    return _page(request, readable_appeal(user, uid), revise_form=form)


@require_POST
@page(FILE)
def withdraw(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Take the own appeal back."""
    try:
        actions.withdraw_appeal(uid=uid, actor=person(request))
    except NotFound:
        raise
    except DomainError as error:
        messages.error(request, error.message())
    else:
        messages.success(request, _("Keberatan ditarik."))
    return redirect("appeals-appeal", uid=uid)


@require_POST
@page(REMEDY)
def remedy(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Say what follows when the appeal is granted."""
    user = person(request)
    found = readable_appeal(user, uid)
    form = RemedyForm(request.POST)
    if form.is_valid():
        values = form.cleaned_data
        try:
            actions.set_remedy(
                uid=uid,
                seen=values["versi"],
                remedy=values["hasil"],
                amount=values["jumlah"],
                note=values["catatan"],
                actor=user,
            )
        except NotFound:
            raise
        except DomainError as error:
            form.add_error("jumlah" if error.code == "remedy_refused" else None, error.message())
        else:
            messages.success(request, _("Hasil tersimpan. Keputusannya ada di kotak masuk pemutus."))
            return redirect("appeals-appeal", uid=uid)
    return _page(request, found, remedy_form=form)


@require_safe
@page(READ)
def of_region(request: HttpRequest) -> HttpResponse:
    """The appeals of the OPDs that the person has in charge, those that wait first."""
    user = person(request)
    rows = Appeal.objects.in_opds(opd_scope(user, READ)).select_related("employee", "opd")
    state = request.GET.get("keadaan", Appeal.State.SUBMITTED)
    if state != "semua":
        if state not in Appeal.State.values:
            raise BadRequest("keadaan")
        rows = rows.filter(state=state)
    found = paging.page_of(rows, order=("-id",), cursor=request.GET.get(paging.PARAMETER, ""))
    context = {"page": found, "chips": CHIPS, "state": state, "states": [*Appeal.State.choices, ("semua", _("Semua"))]}
    return render(request, "tenants/appeals/region.html", context)
