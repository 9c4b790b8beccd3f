"""A person's own SKP: the year's plan, what was realised in a period, how it was assessed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kernel.accounts.access import person
from kernel.errors import NotFound
from kernel.files.errors import FileRefused
from kernel.permissions import page
from kernel.tenancy import here
from tenants.approvals.models import ApprovalRequest, Decision
from tenants.calendars import closing
from tenants.employees.access import own_employee
from tenants.employees.models import Employee
from tenants.skp import access
from tenants.skp.arrangement import Arrangement, arrangement_on, require_kept
from tenants.skp.behaviour import VALUES
from tenants.skp.errors import KeptElsewhere, PlanRefused, ReportRefused
from tenants.skp.evidence import approved_work_by_result
from tenants.skp.forms import (
    ExpectationsForm,
    PlanForm,
    ReportForm,
    ResultForm,
    entered_result,
    indicator_forms,
)
from tenants.skp.models import (
    Assessment,
    Expectation,
    Feedback,
    MonthlyRating,
    PeriodReport,
    Plan,
    SkpSetting,
)
from tenants.skp.permissions import OWN
from tenants.skp.plans import (
    create_plan,
    discard_plan,
    missing_in,
    own_posts,
    remove_result,
    result_of,
    save_expectations,
    save_result,
    start_new_version,
    submit_plan,
    superior_results,
    withdraw_plan,
)
from tenants.skp.rating_periods import RatingPeriod
from tenants.skp.reports import plan_for, reached, save_realisation, submit_report, withdraw_report
from tenants.skp.words import period_label

MOST_FEEDBACK = 10


@require_safe
@page(OWN)
def own(request: HttpRequest) -> HttpResponse:
    """The person's year: plans, periods, ratings, and what the superior has said."""
    user = person(request)
    employee = own_employee(user)
    today = here.today()
    year = _year(request, today.year)
    arrangement = arrangement_on(today)
    plans = list(
        Plan.objects.filter(employee=employee, year=year).select_related("position").order_by("position", "-version")
    )
    ratings = list(MonthlyRating.objects.filter(employee=employee, month__year=year).order_by("-month"))
    posts = own_posts(employee)
    planned = {plan.position_id for plan in plans}
    context = {
        "year": year,
        "previous": year - 1,
        "next": year + 1 if year <= today.year else None,
        "arrangement": arrangement,
        "plans": [plan for plan in plans if plan.state != Plan.State.REPLACED],
        "replaced": [plan for plan in plans if plan.state == Plan.State.REPLACED],
        "may_plan": arrangement.is_kept_here
        and year >= today.year
        and any(post.position_id not in planned for post in posts),
        "has_post": bool(posts),
        "has_people": access.has_people(user, [post.position_id for post in posts]),
        "periods": _periods_of_year(employee, year) if arrangement.is_kept_here else [],
        "ratings": ratings,
        "feedback": _feedback(employee),
    }
    return render(request, "tenants/skp/own.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@page(OWN)
def plan_new(request: HttpRequest) -> HttpResponse:
    """A first plan for a post."""
    user = person(request)
    employee = own_employee(user)
    year = here.today().year
    posts = own_posts(employee)
    form = PlanForm(
        request.POST if request.method == "POST" else None,
        posts=posts,
        years=(year, year + 1),
        initial={"year": year, "model": "kuantitatif" if posts and posts[0].position_kind == "jpt" else "kualitatif"},
    )
    if request.method == "POST" and form.is_valid():
        try:
            plan = create_plan(
                employee=employee,
                position_uid=UUID(form.cleaned_data["position"]),
                year=form.cleaned_data["year"],
                model=form.cleaned_data["model"],
                actor=user,
            )
        except (PlanRefused, KeptElsewhere) as error:
            form.add_error("model" if getattr(error, "reason", "") == "model" else None, error.message())
        else:
            return redirect("skp-plan", uid=plan.uid)
    return render(
        request,
        "tenants/skp/plan_new.html",
        {"form": form, "posts": posts},
        status=422 if form.errors else 200,
    )


@require_safe
@login_required
def plan(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One version of a plan: for its owner with what may be done to it, for the superior and officials to read."""
    user = person(request)
    found = access.plan_to_see(user, uid)
    is_owner = found.employee.user_id == user.pk
    requests = ApprovalRequest.objects.of_documents(access.DOCUMENT_KIND, [found.uid])
    waiting = requests.waiting().select_related("approver").first()
    reason = ""
    if found.state in (Plan.State.RETURNED, Plan.State.REJECTED):
        reason = Decision.objects.last_notes(access.DOCUMENT_KIND, [found.uid]).get(found.uid, "")
    versions = Plan.objects.filter(employee=found.employee, year=found.year, position=found.position)
    context = {
        "plan": found,
        "is_owner": is_owner,
        "results": list(found.results.all()),
        "values": [(label, found.expectations.get(code, "")) for code, label in VALUES.items()],
        "missing": [PlanRefused(code).message() for code in missing_in(found)] if is_owner and found.is_open else [],
        "waiting": waiting,
        "reason": reason,
        "versions": [
            version
            for version in versions.exclude(pk=found.pk).order_by("-version")
            if is_owner or version.state != Plan.State.DRAFT
        ],
        "may_renew": is_owner
        and found.state in (Plan.State.APPROVED, Plan.State.REJECTED)
        and not versions.open().exists(),
    }
    return render(request, "tenants/skp/plan.html", context)


@require_POST
@page(OWN)
def plan_submit(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Hand the plan in."""
    user = person(request)
    try:
        submit_plan(employee=own_employee(user), uid=uid, actor=user)
    except PlanRefused as error:
        messages.error(request, error.message())
    else:
        messages.success(request, _("Rencana SKP diajukan. Atasan Anda melihatnya di kotak masuk."))
    return redirect("skp-plan", uid=uid)


@require_POST
@page(OWN)
def plan_withdraw(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Take back what still waits."""
    user = person(request)
    withdraw_plan(employee=own_employee(user), uid=uid, actor=user)
    messages.success(request, _("Pengajuan ditarik. Rencana ini kembali menjadi draf."))
    return redirect("skp-plan", uid=uid)


@require_POST
@page(OWN)
def plan_discard(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Remove a draft."""
    user = person(request)
    discard_plan(employee=own_employee(user), uid=uid, actor=user)
    messages.success(request, _("Draf dihapus."))
    return redirect("skp-own")


@require_POST
@page(OWN)
def plan_renew(request: HttpRequest, uid: UUID) -> HttpResponse:
    """A new version, to be changed."""
    user = person(request)
    renewed = start_new_version(employee=own_employee(user), uid=uid, actor=user)
    messages.success(request, _("Versi baru dibuat. Versi yang berlaku tetap dipakai sampai yang baru disetujui."))
    return redirect("skp-plan", uid=renewed.uid)


@require_http_methods(["GET", "HEAD", "POST"])
@page(OWN)
def result(request: HttpRequest, uid: UUID, key: UUID | None = None) -> HttpResponse:
    """A new result of the plan, or one to change."""
    user = person(request)
    employee = own_employee(user)
    found = access.own_plan(employee, uid)
    if not found.is_open:
        return redirect("skp-plan", uid=uid)
    line = None if key is None else result_of(found, key)
    indicators = [] if line is None else list(line.indicators.order_by("number"))
    origins = superior_results(employee, found.year)
    if (
        line is not None
        and line.derived_from is not None
        and all(item.key != line.derived_from.key for item in origins)
    ):
        origins = [line.derived_from, *origins]
    initial = (
        {}
        if line is None
        else {
            "statement": line.statement,
            "kind": line.kind,
            "derived_from": None if line.derived_from is None else line.derived_from.key,
        }
    )
    form = ResultForm(request.POST if request.method == "POST" else None, origins=origins, initial=initial)
    lines = indicator_forms(
        request.POST if request.method == "POST" else None, indicators=indicators, spare=3 if line is None else 1
    )
    if request.method == "POST" and form.is_valid() & lines.is_valid():
        try:
            save_result(employee=employee, plan_uid=uid, entry=entered_result(form, lines), actor=user, key=key)
        except PlanRefused as error:
            form.add_error("derived_from" if error.reason == "superior" else None, error.message())
        else:
            messages.success(request, _("Rencana hasil kerja tersimpan."))
            return redirect("skp-plan", uid=uid)
    return render(
        request,
        "tenants/skp/result.html",
        {"plan": found, "line": line, "form": form, "lines": lines, "shown": max(1, len(indicators))},
        status=422 if request.method == "POST" else 200,
    )


@require_POST
@page(OWN)
def result_remove(request: HttpRequest, uid: UUID, key: UUID) -> HttpResponse:
    """Take a result out of an open plan."""
    user = person(request)
    remove_result(employee=own_employee(user), plan_uid=uid, key=key, actor=user)
    messages.success(request, _("Rencana hasil kerja dihapus."))
    return redirect("skp-plan", uid=uid)


@require_http_methods(["GET", "HEAD", "POST"])
@page(OWN)
def expectations(request: HttpRequest, uid: UUID) -> HttpResponse:
    """What the leader expects of behaviour."""
    user = person(request)
    employee = own_employee(user)
    found = access.own_plan(employee, uid)
    if not found.is_open:
        return redirect("skp-plan", uid=uid)
    form = ExpectationsForm(request.POST if request.method == "POST" else None, initial=found.expectations)
    if request.method == "POST" and form.is_valid():
        save_expectations(employee=employee, plan_uid=uid, expectations=form.cleaned_data, actor=user)
        messages.success(request, _("Ekspektasi perilaku tersimpan."))
        return redirect("skp-plan", uid=uid)
    return render(
        request,
        "tenants/skp/expectations.html",
        {"plan": found, "form": form},
        status=422 if form.errors else 200,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@page(OWN)
def report(request: HttpRequest, period: str) -> HttpResponse:
    """What was realised in one period: kept, or handed in for assessment."""
    user = person(request)
    employee = own_employee(user)
    span = period_of(period)
    require_kept(span, SkpSetting.Source.HERE)
    stands = PeriodReport.objects.of_period(span.first_day).filter(employee=employee).select_related("plan").first()
    is_open = stands is None or stands.state in (PeriodReport.State.DRAFT, PeriodReport.State.RETURNED)
    plan_ = plan_for(employee, span) if is_open else None
    if plan_ is None and stands is not None:
        plan_ = stands.plan
    if plan_ is None:
        return render(request, "tenants/skp/report.html", {"span": span, "label": period_label(span), "plan": None})
    if stands is not None and stands.state == PeriodReport.State.ASSESSED:
        return redirect("skp-assessment", uid=stands.uid)
    loaded = Plan.objects.with_lines().get(pk=plan_.pk)
    lines = reached(loaded, stands)
    form = ReportForm(
        request.POST if request.method == "POST" else None,
        request.FILES if request.method == "POST" else None,
        lines=lines,
    )
    if request.method == "POST" and form.is_valid() and _kept(request, form, employee, span):
        return redirect("skp-report", period=str(span))
    work, other = approved_work_by_result(employee.pk, span, [line.result.key for line in lines])
    context = {
        "span": span,
        "label": period_label(span),
        "plan": loaded,
        "report": stands,
        "is_open": is_open and span.first_day <= here.today(),
        "is_late": bool(closing.late_months(employee.pk, span.first_day, span.last_day)),
        "is_future": span.first_day > here.today(),
        "may_hand_in": here.today() >= span.months[-1].first_day,
        "form": form,
        "lines": lines,
        "work": work,
        "other": other,
    }
    return render(request, "tenants/skp/report.html", context, status=422 if form.errors else 200)


@require_POST
@page(OWN)
def report_withdraw(request: HttpRequest, period: str) -> HttpResponse:
    """Take back what is handed in."""
    user = person(request)
    span = period_of(period)
    withdraw_report(employee=own_employee(user), period=span, actor=user)
    messages.success(request, _("Realisasi ditarik. Anda dapat mengubahnya lagi."))
    return redirect("skp-report", period=str(span))


@require_safe
@login_required
def assessment(request: HttpRequest, uid: UUID) -> HttpResponse:
    """How one period was assessed, with everything that was said before it was taken up again."""
    user = person(request)
    found = PeriodReport.objects.filter(uid=uid).select_related("employee", "plan__position").first()
    if found is None:
        raise NotFound("report")
    is_owner = found.employee.user_id == user.pk
    is_assessor = not is_owner and access.is_assessor(user, found.employee)
    if not (is_owner or is_assessor or access.reads_opd_of(user, found.employee)):
        raise NotFound("report")
    all_of_it = list(found.assessments.select_related("assessed_by", "reopened_by").order_by("-pk"))
    counting = next((item for item in all_of_it if item.reopened_at is None), None)
    if counting is None and not is_owner and not is_assessor:
        raise NotFound("report")
    loaded = Plan.objects.with_lines().get(pk=found.plan_id)
    lines = reached(loaded, found)
    work, other = approved_work_by_result(found.employee_id, found.period, [line.result.key for line in lines])
    context = {
        "report": found,
        "label": period_label(found.period),
        "is_owner": is_owner,
        "is_assessor": is_assessor,
        "counting": counting,
        "behaviour": shown_behaviour(counting),
        "history": [item for item in all_of_it if item.reopened_at is not None],
        "lines": lines,
        "work": work,
        "other": other,
        "may_reopen": counting is not None
        and is_assessor
        and not closing.late_months(found.employee_id, found.period.first_day, found.period.last_day),
    }
    return render(request, "tenants/skp/assessment.html", context)


def shown_behaviour(found: Assessment | None) -> list[tuple[str, str]]:
    """Each BerAKHLAK value with its score or level in words."""
    if found is None:
        return []
    labels = dict(Expectation.choices)
    return [
        (label, labels.get(found.behaviour.get(code, ""), found.behaviour.get(code, "")))
        for code, label in VALUES.items()
    ]


def period_of(text: str) -> RatingPeriod:
    """The period in an address, as the region divides the year. Raises NotFound for anything else."""
    try:
        found = RatingPeriod.parse(text)
    except ValueError as error:
        raise NotFound("period") from error
    if arrangement_on(found.first_day).months_per_period != found.length:
        raise NotFound("period")
    return found


def _kept(request: HttpRequest, form: ReportForm, employee: Employee, span: RatingPeriod) -> bool:
    """Keep what was entered, and hand it in when that button was pressed; False when the form shows why not."""
    user = person(request)
    try:
        save_realisation(
            employee=employee,
            period=span,
            entries=form.entered(),
            files=form.uploads(),
            removed=[UUID(uid) for uid in form.cleaned_data.get("removed", [])],
            actor=user,
        )
        if request.POST.get("langkah") == "serahkan":
            submit_report(employee=employee, period=span, actor=user)
            messages.success(request, _("Realisasi diserahkan. Atasan Anda dapat menilainya."))
        else:
            messages.success(request, _("Realisasi tersimpan."))
    except (ReportRefused, FileRefused) as error:
        form.add_error(None, error.message())
        return False
    return True


def _periods_of_year(employee: Employee, year: int) -> list[dict[str, Any]]:
    """The periods of the year that have begun and are kept here, the newest first, with their state."""
    today = here.today()
    settings = list(SkpSetting.objects.order_by("-valid_from"))
    reports = {
        row.first_day: row
        for row in PeriodReport.objects.filter(employee=employee, first_day__year=year).prefetch_related("assessments")
    }
    found: list[dict[str, Any]] = []
    month = RatingPeriod.parse(f"{year:04d}-01")
    while month.year == year and month.first_day <= today:
        setting = next((row for row in settings if row.valid_from <= month.first_day), None)
        arrangement = Arrangement() if setting is None else Arrangement(setting.source, setting.months_per_period)
        span = RatingPeriod.of(month.first_day, arrangement.months_per_period)
        if arrangement.is_kept_here:
            stands = reports.get(span.first_day)
            counting = None
            if stands is not None:
                counting = next((item for item in stands.assessments.all() if item.reopened_at is None), None)
            found.append({"span": span, "label": period_label(span), "report": stands, "assessment": counting})
        month = RatingPeriod.parse(str(span.months[-1].next))
    return found[::-1]


def _feedback(employee: Employee) -> list[Feedback]:
    return list(Feedback.objects.filter(employee=employee).select_related("author").order_by("-pk")[:MOST_FEEDBACK])


def _year(request: HttpRequest, default: int) -> int:
    text = request.GET.get("tahun", "")
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and 1900 <= int(text) <= 2999):
        raise BadRequest("not a year")
    return int(text)
