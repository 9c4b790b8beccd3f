"""The tree of OPD and units, one unit, one position."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, F, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kernel.accounts.access import person
from kernel.closing import MonthClosed
from kernel.errors import NotFound
from kernel.permissions import opd_scope, page, user_may
from kernel.tenancy import here
from kernel.timeline import DayTaken, OutOfPlace
from kernel.web import htmx, paging
from tenants.organisation import access, actions
from tenants.organisation import terms as position_terms
from tenants.organisation.errors import OfficeRefused, SuperiorCycle
from tenants.organisation.forms import PositionForm, TermsCorrectionForm, TermsForm, UnitForm
from tenants.organisation.models import Position, Unit
from tenants.organisation.permissions import CLASSIFY_ORGANISATION, MANAGE_ORGANISATION, VIEW_ORGANISATION


@require_safe
@page(VIEW_ORGANISATION)
def tree(request: HttpRequest) -> HttpResponse:
    """The OPDs with their size; the units below one are on its page."""
    opds = (
        Unit.objects.in_opds(opd_scope(person(request), VIEW_ORGANISATION))
        .opds()
        .annotate(
            units=Count("members", distinct=True) - 1,
            posts=Count("members__positions", filter=Q(members__positions__is_active=True), distinct=True),
        )
    )
    text = " ".join(request.GET.get("cari", "").split())
    if text:
        opds = opds.filter(Q(name__icontains=text) | Q(code__startswith=text))
    rows = paging.page_of(opds, order=("code",), cursor=request.GET.get(paging.PARAMETER, ""))
    return render(request, "tenants/organisation/tree.html", {"page": rows, "search": text})


@require_http_methods(["GET", "HEAD", "POST"])
@page(VIEW_ORGANISATION)
def unit(request: HttpRequest, uid: UUID) -> HttpResponse:
    """A unit with what is below it and its positions; the form for those who may change it."""
    user = person(request)
    if request.method == "POST":
        found = access.unit_for(user, MANAGE_ORGANISATION, uid)
    else:
        found = access.unit_for(user, VIEW_ORGANISATION, uid)
    may_classify = user_may(user, CLASSIFY_ORGANISATION)
    form = UnitForm(
        request.POST if request.method == "POST" else None,
        initial=UnitForm.initial_of(found),
        may_classify=may_classify,
    )
    if request.method == "POST" and form.is_valid():
        actions.change_unit(uid=uid, values=form.cleaned_data, actor=user)
        messages.success(request, _("Unit tersimpan."))
        return htmx.go(request, reverse("organisation-unit", args=[uid]))
    positions = Position.objects.filter(unit=found).on(here.today()).select_related("superior")
    rows = paging.page_of(positions, order=("code",), cursor=request.GET.get(paging.PARAMETER, ""))
    context = {
        "unit": found,
        "form": form,
        "may_manage": user_may(user, MANAGE_ORGANISATION, opd=_opd_uid(found)),
        "below": _below(found),
        "page": rows,
        "holders": _holders([row.pk for row in rows.rows]),
    }
    return render(request, "tenants/organisation/unit.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@page(VIEW_ORGANISATION)
def position(request: HttpRequest, uid: UUID) -> HttpResponse:
    """A position: who holds it, what is above and below it, and the form for those who may change it."""
    user = person(request)
    if request.method == "POST":
        found = access.position_for(user, MANAGE_ORGANISATION, uid)
    else:
        found = access.position_for(user, VIEW_ORGANISATION, uid)
    may_classify = user_may(user, CLASSIFY_ORGANISATION)
    form = PositionForm(
        request.POST if request.method == "POST" else None,
        initial=PositionForm.initial_of(found),
        may_classify=may_classify,
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_position(uid=uid, values=form.cleaned_data, actor=user)
        except SuperiorCycle as error:
            form.add_error("superior_code", error.message())
        except OfficeRefused as error:
            form.add_error("office" if "office" in form.fields else None, error.message())
        else:
            messages.success(request, _("Jabatan tersimpan."))
            return htmx.go(request, reverse("organisation-position", args=[uid]))
    history = position_terms.TERMS.shown(found, here.today())
    below = found.subordinates.filter(is_active=True).order_by("code")
    context = {
        "position": found,
        "terms": next((row.record for row in history if row.is_current), None),
        "history": history,
        "may_classify": may_classify,
        "form": form,
        "may_manage": user_may(user, MANAGE_ORGANISATION, opd=_opd_uid(found.unit)),
        "holders": _holders([found.pk]).get(found.pk, []),
        "below": list(below.on(here.today())[:100]),
    }
    return render(request, "tenants/organisation/position.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@page(CLASSIFY_ORGANISATION)
def terms(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Record another class or category from a day on."""
    user = person(request)
    found = access.position_for(user, CLASSIFY_ORGANISATION, uid)
    now = next((row.record for row in position_terms.TERMS.shown(found, here.today()) if row.is_current), None)
    initial = {} if now is None else {"kelas": now.kelas, "category": now.category}
    form = TermsForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            position_terms.change_terms(uid=uid, **form.cleaned_data, actor=user)
        except (DayTaken, MonthClosed) as error:
            form.add_error("first", error.message())
        else:
            messages.success(request, _("Kelas dan kategori tersimpan."))
            return htmx.go(request, reverse("organisation-position", args=[uid]))
    context = {
        "position": found,
        "form": form,
        "heading": _("Ubah kelas atau kategori"),
        "lead": _("Yang lama berakhir sehari sebelumnya dan tetap dipakai untuk bulan-bulan sebelumnya."),
        "button": _("Simpan"),
    }
    return render(request, "tenants/organisation/terms.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@page(CLASSIFY_ORGANISATION)
def correct_terms(request: HttpRequest, uid: UUID, terms_uid: UUID) -> HttpResponse:
    """Put a wrong record of class or category right."""
    user = person(request)
    found = access.position_for(user, CLASSIFY_ORGANISATION, uid)
    rows = list(found.terms.order_by("period"))
    wrong = next((row for row in rows if row.uid == terms_uid), None)
    if wrong is None:
        raise NotFound("terms")
    form = TermsCorrectionForm(
        request.POST if request.method == "POST" else None,
        initial=TermsCorrectionForm.initial_of(wrong),
        is_first=wrong == rows[0],
    )
    if request.method == "POST" and form.is_valid():
        try:
            position_terms.correct_terms(uid=uid, terms_uid=terms_uid, **form.cleaned_data, actor=user)
        except (OutOfPlace, MonthClosed) as error:
            form.add_error("first", error.message())
        else:
            messages.success(request, _("Catatan dibetulkan."))
            return htmx.go(request, reverse("organisation-position", args=[uid]))
    context = {
        "position": found,
        "form": form,
        "heading": _("Betulkan kelas atau kategori"),
        "lead": _("Hanya untuk catatan yang salah. Perubahan kelas dicatat sebagai perubahan baru dengan tanggalnya."),
        "button": _("Betulkan"),
    }
    return render(request, "tenants/organisation/terms.html", context, status=422 if form.is_bound else 200)


def _opd_uid(unit: Unit) -> UUID | None:
    return None if unit.opd is None else unit.opd.uid


def _below(unit: Unit) -> list[dict[str, Any]]:
    """The units below, parents before children, indented by their depth."""
    units = {row.pk: row for row in Unit.objects.filter(opd_id=unit.opd_id).order_by("code")}
    tree = Unit.objects.filter(opd_id=unit.opd_id).tree()
    depth = {unit.pk: 0}
    rows = []
    for pk in tree.subtree(unit.pk)[1:]:
        row = units[pk]
        depth[pk] = depth.get(row.parent_id or 0, 0) + 1
        rows.append({"unit": row, "indent": "—" * (depth[pk] - 1)})
    return rows


def _holders(position_ids: list[int]) -> dict[int, list[dict[str, Any]]]:
    """Who holds these positions today, by position."""
    rows = (
        Position.objects.filter(pk__in=position_ids, placements__period__contains=here.today())
        .order_by("placements__kind", "placements__employee__name")
        .values(
            "pk",
            name=F("placements__employee__name"),
            employee=F("placements__employee__uid"),
            held=F("placements__kind"),
        )
    )
    found: dict[int, list[dict[str, Any]]] = {pk: [] for pk in position_ids}
    for row in rows:
        found[row["pk"]].append({**row, "is_acting": row["held"] != "definitif"})
    return found
