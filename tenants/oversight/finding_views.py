"""Pages of findings: who examines, answers, concludes, and decides on what is taken back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kernel.accounts.access import person
from kernel.errors import DomainError, NotFound
from kernel.periods import Month
from kernel.permissions import page, user_may
from kernel.web import paging
from tenants.oversight import actions
from tenants.oversight.forms import (
    AnswerForm,
    ConclusionForm,
    CorrectionForm,
    DecisionForm,
)
from tenants.oversight.models import Finding, ProposedCorrection
from tenants.oversight.permissions import DECIDE, EXAMINE, READ


@require_safe
@page(READ)
def findings(request: HttpRequest) -> HttpResponse:
    """All findings, the unfinished ones by the day of their answer; `semua` shows the closed ones too."""
    show_all = bool(request.GET.get("semua"))
    rows = Finding.objects.all() if show_all else Finding.objects.unfinished()
    found = paging.page_of(
        rows.select_related("employee", "correction"),
        order=("answer_due", "id"),
        cursor=request.GET.get(paging.PARAMETER, ""),
    )
    context = {
        "page": found,
        "show_all": show_all,
        "waiting": ProposedCorrection.objects.filter(state=ProposedCorrection.State.PROPOSED).count(),
    }
    return render(request, "tenants/oversight/findings.html", context)


@require_safe
@login_required
def to_answer(request: HttpRequest) -> HttpResponse:
    """Findings about the person, and about the people of their OPD for its operator."""
    rows = Finding.objects.answerable_by(person(request)).select_related("employee", "correction")
    found = paging.page_of(rows, order=("-id",), cursor=request.GET.get(paging.PARAMETER, ""))
    context = {"page": found, "is_answering": True}
    return render(request, "tenants/oversight/findings.html", context)


@require_safe
@login_required
def finding(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One finding with its answers and its correction."""
    return render(request, "tenants/oversight/finding.html", _finding_context(request, uid))


def _finding_context(request: HttpRequest, uid: UUID, **bound: forms.Form) -> dict[str, Any]:
    user = person(request)
    may_answer = Finding.objects.answerable_by(user).filter(uid=uid).exists()
    found = Finding.objects.select_related("employee", "opened_by", "closed_by", "correction").filter(uid=uid).first()
    if found is None or not (may_answer or user_may(user, READ)):
        raise NotFound("finding")
    correction = getattr(found, "correction", None)
    is_open = found.state != Finding.State.CLOSED
    is_own = found.employee.user_id == user.pk
    examines = user_may(user, EXAMINE) and is_open and not is_own
    undecided = correction is None or correction.state == ProposedCorrection.State.PROPOSED
    decides = (
        user_may(user, DECIDE)
        and correction is not None
        and (undecided or actions.may_still_be_refused(correction))
        and correction.proposed_by_id != user.pk
        and not is_own
    )
    return {
        "finding": found,
        "is_official": user_may(user, READ) and not is_own,
        "month": Month.of(found.month),
        "correction": correction,
        "answers": found.answers.select_related("answered_by").order_by("id"),
        "may_read_month": user_may(user, EXAMINE) and not is_own,
        "answer_form": bound.get("answer", AnswerForm()) if may_answer and is_open else None,
        "close_form": bound.get("close", ConclusionForm()) if examines else None,
        "correction_form": bound.get("correction", CorrectionForm()) if examines and undecided else None,
        "decision_form": _decision_form(bound, correction) if decides else None,
    }


def _decision_form(bound: dict[str, forms.Form], correction: ProposedCorrection | None) -> forms.Form | None:
    if correction is None:
        return None
    return bound.get("decision") or DecisionForm(correction=correction)


@require_POST
@login_required
def answer(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The person concerned or the OPD's operator answers."""
    form = AnswerForm(request.POST)
    return _acted(
        request,
        uid,
        "answer",
        form,
        lambda: actions.answer_finding(uid=uid, text=form.cleaned_data["jawaban"], actor=person(request)),
        _("Jawaban terkirim kepada inspektorat."),
    )


@require_POST
@page(EXAMINE)
def close(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The inspectorate concludes."""
    form = ConclusionForm(request.POST)
    return _acted(
        request,
        uid,
        "close",
        form,
        lambda: actions.close_finding(uid=uid, conclusion=form.cleaned_data["kesimpulan"], actor=person(request)),
        _("Temuan diselesaikan."),
    )


@require_POST
@page(EXAMINE)
def propose(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The inspectorate proposes what is to be taken back."""
    form = CorrectionForm(request.POST)
    return _acted(
        request,
        uid,
        "correction",
        form,
        lambda: actions.propose_correction(
            finding_uid=uid,
            amount=form.cleaned_data["jumlah"],
            reason=form.cleaned_data["alasan"],
            actor=person(request),
        ),
        _("Usulan koreksi menunggu keputusan BKPSDM."),
    )


@require_POST
@page(DECIDE)
def decide(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The personnel agency decides on a proposed correction."""
    correction = ProposedCorrection.objects.select_related("finding").filter(uid=uid).first()
    if correction is None:
        raise NotFound("correction")
    form = DecisionForm(request.POST, correction=correction)
    return _acted(
        request,
        correction.finding.uid,
        "decision",
        form,
        lambda: actions.decide_correction(
            uid=uid,
            accept=form.cleaned_data["putusan"] == "terima",
            note=form.cleaned_data["catatan"],
            actor=person(request),
            seen=_moment(request.POST.get("dilihat", "")),
        ),
        _("Keputusan tersimpan."),
    )


def _moment(text: str) -> datetime | None:
    """When the proposal on the page was made; None for a form that does not say."""
    if not text:
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise BadRequest("not a moment") from error


def _acted(
    request: HttpRequest, finding_uid: UUID, name: str, form: forms.Form, act: Callable[[], object], words: str
) -> HttpResponse:
    """Do it and go back to the finding; wrong input and refusals stand beside the form, with what was typed."""
    if form.is_valid():
        try:
            act()
        except DomainError as error:
            if error.status != 409:
                raise
            form.add_error(None, error.message())
        else:
            messages.success(request, words)
            return redirect("oversight-finding", uid=finding_uid)
    context = _finding_context(request, finding_uid, **{name: form})
    context["refused"] = form
    shown = [context[key] for key in ("answer_form", "close_form", "correction_form", "decision_form")]
    # Somebody else was quicker and the form is gone: what it would have said stands at the top.
    context["refusals"] = [] if form in shown else [*form.non_field_errors()]
    return render(request, "tenants/oversight/finding.html", context, status=422)
