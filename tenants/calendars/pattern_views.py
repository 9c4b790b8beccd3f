"""Work patterns with their dated hours, who works by them, and Ramadan."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kernel.accounts.access import person
from kernel.errors import NotFound
from kernel.permissions import page
from kernel.tenancy import here
from kernel.web import htmx
from tenants.calendars import actions
from tenants.calendars.closing import MonthClosed
from tenants.calendars.errors import (
    LastVersion,
    PatternCodeTaken,
    PatternImpossible,
    PeriodTaken,
    VersionTaken,
)
from tenants.calendars.models import PatternAssignment, PatternVersion, RamadanPeriod, WorkPattern
from tenants.calendars.pattern_forms import AssignForm, EndForm, PatternForm, RamadanForm, VersionForm
from tenants.calendars.patterns import (
    ALWAYS,
    NORMAL,
    NORMAL_WEEK,
    RAMADAN,
    RAMADAN_WEEK,
    ROTATION,
    WEEKLY,
    Version,
)
from tenants.calendars.permissions import MANAGE_CALENDAR, VIEW_CALENDAR
from tenants.calendars.ready import ready_patterns

_WEEK = {NORMAL: NORMAL_WEEK, RAMADAN: RAMADAN_WEEK}


def _shown(row: PatternVersion, kind: str, *, is_current: bool) -> dict[str, Any]:
    """A version as the pages show it: slots by day, and the hours of its week beside those of the regulation."""
    version = row.version
    labels = [str(label) for label in WEEKDAYS.values()] if kind == WEEKLY else []
    return {
        "row": row,
        "is_current": is_current,
        "is_first": row.valid_from == ALWAYS,
        "spans": version.spans,
        "slots": [
            {
                "label": labels[slot] if labels else _("Hari ke-%(number)d") % {"number": slot + 1},
                "spans": version.worked_in(slot),
            }
            for slot in range(len(version.slots))
        ],
        "is_cycle": kind == ROTATION,
        "minutes": version.week_minutes,
        "wanted": _WEEK[row.variant],
        "difference": version.week_minutes - _WEEK[row.variant],
    }


def _current(rows: list[PatternVersion], variant: str, today: date) -> PatternVersion | None:
    """The version that counts today; the next one where none has begun."""
    own = sorted((row for row in rows if row.variant == variant), key=lambda row: row.valid_from)
    begun = [row for row in own if row.valid_from <= today]
    return begun[-1] if begun else (own[0] if own else None)


@require_safe
@page(VIEW_CALENDAR)
def patterns(request: HttpRequest) -> HttpResponse:
    today = here.today()
    now = Q(assignments__period__overlap=DateRange(today, None))
    found = (
        WorkPattern.objects.prefetch_related("versions")
        .annotate(
            units=Count("assignments__unit", filter=now, distinct=True),
            people=Count("assignments__employee", filter=now, distinct=True),
        )
        .order_by("-is_default", "name")
    )
    rows = []
    for pattern in found:
        versions = list(pattern.versions.all())
        current = {variant: _current(versions, variant, today) for variant in (NORMAL, RAMADAN)}
        rows.append(
            {
                "pattern": pattern,
                "shown": [_shown(row, pattern.kind, is_current=True) for row in current.values() if row is not None],
            }
        )
    known = {pattern.code for pattern in found}
    context = {
        "patterns": rows,
        "ready": [ready for code, ready in ready_patterns().items() if code not in known],
    }
    return render(request, "tenants/calendars/patterns.html", context)


@require_POST
@page(MANAGE_CALENDAR)
def take(request: HttpRequest, code: str) -> HttpResponse:
    try:
        made = actions.take_ready_pattern(code=code, actor=person(request))
    except PatternCodeTaken as error:
        messages.error(request, error.message())
        return htmx.go(request, reverse("calendars-patterns"))
    messages.success(request, _("Pola diambil. Sesuaikan jamnya, lalu tetapkan untuk unit."))
    return htmx.go(request, reverse("calendars-pattern", args=[made.uid]))


def _pattern(uid: UUID) -> WorkPattern:
    found = WorkPattern.objects.filter(uid=uid).first()
    if found is None:
        raise NotFound("work_pattern")
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@page(MANAGE_CALENDAR)
def pattern_new(request: HttpRequest) -> HttpResponse:
    kind = ROTATION if request.GET.get("jenis") == ROTATION else WEEKLY
    data = request.POST if request.method == "POST" else None
    form, hours = PatternForm(data, kind=kind), VersionForm(data, kind=kind)
    if data is not None and form.is_valid() & hours.is_valid():
        try:
            made = actions.make_pattern(pattern=form.pattern, version=hours.version(), actor=person(request))
        except PatternCodeTaken as error:
            form.add_error("name", error.message())
        except PatternImpossible as error:
            hours.add_error(None, error.message())
        else:
            messages.success(request, _("Pola kerja tersimpan."))
            return htmx.go(request, reverse("calendars-pattern", args=[made.uid]))
    context = {"form": form, "hours": hours, "kind": kind}
    return render(request, "tenants/calendars/pattern_new.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@page(MANAGE_CALENDAR)
def pattern(request: HttpRequest, uid: UUID) -> HttpResponse:
    """What the pattern is, all its hours, and who works by it."""
    found = _pattern(uid)
    form = PatternForm(
        request.POST if request.method == "POST" else None, kind=found.kind, initial=PatternForm.initial_of(found)
    )
    if request.method == "POST" and form.is_valid():
        actions.change_pattern(uid=found.uid, pattern=form.pattern, actor=person(request))
        messages.success(request, _("Pola kerja tersimpan."))
        return htmx.go(request, reverse("calendars-pattern", args=[found.uid]))
    today = here.today()
    rows = list(found.versions.order_by("variant", "-valid_from"))
    current = {variant: _current(rows, variant, today) for variant in (NORMAL, RAMADAN)}
    uses = PatternAssignment.objects.filter(pattern=found, period__overlap=DateRange(today, None))
    context = {
        "pattern": found,
        "form": form,
        "versions": [_shown(row, found.kind, is_current=current[row.variant] == row) for row in rows],
        "has_ramadan": current[RAMADAN] is not None,
        "uses": [
            {"row": use, "last": use.period.upper and use.period.upper - timedelta(days=1)}
            for use in uses.select_related("unit", "employee").order_by("unit__code", "employee__name", "period")
        ],
    }
    return render(request, "tenants/calendars/pattern.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@page(MANAGE_CALENDAR)
def version_new(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Hours from a day on, or hours of Ramadan; they begin with what the pattern has now."""
    found = _pattern(uid)
    variant = RAMADAN if request.GET.get("varian") == RAMADAN else NORMAL
    rows = list(found.versions.all())
    like = _current(rows, variant, here.today()) or _current(rows, NORMAL, here.today())
    return _edit_version(request, found, variant, None, like)


@require_http_methods(["GET", "HEAD", "POST"])
@page(MANAGE_CALENDAR)
def version(request: HttpRequest, uid: UUID, version: UUID) -> HttpResponse:
    found = _pattern(uid)
    row = found.versions.filter(uid=version).first()
    if row is None:
        raise NotFound("pattern_version")
    return _edit_version(request, found, row.variant, row, row)


def _edit_version(
    request: HttpRequest, found: WorkPattern, variant: str, row: PatternVersion | None, like: PatternVersion | None
) -> HttpResponse:
    initial: dict[str, Any] = {}
    if like is not None:
        initial = VersionForm.initial_of(found.kind, like.version)
        if row is None:
            initial["valid_from"] = None
    hours = VersionForm(request.POST if request.method == "POST" else None, kind=found.kind, initial=initial)
    if request.method == "POST" and hours.is_valid():
        made: Version = hours.version(variant)
        try:
            actions.save_version(
                uid=found.uid, version=made, replaces=None if row is None else row.uid, actor=person(request)
            )
        except PatternImpossible as error:
            hours.add_error(None, error.message())
        except VersionTaken as error:
            hours.add_error(
                "valid_from",
                error.message()
                if made.valid_from != ALWAYS
                else _("Isi tanggal mulai: pola ini sudah punya jam yang berlaku sejak awal."),
            )
        else:
            messages.success(request, _("Jam kerja tersimpan."))
            return htmx.go(request, reverse("calendars-pattern", args=[found.uid]))
    context = {"pattern": found, "hours": hours, "row": row, "is_ramadan": variant == RAMADAN}
    return render(request, "tenants/calendars/version.html", context, status=422 if hours.is_bound else 200)


@require_POST
@page(MANAGE_CALENDAR)
def version_remove(request: HttpRequest, uid: UUID, version: UUID) -> HttpResponse:
    try:
        actions.remove_version(uid=uid, version=version, actor=person(request))
    except LastVersion as error:
        messages.error(request, error.message())
    else:
        messages.success(request, _("Jam itu dihapus. Jam sebelumnya berlaku lagi."))
    return htmx.go(request, reverse("calendars-pattern", args=[uid]))


@require_http_methods(["GET", "HEAD", "POST"])
@page(MANAGE_CALENDAR)
def assign(request: HttpRequest, uid: UUID) -> HttpResponse:
    known = _pattern(uid)
    form = AssignForm(request.POST if request.method == "POST" else None, kind=known.kind)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            actions.assign_pattern(
                pattern=known,
                units=list(values["units"]),
                employees=form.employees,
                offset=values.get("offset") or 0,
                first=values["first"],
                last=values["last"],
                actor=person(request),
            )
        except MonthClosed as error:
            form.add_error("first", error.message())
        else:
            messages.success(request, _("Pola kerja ditetapkan."))
            return htmx.go(request, reverse("calendars-pattern", args=[known.uid]))
    context = {"form": form, "pattern": known}
    return render(request, "tenants/calendars/assign.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@page(MANAGE_CALENDAR)
def end(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The last day of an assignment."""
    found = PatternAssignment.objects.select_related("pattern", "unit", "employee").filter(uid=uid).first()
    if found is None:
        raise NotFound("pattern_assignment")
    form = EndForm(request.POST if request.method == "POST" else None, first=found.period.lower)
    if request.method == "POST" and form.is_valid():
        try:
            actions.end_assignment(uid=uid, last=form.cleaned_data["last"], actor=person(request))
        except MonthClosed as error:
            form.add_error("last", error.message())
        else:
            messages.success(request, _("Penetapan diakhiri."))
            return htmx.go(request, reverse("calendars-pattern", args=[found.pattern.uid]))
    context = {"form": form, "assignment": found}
    return render(request, "tenants/calendars/end.html", context, status=422 if form.is_bound else 200)


@require_safe
@page(VIEW_CALENDAR)
def ramadan(request: HttpRequest) -> HttpResponse:
    one_day = timedelta(days=1)
    context = {
        "periods": [
            {"row": row, "last": row.period.upper - one_day} for row in RamadanPeriod.objects.order_by("-period")
        ],
        "without": WorkPattern.objects.exclude(versions__variant=RAMADAN).order_by("name"),
    }
    return render(request, "tenants/calendars/ramadan.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@page(MANAGE_CALENDAR)
def ramadan_new(request: HttpRequest) -> HttpResponse:
    form = RamadanForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.set_ramadan(**form.cleaned_data, actor=person(request))
        except PeriodTaken as error:
            form.add_error("first", error.message())
        else:
            messages.success(request, _("Masa Ramadan tersimpan. Jam Ramadan setiap pola berlaku pada hari-hari itu."))
            return htmx.go(request, reverse("calendars-ramadan"))
    return render(request, "tenants/calendars/ramadan_new.html", {"form": form}, status=422 if form.is_bound else 200)


@require_POST
@page(MANAGE_CALENDAR)
def ramadan_remove(request: HttpRequest, uid: UUID) -> HttpResponse:
    actions.remove_ramadan(uid=uid, actor=person(request))
    messages.success(request, _("Masa Ramadan dihapus."))
    return htmx.go(request, reverse("calendars-ramadan"))
