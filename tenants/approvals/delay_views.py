"""The record of deadlines that passed, and the trail of one request."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.exceptions import BadRequest
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kernel.accounts.access import person
from kernel.accounts.models import User
from kernel.accounts.permissions import READ_AUDIT
from kernel.errors import NotFound
from kernel.periods import Month
from kernel.permissions import page, user_may
from kernel.tenancy import here
from kernel.web import paging
from tenants.approvals import access
from tenants.approvals.delays import late_decisions
from tenants.approvals.handlers import handlers
from tenants.approvals.inbox_tabs import tabs
from tenants.approvals.models import ApprovalRequest, DecisionDelay
from tenants.approvals.permissions import DECIDE, READ_DELAYS
from tenants.approvals.trail import trail_of
from tenants.employees.models import Employee
from tenants.employees.querysets import reporting_line_of, subordinates_of


@require_safe
@page(DECIDE)
def delays(request: HttpRequest) -> HttpResponse:
    """The person's own record of the month, that of the people below, and everybody's for who may read it."""
    user = person(request)
    month = _month(request)
    own = Employee.objects.filter(user=user).first()
    context = _context(month) | {"own": own, "tabs": tabs("terlambat")}
    if own is not None:
        context["page"] = _page(request, own, month)
        below = subordinates_of(own, here.today())
        counts = late_decisions([employee.pk for employee in below], month)
        context["below"] = [(employee, counts[employee.pk]) for employee in below if counts[employee.pk]]
    if user_may(user, READ_DELAYS):
        context["everybody"] = list(
            Employee.objects.filter(decision_delays__in=DecisionDelay.objects.due_in(month))
            .annotate(late=Count("decision_delays", filter=Q(decision_delays__in=DecisionDelay.objects.due_in(month))))
            .order_by("-late", "name", "pk")[:100]
        )
    return render(request, "tenants/approvals/delays.html", context)


@require_safe
@page(DECIDE)
def delays_of(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One person's record: for that person, for the superiors above, and for who may read everybody's."""
    user = person(request)
    month = _month(request)
    employee = Employee.objects.filter(uid=uid).first()
    if employee is None or not _may_read(user, employee):
        raise NotFound("employee")
    context = _context(month) | {"own": employee, "page": _page(request, employee, month), "is_other": True}
    return render(request, "tenants/approvals/delays.html", context)


@require_safe
@page(DECIDE)
def trail(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Everything that happened to one request, for its owner, who decides or has decided, and readers of the audit."""
    user = person(request)
    reads_audit = user_may(user, READ_AUDIT)
    found = ApprovalRequest.objects.filter(uid=uid).select_related("owner").first()
    if found is None:
        raise NotFound("approval_request")
    is_owner = found.owner_user_id == user.pk or (found.owner is not None and found.owner.user_id == user.pk)
    if not (reads_audit or is_owner):
        found = access.request_to_see(user, uid)
    context = {"request_shown": found, "lines": trail_of(found, user, reads_audit=reads_audit)}
    return render(request, "tenants/approvals/trail.html", context)


def _may_read(user: User, employee: Employee) -> bool:
    if employee.user_id == user.pk or user_may(user, READ_DELAYS):
        return True
    own = Employee.objects.filter(user=user).values_list("pk", flat=True).first()
    return own is not None and own in reporting_line_of(employee, here.today()).line_of(employee.pk)


def _page(request: HttpRequest, employee: Employee, month: Month) -> paging.Page[DecisionDelay]:
    rows = DecisionDelay.objects.due_in(month).filter(approver=employee).select_related("request__owner")
    return paging.page_of(rows, order=("-due_on", "-id"), cursor=request.GET.get(paging.PARAMETER, ""))


def _context(month: Month) -> dict[str, Any]:
    return {
        "month": month.first_day,
        "previous": month.previous,
        "next": month.next,
        "kinds": {document.code: document.label for document in handlers()},
    }


def _month(request: HttpRequest) -> Month:
    try:
        return Month.parse(request.GET["bulan"]) if "bulan" in request.GET else Month.of(here.today())
    except ValueError as error:
        raise BadRequest("not a month") from error
