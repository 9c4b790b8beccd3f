"""Downloads of papers."""

from __future__ import annotations

from typing import TypeVar
from uuid import UUID

from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from kernel.accounts.access import person
from kernel.audit.record import declare_action, record
from kernel.errors import NotFound
from kernel.permissions import page
from tenants.reports.papers.recap import recap
from tenants.reports.papers.slip_paper import slip_pdf
from tenants.tpp.access import readable_run, readable_slip
from tenants.tpp.permissions import OPEN_SLIP, READ_ALL

DOWNLOADED = declare_action("reports.recap_downloaded", "Rekap TPP diunduh")
Response = TypeVar("Response", bound=HttpResponseBase)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_safe
@page(READ_ALL)
def run_recap(request: HttpRequest, uid: UUID) -> FileResponse:
    """A finished run as XLSX, of one OPD with `?opd=<uid>`. Who took it is written down: it names everybody's pay."""
    run = readable_run(uid)
    if not run.is_done:
        raise NotFound("recap")
    opd = _uid(request.GET.get("opd", ""))
    book = recap(run, opd=opd)
    record(DOWNLOADED, actor=person(request), subject=run, after={"opd": opd})
    name = f"rekap-tpp-{run.month_text}.xlsx"
    return _private(FileResponse(book, as_attachment=True, filename=name, content_type=XLSX))


@require_safe
@page(OPEN_SLIP)
def slip(request: HttpRequest, uid: UUID) -> HttpResponse:
    """A slip as PDF."""
    found = readable_slip(person(request), uid)
    content = slip_pdf(found, is_locked=hasattr(found.run, "lock"))
    name = f"slip-tpp-{found.run.month_text}-{slugify(found.heading['name'])}.pdf"
    response = HttpResponse(content, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return _private(response)


def _private(response: Response) -> Response:
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _uid(text: str) -> UUID | None:
    if not text:
        return None
    try:
        return UUID(text)
    except ValueError as error:
        raise NotFound("opd") from error
