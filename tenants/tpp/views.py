"""Pages of the TPP app: own slips, a slip, salary bases, discipline decisions."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kernel import clock
from kernel.accounts.access import person
from kernel.date_words import month_words
from kernel.errors import DomainError, NotFound
from kernel.periods import Month
from kernel.permissions import page
from kernel.tenancy.context import current_region
from kernel.web import htmx, paging
from tenants.employees.models import Employee
from tenants.rules.engine import FactsError
from tenants.rules.engine import MonthFacts as ReadFacts
from tenants.rules.loading import loaded
from tenants.tpp import access, permissions, slip_extras
from tenants.tpp.explaining import Step, steps_of
from tenants.tpp.forecasting import forecast_for
from tenants.tpp.forms import PenaltyForm, SalaryForm
from tenants.tpp.models import DisciplinePenalty, MonthFacts, SalaryBase, Slip
from tenants.tpp.penalties import late_from, record_penalty
from tenants.tpp.salary_import import start_salary_import


def _this_month() -> Month:
    return Month.of(clock.today(current_region().time_zone))


def _asked_month(request: HttpRequest, otherwise: Month) -> Month:
    try:
        return Month.parse(request.GET.get("bulan", ""))
    except ValueError:
        return otherwise


# --- slips ---------------------------------------------------------------------------------------------------------


@require_safe
@page(permissions.READ_OWN)
def own(request: HttpRequest) -> HttpResponse:
    """The person's own months, the newest first."""
    slips = access.own_slips(person(request)).with_lock().select_related("run")
    newest = slips.order_by("-run__month", "run__kind")[:36]
    return render(request, "tenants/tpp/own.html", {"slips": [(slip, slip.is_locked) for slip in newest]})


@require_safe
@page(permissions.READ_OWN)
def forecast(request: HttpRequest) -> HttpResponse:
    """What the running month would pay the person if it ended today."""
    employee = Employee.objects.active().filter(user=person(request)).first()
    if employee is None:
        raise NotFound("employee")
    found = forecast_for(employee)
    share = 0 if found.slip is None or not found.slip.pagu else int(found.slip.gross * 100 / found.slip.pagu)
    context = {
        "forecast": found,
        "share": min(share, 100),
        "month": found.month.first_day,
        "today": clock.today(current_region().time_zone),
    }
    return render(request, "tenants/tpp/forecast.html", context)


@require_safe
@page(permissions.OPEN_SLIP)
def slip(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One slip, every line explained."""
    context = _slip_context(request, uid)
    user = person(request)
    context["notes"] = slip_extras.notes_on(context["slip"], user)
    context["line_actions"] = slip_extras.line_actions_on(context["slip"], user)
    # On paper a link leads nowhere, and the calendar of days is one's own.
    context["days_are_links"] = context["is_own"]
    return render(request, "tenants/tpp/slip.html", context)


@require_safe
@page(permissions.OPEN_SLIP)
def slip_paper(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The slip to print, all lines open."""
    return render(request, "tenants/tpp/slip_paper.html", _slip_context(request, uid))


def _slip_context(request: HttpRequest, uid: UUID) -> dict[str, Any]:
    user = person(request)
    found = access.readable_slip(user, uid)
    steps = slip_steps(found)
    return {
        "slip": found,
        "run": found.run,
        "is_own": found.employee.user_id == user.pk,
        "is_locked": found.is_locked,
        "is_counting": found.is_counting,
        "steps": [step for step in steps if not step.is_empty],
        "heading": _heading(found),
    }


def slip_steps(found: Slip) -> list[Step]:
    """The slip's eleven steps, with its frozen facts."""
    frozen = MonthFacts.objects.filter(run=found.run, employee=found.employee).first()
    try:
        facts = None if frozen is None else ReadFacts.from_json(frozen.text)
    except FactsError:
        facts = None
    lines = sorted(found.lines.all(), key=lambda line: line.order)
    return steps_of(found, lines, facts, loaded(found.run.rule_set))


def _heading(found: Slip) -> list[tuple[str, Any]]:
    heading = found.heading
    return [
        (_("Nama"), heading["name"]),
        (_("NIP"), heading["nip"]),
        (_("Status, golongan"), f"{heading['status']} {heading['golongan']}".strip()),
        (_("Jabatan"), heading["position"]),
        (_("Kelas jabatan"), heading["kelas"]),
        (_("Unit"), heading["unit"]),
        (_("OPD"), heading["opd"]),
    ]


@require_safe
@page(permissions.READ_OPD)
def opd_slips(request: HttpRequest) -> HttpResponse:
    """A month's slips of the own OPD, for its operator."""
    user = person(request)
    slips = access.slips_of_own_opds(user)
    latest = slips.order_by("-run__month").values_list("run__month", flat=True).first()
    month = _asked_month(request, Month.of(latest) if latest else _this_month().previous)
    text = request.GET.get("cari", "")
    of_month = slips.filter(run__month=month.first_day)
    rows = paging.page_of(
        of_month.searched(text).select_related("opd"),
        order=("id",),
        cursor=request.GET.get(paging.PARAMETER, ""),
    )
    context = {
        "month": month.first_day,
        "month_text": str(month),
        "previous": f"?bulan={month.previous}",
        "next": f"?bulan={month.next}" if month < _this_month() else "",
        "may_change": of_month.unlocked().exists(),
        "page": rows,
        "text": text,
    }
    return htmx.answer(request, "tenants/tpp/opd_slips.html", context, part="tenants/tpp/_run_slips.html")


# --- salary bases and discipline decisions ----------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@page(permissions.SALARY)
def salary(request: HttpRequest) -> HttpResponse:
    """The month's salary bases, and the import of a sheet."""
    month = _asked_month(request, _this_month())
    form = SalaryForm(request.POST or None, request.FILES or None, initial={"bulan": month.first_day})
    if request.method == "POST" and form.is_valid():
        try:
            job = start_salary_import(month=form.month(), upload=form.cleaned_data["berkas"], actor=person(request))
        except DomainError as error:
            form.add_error("berkas", error.message())
        else:
            return htmx.go(request, reverse("jobs-job", args=[job.uid]))
    rows = paging.page_of(
        SalaryBase.objects.filter(month=month.first_day).select_related("employee"),
        order=("employee__name", "id"),
        cursor=request.GET.get(paging.PARAMETER, ""),
    )
    context = {
        "form": form,
        "page": rows,
        "month": month.first_day,
        "previous": f"?bulan={month.previous}",
        "next": f"?bulan={month.next}" if month < _this_month() else "",
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "tenants/tpp/salary.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@page(permissions.PENALTIES)
def penalties(request: HttpRequest) -> HttpResponse:
    """Discipline decisions, the newest first, and the form for another."""
    form = PenaltyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            penalty = record_penalty(
                employee=values["nip"],
                level=values["tingkat"],
                from_month=Month.of(values["mulai"]),
                until_month=_month_or_none(values["sampai"]),
                letter_number=values["surat"],
                actor=person(request),
            )
        except DomainError as error:
            form.add_error("surat" if error.code == "penalty_refused" else "mulai", error.message())
        else:
            messages.success(request, _("Hukuman disiplin tercatat."))
            if late := late_from(penalty):
                words = _("Mulai %(month)s bulannya sudah dikunci: potongan bulan itu lewat perhitungan selisih.")
                messages.info(request, words % {"month": month_words(late)})
            return htmx.go(request, reverse("tpp-penalties"))
    rows = paging.page_of(
        DisciplinePenalty.objects.select_related("employee"),
        order=("-from_month", "-id"),
        cursor=request.GET.get(paging.PARAMETER, ""),
    )
    status = 422 if request.method == "POST" else 200
    return render(request, "tenants/tpp/penalties.html", {"form": form, "page": rows}, status=status)


def _month_or_none(day: date | None) -> Month | None:
    return None if day is None else Month.of(day)
