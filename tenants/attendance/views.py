"""The punch page, months, and who is here today."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import BadRequest
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from kernel.accounts.access import person
from kernel.jobs.models import Job
from kernel.periods import Month, parse_day
from kernel.permissions import opd_scope, page
from kernel.tenancy.context import current_region
from kernel.web import htmx
from kernel.web.containment import open_in_read_only
from kernel.web.fallback import open_in_fallback
from tenants.attendance import access
from tenants.attendance.actions import COMPUTE_WORK, start_computing
from tenants.attendance.board import GROUPS, Entry, board_of, counts, slice_behind
from tenants.attendance.cards import today_card
from tenants.attendance.document_kinds import code_labels
from tenants.attendance.forms import ComputeForm
from tenants.attendance.month_grid import LEGEND, cells, detail, grid_rows
from tenants.attendance.months import month_days
from tenants.attendance.permissions import COMPUTE, READ, READ_OWN, READ_STAFF, READ_UNIT
from tenants.calendars.work_date import running_day
from tenants.employees.access import people_in_scope
from tenants.employees.models import Employee
from tenants.organisation.models import Unit
from tenants.punches.app_views import may_send
from tenants.punches.lane import accept_punch
from tenants.punches.offline import page_parts
from tenants.punches.permissions import PUNCH
from tenants.punches.posted import punch_from_post


@open_in_read_only
@open_in_fallback
@require_http_methods(["GET", "HEAD", "POST"])
@page(PUNCH)
def punch(request: HttpRequest) -> HttpResponse:
    """The big button; a POST is one punch and answers with its receipt."""
    if request.method == "POST":
        return _take_punch(request)
    employee = access.employee_of(person(request))
    context = {"card": today_card(employee.pk), "employee": employee, **page_parts()}
    return may_send(request, render(request, "tenants/attendance/punch.html", context))


def _take_punch(request: HttpRequest) -> HttpResponse:
    user = person(request)
    try:
        sent = punch_from_post(request.POST, device=request.headers.get("User-Agent", ""))
    except ValueError as error:
        raise BadRequest("neither in nor out") from error
    receipt = accept_punch(region=current_region(), employee_id=access.employee_id_of(user), punch=sent, actor=user)
    if htmx.wants_part(request):
        return render(request, "tenants/attendance/_receipt.html", {"receipt": receipt})
    return HttpResponseRedirect(reverse("attendance-punch"))


@require_safe
@page(READ_OWN)
def own_month(request: HttpRequest) -> HttpResponse:
    """The person's own month."""
    employee = access.employee_of(person(request))
    return _month(request, employee, is_own=True)


@require_safe
@page(READ)
def employee_month(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The month of somebody whose attendance the person may see."""
    user = person(request)
    employee = access.readable_employee(user, uid, running_day())
    return _month(request, employee, is_own=employee.user_id == user.pk)


def _month(request: HttpRequest, employee: Employee, *, is_own: bool) -> HttpResponse:
    today = running_day()
    chosen = _day_of(request, today)
    month = Month.of(chosen)
    view = month_days(employee.pk, month)
    context = {
        "employee": employee,
        "is_own": is_own,
        "month": month.first_day,
        "previous": f"?bulan={month.previous}",
        "next": f"?bulan={month.next}" if month < Month.of(today) else "",
        "grid": grid_rows(cells(view, today, chosen), swaps=True),
        "legend": LEGEND,
        "chosen": detail(view, chosen),
        "is_closed": view.is_closed,
        "has_rules": bool(view.codes),
        "has_post": bool(view.days) or bool(view.coming),
    }
    return htmx.answer(request, "tenants/attendance/month.html", context, part="tenants/attendance/_month.html")


def _day_of(request: HttpRequest, today: date) -> date:
    """The day that the address asks for: `hari`, else today within `bulan`, else that month's last day."""
    try:
        if "hari" in request.GET:
            return parse_day(request.GET["hari"])
        month = Month.parse(request.GET["bulan"]) if "bulan" in request.GET else Month.of(today)
        if not 2000 <= month.year <= today.year + 1:
            raise ValueError(month)
    except ValueError as error:
        raise BadRequest("not a day or month") from error
    if month == Month.of(today):
        return today
    return month.first_day if month > Month.of(today) else month.end - timedelta(days=1)


@require_safe
@page(READ_STAFF)
def staff_today(request: HttpRequest) -> HttpResponse:
    """The direct staff of the person on a day."""
    day = _board_day(request)
    people = access.subordinates(person(request), day).order_by("name", "pk")
    return _board(request, list(people), day, {"is_staff_board": True})


@require_safe
@page(READ_UNIT)
def unit_today(request: HttpRequest) -> HttpResponse:
    """Everybody of one OPD in charge on a day."""
    user = person(request)
    day = _board_day(request)
    opds = list(Unit.objects.active().opds().in_opds(opd_scope(user, READ_UNIT)).order_by("code"))
    chosen = next((opd for opd in opds if str(opd.uid) == request.GET.get("opd", "")), opds[0] if opds else None)
    people: list[Employee] = []
    if chosen is not None:
        in_scope = people_in_scope(user, READ_UNIT, day).filter(Q(("opd_id", chosen.pk)))
        people = list(in_scope.order_by("name", "pk"))
    return _board(request, people, day, {"is_staff_board": False, "opds": opds, "opd": chosen})


def _board_day(request: HttpRequest) -> date:
    today = running_day()
    try:
        day = parse_day(request.GET["hari"]) if request.GET.get("hari") else today
    except ValueError as error:
        raise BadRequest("not a day") from error
    return min(day, today)


def _board(request: HttpRequest, people: list[Employee], day: date, more: dict[str, Any]) -> HttpResponse:
    entries = board_of(people, day)
    numbers = counts(entries)
    group = request.GET.get("keadaan", "")
    if group in GROUPS:
        entries = [entry for entry in entries if entry.group == group]
    else:
        group = ""
    address = request.GET.copy()
    address.pop("setelah", None)
    address.pop("keadaan", None)
    tabs = [{"label": label, "group": key, "count": numbers[key]} for key, label in GROUPS.items() if numbers[key]]
    shown = slice_behind(entries, request.GET.get("setelah", ""))
    context = {
        "day": day,
        "today": running_day(),
        "page": shown,
        "rows": _in_words(shown.rows, day),
        "tabs": [
            {
                "label": tab["label"],
                "url": f"?{address.urlencode()}&keadaan={tab['group']}" if address else f"?keadaan={tab['group']}",
                "is_current": tab["group"] == group,
                "count": tab["count"],
            }
            for tab in tabs
        ],
        "all_url": f"?{address.urlencode()}",
        "group": group,
        "total": len(people),
        **more,
    }
    return htmx.answer(request, "tenants/attendance/board.html", context, part="tenants/attendance/_board.html")


def _in_words(entries: list[Entry], day: date) -> list[tuple[Entry, str, list[str]]]:
    """Each with the words of its document and of what was judged."""
    judged = [entry.day for entry in entries if entry.day is not None]
    labels = code_labels(day) if any(one.document or one.events for one in judged) else {}

    def words(entry: Entry) -> tuple[Entry, str, list[str]]:
        if entry.day is None:
            return entry, "", []
        codes = [event.code for event in entry.day.events if event.code != entry.day.document]
        events = [labels.get(code, code) for code in codes]
        return entry, labels.get(entry.day.document, entry.day.document), events

    return [words(entry) for entry in entries]


@require_http_methods(["GET", "HEAD", "POST"])
@page(COMPUTE)
def compute(request: HttpRequest) -> HttpResponse:
    """Start computing a month again; the job's page shows the progress."""
    opds = [(opd.code, opd.name) for opd in Unit.objects.active().opds().order_by("code")]
    form = ComputeForm(request.POST or None, opds=opds, initial={"month": Month.of(running_day()).first_day})
    if request.method == "POST" and form.is_valid():
        job = start_computing(
            month=Month.of(form.cleaned_data["month"]), actor=person(request), opd_code=form.cleaned_data["opd"]
        )
        return HttpResponseRedirect(reverse("jobs-job", args=[job.uid]))
    jobs = Job.objects.filter(kind=COMPUTE_WORK).order_by("-id")[:5]
    return render(
        request,
        "tenants/attendance/compute.html",
        {"form": form, "jobs": jobs},
        status=422 if form.errors else 200,
    )
