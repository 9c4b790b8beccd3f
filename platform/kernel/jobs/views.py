"""Progress, result and error rows of one job."""

from __future__ import annotations

from io import BytesIO
from typing import Any
from uuid import UUID

import xlsxwriter
from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kernel.accounts.access import person
from kernel.jobs import access, actions
from kernel.jobs.models import Job, JobRow
from kernel.jobs.permissions import VIEW_JOBS
from kernel.permissions import page
from kernel.web import htmx, paging
from kernel.web.fallback import open_in_fallback

_SHOWN_APART = frozenset({"url", "links", "facts"})


def _facts(job: Job) -> list[tuple[str, Any]]:
    """What the result says, as label and value."""
    if "facts" in job.result:
        return [(str(label), value) for label, value in job.result["facts"]]
    return [
        (name.replace("_", " ").capitalize(), value)
        for name, value in job.result.items()
        if name not in _SHOWN_APART and isinstance(value, str | int) and not isinstance(value, bool)
    ]


def _links(job: Job) -> list[dict[str, str]]:
    """Where the result leads, only to pages of this host."""
    links = list(job.result.get("links", []))
    if job.result.get("url"):
        links.insert(0, {"text": _("Buka hasil"), "url": job.result["url"]})
    return [link for link in links if str(link.get("url", "")).startswith("/")]


@open_in_fallback
@require_safe
@page(VIEW_JOBS)
def job(request: HttpRequest, uid: UUID) -> HttpResponse:
    found = access.job_to_see(person(request), uid)
    rows = paging.page_of(found.rows.all(), order=("id",), cursor=request.GET.get(paging.PARAMETER, ""))
    context = {"job": found, "facts": _facts(found), "links": _links(found), "page": rows}
    return htmx.answer(request, "kernel/jobs/job.html", context, part="kernel/jobs/_job.html")


@open_in_fallback
@require_POST
@page(VIEW_JOBS)
def cancel(request: HttpRequest, uid: UUID) -> HttpResponse:
    actions.cancel_job(uid=uid, actor=person(request))
    messages.info(request, _("Pekerjaan diminta berhenti. Yang sudah tersimpan tidak hilang."))
    return htmx.go(request, reverse("jobs-job", args=[uid]))


@open_in_fallback
@require_safe
@page(VIEW_JOBS)
def rows(request: HttpRequest, uid: UUID) -> FileResponse:
    """What the job says about single rows, as XLSX."""
    found = access.job_to_see(person(request), uid)
    return FileResponse(_sheet(found), as_attachment=True, filename=f"catatan-{found.uid}.xlsx")


def _sheet(found: Job) -> BytesIO:
    target = BytesIO()
    with xlsxwriter.Workbook(
        target, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        sheet = book.add_worksheet(_("Catatan"))
        bold = book.add_format({"bold": True})
        sheet.set_column(0, 4, 18)
        sheet.set_column(5, 5, 90)
        titles = (_("Baris"), _("Tentang"), _("Jenis"), _("Kolom"), _("Isi"), _("Penjelasan"))
        sheet.write_row(0, 0, titles, bold)
        for line, row in enumerate(found.rows.order_by("row_number", "id").iterator(), 1):
            sheet.write_row(
                line,
                0,
                (
                    "" if row.row_number is None else row.row_number,
                    row.subject,
                    JobRow.Level(row.level).label,
                    row.column,
                    row.value,
                    row.message,
                ),
            )
    target.seek(0)
    return target
