"""Pages of sums by decision, of what is taken back, and of the share of the net for it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kernel import clock
from kernel.accounts.access import person
from kernel.errors import DomainError
from kernel.periods import Month
from kernel.permissions import page
from kernel.tenancy.context import current_region
from kernel.web import htmx, paging
from tenants.arrears import actions
from tenants.arrears.codes import RECOVERY_CODE
from tenants.arrears.forms import OrderForm, ShareForm
from tenants.arrears.models import Order, Recovery, RecoveryShare
from tenants.arrears.permissions import ORDER, SHARE
from tenants.arrears.recoveries import settlements, share_in
from tenants.rules.engine import listed_codes
from tenants.rules.loading import rules_on
from tenants.tpp.permissions import READ_ALL


@require_safe
@page(READ_ALL)
def orders(request: HttpRequest) -> HttpResponse:
    """Sums by decision, the newest first."""
    rows = paging.page_of(
        Order.objects.select_related("employee", "decided_by", "taken_in"),
        order=("-id",),
        cursor=request.GET.get(paging.PARAMETER, ""),
    )
    return htmx.answer(request, "tenants/arrears/orders.html", {"page": rows}, part="tenants/arrears/_orders.html")


@require_http_methods(["GET", "HEAD", "POST"])
@page(ORDER)
def new_order(request: HttpRequest) -> HttpResponse:
    """Decide a sum for somebody's closed month."""
    form = OrderForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            actions.order(
                employee=values["nip"],
                of_month=Month.of(values["bulan"]),
                of_kind=values["bayaran"],
                amount=values["jumlah"] if values["arah"] == "plus" else -values["jumlah"],
                reason=values["alasan"],
                reference=values["surat"],
                source=values["sumber"],
                source_uid=values["kunci"],
                actor=person(request),
            )
        except DomainError as error:
            if error.status not in (409, 422):
                raise
            form.add_error(None, error.message())
        else:
            messages.success(request, _("Keputusan tersimpan. Jumlahnya ikut pada perhitungan selisih berikutnya."))
            return htmx.go(request, reverse("arrears-orders"))
    status = 422 if request.method == "POST" else 200
    return render(request, "tenants/arrears/order_new.html", {"form": form}, status=status)


@require_POST
@page(ORDER)
def cancel_order(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Take a decision back before a locked difference has taken it."""
    try:
        actions.cancel_order(uid=uid, reason=request.POST.get("alasan", ""), actor=person(request))
    except DomainError as error:
        if error.status not in (409, 422):
            raise
        messages.error(request, error.message())
    else:
        messages.success(request, _("Keputusan dibatalkan."))
    return htmx.go(request, reverse("arrears-orders"))


@require_safe
@page(READ_ALL)
def recoveries(request: HttpRequest) -> HttpResponse:
    """What is taken back from later pay, with what is settled, 25 to a page; and the share of the net for it."""
    rows = paging.page_of(
        Recovery.objects.standing().select_related("employee"),
        order=("-id",),
        cursor=request.GET.get(paging.PARAMETER, ""),
    )
    known = {one.recovery.pk: one for own in settlements({row.employee_id for row in rows}).values() for one in own}
    month = Month.of(clock.today(current_region().time_zone))
    rules = rules_on(month.first_day)
    context = {
        "page": rows,
        "rows": [(row, known[row.pk]) for row in rows],
        "share": share_in(month),
        "shares": list(RecoveryShare.objects.select_related("set_by").order_by("-from_month")[:12]),
        "is_listed": rules is None or RECOVERY_CODE in listed_codes(rules),
        "code": RECOVERY_CODE,
    }
    return htmx.answer(request, "tenants/arrears/recoveries.html", context, part="tenants/arrears/_recoveries.html")


@require_http_methods(["GET", "HEAD", "POST"])
@page(SHARE)
def share(request: HttpRequest) -> HttpResponse:
    """Set how much of a month's net may be taken back."""
    month = Month.of(clock.today(current_region().time_zone))
    form = ShareForm(request.POST or None, initial={"mulai": month.first_day, "persen": share_in(month)})
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            actions.set_share(
                from_month=Month.of(values["mulai"]),
                percent=values["persen"],
                reference=values["surat"],
                actor=person(request),
            )
        except DomainError as error:
            if error.status not in (409, 422):
                raise
            form.add_error("mulai", error.message())
        else:
            messages.success(request, _("Batas pengembalian tersimpan."))
            return htmx.go(request, reverse("arrears-recoveries"))
    status = 422 if request.method == "POST" else 200
    return render(request, "tenants/arrears/share.html", {"form": form}, status=status)
