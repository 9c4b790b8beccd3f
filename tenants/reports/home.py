"""The first page: the button for who works here, the console's doors for who only administers."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from django.contrib.auth.decorators import login_required
from django.db.models import Func, IntegerField, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from kernel import clock
from kernel.accounts.access import person
from kernel.accounts.models import User
from kernel.periods import Month
from kernel.permissions import user_may
from kernel.tenancy.context import current_region
from tenants.activities.months import totals_of
from tenants.approvals.access import waiting_count
from tenants.attendance.board import presence_today
from tenants.attendance.cards import card_of
from tenants.attendance.month_grid import cells, grid_rows
from tenants.attendance.months import MonthView, month_days
from tenants.attendance.policy import last_days_to_explain, unexplained
from tenants.calendars.work_date import running_day
from tenants.employees.models import Employee
from tenants.machines.unknown_pins import unknown_pin_count
from tenants.oversight.models import Finding
from tenants.punches.app_views import may_send
from tenants.punches.offline import page_parts
from tenants.tpp.models import MonthRun, Slip

# So many days of a month belong to its beginning.
_BEGINNING: Final = 15


@require_safe
@login_required
def home(request: HttpRequest) -> HttpResponse:
    """What the person must do now, and how the month stands."""
    user = person(request)
    open_findings = Finding.objects.answerable_by(user).filter(state=Finding.State.OPEN)
    # Counted beside the person's own row: one statement less on the page that everybody opens.
    employee = Employee.objects.active().filter(user=user).annotate(to_answer=_count_of(open_findings)).first()
    if employee is None:
        return render(request, "tenants/reports/home_console.html", _of_official(user))
    to_answer: int = employee.to_answer  # type: ignore[attr-defined]  # annotated above
    context = {**_of_employee(user, employee, to_answer), **page_parts()}
    return may_send(request, render(request, "tenants/reports/home.html", context))


def _count_of(rows: QuerySet[Any]) -> Subquery:
    return Subquery(rows.order_by().values_list(Func("pk", function="COUNT", output_field=IntegerField())))


def _of_employee(user: User, employee: Employee, to_answer: int) -> dict[str, Any]:
    today = running_day()
    month = Month.of(today)
    view = month_days(employee.pk, month)
    return {
        "employee": employee,
        "greeting": _part_of_day(),
        "card": card_of(view.running, view.days.get(view.running), view.place),
        "month": month.first_day,
        "grid": grid_rows(cells(view, today, today), url=reverse("attendance-month")),
        "to_explain": _to_explain(employee, view, today),
        "work": totals_of(employee, month, view.rules) if user_may(user, "activities.write") else None,
        "waiting": waiting_count(user),
        "to_answer": to_answer,
        "slip": _newest_slip(employee) if user_may(user, "tpp.read_own") else None,
    }


def _to_explain(employee: Employee, view: MonthView, today: date) -> list[tuple[date, date | None]]:
    """The days that want a word from the person, with the last day for it where the region sets one."""
    found = [
        (day.date, view.explain_until[day.date] if view.may_explain(day.date) else None)
        for day in view.days.values()
        if day.wants_explanation
    ]
    if not view.sets_limit or today.day > _BEGINNING:
        return found
    # An absence of the last days of a month is explained in the first ones of the next.
    before = unexplained(employee.pk, view.month.previous.first_day, view.month.first_day)
    last_days = last_days_to_explain(employee.pk, before)
    return [*((day, last_days[day]) for day in before if last_days.get(day, date.min) >= today), *found]


def _of_official(user: User) -> dict[str, Any]:
    """How the day and the month stand in what the person has in charge; None for what the person may not see."""
    may_run = user_may(user, "tpp.read_all")
    return {
        "today": running_day(),
        "waiting": waiting_count(user),
        "presence": presence_today(user) if user_may(user, "attendance.read_unit") else None,
        "unknown_pins": unknown_pin_count() if user_may(user, "machines.manage") else 0,
        "run": MonthRun.objects.order_by("-month", "-number").first() if may_run else None,
        "may_run": may_run,
    }


def _part_of_day() -> str:
    """pagi until 10.59, siang until 14.59, sore until 17.59, malam."""
    hour = clock.now().astimezone(clock.zone(current_region().time_zone)).hour
    for until, words in ((3, "malam"), (11, "pagi"), (15, "siang"), (18, "sore")):
        if hour < until:
            return words
    return "malam"


def _newest_slip(employee: Employee) -> Slip | None:
    slips = Slip.objects.of_counting_runs().filter(employee=employee)
    return slips.select_related("run").order_by("-run__month").first()
