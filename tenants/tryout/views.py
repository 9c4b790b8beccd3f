"""Pages of the try-out: start, progress, result, people, one person, sheet, paper."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kernel.accounts.access import person
from kernel.audit.record import declare_action, record
from kernel.date_words import month_words
from kernel.errors import DomainError, NotFound
from kernel.periods import Month
from kernel.permissions import page
from kernel.tenancy import here
from kernel.watching import names
from kernel.web import htmx, paging
from kernel.web.downloads import XLSX, as_download
from kernel.web.templatetags.kd import percent
from tenants.rules.confirming import unconfirmed_in
from tenants.rules.loading import loaded
from tenants.tpp.models import MonthRun
from tenants.tryout import actions, permissions
from tenants.tryout.access import person_in, readable_try_out
from tenants.tryout.comparing import compare
from tenants.tryout.computing import tried_rules
from tenants.tryout.forms import TryOutForm
from tenants.tryout.models import TryOut, TryOutMonth, TryOutPerson
from tenants.tryout.paper import summary_pdf
from tenants.tryout.sheet import workbook
from tenants.tryout.summing import Summary, read
from tenants.tryout.translating import unseen_by

DOWNLOADED = declare_action("tryout.downloaded", "Hasil uji coba aturan diunduh", event=names.EXPORT_REQUESTED)
MOST_LISTED = 36
TICKED_AT_FIRST = 3


@require_safe
@page(permissions.READ)
def try_outs(request: HttpRequest) -> HttpResponse:
    """The try-outs there are, and the form for another."""
    months = _months_with_run()
    asked = request.GET.get("aturan", "")
    form = TryOutForm(
        months=months, initial={"aturan": asked, "bulan": [str(month) for month in months[:TICKED_AT_FIRST]]}
    )
    return render(request, "tenants/tryout/list.html", _list_context(request, form, months))


def _list_context(request: HttpRequest, form: TryOutForm, months: list[Month]) -> dict[str, Any]:
    rows = paging.page_of(
        TryOut.objects.select_related("started_by").defer("text"),
        order=("-id",),
        cursor=request.GET.get(paging.PARAMETER, ""),
    )
    return {"page": rows, "form": form, "has_months": bool(months), "rows": [_listed(row) for row in rows]}


def _listed(row: TryOut) -> dict[str, Any]:
    summary = read(row.summary) if row.is_done else None
    return {"tryout": row, "months": _month_words(row), "summary": summary}


def _month_words(row: TryOut) -> str:
    months = [Month.parse(text) for text in row.months_key.split(",")]
    if len(months) == 1:
        return month_words(months[0])
    words = {"first": month_words(months[0]), "last": month_words(months[-1]), "count": len(months)}
    return _("%(first)s sampai %(last)s (%(count)s bulan)") % words


def _months_with_run() -> list[Month]:
    """The newest months that have a finished run, the newest first."""
    firsts = MonthRun.objects.done().order_by("-month").values_list("month", flat=True).distinct()[:MOST_LISTED]
    return [Month.of(first) for first in firsts]


@require_POST
@page(permissions.START)
def start(request: HttpRequest) -> HttpResponse:
    """Start a try-out of the posted rule set and months."""
    months = _months_with_run()
    form = TryOutForm(request.POST, months=months)
    if form.is_valid():
        try:
            made = actions.start_try_out(rule_set=form.rule_set(), months=form.months(), actor=person(request))
        except DomainError as error:
            if error.status not in (409, 422):
                raise
            form.add_error("bulan", error.message())
        else:
            return htmx.go(request, reverse("tryout-result", args=[made.uid]))
    return render(request, "tenants/tryout/list.html", _list_context(request, form, months), status=422)


@require_safe
@page(permissions.READ)
def result(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Progress while it works, then who gains and who loses: the whole page, with its papers, is loaded at the end."""
    found = readable_try_out(uid)
    if htmx.wants_part(request) and not found.is_going:
        return htmx.go(request, reverse("tryout-result", args=[uid]))
    context: dict[str, Any] = {"tryout": found, "job": found.job, "months_words": _month_words(found)}
    if found.is_done:
        summary = _summary(found)
        share = summary.sums.share
        context |= {
            "unconfirmed": unconfirmed_in(tried_rules(found)),
            "summary": summary,
            "share_words": "" if share is None else percent(share),
        }
    return htmx.answer(request, "tenants/tryout/result.html", context, part="tenants/tryout/_result.html")


def _summary(found: TryOut) -> Summary:
    """The sums, with what the frozen facts could not show these rules."""
    rules = tried_rules(found)
    unseen: dict[str, None] = {}
    for month in found.months.select_related("run__rule_set"):
        unseen |= dict.fromkeys(unseen_by(loaded(month.run.rule_set), rules))
    return read(found.summary, tuple(unseen))


@require_POST
@page(permissions.START)
def stop(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Stop a try-out that is under way."""
    found = readable_try_out(uid)
    try:
        actions.stop_try_out(tryout=found, actor=person(request))
    except DomainError as error:
        if error.status not in (409, 422):
            raise
        messages.error(request, error.message())
    return htmx.go(request, reverse("tryout-result", args=[uid]))


@require_POST
@page(permissions.START)
def remove(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Remove a try-out with its figures."""
    found = readable_try_out(uid)
    try:
        actions.remove_try_out(tryout=found, actor=person(request))
    except DomainError as error:
        if error.status not in (409, 422):
            raise
        messages.error(request, error.message())
        return htmx.go(request, reverse("tryout-result", args=[uid]))
    messages.success(request, _("Uji coba dihapus. Slip dan pembayaran tidak berubah."))
    return htmx.go(request, reverse("tryout-list"))


@require_safe
@page(permissions.READ)
def people(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Everybody in one month of the try-out, 25 to a page."""
    found = readable_try_out(uid)
    months = list(found.months.order_by("-month"))
    month = next((row for row in months if row.month_text == request.GET.get("bulan")), months[0])
    status = request.GET.get("kelompok", "")
    rows = TryOutPerson.objects.filter(month=month).searched(text := request.GET.get("cari", ""))
    if status in TryOutPerson.Status.values:
        rows = rows.filter(status=status)
    else:
        status = ""
    order = ("difference", "id") if status == TryOutPerson.Status.LOSS else ("-difference", "id")
    listed = paging.page_of(
        rows.select_related("employee", "opd"), order=order, cursor=request.GET.get(paging.PARAMETER, "")
    )
    context = {
        "tryout": found,
        "page": listed,
        "month": month,
        "months": [{"label": month_words(row.month), "value": row.month_text} for row in months],
        "tabs": _tabs(month, status, text),
        "status": status,
        "text": text,
    }
    return htmx.answer(request, "tenants/tryout/people.html", context, part="tenants/tryout/_people.html")


def _tabs(month: TryOutMonth, current: str, text: str) -> list[dict[str, Any]]:
    tabs = [("", _("Semua")), *((status.value, status.label) for status in TryOutPerson.Status)]
    return [
        {
            "label": label,
            "url": "?" + urlencode({"bulan": month.month_text, "kelompok": value} | ({"cari": text} if text else {})),
            "is_current": value == current,
        }
        for value, label in tabs
    ]


@require_safe
@page(permissions.READ)
def person_page(request: HttpRequest, uid: UUID, employee: UUID) -> HttpResponse:
    """Why one person's pay is another: both computations by node, month by month."""
    found = readable_try_out(uid)
    whose = person_in(found, employee)
    rules = tried_rules(found)
    rows = (
        TryOutPerson.objects.filter(month__tryout=found, employee=whose)
        .select_related("month__run__rule_set", "employee", "opd")
        .order_by("-month__month")
    )
    context = {
        "tryout": found,
        "employee": whose,
        "comparisons": [compare(row, rules) for row in rows],
        "unconfirmed": unconfirmed_in(rules),
    }
    return render(request, "tenants/tryout/person.html", context)


@require_safe
@page(permissions.READ)
def sheet(request: HttpRequest, uid: UUID) -> FileResponse:
    """All rows as XLSX. Who took it is written down: it names everybody's pay."""
    found = _finished(uid)
    book = workbook(found, _summary(found))
    record(DOWNLOADED, actor=person(request), subject=found, after={"what": "xlsx"})
    name = f"uji-coba-{found.rule_set.code}-{here.today():%Y%m%d}.xlsx"
    return FileResponse(book, as_attachment=True, filename=name, content_type=XLSX)


@require_safe
@page(permissions.READ)
def paper(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The result on two pages of A4, for those who decide."""
    found = _finished(uid)
    content = summary_pdf(found, _summary(found), _month_words(found))
    record(DOWNLOADED, actor=person(request), subject=found, after={"what": "pdf"})
    return as_download(content, f"uji-coba-{found.rule_set.code}.pdf")


def _finished(uid: UUID) -> TryOut:
    found = readable_try_out(uid)
    if not found.is_done:
        raise NotFound("tryout result")
    return found
