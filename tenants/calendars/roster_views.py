"""The roster: the grid of a unit's month, one person's month as a form, sheets in and out."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kernel.accounts.access import person
from kernel.errors import DomainError, NotFound
from kernel.periods import Month
from kernel.permissions import page
from kernel.sheets.writing import Column, Sheet, workbook
from kernel.tenancy import here
from kernel.web import htmx
from kernel.web.asked import month_asked
from kernel.web.downloads import as_download
from tenants.calendars.forms import RosterSheetForm
from tenants.calendars.models import WorkPattern
from tenants.calendars.permissions import ROSTER
from tenants.calendars.querysets import calendar_between
from tenants.calendars.roster_access import (
    MOST_PEOPLE,
    day_of,
    people_of_roster,
    roster_person,
    roster_unit,
    roster_units,
)
from tenants.calendars.roster_grid import GridRow, grid_rows
from tenants.calendars.roster_import import DAYS, HEADINGS, NIP, start_roster_import
from tenants.calendars.rosters import (
    FOLLOWS,
    FREE,
    CellIn,
    codes_of,
    copy_cells,
    discard_drafts,
    draft_cells,
    publish_roster,
)
from tenants.employees.models import Employee
from tenants.organisation.models import Unit

# From how many days before a roster is copied: a week, or the same weekdays of four weeks before.
_BACK = {"copy-week": 7, "copy-month": 28}
# So many cells go in one request: a month of everybody in a grid.
_MOST_CELLS = MOST_PEOPLE * 31


def _pattern(uid: str, unit: Unit, month: Month) -> WorkPattern | None:
    """The pattern whose shifts are painted: the one asked for, or that of the unit."""
    asked = WorkPattern.objects.filter(uid=uid).first() if _is_uuid(uid) else None
    if asked is not None:
        return asked
    day = day_of(month)
    own = calendar_between(day, day + timedelta(days=1)).pattern(unit.pk, day)
    return None if own is None else WorkPattern.objects.filter(code=own.code).first()


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _rows(people: list[Employee], month: Month) -> list[GridRow]:
    # `unit_id` is an annotation of `placed_on`, which the type checker does not know.
    return grid_rows(people, {one.pk: getattr(one, "unit_id") for one in people}, month)  # noqa: B009


def _address(unit: Unit, month: Month, pattern: WorkPattern | None) -> str:
    chosen = "" if pattern is None else f"&pola={pattern.uid}"
    return f"{reverse('calendars-roster')}?unit={unit.uid}&bulan={month}{chosen}"


@require_safe
@page(ROSTER)
def roster(request: HttpRequest) -> HttpResponse:
    """The grid of one unit, or the choice of a unit."""
    units = roster_units(person(request))
    month = month_asked(request, here.this_month())
    context: dict[str, Any] = {"units": units, "month": month, "unit": None}
    asked = request.GET.get("unit", "")
    if not asked:
        return render(request, "tenants/calendars/roster.html", context)
    unit = roster_unit(person(request), asked)
    pattern = _pattern(request.GET.get("pola", ""), unit, month)
    people = people_of_roster(person(request), unit, month)
    rows = _rows(people, month)
    calendar = calendar_between(month.first_day, month.end)
    context |= {
        "unit": unit,
        "pattern": pattern,
        "patterns": WorkPattern.objects.order_by("name"),
        "codes": _palette(pattern),
        "rows": rows,
        "days": [
            {
                "date": day,
                "is_free": day.weekday() == 6 or calendar.holiday(day, unit.pk),
                "note": calendar.holiday(day, unit.pk),
            }
            for day in month.days()
        ],
        "drafts": sum(cell.is_draft for row in rows for cell in row.cells),
        "problems": sum(row.problems for row in rows),
        "is_full": len(people) == MOST_PEOPLE,
        "most": MOST_PEOPLE,
        "form": RosterSheetForm(),
        "previous": _address(unit, month.previous, pattern),
        "next": _address(unit, month.next, pattern),
    }
    return render(request, "tenants/calendars/roster.html", context)


def _palette(pattern: WorkPattern | None) -> list[dict[str, str]]:
    """The shifts that can be painted, with their hours in words."""
    if pattern is None:
        return []
    spans = {}
    for row in pattern.versions.order_by("valid_from"):
        spans.update({span.code: span for span in row.version.spans})
    return [
        {
            "code": code,
            "name": spans[code].name,
            "hours": f"{spans[code].starts_at:%H.%M}-{spans[code].ends_at:%H.%M}",
        }
        for code in codes_of(pattern)
    ]


def _asked_unit(request: HttpRequest) -> tuple[Unit, Month]:
    unit = roster_unit(person(request), request.POST.get("unit", ""))
    try:
        return unit, Month.parse(request.POST.get("bulan", ""))
    except ValueError as error:
        raise NotFound("month") from error


@require_POST
@page(ROSTER)
def cells(request: HttpRequest) -> HttpResponse:
    """Cells that were painted: kept as drafts, and answered with the rows as they are then."""
    try:
        asked = json.loads(request.body)
        month = Month.parse(str(asked["month"]))
        wanted = [
            (UUID(str(cell["person"])), date.fromisoformat(cell["date"]), str(cell["value"])) for cell in asked["cells"]
        ]
        unit, chosen = str(asked["unit"]), str(asked["pattern"])
    except (ValueError, KeyError, TypeError):
        return JsonResponse({"detail": _("Kiriman tidak terbaca.")}, status=400)
    if len(wanted) > _MOST_CELLS or any(Month.of(day) != month for _uid, day, _value in wanted):
        return JsonResponse({"detail": _("Kiriman tidak terbaca.")}, status=400)
    at = roster_unit(person(request), unit)
    pattern = _pattern(chosen, at, month)
    known = {one.uid: one for one in people_of_roster(person(request), at, month)}
    if pattern is None or any(uid not in known for uid, _day, _value in wanted):
        raise NotFound("employee")
    try:
        draft_cells(
            cells=[CellIn(known[uid].pk, day, value) for uid, day, value in wanted],
            pattern=pattern,
            actor=person(request),
        )
    except DomainError as error:
        return JsonResponse({"detail": error.message(), "code": error.code}, status=error.status)
    touched = {uid for uid, _day, _value in wanted}
    rows = _rows([one for uid, one in known.items() if uid in touched], month)
    return JsonResponse({"rows": [_row_json(row) for row in rows]})


def _row_json(row: GridRow) -> dict[str, Any]:
    return {
        "person": str(row.employee.uid),
        "hours": row.hours,
        "problems": row.problems,
        "cells": [
            {
                "date": cell.date.isoformat(),
                "value": cell.value,
                "text": cell.text,
                "hint": cell.hint,
                "draft": cell.is_draft,
                "problem": cell.problem,
            }
            for cell in row.cells
        ],
    }


@require_POST
@page(ROSTER)
def act(request: HttpRequest) -> HttpResponse:
    """Copy, publish or throw away, for everybody in the grid."""
    unit, month = _asked_unit(request)
    pattern = _pattern(request.POST.get("pola", ""), unit, month)
    ids = [one.pk for one in people_of_roster(person(request), unit, month)]
    do = request.POST.get("do", "")
    first, end = month.first_day, month.end
    try:
        if do in _BACK:
            week = _day_in(request.POST.get("minggu", ""), month) if do == "copy-week" else None
            first, end = (first, end) if week is None else (week, min(week + timedelta(days=7), end))
            count = copy_cells(employee_ids=ids, first=first, end=end, days_back=_BACK[do], actor=person(request))
            text = ngettext("%(count)d sel disalin ke draf.", "%(count)d sel disalin ke draf.", count)
        elif do == "publish":
            count = publish_roster(employee_ids=ids, first=first, end=end, actor=person(request))
            text = ngettext("Jadwal terbit: %(count)d sel berlaku.", "Jadwal terbit: %(count)d sel berlaku.", count)
        elif do == "discard":
            count = discard_drafts(employee_ids=ids, first=first, end=end, actor=person(request))
            text = ngettext("%(count)d sel draf dibuang.", "%(count)d sel draf dibuang.", count)
        else:
            raise NotFound("act")
    except NotFound:
        raise
    except DomainError as error:
        messages.error(request, error.message())
    else:
        messages.success(request, text % {"count": count})
    return htmx.go(request, _address(unit, month, pattern))


def _day_in(text: str, month: Month) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return month.first_day
    return day if Month.of(day) == month else month.first_day


@require_http_methods(["GET", "HEAD", "POST"])
@page(ROSTER)
def person_month(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One person's month as a form: what the grid does, day by day."""
    month = month_asked(request, here.this_month())
    employee = roster_person(person(request), uid, month)
    unit = Unit.objects.get(pk=getattr(employee, "unit_id"))  # noqa: B009
    pattern = _pattern(request.GET.get("pola", ""), unit, month)
    row = _rows([employee], month)[0]
    codes = [] if pattern is None else codes_of(pattern)
    problem = ""
    said = [(cell, request.POST.get(f"day_{cell.date.day}", cell.value)) for cell in row.cells]
    if request.method == "POST" and pattern is not None:
        changed = [CellIn(employee.pk, cell.date, value) for cell, value in said if value != cell.value]
        try:
            count = draft_cells(cells=changed, pattern=pattern, actor=person(request))
        except DomainError as error:
            problem = error.message()
        else:
            text = ngettext("%(count)d hari disimpan ke draf.", "%(count)d hari disimpan ke draf.", count)
            messages.success(request, text % {"count": count})
            return redirect(_address(unit, month, pattern))
    context = {
        "employee": employee,
        "unit": unit,
        "month": month,
        "pattern": pattern,
        "days": said,
        "choices": [(FOLLOWS, _("Ikut pola")), (FREE, _("Libur")), *((code, code) for code in codes)],
        "known": {FOLLOWS, FREE, *codes},
        "problem": problem,
        "back": _address(unit, month, pattern),
    }
    return render(request, "tenants/calendars/roster_person.html", context, status=422 if problem else 200)


@require_safe
@page(ROSTER)
def sheet(request: HttpRequest) -> HttpResponse:
    """The month as a sheet, which can be changed and brought in again; without a unit, the page to choose one."""
    if not request.GET.get("unit"):
        return redirect("calendars-roster")
    month = month_asked(request, here.this_month())
    unit = roster_unit(person(request), request.GET.get("unit", ""))
    rows = _rows(people_of_roster(person(request), unit, month), month)
    columns = [
        Column(HEADINGS[NIP][0], required=True, width=22),
        Column(_("Nama"), width=28),
        *(Column(DAYS[f"d{day.day}"][0], width=5) for day in month.days()),
    ]
    lines = [[row.employee.nip, row.employee.name, *(cell.value for cell in row.cells)] for row in rows]
    return as_download(workbook([Sheet(str(month), columns, lines)]), f"jadwal-{unit.code}-{month}.xlsx")


@require_POST
@page(ROSTER)
def bring_in(request: HttpRequest) -> HttpResponse:
    """A sheet with the month; what is wrong is said beside each row, and what is right becomes a draft."""
    unit, month = _asked_unit(request)
    pattern = _pattern(request.POST.get("pola", ""), unit, month)
    form = RosterSheetForm(request.POST, request.FILES)
    if pattern is not None and form.is_valid():
        try:
            job = start_roster_import(
                unit=unit,
                month=month,
                pattern=pattern,
                upload=form.cleaned_data["berkas"],
                actor=person(request),
            )
        except NotFound:
            raise
        except DomainError as error:
            messages.error(request, error.message())
        else:
            return redirect("jobs-job", uid=job.uid)
    else:
        messages.error(request, _("Pilih berkas XLSX jadwal bulan ini."))
    return redirect(_address(unit, month, pattern))
