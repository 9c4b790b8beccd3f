"""Pages of the inspectorate's workspace: samples, a person's month, a new finding."""

from __future__ import annotations

import secrets
from datetime import timedelta
from io import BytesIO
from uuid import UUID

import xlsxwriter
from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kernel.accounts.access import person
from kernel.errors import DomainError, NotFound
from kernel.money import decimal_text
from kernel.periods import Month
from kernel.permissions import page
from kernel.tenancy import here
from kernel.watching import note_rows
from kernel.web import paging
from kernel.web.asked import month_asked
from kernel.web.downloads import as_download
from tenants.employees.models import Employee
from tenants.oversight import actions, drawing
from tenants.oversight.errors import SentBefore
from tenants.oversight.forms import (
    ExaminedForm,
    FindingForm,
    SampleForm,
)
from tenants.oversight.models import Finding, Sample, SampledPerson
from tenants.oversight.permissions import EXAMINE
from tenants.oversight.person_month import person_month
from tenants.oversight.signals import in_words

ANSWER_WITHIN = timedelta(days=14)


def _last_month() -> Month:
    return here.this_month().previous


# --- samples ---------------------------------------------------------------------------------------------------------


@require_safe
@page(EXAMINE)
def samples(request: HttpRequest) -> HttpResponse:
    """The samples, the newest first."""
    rows = Sample.objects.select_related("opd", "drawn_by").annotate(
        chosen=Count("people", distinct=True), examined=Count("people__examination", distinct=True)
    )
    found = paging.page_of(rows, order=("-id",), cursor=request.GET.get(paging.PARAMETER, ""))
    return render(request, "tenants/oversight/samples.html", {"page": found})


@require_http_methods(["GET", "HEAD", "POST"])
@page(EXAMINE)
def new_sample(request: HttpRequest) -> HttpResponse:
    """Draw a sample in the background."""
    initial = {
        "bulan": _last_month().first_day,
        "persen": 5,
        "risiko": 20,
        "benih": secrets.token_hex(4),
    }
    form = SampleForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            job = drawing.start_drawing(
                month=Month.of(values["bulan"]),
                opd=values["opd"],
                percent=values["persen"],
                riskiest=values["risiko"],
                seed=values["benih"],
                actor=person(request),
            )
        except DomainError as error:
            form.add_error("bulan", error.message())
        else:
            return redirect("jobs-job", uid=job.uid)
    status = 422 if request.method == "POST" else 200
    return render(request, "tenants/oversight/sample_form.html", {"form": form}, status=status)


@require_safe
@page(EXAMINE)
def sample(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The frozen list with why each person is on it and what was looked at."""
    found = _sample(uid)
    people = found.people.select_related("employee", "examination__examined_by").annotate(
        findings_made=Count("findings")
    )
    rows = paging.page_of(people, order=("order",), cursor=request.GET.get(paging.PARAMETER, ""))
    for row in rows:
        row.words = in_words(row.reasons)
    context = {"sample": found, "page": rows, "examined": found.people.filter(examination__isnull=False).count()}
    context["chosen"] = found.people.count()
    return render(request, "tenants/oversight/sample.html", context)


@require_safe
@page(EXAMINE)
def sample_sheet(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The list as a sheet, with seed and digest on it."""
    found = _sample(uid)
    out = BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet(_("Sampel"))
    bold = book.add_format({"bold": True})
    sheet.write_row(0, 0, [_("Bulan"), f"{found.month:%Y-%m}", _("Benih"), found.seed, _("Sidik"), found.digest])
    sheet.write_row(2, 0, [_("Nomor"), _("NIP"), _("Nama"), _("Sebab"), _("Skor risiko"), _("Tanda")], bold)
    for row, chosen in enumerate(found.people.select_related("employee").order_by("order"), 3):
        note_rows(1)
        sheet.write_number(row, 0, chosen.order)
        for column, text in enumerate((chosen.employee.nip, chosen.employee.name, chosen.get_why_display()), 1):
            sheet.write_string(row, column, str(text))
        sheet.write_string(row, 4, decimal_text(chosen.risk))
        sheet.write_string(row, 5, "; ".join(in_words(chosen.reasons)))
    book.close()
    return as_download(out.getvalue(), f"sampel-{found.month:%Y-%m}.xlsx")


@require_POST
@page(EXAMINE)
def examined(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The person's month has been gone through."""
    form = ExaminedForm(request.POST)
    note = form.cleaned_data["catatan"] if form.is_valid() else ""
    marked = actions.mark_examined(sampled_uid=uid, note=note, actor=person(request))
    messages.success(request, _("Ditandai sudah diperiksa."))
    return redirect("oversight-sample", uid=marked.person.sample.uid)


def _sample(uid: UUID) -> Sample:
    found = Sample.objects.select_related("opd", "drawn_by").filter(uid=uid).first()
    if found is None:
        raise NotFound("sample")
    return found


# --- a person's month ------------------------------------------------------------------------------------------------


@require_safe
@page(EXAMINE)
def month_of_person(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Punches, activities, evidence, approvals and slip of one person and month on one page."""
    employee = _employee(uid)
    actions.refuse_own_month(person(request), employee)
    month = month_asked(request, _last_month())
    found = person_month(employee, month)
    sampled = _sampled(request, employee)
    context = {
        "found": found,
        "employee": employee,
        "month": month,
        "sampled": sampled,
        "examination": getattr(sampled, "examination", None),
        "examined_form": ExaminedForm(),
        "words": [] if sampled is None else in_words(sampled.reasons),
        "findings": Finding.objects.filter(employee=employee, month=month.first_day).order_by("-id"),
        "previous": f"{reverse('oversight-person', args=[uid])}?bulan={month.previous}",
        "next": f"{reverse('oversight-person', args=[uid])}?bulan={month.next}",
        "finding_url": reverse("oversight-new-finding", args=[uid])
        + f"?bulan={month}"
        + (f"&sampel={sampled.uid}" if sampled else ""),
    }
    return render(request, "tenants/oversight/person.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@page(EXAMINE)
def new_finding(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Write a finding down, prefilled from the line it was opened on."""
    employee = _employee(uid)
    actions.refuse_own_month(person(request), employee)
    month = month_asked(request, _last_month())
    today = here.today()
    initial = {
        "perihal": request.GET.get("perihal", ""),
        "tentang": request.GET.get("tentang", "")[:300],
        "tenggat": today + ANSWER_WITHIN,
    }
    form = FindingForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            made = actions.open_finding(
                employee=employee,
                month=month,
                sampled=_sampled(request, employee),
                subject=values["perihal"],
                about=values["tentang"],
                text=values["uraian"],
                answer_due=values["tenggat"],
                client_key=values["kunci"],
                actor=person(request),
            )
        except SentBefore as error:
            form.add_error(None, error.message())
        else:
            messages.success(request, _("Temuan tersimpan dan terlihat oleh pegawai dan operator OPD-nya."))
            return redirect("oversight-finding", uid=made.uid)
    context = {
        "form": form,
        "employee": employee,
        "month": month,
        "back": f"{reverse('oversight-person', args=[uid])}?bulan={month}",
    }
    return render(request, "tenants/oversight/finding_form.html", context, status=422 if form.is_bound else 200)


def _employee(uid: UUID) -> Employee:
    found = Employee.objects.filter(uid=uid).first()
    if found is None:
        raise NotFound("employee")
    return found


def _sampled(request: HttpRequest, employee: Employee) -> SampledPerson | None:
    """The place of this person in the sample that the address names; none where it names another person's."""
    try:
        uid = UUID(request.GET.get("sampel", ""))
    except ValueError:
        return None
    return SampledPerson.objects.filter(uid=uid, employee=employee).select_related("sample", "examination").first()
