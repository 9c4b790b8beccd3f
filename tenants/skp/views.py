"""Pages of the ratings."""

from __future__ import annotations

from io import BytesIO
from uuid import UUID

import xlsxwriter
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kernel import clock
from kernel.accounts.access import person
from kernel.errors import DomainError
from kernel.periods import Month
from kernel.permissions import opd_scope, page
from kernel.tenancy.context import current_region
from kernel.web import paging
from tenants.calendars import closing
from tenants.employees.models import Employee
from tenants.skp.actions import apply_ratings, check_ratings, checked_job
from tenants.skp.forms import RatingSheetForm
from tenants.skp.models import MonthlyRating
from tenants.skp.permissions import IMPORT, READ
from tenants.skp.rating_sheet import HEADINGS


def _month(request: HttpRequest) -> Month:
    try:
        return Month.parse(request.GET.get("bulan", ""))
    except ValueError:
        return Month.of(clock.today(current_region().time_zone))


@require_safe
@page(READ)
def ratings(request: HttpRequest) -> HttpResponse:
    """A month's ratings of the people whom the reader may see; `cari` narrows by name or NIP."""
    month = _month(request)
    seen = Employee.objects.active().in_opds(opd_scope(person(request), READ), clock.today(current_region().time_zone))
    text = request.GET.get("cari", "").strip()
    found = MonthlyRating.objects.filter(month=month.first_day, employee__in=seen.searched(text)).select_related(
        "employee"
    )
    return render(
        request,
        "tenants/skp/ratings.html",
        {
            "month": month,
            "page": paging.page_of(found, order=("employee__name", "id"), cursor=request.GET.get(paging.PARAMETER, "")),
            "text": text,
            "is_closed": closing.is_closed(month),
            "previous": f"{reverse('skp-ratings')}?bulan={month.previous}",
            "next": f"{reverse('skp-ratings')}?bulan={month.next}",
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@page(IMPORT)
def upload(request: HttpRequest) -> HttpResponse:
    """Hand a sheet in; the job's page then shows what it would do."""
    form = RatingSheetForm(request.POST or None, request.FILES or None, initial={"month": _month(request).first_day})
    if request.method == "POST" and form.is_valid():
        try:
            job = check_ratings(
                month=Month.of(form.cleaned_data["month"]), upload=form.cleaned_data["sheet"], actor=person(request)
            )
        except closing.MonthClosed as error:
            form.add_error("month", error.message())
        except DomainError as error:
            form.add_error("sheet", error.message())
        else:
            return redirect("jobs-job", uid=job.uid)
    return render(request, "tenants/skp/upload.html", {"form": form}, status=422 if form.errors else 200)


@require_safe
@page(IMPORT)
def template(request: HttpRequest) -> HttpResponse:
    """An empty sheet with the right headings and the NIP column as text."""
    out = BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet("Nilai SKP")
    bold, text = book.add_format({"bold": True}), book.add_format({"num_format": "@"})
    sheet.set_column(0, 0, 22, text)
    sheet.set_column(1, 3, 18)
    for column, words in enumerate(HEADINGS.values()):
        sheet.write_string(0, column, words[0], bold)
    sheet.data_validation(
        1, 1, 20_000, 1, {"validate": "list", "source": [str(label) for label in MonthlyRating.Predikat.labels]}
    )
    book.close()
    response = HttpResponse(
        out.getvalue(), content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    )
    response.headers["Content-Disposition"] = 'attachment; filename="nilai-skp.xlsx"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@page(IMPORT)
def apply(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Ask once more, then store what the check has shown."""
    job = checked_job(uid)
    if request.method == "POST":
        writing = apply_ratings(checked=job.uid, actor=person(request))
        messages.success(request, _("Nilai SKP sedang disimpan."))
        return redirect("jobs-job", uid=writing.uid)
    return render(request, "tenants/skp/apply.html", {"job": job, "month": Month.parse(job.parameters["month"])})
