"""The page on which the differences of a run are locked, OPD by OPD."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from kernel.accounts.access import person
from kernel.errors import DomainError
from kernel.periods import Month
from kernel.permissions import page, require
from kernel.web import htmx
from tenants.arrears.access import readable_run
from tenants.arrears.models import DifferenceSlip
from tenants.payout.actions import lock_month, open_opds
from tenants.payout.jobs import start_locking
from tenants.payout.permissions import LOCK, VERIFY
from tenants.tpp.models import MonthLock


@require_http_methods(["GET", "HEAD", "POST"])
@page(VERIFY)
def difference(request: HttpRequest, uid: UUID) -> HttpResponse:
    """What locking the run's differences does, locking them, and which OPDs are locked."""
    run = readable_run(uid)
    month = Month.of(run.month)
    refusals: list[str] = []
    if request.method == "POST":
        user = person(request)
        require(user, LOCK)
        opds = open_opds(month, run.kind)
        if len(opds) > 1:
            job = start_locking(month=month, kind=run.kind, opds=opds, reason="", actor=user)
            return htmx.go(request, reverse("jobs-job", args=[job.uid]))
        try:
            done = lock_month(month=month, actor=user, kind=run.kind, opds=opds)
        except DomainError as error:
            if error.status not in (409, 422):
                raise
            refusals = [error.message()]
        else:
            refusals = [f"{left.opd.name}: {left.text}" for left in done.refused]
            if done.locked:
                words = ngettext(
                    "Selisih %(count)d OPD terkunci.", "Selisih %(count)d OPD terkunci.", len(done.locked)
                ) % {"count": len(done.locked)}
                messages.success(request, words)
                if not refusals:
                    return htmx.go(request, reverse("arrears-run", args=[uid]))
    opds = open_opds(month, run.kind) if run.is_done else []
    rows = DifferenceSlip.objects.of(run.pk)
    context = {
        "run": run,
        "refusals": refusals,
        "open": list(rows.filter(opd__in=opds).by_opd()),
        "owing": rows.filter(opd__in=opds).owed().count(),
        "paid": rows.filter(opd__in=opds).paid().count(),
        "locks": MonthLock.objects.standing().filter(run=run).select_related("opd", "locked_by").order_by("opd__code"),
    }
    return render(request, "tenants/payout/difference.html", context, status=422 if refusals else 200)
