"""Pages of the payment lists, the files that leave, the bank's answer."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import Count, Sum
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.utils.translation import override as in_language
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kernel.accounts.access import person
from kernel.accounts.models import User
from kernel.accounts.second_factor import fresh_second_factor
from kernel.audit.record import declare_action, record
from kernel.errors import DomainError, NotFound
from kernel.files.errors import FileRefused
from kernel.jobs.models import Job
from kernel.permissions import opd_scope, page, user_may
from kernel.watching import names
from kernel.web import htmx, paging
from kernel.web.asked import month_named
from kernel.web.downloads import XLSX
from tenants.payout.models import PaymentList, PaymentRow
from tenants.payout.parcels.access import list_to_see
from tenants.payout.payments import files, lists, results
from tenants.payout.permissions import ORDER_PAYMENT, TAKE_FILES
from tenants.tpp.models import MonthLock, MonthRun

TAKEN = declare_action("payout.file_taken", "Berkas pembayaran diunduh", event=names.EXPORT_REQUESTED)
CSV = "text/csv; charset=utf-8"


@require_safe
@page(TAKE_FILES)
def payment_list(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One list: its sums, its seal, its rows by their state."""
    user = person(request)
    made = list_to_see(user, uid)
    state = request.GET.get("keadaan", "")
    rows = made.rows.select_related("employee", "followed_by__list")
    if state in PaymentRow.State.values:
        rows = rows.filter(state=state)
    counts = {
        row["state"]: row
        for row in made.rows.order_by().values("state").annotate(count=Count("pk"), total=Sum("amount"))
    }
    parcel = made.parcel
    context = {
        "list": made,
        "opd": parcel.opd,
        "month": parcel.month,
        "back": reverse("payout-parcel", args=[f"{parcel.month:%Y-%m}", parcel.kind, parcel.opd.uid]),
        "page": paging.page_of(rows, order=("order",), cursor=request.GET.get(paging.PARAMETER, "")),
        "tabs": [
            {"label": _("Semua"), "url": "?", "is_current": state not in counts, "count": made.people},
            *(
                {
                    "label": PaymentRow.State(name).label,
                    "url": f"?keadaan={name}",
                    "is_current": name == state,
                    "count": counts[name]["count"],
                }
                for name in PaymentRow.State.values
                if name in counts
            ),
        ],
        "counts": counts,
        "is_intact": lists.digest_now(made) == made.digest,
        "is_standing": PaymentList.objects.standing().filter(pk=made.pk).exists(),
        "may_order": user_may(user, ORDER_PAYMENT),
    }
    return htmx.answer(request, "tenants/payout/payments/list.html", context, part="tenants/payout/payments/_rows.html")


@require_safe
@page(TAKE_FILES)
@fresh_second_factor()
def bank_file(request: HttpRequest, month: str, kind: str, form: str) -> HttpResponseBase:
    """What the bank is to pay of the month: of all OPDs that the person has in charge, of one with `?opd=`."""
    user = person(request)
    asked = month_named(month)
    rows = PaymentRow.objects.filter(list__parcel__month=asked.first_day, list__parcel__kind=_kind(kind))
    if (chosen := _opds(request, user)) is not None:
        rows = rows.filter(list__parcel__opd__uid__in=chosen)
    with in_language("id"):
        table = files.bank_table(rows)
        return _file(request, table, f"bank-tpp-{month}-{kind}", form, rows)


@require_safe
@page(TAKE_FILES)
def finance_file(request: HttpRequest, month: str, kind: str, form: str) -> HttpResponseBase:
    """The month's sums by budget account, of the OPDs whose money was asked for."""
    user = person(request)
    asked = month_named(month)
    made = PaymentList.objects.standing().filter(parcel__month=asked.first_day, parcel__kind=_kind(kind))
    if (chosen := _opds(request, user)) is not None:
        made = made.filter(parcel__opd__uid__in=chosen)
    locks = MonthLock.objects.filter(pk__in=made.values("lock")).select_related("opd", "run__rule_set")
    with in_language("id"):
        table = files.finance_table(list(locks.order_by("opd__code")))
        return _file(request, table, f"keuangan-tpp-{month}-{kind}", form, made)


def _file(request: HttpRequest, table: files.Table, name: str, form: str, named: Any) -> HttpResponseBase:
    if not named.exists():
        raise NotFound("payment list")
    content, kind = (files.as_csv(table), CSV) if form == "csv" else (files.as_xlsx(table), XLSX)
    response = FileResponse(content, as_attachment=True, filename=f"{name}.{form}", content_type=kind)
    record(TAKEN, actor=person(request), after={"file": f"{name}.{form}", "opd": request.GET.get("opd", "")})
    return response


def _opds(request: HttpRequest, user: User) -> set[UUID] | None:
    """The OPDs of the file: the asked one, or all that the person may take files of (None: every OPD)."""
    scope = opd_scope(user, TAKE_FILES)
    text = request.GET.get("opd", "")
    if not text:
        return scope
    try:
        asked = UUID(text)
    except ValueError as error:
        raise NotFound("opd") from error
    if scope is not None and asked not in scope:
        raise NotFound("opd")
    return {asked}


def _kind(text: str) -> str:
    if text not in MonthRun.Kind.values:
        raise NotFound("kind")
    return text


class NoteForm(forms.Form):
    """The proof by which somebody says that the bank has paid."""

    bukti = forms.CharField(
        label=gettext_lazy("Bukti dari bank"),
        max_length=300,
        help_text=gettext_lazy("Nomor dan tanggal bukti transfer."),
    )


class ResultsForm(forms.Form):
    """The bank's answer."""

    berkas = forms.FileField(
        label=gettext_lazy("Lembar XLSX atau CSV dari bank"),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv"}),
        help_text=gettext_lazy("Kolom Referensi, Jumlah, Status (Berhasil, Gagal, Retur); boleh Nomor rekening."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@page(ORDER_PAYMENT)
def mark(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Say by hand that the bank has paid the rest of a list."""
    made = list_to_see(person(request), uid)
    form = NoteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            count = lists.mark_paid(list_uid=uid, note=form.cleaned_data["bukti"], actor=person(request))
        except DomainError as error:
            if error.status not in (409, 422):
                raise
            form.add_error("bukti", error.message())
        else:
            messages.success(
                request,
                ngettext("%(count)d pembayaran ditandai dibayar.", "%(count)d pembayaran ditandai dibayar.", count)
                % {"count": count},
            )
            return htmx.go(request, reverse("payout-list", args=[uid]))
    waiting = made.rows.filter(state=PaymentRow.State.WAITING).aggregate(count=Count("pk"), total=Sum("amount"))
    context = {"list": made, "opd": made.parcel.opd, "month": made.parcel.month, "form": form, "waiting": waiting}
    return render(
        request, "tenants/payout/payments/mark.html", context, status=422 if request.method == "POST" else 200
    )


@require_POST
@page(ORDER_PAYMENT)
def follow_up(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Make a further list of a parcel: released people, and failed payments that have an account by now."""
    try:
        made = lists.make_follow_up(parcel_uid=uid, actor=person(request))
    except DomainError as error:
        if error.status not in (409, 422):
            raise
        messages.error(request, error.message())
        return htmx.go(request, reverse("payout-board"))
    messages.success(request, _("Daftar susulan %(number)d dibuat.") % {"number": made.number})
    return htmx.go(request, reverse("payout-list", args=[made.uid]))


@require_http_methods(["GET", "HEAD", "POST"])
@page(ORDER_PAYMENT)
def bank_results(request: HttpRequest) -> HttpResponse:
    """The upload of the bank's answer, and the answers before."""
    form = ResultsForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            job = results.start_results(upload=form.cleaned_data["berkas"], actor=person(request))
        except FileRefused as error:
            form.add_error("berkas", error.message())
        else:
            return htmx.go(request, reverse("jobs-job", args=[job.uid]))
    recent = Job.objects.of_kind(results.RESULTS).select_related("started_by").order_by("-id")[:10]
    context = {"form": form, "jobs": list(recent)}
    return render(
        request, "tenants/payout/payments/results.html", context, status=422 if request.method == "POST" else 200
    )
