"""The month's measures: what the rule set asks for, what is recorded, and bringing a sheet in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kernel.accounts.access import person
from kernel.errors import DomainError, NotFound
from kernel.periods import Month
from kernel.permissions import page, require
from kernel.sheets.writing import Column, Sheet, workbook
from kernel.tenancy import here
from kernel.web import paging
from kernel.web.asked import month_asked
from kernel.web.downloads import as_download
from tenants.calendars import closing
from tenants.measures.forms import MeasureSheetForm
from tenants.measures.models import Measure
from tenants.measures.permissions import READ, RECORD
from tenants.measures.sheet_import import SUBJECT_HEADINGS, VALUE_HEADINGS, start_sheet_import
from tenants.rules.engine import MeasureTitle
from tenants.rules.loading import rules_on


@dataclass(frozen=True, slots=True)
class Row:
    """One declared measure and how many figures the month has of it."""

    code: str
    title: MeasureTitle
    recorded: int


def _declared(month: Month) -> Mapping[str, MeasureTitle]:
    rules = rules_on(month.first_day)
    return {} if rules is None else rules.measures


@require_http_methods(["GET", "HEAD", "POST"])
@page(READ)
def month(request: HttpRequest) -> HttpResponse:
    """The measures that the month's rules read, with the figures of the chosen one; POST brings a sheet in."""
    chosen = month_asked(request, here.this_month())
    declared = _declared(chosen)
    form = MeasureSheetForm(declared, request.POST or None, request.FILES or None, initial={"bulan": chosen.first_day})
    if request.method == "POST":
        require(person(request), RECORD)
        if form.is_valid():
            code, wanted = form.cleaned_data["ukuran"], Month.of(form.cleaned_data["bulan"])
            title = _declared(wanted).get(code)
            try:
                if title is None:
                    raise NotFound("measure")
                job = start_sheet_import(
                    month=wanted, code=code, title=title, upload=form.cleaned_data["berkas"], actor=person(request)
                )
            except NotFound:
                form.add_error("ukuran", _("Aturan bulan itu tidak memakai ukuran ini."))
            except DomainError as error:
                form.add_error("berkas", error.message())
            else:
                return redirect("jobs-job", uid=job.uid)
    recorded = Measure.objects.filter(month=chosen.first_day)
    counts = dict(recorded.values_list("code").annotate(count=Count("pk")))
    code = request.GET.get("ukuran", next(iter(declared), ""))
    figures = recorded.filter(code=code).select_related("employee", "unit")
    context = {
        "form": form,
        "month": chosen,
        "closed_opds": len(closing.closed_opds(chosen.first_day, chosen.end)),
        "rows": [Row(code, title, counts.get(code, 0)) for code, title in declared.items()],
        "code": code,
        "title": declared.get(code),
        "page": paging.page_of(figures, order=("id",), cursor=request.GET.get(paging.PARAMETER, "")),
        "previous": f"{reverse('measures-month')}?bulan={chosen.previous}",
        "next": f"{reverse('measures-month')}?bulan={chosen.next}",
    }
    return render(request, "tenants/measures/month.html", context, status=422 if request.method == "POST" else 200)


@require_safe
@page(RECORD)
def template(request: HttpRequest) -> HttpResponse:
    """An empty sheet with the right headings, for people where no measure is named; the first column is text."""
    title = _declared(month_asked(request, here.this_month())).get(request.GET.get("ukuran", ""))
    per = "employee" if title is None else title.per
    columns = [Column(SUBJECT_HEADINGS[per][0], width=24), Column(VALUE_HEADINGS[0], kind="number", width=16)]
    return as_download(workbook([Sheet(_("Ukuran"), columns)]), "ukuran.xlsx")
