"""Pages of the locks of a month."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Count, Max, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kernel import clock
from kernel.accounts.access import person
from kernel.accounts.models import User
from kernel.errors import DomainError, NotFound
from kernel.periods import Month
from kernel.permissions import page, require
from kernel.web import htmx
from kernel.web.asked import month_named
from tenants.payout import gates
from tenants.payout.actions import is_over, lock_month, open_opds
from tenants.payout.approving import reasons_against_locking
from tenants.payout.jobs import start_locking
from tenants.payout.lock_views import slots_of
from tenants.payout.models import LedgerEntry
from tenants.payout.permissions import LOCK, VERIFY
from tenants.payout.signing import waiting_for
from tenants.payout.verifying import verify_month
from tenants.tpp.models import MonthLock, MonthRun, RunIssue, Slip


@require_safe
@page(VERIFY)
def locks(request: HttpRequest) -> HttpResponse:
    """Months with a lock, the newest first."""
    months = (
        MonthLock.objects.standing()
        .ordinary()
        .values("month")
        .annotate(opds=Count("pk"), people=Sum("people"), net=Sum("net_total"), last=Max("locked_at"))
        .order_by("-month")[:60]
    )
    waiting = waiting_for(person(request)).count()
    return render(request, "tenants/payout/locks.html", {"months": months, "waiting": waiting})


@require_http_methods(["GET", "HEAD", "POST"])
@page(VERIFY)
def month(request: HttpRequest, month: str) -> HttpResponse:
    """What locking would do, locking the ticked OPDs, and the locks of the month. `?jenis=thr` for another kind."""
    asked, kind, user = month_named(month), _kind(request), person(request)
    if request.method != "POST":
        context = _context(asked, kind, user)
        return htmx.answer(request, "tenants/payout/month.html", context, part="tenants/payout/_lock.html")
    require(user, LOCK)
    reason = request.POST.get("alasan", "")
    ticked = set(request.POST.getlist("opd"))
    opds = [opd for opd in open_opds(asked, kind) if not ticked or str(opd.uid) in ticked]
    if len(opds) > 1:
        job = start_locking(month=asked, kind=kind, opds=opds, reason=reason, actor=user)
        return htmx.go(request, reverse("jobs-job", args=[job.uid]))
    try:
        done = lock_month(month=asked, actor=user, kind=kind, reason=reason, opds=opds)
    except DomainError as error:
        if error.status not in (409, 422):
            raise
        refusal = error.message()
    else:
        if done.locked:
            messages.success(request, _("%(opd)s terkunci. Angkanya sekarang tetap.") % {"opd": done.locked[0].opd})
            return htmx.go(request, _url(asked, kind))
        refusal = " ".join(left.text for left in done.refused) or _("Semua OPD sudah dikunci.")
    context = _context(asked, kind, user) | {"refusal": refusal, "reason": reason, "ticked": {opd.pk for opd in opds}}
    if len(opds) == 1:
        context["mending"] = [one for one in gates.reasons(asked, kind, opds[0].pk) if one.url]
    return htmx.invalid(request, "tenants/payout/month.html", context, part="tenants/payout/_lock.html")


def _kind(request: HttpRequest) -> MonthRun.Kind:
    asked = request.GET.get("jenis", MonthRun.Kind.ORDINARY)
    if asked not in MonthRun.Kind.values:
        raise NotFound("kind")
    return MonthRun.Kind(asked)


def _url(month: Month, kind: MonthRun.Kind) -> str:
    query = "" if kind == MonthRun.Kind.ORDINARY else f"?jenis={kind.value}"
    return reverse("payout-month", args=[str(month)]) + query


@require_safe
@page(VERIFY)
def verify(request: HttpRequest, month: str) -> HttpResponse:
    """Recompute the digests of the month's locks and name the first thing that differs."""
    asked, kind = month_named(month), _kind(request)
    found = verify_month(asked, kind)
    context = {
        "month": asked.first_day,
        "month_text": month,
        "found": found,
        "is_intact": all(lock.is_intact for lock in found),
        "slips": sum(lock.slips for lock in found),
    }
    return render(request, "tenants/payout/verify.html", context)


def _context(asked: Month, kind: MonthRun.Kind, user: User) -> dict[str, Any]:
    locks = list(
        MonthLock.objects.standing().of(asked, kind).select_related("opd", "run", "locked_by").order_by("opd__code")
    )
    run = MonthRun.objects.counting(asked, kind)
    opds = open_opds(asked, kind)
    slips = Slip.objects.of_counting_runs().filter(run__month=asked.first_day, run__kind=kind, opd__in=opds)
    kinds = MonthRun.objects.done().filter(month=asked.first_day).order_by().values_list("kind", flat=True).distinct()
    ledger = LedgerEntry.objects.filter(lock__in=locks).by_kind()
    slots = slots_of(locks, user)
    sums = {row["opd__code"]: row for row in slips.paid().by_opd()}
    return {
        "month": asked.first_day,
        "month_text": str(asked),
        "kind": kind,
        "query": "" if kind == MonthRun.Kind.ORDINARY else f"?jenis={kind.value}",
        "tabs": [
            {"label": one.label, "url": _url(asked, one), "is_current": one == kind}
            for one in MonthRun.Kind
            if one in {*kinds, kind}
        ],
        "locks": [(lock, slots[lock.pk]) for lock in locks],
        "waits_for_me": any(slot.may_sign for lock in locks for slot in slots[lock.pk]),
        "open": [(opd, sums.get(opd.code)) for opd in opds],
        "run": run,
        "waiting": slips.paid().sums(),
        "apart": slips.sums_apart(),
        "errors": RunIssue.objects.errors().filter(run=run, opd__in=opds).count() if run else 0,
        "missing_approvals": reasons_against_locking(run) if run is not None and opds else [],
        "is_over": is_over(asked, clock.now(), kind),
        "going": MonthRun.objects.of(asked, kind).going().exists(),
        "ledger": [(LedgerEntry.Kind(entry).label, amount) for entry, amount in sorted(ledger.items())],
    }
