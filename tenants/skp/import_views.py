"""Bringing ratings in from a sheet: hand in, look, store, and get back what was not taken."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kernel.accounts.access import person
from kernel.errors import DomainError
from kernel.permissions import page
from kernel.sheets.jobs import checked_job
from kernel.sheets.writing import Column, Sheet, workbook
from kernel.tenancy import here
from kernel.web.asked import month_asked
from kernel.web.downloads import as_download
from tenants.calendars import closing
from tenants.skp.arrangement import arrangement_on, period_on
from tenants.skp.errors import KeptElsewhere
from tenants.skp.forms import RatingSheetForm
from tenants.skp.models import Predikat
from tenants.skp.permissions import IMPORT
from tenants.skp.rating_import import KIND, apply_ratings, check_ratings, refused_sheet
from tenants.skp.rating_periods import RatingPeriod
from tenants.skp.rating_sheet import HEADINGS, OWN_COLUMNS
from tenants.skp.words import period_label


@require_http_methods(["GET", "HEAD", "POST"])
@page(IMPORT)
def upload(request: HttpRequest) -> HttpResponse:
    """Hand a sheet in; the job's page then shows what it would do."""
    form = RatingSheetForm(
        request.POST if request.method == "POST" else None,
        request.FILES if request.method == "POST" else None,
        initial={"month": month_asked(request, here.this_month()).first_day},
    )
    if request.method == "POST" and form.is_valid():
        try:
            job = check_ratings(
                period=period_on(form.cleaned_data["month"]), upload=form.cleaned_data["sheet"], actor=person(request)
            )
        except (closing.MonthClosed, KeptElsewhere) as error:
            form.add_error("month", error.message())
        except DomainError as error:
            form.add_error("sheet", error.message())
        else:
            return redirect("jobs-job", uid=job.uid)
    context = {"form": form, "arrangement": arrangement_on(month_asked(request, here.this_month()).first_day)}
    return render(request, "tenants/skp/upload.html", context, status=422 if form.errors else 200)


@require_safe
@page(IMPORT)
def template(request: HttpRequest) -> HttpResponse:
    """An empty sheet with the right headings and the NIP column as text."""
    columns = [
        Column(
            HEADINGS[name][0],
            width=22,
            choices=[str(label) for label in Predikat.labels] if name == "predikat" else (),
        )
        for name in OWN_COLUMNS
    ]
    return as_download(workbook([Sheet("Nilai SKP", columns)]), "nilai-skp.xlsx")


@require_http_methods(["GET", "HEAD", "POST"])
@page(IMPORT)
def apply(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Ask once more, then store what the check has shown."""
    job = checked_job(KIND, uid)
    if request.method == "POST":
        writing = apply_ratings(checked=job.uid, actor=person(request))
        messages.success(request, _("Nilai SKP sedang disimpan."))
        return redirect("jobs-job", uid=writing.uid)
    period = RatingPeriod.parse(job.parameters["period"])
    return render(request, "tenants/skp/apply.html", {"job": job, "label": period_label(period)})


@require_safe
@page(IMPORT)
def refused(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The rows that were not taken, with the reason beside each."""
    return as_download(refused_sheet(uid), "nilai-skp-ditolak.xlsx")
