"""Chains: the versions, a new one, the end of one, and who would decide for one employee."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kernel.accounts.access import person
from kernel.accounts.models import Role
from kernel.errors import NotFound
from kernel.permissions import page
from kernel.tenancy import here
from kernel.web import htmx
from tenants.approvals import region_documents
from tenants.approvals.chain_forms import (
    PREFIX,
    ChainForm,
    EndForm,
    PreviewForm,
    StepFormSet,
    levels_of,
    levels_sent,
    rearranged,
)
from tenants.approvals.chains import end_chain, make_chain
from tenants.approvals.errors import AlreadyApproved, AlreadyWaiting, ChainRefused, NoChain
from tenants.approvals.handlers import Handler, handler_for, handlers
from tenants.approvals.models import Chain
from tenants.approvals.permissions import HAND_IN_REGION, MANAGE_CHAINS
from tenants.approvals.preview import preview
from tenants.approvals.routing import DECIDED_BEFORE, UNMET_CONDITION
from tenants.employees.models import Employee
from tenants.organisation.models import Position

_MOST_FOUND = 10


@require_safe
@page(MANAGE_CHAINS)
def chains(request: HttpRequest) -> HttpResponse:
    """All chains by kind of document and kind of position, the one in force first."""
    day = here.today()
    versions: dict[tuple[str, str], list[Chain]] = {}
    for chain in Chain.objects.with_steps().order_by("document_kind", "position_kind", "-valid_from"):
        versions.setdefault((chain.document_kind, chain.position_kind), []).append(chain)
    kinds = [
        {
            "handler": known,
            "tracks": [
                _track(position, rows, day) for (kind, position), rows in versions.items() if kind == known.code
            ],
            "has_chain": any(
                kind == known.code and _current(rows, day) is not None for (kind, _position), rows in versions.items()
            ),
        }
        for known in handlers()
    ]
    context = {"kinds": kinds, "role_names": _role_names()}
    return render(request, "tenants/approvals/chains.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@page(MANAGE_CHAINS)
def new_chain(request: HttpRequest, kind: str) -> HttpResponse:
    """A new version of one kind's chain, from a day on. Levels are added, removed and moved without saving."""
    document = _handler(kind)
    page_name, part = "tenants/approvals/chain_form.html", "tenants/approvals/_chain_form.html"
    if request.method != "POST":
        position = request.GET.get("jabatan", "")
        chain = Chain.objects.in_force(kind, here.today(), position)
        form = ChainForm(
            initial={
                "name": chain.name if chain else document.label,
                "valid_from": here.today(),
                "position_kind": position,
            },
            document=document,
        )
        return htmx.answer(request, page_name, _form_context(document, form, levels_of(chain)), part=part)
    if change := request.POST.get("ubah", ""):
        form = ChainForm(initial=request.POST.dict(), document=document)
        levels = rearranged(levels_sent(request.POST), change)
        return htmx.answer(request, page_name, _form_context(document, form, levels), part=part)
    form = ChainForm(request.POST, document=document)
    steps = StepFormSet(request.POST, prefix=PREFIX, form_kwargs={"document": document})
    if form.is_valid() and steps.is_valid():
        try:
            make_chain(
                document_kind=kind,
                steps=[step.step() for step in steps],
                actor=person(request),
                **form.cleaned_data,
            )
        except ChainRefused as error:
            _say(error, form, steps)
        else:
            messages.success(request, _("Rantai baru tersimpan."))
            return htmx.go(request, reverse("approvals-chains"))
    context = {"form": form, "steps": steps, "handler": document}
    return htmx.invalid(request, page_name, context, part=part)


@require_http_methods(["GET", "HEAD", "POST"])
@page(MANAGE_CHAINS)
def end(request: HttpRequest, kind: str) -> HttpResponse:
    """End the chain of one kind of position, or the chain of a document of the region."""
    document = _handler(kind)
    position = request.GET.get("jabatan", "")
    form = EndForm(request.POST or None, initial={"valid_from": here.today()})
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                end_chain(document_kind=kind, position_kind=position, actor=person(request), **form.cleaned_data)
            except ChainRefused as error:
                form.add_error("valid_from", error.message())
            else:
                messages.success(request, _("Akhir rantai tersimpan."))
                return redirect("approvals-chains")
    context = {"form": form, "handler": document, "position": _position_name(position)}
    return render(request, "tenants/approvals/chain_end.html", context, status=status)


@require_safe
@page(MANAGE_CHAINS)
def who_decides(request: HttpRequest) -> HttpResponse:
    """Who decides for one employee, level by level, and why."""
    asked = request.GET if "pegawai" in request.GET else None
    form = PreviewForm(asked, initial={"tanggal": here.today()})
    context: dict[str, Any] = {"form": form}
    if asked is not None and form.is_valid():
        context |= _preview(form)
    status = 422 if form.errors else 200
    return render(request, "tenants/approvals/who_decides.html", context, status=status)


@require_safe
@page(HAND_IN_REGION)
def region(request: HttpRequest) -> HttpResponse:
    """Documents of the region: what may be handed in, and where it stands."""
    context = {"sections": region_documents.sections(), "role_names": _role_names()}
    return render(request, "tenants/approvals/region.html", context)


@require_POST
@page(HAND_IN_REGION)
def hand_in(request: HttpRequest, kind: str, uid: UUID) -> HttpResponse:
    """Send a document of the region on its way, or take it back (`tarik`)."""
    user = person(request)
    if "tarik" in request.POST:
        taken = region_documents.take_back(document_kind=kind, document_uid=uid, actor=user)
        if taken:
            messages.success(request, _("Pengajuan ditarik."))
        else:
            messages.warning(request, _("Tidak ada yang ditarik. Hanya pengajunya yang dapat menarik."))
        return redirect("approvals-region")
    try:
        region_documents.hand_in(document_kind=kind, document_uid=uid, actor=user)
    except (AlreadyWaiting, AlreadyApproved, NoChain) as error:
        messages.warning(request, error.message())
    else:
        messages.success(request, _("Diajukan. Anda tidak dapat memutuskan yang Anda ajukan sendiri."))
    return redirect("approvals-region")


def _handler(kind: str) -> Handler:
    try:
        return handler_for(kind)
    except LookupError as error:
        raise NotFound("chain") from error


def _role_names() -> dict[str, str]:
    return dict(Role.objects.values_list("code", "name"))


def _current(rows: list[Chain], day: Any) -> Chain | None:
    latest = next((chain for chain in rows if chain.valid_from <= day), None)
    return latest if latest is not None and latest.steps.all() else None


def _track(position: str, rows: list[Chain], day: Any) -> dict[str, Any]:
    """The versions for one kind of position: the one in force, those to come, and the former ones."""
    current = _current(rows, day)
    return {
        "position": position,
        "position_name": _position_name(position),
        "current": current,
        "coming": [chain for chain in rows if chain.valid_from > day],
        "former": [chain for chain in rows if chain.valid_from <= day and chain != current],
    }


def _position_name(position: str) -> str:
    return str(dict(Position.Kind.choices).get(position, "")) if position else ""


def _form_context(document: Handler, form: ChainForm, levels: list[dict[str, Any]]) -> dict[str, Any]:
    steps = StepFormSet(prefix=PREFIX, initial=levels, form_kwargs={"document": document})
    return {"form": form, "steps": steps, "handler": document}


def _say(error: ChainRefused, form: ChainForm, steps: Any) -> None:
    """Put a refusal beside the field that it is about."""
    beside = {"no_measure": "measure_from", "never_counts": "after_deadline"}.get(error.reason)
    if error.level is not None and beside in steps.forms[error.level - 1].fields:
        steps.forms[error.level - 1].add_error(beside, error.message())
    elif error.reason == "conditions_only":
        steps.forms[0].add_error("only_exceptions", error.message())
    else:
        form.add_error("valid_from" if error.reason in ("past", "taken") else None, error.message())


def _preview(form: PreviewForm) -> dict[str, Any]:
    values = form.cleaned_data
    found = list(Employee.objects.active().searched(values["pegawai"]).order_by("name", "pk")[: _MOST_FOUND + 1])
    exact = [employee for employee in found if employee.nip == values["pegawai"].strip()]
    chosen = exact or found
    if len(chosen) != 1:
        if not chosen:
            form.add_error("pegawai", _("Tidak ada pegawai aktif dengan NIP atau nama itu."))
        return {"choices": found[:_MOST_FOUND], "too_many": len(found) > _MOST_FOUND}
    day = values["tanggal"] or here.today()
    shown = preview(
        values["jenis"],
        chosen[0],
        day,
        measure=values["ukuran"],
        is_exception=values["perlu_diperiksa"],
    )
    return {
        "employee": chosen[0],
        "day": day,
        "preview": shown,
        "position_name": _position_name(shown.chain.position_kind) if shown.chain is not None else "",
        "passed_words": {
            UNMET_CONDITION: _("Syarat tingkat ini tidak terpenuhi, jadi dilewati."),
            DECIDED_BEFORE: _("Orangnya sudah memutuskan di tingkat sebelumnya, jadi dilewati."),
        },
    }
