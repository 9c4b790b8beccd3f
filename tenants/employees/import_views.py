"""Importing the roster: the template, the upload, the dry run's page, the confirmation."""

from __future__ import annotations

from io import BytesIO
from uuid import UUID

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kernel.accounts.access import person
from kernel.files.errors import FileRefused
from kernel.jobs.models import Job
from kernel.permissions import page
from kernel.web import htmx, paging
from tenants.employees import checked_sheets, roster_jobs
from tenants.employees.forms import RosterForm
from tenants.employees.permissions import IMPORT_EMPLOYEES
from tenants.employees.roster_sheet import COLUMNS
from tenants.employees.roster_workbooks import template


@require_http_methods(["GET", "HEAD", "POST"])
@page(IMPORT_EMPLOYEES)
def upload(request: HttpRequest) -> HttpResponse:
    form = RosterForm(request.POST, request.FILES) if request.method == "POST" else RosterForm()
    if request.method == "POST" and form.is_valid():
        try:
            job = roster_jobs.check_roster(upload=form.cleaned_data["file"], actor=person(request))
        except FileRefused as error:
            form.add_error("file", error.message())
        else:
            return htmx.go(request, reverse("jobs-job", args=[job.uid]))
    recent = Job.objects.filter(kind__in=(roster_jobs.CHECK, roster_jobs.IMPORT)).order_by("-id")[:10]
    context = {"form": form, "jobs": list(recent.select_related("started_by"))}
    return render(request, "tenants/employees/import.html", context, status=422 if form.is_bound else 200)


@require_safe
@page(IMPORT_EMPLOYEES)
def download_template(request: HttpRequest) -> FileResponse:
    return FileResponse(BytesIO(template()), as_attachment=True, filename="contoh-pegawai.xlsx")


@require_safe
@page(IMPORT_EMPLOYEES)
def check(request: HttpRequest, uid: UUID) -> HttpResponse:
    """What the file would do, sheet by sheet, with the errors beside the rows and the button that does it."""
    job = checked_sheets.check_of(uid, roster_jobs.CHECK)
    if job.state != Job.State.DONE:
        return htmx.go(request, reverse("jobs-job", args=[uid]))
    context = checked_sheets.shown(job, roster_jobs.IMPORT, request.GET.get(paging.PARAMETER, ""))
    context["sheets"] = [{"name": name, "counts": job.result["sheets"][name]} for name in COLUMNS]
    context["preview"] = [
        {"name": name, "rows": [row for row in job.result["preview"] if row["sheet"] == name]} for name in COLUMNS
    ]
    return render(request, "tenants/employees/import_check.html", context)


@require_POST
@page(IMPORT_EMPLOYEES)
def confirm(request: HttpRequest, uid: UUID) -> HttpResponse:
    job = roster_jobs.confirm_roster(
        check_uid=uid, valid_rows_only=request.POST.get("rows") == "valid", actor=person(request)
    )
    return htmx.go(request, reverse("jobs-job", args=[job.uid]))
