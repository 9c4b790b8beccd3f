"""Pages of the month's lock."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kernel import clock
from kernel.accounts.access import person
from kernel.errors import DomainError, NotFound
from kernel.periods import Month
from kernel.permissions import page
from kernel.web import htmx, paging
from tenants.payout.actions import is_over, lock_month, verify_lock
from tenants.payout.approving import reasons_against_locking
from tenants.payout.models import LedgerEntry
from tenants.payout.permissions import VERIFY
from tenants.tpp.models import MonthLock, MonthRun


def _month(text: str) -> Month:
    try:
        return Month.parse(text)
    except ValueError as error:
        raise NotFound("month") from error


@require_safe
@page(VERIFY)
def locks(request: HttpRequest) -> HttpResponse:
    """Locked months, the newest first."""
    rows = paging.page_of(
        MonthLock.objects.select_related("run", "locked_by"),
        order=("-month",),
        cursor=request.GET.get(paging.PARAMETER, ""),
    )
    return render(request, "tenants/payout/locks.html", {"page": rows})


@require_http_methods(["GET", "HEAD", "POST"])
@page(VERIFY)
def month(request: HttpRequest, month: str) -> HttpResponse:
    """What locking would do, locking, and the lock of a locked month."""
    asked = _month(month)
    if request.method == "POST":
        reason = request.POST.get("alasan", "")
        try:
            lock_month(month=asked, actor=person(request), reason=reason)
        except DomainError as error:
            if error.status not in (409, 422):
                raise
            context = _context(asked) | {"refusal": error.message(), "reason": reason}
            return htmx.invalid(request, "tenants/payout/month.html", context, part="tenants/payout/_lock.html")
        messages.success(request, _("Bulan terkunci. Angkanya sekarang tetap."))
        return htmx.go(request, reverse("payout-month", args=[month]))
    return htmx.answer(request, "tenants/payout/month.html", _context(asked), part="tenants/payout/_lock.html")


@require_safe
@page(VERIFY)
def verify(request: HttpRequest, month: str) -> HttpResponse:
    """Recompute the digests and say whether anything differs."""
    asked = _month(month)
    context = {"month": asked.first_day, "month_text": month, "found": verify_lock(month=asked)}
    return render(request, "tenants/payout/verify.html", context)


def _context(asked: Month) -> dict[str, Any]:
    lock = MonthLock.objects.select_related("run", "locked_by").filter(month=asked.first_day).first()
    run = lock.run if lock else MonthRun.objects.counting(asked)
    return {
        "month": asked.first_day,
        "month_text": str(asked),
        "lock": lock,
        "run": run,
        "missing_approvals": reasons_against_locking(run) if run is not None and lock is None else [],
        "is_over": is_over(asked, clock.now()),
        "going": MonthRun.objects.of(asked).going().exists(),
        "ledger": [
            (LedgerEntry.Kind(kind).label, amount)
            for kind, amount in sorted(LedgerEntry.objects.of_run(run.pk).items())
        ]
        if lock and run
        else [],
    }
