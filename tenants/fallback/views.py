"""Pages of the month by sheets: the list, the empty sheet, a filled one, and its rows."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kernel.accounts.access import person
from kernel.accounts.models import User
from kernel.errors import DomainError, NotAllowed
from kernel.files.errors import FileRefused
from kernel.periods import Month
from kernel.permissions import opd_scope, page, user_may
from kernel.tenancy import here
from kernel.web import paging
from kernel.web.downloads import as_download
from tenants.fallback import actions, by_hand_views
from tenants.fallback.access import readable_sheet, readable_sheets
from tenants.fallback.forms import OpdMonthForm, SheetForm, WithdrawForm
from tenants.fallback.models import ManualSheet
from tenants.fallback.permissions import CONFIRM, UPLOAD
from tenants.organisation.models import Unit

CHIPS = {"waiting": "wait", "confirmed": "ok", "withdrawn": "plain"}


def _opds(user: User) -> QuerySet[Unit]:
    units = Unit.objects.opds().order_by("code")
    scope = opd_scope(user, UPLOAD)
    return units if scope is None else units.filter(uid__in=scope)


def _last_month() -> Month:
    return here.this_month().previous


@require_safe
@page(UPLOAD)
def sheets(request: HttpRequest) -> HttpResponse:
    """The sheets, the newest first, and the empty one to hand out."""
    user = person(request)
    rows = readable_sheets(user).select_related("opd", "uploaded_by")
    context = {
        "page": paging.page_of(rows, order=("-id",), cursor=request.GET.get(paging.PARAMETER, "")),
        "chips": CHIPS,
        "form": OpdMonthForm(opds=_opds(user), initial={"bulan": _last_month().first_day}),
    }
    return render(request, "tenants/fallback/sheets.html", context)


@require_safe
@page(UPLOAD)
def empty(request: HttpRequest) -> HttpResponse:
    """The empty sheet of an OPD and month; without either, the page on which they are chosen."""
    user = person(request)
    if not request.GET:
        return redirect("fallback-sheets")
    form = OpdMonthForm(request.GET, opds=_opds(user))
    if form.is_valid():
        month, opd = Month.of(form.cleaned_data["bulan"]), form.cleaned_data["opd"]
        try:
            content = actions.empty_sheet(month=month, opd=opd, actor=user)
        except NotAllowed:
            raise
        except DomainError as error:
            form.add_error("bulan", error.message())
        else:
            return as_download(content, f"lembar-{opd.code}-{month}.xlsx")
    rows = readable_sheets(user).select_related("opd", "uploaded_by")
    context = {"page": paging.page_of(rows, order=("-id",)), "chips": CHIPS, "form": form}
    return render(request, "tenants/fallback/sheets.html", context, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
@page(UPLOAD)
def upload(request: HttpRequest) -> HttpResponse:
    """Bring a filled sheet in."""
    user = person(request)
    form = SheetForm(
        request.POST or None,
        request.FILES or None,
        opds=_opds(user),
        initial={"bulan": _last_month().first_day},
    )
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            job = actions.start_reading(
                month=Month.of(values["bulan"]),
                opd=values["opd"],
                reason=values["alasan"],
                upload=values["berkas"],
                actor=user,
            )
        except FileRefused as error:
            form.add_error("berkas", error.message())
        except NotAllowed:
            raise
        except DomainError as error:
            form.add_error("bulan", error.message())
        else:
            return redirect("jobs-job", uid=job.uid)
    return render(request, "tenants/fallback/upload.html", {"form": form}, status=422 if form.errors else 200)


@require_safe
@page(UPLOAD)
def sheet(request: HttpRequest, uid: UUID) -> HttpResponse:
    """A sheet with its rows."""
    return _page(request, readable_sheet(person(request), uid), WithdrawForm())


def _page(request: HttpRequest, found: ManualSheet, form: WithdrawForm) -> HttpResponse:
    user = person(request)
    rows = found.rows.select_related("employee")
    may_confirm = user_may(user, CONFIRM)
    may_withdraw = may_confirm or found.uploaded_by_id == user.pk
    context = {
        "sheet": found,
        "chip": CHIPS[found.state],
        "page": paging.page_of(rows, order=("employee__name", "id"), cursor=request.GET.get(paging.PARAMETER, "")),
        **by_hand_views.choices_of(found, user, form, may_decide=may_confirm, may_withdraw=may_withdraw),
    }
    return render(request, "tenants/fallback/sheet.html", context, status=422 if form.errors else 200)


@require_POST
@page(CONFIRM)
def confirm(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Let the month's runs take the sheet."""
    user = person(request)
    return by_hand_views.decide(
        request,
        lambda: actions.confirm_sheet(uid=uid, actor=user),
        said=_("Lembar dipakai. Hitung TPP bulan itu agar slip memuatnya."),
        sheet=readable_sheet(user, uid),
        page="fallback-sheet",
    )


@require_POST
@page(UPLOAD)
def withdraw(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Take a sheet back."""
    user = person(request)
    found = readable_sheet(user, uid)
    return by_hand_views.withdraw(
        request,
        lambda reason: actions.withdraw_sheet(uid=uid, reason=reason, actor=user),
        said=_("Lembar ditarik. Hitung TPP bulan itu lagi."),
        sheet=found,
        page="fallback-sheet",
        again=lambda form: _page(request, found, form),
    )
