"""Documents: handing in, reading, taking back, and entering them for many."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kernel.accounts.access import person
from kernel.errors import DomainError
from kernel.files.errors import FileRefused
from kernel.periods import Month, parse_day
from kernel.permissions import page
from kernel.web import htmx, paging
from tenants.attendance import access
from tenants.attendance.actions import record_documents, revoke_documents, submit_document, withdraw_document
from tenants.attendance.companions import asked_elsewhere
from tenants.attendance.document_kinds import document_kinds
from tenants.attendance.errors import DaysTaken, LetterMissing, OnlyFreeDays, OwnLetter
from tenants.attendance.forms import DocumentForm, RecordForm, RevokeForm
from tenants.attendance.models import AttendanceDocument
from tenants.attendance.permissions import READ, READ_OWN, RECORD
from tenants.attendance.policy import last_days_to_explain, unexplained
from tenants.calendars.closing import MonthClosed, late_months
from tenants.calendars.work_date import running_day
from tenants.employees.access import people_in_scope

STATE_CHIPS = {"submitted": "wait", "approved": "ok", "rejected": "bad", "withdrawn": "plain", "revoked": "bad"}


@require_safe
@page(READ_OWN)
def documents(request: HttpRequest) -> HttpResponse:
    """The person's own documents, the newest first."""
    employee = access.employee_id_of(person(request))
    own = AttendanceDocument.objects.of(employee)
    found = paging.page_of(own, order=("-id",), cursor=request.GET.get(paging.PARAMETER, ""))
    today = running_day()
    days = unexplained(employee, Month.of(today).previous.first_day)
    last_days = last_days_to_explain(employee, days)
    explain = [(day, last_days.get(day), last_days.get(day, today) < today) for day in days]
    context = {"page": found, "chips": STATE_CHIPS, "explain": explain}
    return render(request, "tenants/attendance/documents.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@page(READ_OWN)
def new_document(request: HttpRequest) -> HttpResponse:
    """Hand in a document."""
    user = person(request)
    employee = access.employee_of(user)
    elsewhere = asked_elsewhere(employee.pk, running_day())
    known = document_kinds(running_day())
    form = DocumentForm(
        request.POST or None,
        request.FILES or None,
        kinds={code: label for code, label in known.items() if code not in elsewhere},
        initial=_initial(request),
    )
    if request.method == "POST" and form.is_valid():
        try:
            submit_document(employee=employee, draft=form.draft(), actor=user, upload=form.cleaned_data["file"])
        except DomainError as error:
            _say(form, error)
        else:
            messages.success(request, _("Surat terkirim kepada atasan. Hari itu dihitung setelah disetujui."))
            return htmx.go(request, reverse("attendance-documents"))
    context = {"form": form, "elsewhere": [(known[code], url) for code, url in elsewhere.items() if code in known]}
    return render(request, "tenants/attendance/document_form.html", context, status=422 if form.errors else 200)


def day_asked(request: HttpRequest) -> date:
    """The day of `?hari=2026-10-05`; the running one where none is asked for. Raises BadRequest."""
    try:
        return parse_day(request.GET["hari"]) if "hari" in request.GET else running_day()
    except ValueError as error:
        raise BadRequest("not a day") from error


def _initial(request: HttpRequest) -> dict[str, Any]:
    day = day_asked(request)
    return {"first": day, "last": day}


def _say(form: DocumentForm, error: DomainError) -> None:
    """Put a refusal beside the field that it is about."""
    if isinstance(error, FileRefused | LetterMissing):
        form.add_error("file", error.message())
    elif isinstance(error, DaysTaken | MonthClosed | OnlyFreeDays):
        form.add_error("first", error.message())
    elif isinstance(error, OwnLetter):
        form.add_error("nips", error.message())
    else:
        field = getattr(error, "field", None)
        form.add_error(field if field in form.fields else None, error.message())


@require_safe
@page(READ)
def document(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One document with its state."""
    user = person(request)
    found = access.readable_document(user, uid)
    return _document_page(request, found, RevokeForm())


@require_POST
@page(RECORD)
def revoke(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Say that an approved document does not count."""
    user = person(request)
    found = access.document_in_charge(user, uid)
    form = RevokeForm(request.POST)
    if not form.is_valid():
        return _document_page(request, found, form)
    try:
        revoke_documents(documents=[found], reason=form.cleaned_data["reason"], actor=user)
    except DomainError as error:
        # The page as it is now offers nothing to revoke: there is no form to put this beside.
        messages.error(request, error.message())
        return htmx.go(request, reverse("attendance-document", args=[uid]))
    messages.success(request, _("Surat dicabut. Hari-harinya dihitung lagi tanpa surat ini."))
    return htmx.go(request, reverse("attendance-document", args=[uid]))


def _document_page(request: HttpRequest, found: AttendanceDocument, form: RevokeForm) -> HttpResponse:
    user = person(request)
    context = {
        "form": form,
        "may_revoke": found.state == AttendanceDocument.State.APPROVED
        and found.employee.user_id != user.pk
        and access.is_in_charge(user, found),
        "document": found,
        "chip": STATE_CHIPS[found.state],
        "is_own": found.employee.user_id == user.pk,
        "may_withdraw": found.employee.user_id == user.pk
        and found.state == AttendanceDocument.State.SUBMITTED
        and found.order_id is None,
        "is_late": found.state == AttendanceDocument.State.SUBMITTED
        and bool(late_months(found.employee_id, found.period.lower, found.last_day)),
    }
    return render(request, "tenants/attendance/document.html", context, status=422 if form.errors else 200)


@require_POST
@page(READ_OWN)
def withdraw(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Take a waiting document back."""
    withdraw_document(uid=uid, actor=person(request))
    messages.success(request, _("Surat ditarik. Atasan tidak perlu memutuskannya lagi."))
    return htmx.go(request, reverse("attendance-documents"))


@require_http_methods(["GET", "HEAD", "POST"])
@page(RECORD)
def record_for_many(request: HttpRequest) -> HttpResponse:
    """An official enters a letter that is decided already, for one or many people."""
    user = person(request)
    form = RecordForm(
        request.POST or None,
        request.FILES or None,
        kinds=document_kinds(running_day()),
        initial=_initial(request),
    )
    if request.method == "POST" and form.is_valid():
        nips = form.cleaned_data["nips"]
        people = list(people_in_scope(user, RECORD, form.cleaned_data["first"]).filter(nip__in=nips))
        strangers = [nip for nip in nips if nip not in {employee.nip for employee in people}]
        if strangers:
            form.add_error(
                "nips",
                _("Tidak ditemukan di OPD Anda pada tanggal itu: %(nips)s.") % {"nips": ", ".join(strangers[:10])},
            )
        else:
            try:
                made = record_documents(
                    employees=people, draft=form.draft(), actor=user, upload=form.cleaned_data["file"]
                )
            except DomainError as error:
                _say(form, error)
            else:
                messages.success(
                    request,
                    ngettext(
                        "Surat tercatat untuk %(count)s pegawai.", "Surat tercatat untuk %(count)s pegawai.", len(made)
                    )
                    % {"count": len(made)},
                )
                return htmx.go(request, reverse("attendance-record"))
    return render(
        request,
        "tenants/attendance/record.html",
        {"form": form, "recent": _recent(request), "chips": STATE_CHIPS},
        status=422 if form.errors else 200,
    )


def _recent(request: HttpRequest) -> list[AttendanceDocument]:
    """What this official entered last."""
    own = AttendanceDocument.objects.filter(created_by=person(request)).exclude(employee__user=person(request))
    return list(own.select_related("employee").order_by("-id")[:10])
