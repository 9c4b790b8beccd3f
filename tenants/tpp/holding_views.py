"""Pages of what is held: a month's held slips, releasing one, holding and ending by decision."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kernel.accounts.access import person
from kernel.errors import NotFound
from kernel.periods import Month
from kernel.permissions import page
from kernel.tenancy import here
from kernel.web import htmx, paging
from tenants.holds import actions, permissions
from tenants.holds.errors import HoldRefused
from tenants.holds.models import OrderedHold
from tenants.tpp.forms import EndHoldForm, HoldForm, ReleaseForm
from tenants.tpp.holding import NEXT_MONTH, held_in, release_slip
from tenants.tpp.models import MonthRun, Slip


def _month(request: HttpRequest) -> Month:
    try:
        return Month.parse(request.GET.get("bulan", ""))
    except ValueError:
        latest = MonthRun.objects.done().order_by("-month").values_list("month", flat=True).first()
        return Month.of(latest or here.today())


@require_safe
@page(permissions.READ)
def month(request: HttpRequest) -> HttpResponse:
    """A month's held slips with what holds them, and the officials' own holds."""
    asked = _month(request)
    slips = Slip.objects.of_counting_runs().paid().filter(run__month=asked.first_day)
    held = slips.exclude(holds=[]).searched(request.GET.get("cari", ""))
    rows = paging.page_of(
        held.select_related("run", "employee", "opd").with_lock(),
        order=("id",),
        cursor=request.GET.get(paging.PARAMETER, ""),
    )
    today = here.this_month()
    context = {
        "month": asked.first_day,
        "month_text": str(asked),
        "previous": f"?bulan={asked.previous}",
        "next": f"?bulan={asked.next}" if asked < today else "",
        "page": rows,
        "held": held_in(list(rows)),
        "text": request.GET.get("cari", ""),
        "orders": OrderedHold.objects.meant()
        .in_force(asked)
        .select_related("employee", "recorded_by")
        .order_by("employee__name", "pk")[: paging.ROWS],
        "blocking": slips.filter(blocks_next_month=True).count(),
        "next_month": NEXT_MONTH,
        "blocked": slips.filter(blocks_next_month=True)
        .select_related("employee", "opd")
        .order_by("employee__name", "pk")[: paging.ROWS],
    }
    return htmx.answer(request, "tenants/tpp/holds.html", context, part="tenants/tpp/_held.html")


@require_http_methods(["GET", "HEAD", "POST"])
@page(permissions.RELEASE)
def release(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Lift one thing that holds a slip, by a document."""
    slip = Slip.objects.of_counting_runs().paid().select_related("run", "employee").filter(uid=uid).first()
    node_id = request.GET.get("ketentuan", "")
    held = next((row for row in held_in([slip] if slip else []) if row.node_id == node_id), None)
    if slip is None or (held is None and not (node_id == NEXT_MONTH and slip.blocks_next_month)):
        raise NotFound("hold")
    form = ReleaseForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            done = release_slip(
                uid=uid,
                node_id=node_id,
                reason=form.cleaned_data["reason"],
                document_number=form.cleaned_data["document_number"],
                actor=person(request),
            )
        except HoldRefused as error:
            form.add_error(None, error.message())
        else:
            if done.counts:
                messages.success(request, _("Dilepas. Bila bulannya belum dikunci, hitung ulang OPD-nya."))
            else:
                messages.success(request, _("Tercatat. Pelepasan berlaku sesudah disetujui orang kedua."))
            return htmx.go(request, f"{reverse('tpp-holds')}?bulan={slip.run.month_text}")
    context = {"slip": slip, "held": held, "form": form}
    return render(request, "tenants/tpp/hold_release.html", context, status=422 if form.is_bound else 200)


@require_POST
@page(permissions.CONFIRM)
def confirm(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The second person's word on a release."""
    done = actions.confirm_release(uid=uid, actor=person(request))
    messages.success(request, _("Pelepasan disetujui dan berlaku."))
    return htmx.go(request, f"{reverse('tpp-holds')}?bulan={done.month:%Y-%m}")


@require_http_methods(["GET", "HEAD", "POST"])
@page(permissions.HOLD)
def hold(request: HttpRequest) -> HttpResponse:
    """Hold a person's payments by a decision."""
    form = HoldForm(request.POST if request.method == "POST" else None, initial={"mulai": _month(request).first_day})
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            actions.hold_payment(
                employee=values["nip"],
                from_month=Month.of(values["mulai"]),
                until_month=None if values["sampai"] is None else Month.of(values["sampai"]).next,
                reason=values["alasan"],
                basis=values["dasar"],
                actor=person(request),
            )
        except HoldRefused as error:
            form.add_error("mulai" if error.reason in ("locked", "months") else "nip", error.message())
        else:
            messages.success(request, _("Pembayaran ditahan mulai bulan itu. Hitung ulang OPD-nya."))
            return htmx.go(request, f"{reverse('tpp-holds')}?bulan={values['mulai']:%Y-%m}")
    return render(request, "tenants/tpp/hold_form.html", {"form": form}, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@page(permissions.RELEASE)
def end(request: HttpRequest, uid: UUID) -> HttpResponse:
    """End an official's hold from a month on."""
    row = OrderedHold.objects.select_related("employee").filter(uid=uid).first()
    if row is None:
        raise NotFound("hold")
    form = EndHoldForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.end_hold(
                uid=uid,
                from_month=Month.of(form.cleaned_data["mulai"]),
                reason=form.cleaned_data["alasan"],
                actor=person(request),
            )
        except HoldRefused as error:
            form.add_error("mulai", error.message())
        else:
            messages.success(request, _("Penahanan diakhiri."))
            return htmx.go(request, f"{reverse('tpp-holds')}?bulan={form.cleaned_data['mulai']:%Y-%m}")
    context = {"row": row, "form": form}
    return render(request, "tenants/tpp/hold_end.html", context, status=422 if form.is_bound else 200)
