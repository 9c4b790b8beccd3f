"""The recap of attendance on a page, its files, and the region's layout of it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kernel.accounts.access import person
from kernel.errors import NotFound
from kernel.periods import Month
from kernel.permissions import page
from kernel.tenancy import here
from kernel.web.asked import month_asked
from tenants.reports.access import readable_opd, readable_opds
from tenants.reports.attendance.columns import RecapColumn
from tenants.reports.attendance.counting import columns_of, layout_of, tallies
from tenants.reports.attendance.layouts import save_layout
from tenants.reports.attendance.making import ask_for_recap_files, people_of
from tenants.reports.permissions import READ_PAPERS, RECAP_LAYOUT

# So many people stand on a page of the recap.
_ROWS = 50


@require_safe
@page(READ_PAPERS)
def recap(request: HttpRequest) -> HttpResponse:
    """One OPD's month: people by the region's columns, with the sums of the whole OPD."""
    month = month_asked(request, here.this_month())
    opds = list(readable_opds(person(request)))
    asked = request.GET.get("opd", "")
    opd = next((one for one in opds if str(one.uid) == asked), None if asked else next(iter(opds), None))
    if asked and opd is None:
        raise NotFound("opd")
    context: dict[str, object] = {"opds": opds, "opd": opd, "month": month}
    if opd is not None:
        people = people_of(opd, month)
        columns = layout_of(month)
        found = tallies([one.pk for one in people], month)
        text = request.GET.get("mulai", "")
        start = int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0
        shown = people[start : start + _ROWS]
        values = [[found[one.pk].value(column.code) for column in columns] for one in people]
        address = f"{reverse('papers-attendance')}?opd={opd.uid}"
        context |= {
            "columns": columns,
            "rows": [(one, [(column, found[one.pk].value(column.code)) for column in columns]) for one in shown],
            "sums": [(column, sum(row[place] for row in values)) for place, column in enumerate(columns)],
            "people": len(people),
            "open": sum(found[one.pk].open + found[one.pk].provisional for one in people),
            "before": f"{address}&bulan={month}&mulai={max(start - _ROWS, 0)}" if start else "",
            "behind": f"{address}&bulan={month}&mulai={start + _ROWS}" if start + _ROWS < len(people) else "",
            "previous": f"{address}&bulan={month.previous}",
            "next": f"{address}&bulan={month.next}" if month < here.this_month() else "",
        }
    return render(request, "tenants/reports/attendance_recap.html", context)


@require_POST
@page(READ_PAPERS)
def recap_files(request: HttpRequest) -> HttpResponse:
    """PDF and XLSX of the recap, made in the background."""
    try:
        month = Month.parse(request.POST.get("bulan", ""))
        opd = readable_opd(person(request), UUID(request.POST.get("opd", "")))
    except ValueError as error:
        raise NotFound("opd") from error
    job = ask_for_recap_files(month=month, opd=opd, actor=person(request))
    return redirect("jobs-job", uid=job.uid)


@require_http_methods(["GET", "HEAD", "POST"])
@page(RECAP_LAYOUT)
def layout(request: HttpRequest) -> HttpResponse:
    """Which columns, in which order, under which headings."""
    month = here.this_month()
    known = columns_of(month)
    problems: dict[str, str] = {}
    if request.method == "POST":
        wanted: list[tuple[int, RecapColumn]] = []
        for column in known:
            text = request.POST.get(f"place_{column.code}", "").strip()
            title = request.POST.get(f"title_{column.code}", "").strip()[:60] or column.title
            if not text:
                continue
            if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 99):
                problems[column.code] = _("Isi urutan 1 sampai 99, atau kosongkan.")
                continue
            wanted.append((int(text), RecapColumn(column.code, title)))
        if not problems:
            # The order of equal places is that of the list.
            in_order = [column for _place, column in sorted(wanted, key=lambda pair: pair[0])]
            save_layout(columns=in_order, actor=person(request))
            messages.success(request, _("Susunan rekap tersimpan."))
            return redirect("papers-attendance-layout")
    places = {column.code: (place, column.title) for place, column in enumerate(layout_of(month), 1)}
    rows = []
    for column in known:
        place, title = places.get(column.code, ("", column.title))
        posted = request.POST.get(f"place_{column.code}", str(place))
        rows.append((column, posted, request.POST.get(f"title_{column.code}", title), problems.get(column.code, "")))
    context = {"rows": rows, "problems": problems}
    return render(request, "tenants/reports/attendance_layout.html", context, status=422 if problems else 200)
