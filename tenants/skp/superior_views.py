"""What a superior sees: the people to assess in a period, one person, and the assessment on one page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kernel.accounts.access import person
from kernel.permissions import page
from kernel.tenancy import here
from kernel.web import paging
from tenants.calendars import closing
from tenants.employees.models import Employee
from tenants.employees.posts import Posts
from tenants.employees.querysets import posts_on
from tenants.rules.engine.predikat import Expectation as Against
from tenants.rules.engine.predikat import predikat
from tenants.skp import access
from tenants.skp.arrangement import arrangement_on
from tenants.skp.assessments import assess, give_feedback, reopen, version_of
from tenants.skp.behaviour import VALUES
from tenants.skp.distribution import shares
from tenants.skp.errors import AssessmentRefused, ReportRefused
from tenants.skp.evidence import approved_work_by_result
from tenants.skp.forms import AssessmentForm, FeedbackForm, ReasonForm
from tenants.skp.models import Assessment, Expectation, Feedback, PeriodReport, Plan, Predikat, UnitRating
from tenants.skp.permissions import ASSESS
from tenants.skp.rating_periods import RatingPeriod
from tenants.skp.reports import plan_for, plans_for, reached, return_report
from tenants.skp.views import MOST_FEEDBACK, period_of
from tenants.skp.words import period_label

EXPECTATIONS: Final[tuple[Against, ...]] = ("di_atas", "sesuai", "di_bawah")


@require_safe
@page(ASSESS)
def people(request: HttpRequest) -> HttpResponse:
    """The people whom the person assesses, with how far each is in the period."""
    user = person(request)
    today = here.today()
    span = chosen_period(request)
    arrangement = arrangement_on(span.first_day)
    keys = access.people_to_assess(user, span)
    rows = paging.page_of(
        Employee.objects.filter(pk__in=keys), order=("name", "id"), cursor=request.GET.get(paging.PARAMETER, "")
    )
    shown = [row.pk for row in rows]
    posts = posts_on(shown, today)
    plans = plans_for(shown, span)
    of_period = PeriodReport.objects.of_period(span.first_day)
    reports = {row.employee_id: row for row in of_period.filter(employee__in=shown)}
    assessments = Assessment.objects.counting().filter(report__first_day=span.first_day)
    counting = {
        row.report.employee_id: row for row in assessments.filter(report__employee__in=shown).select_related("report")
    }
    spread = dict(
        assessments.filter(report__employee__in=keys)
        .order_by()
        .values_list("predikat")
        .annotate(Count("pk"))
        .values_list("predikat", "pk__count")
    )
    waiting = set(
        Plan.objects.filter(employee__in=shown, year=span.year, state=Plan.State.SUBMITTED).values_list(
            "employee_id", flat=True
        )
    )
    organisation = _organisation_of(shown, posts, span)
    context = {
        "span": span,
        "label": period_label(span),
        "previous": f"?periode={_period_before(span)}",
        "next": f"?periode={_period_after(span)}" if span.end <= today else "",
        "arrangement": arrangement,
        "page": rows,
        "people": [
            {
                "employee": row,
                "title": _title_of(posts.get(row.pk)),
                "plan": plans.get(row.pk),
                "plan_waits": row.pk in waiting,
                "report": reports.get(row.pk),
                "assessment": counting.get(row.pk),
            }
            for row in rows
        ],
        "total": len(keys),
        "ready": of_period.filter(employee__in=keys, state=PeriodReport.State.SUBMITTED).count(),
        "assessed": sum(spread.values()),
        "organisation": organisation,
        "shares": shares(spread, tuple(Predikat.values), organisation.rating if organisation else "") if spread else [],
        "labels": dict(Predikat.choices),
    }
    return render(request, "tenants/skp/people.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@page(ASSESS)
def one(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One person: plans, periods of the year, and words that can be given at any time."""
    user = person(request)
    employee = access.person_to_assess(user, uid)
    form = FeedbackForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        give_feedback(employee_uid=uid, text=form.cleaned_data["text"], actor=user)
        messages.success(request, _("Umpan balik terkirim. Pegawai melihatnya di halaman SKP."))
        return redirect("skp-person", uid=uid)
    today = here.today()
    reports = PeriodReport.objects.filter(employee=employee).order_by("-first_day").prefetch_related("assessments")[:12]
    posts = posts_on([employee.pk], today).get(employee.pk)
    context = {
        "employee": employee,
        "title": _title_of(posts),
        "plans": Plan.objects.filter(employee=employee)
        .exclude(state=Plan.State.DRAFT)
        .select_related("position")
        .order_by("-year", "-version")[:10],
        "reports": [
            {
                "report": row,
                "label": period_label(row.period),
                "assessment": next((item for item in row.assessments.all() if item.reopened_at is None), None),
            }
            for row in reports
        ],
        "current": current_period(),
        "current_label": period_label(current_period()),
        "feedback": Feedback.objects.filter(employee=employee).select_related("author").order_by("-pk")[:MOST_FEEDBACK],
        "form": form,
    }
    return render(request, "tenants/skp/person.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@page(ASSESS)
def assess_page(request: HttpRequest, uid: UUID, period: str) -> HttpResponse:
    """The assessment of one period with the evidence beside it."""
    user = person(request)
    employee = access.person_to_assess(user, uid)
    span = period_of(period)
    arrangement = arrangement_on(span.first_day)
    stands = PeriodReport.objects.of_period(span.first_day).filter(employee=employee).select_related("plan").first()
    if stands is not None and stands.state == PeriodReport.State.ASSESSED and request.method != "POST":
        return redirect("skp-assessment", uid=stands.uid)
    plan = plan_for(employee, span) if stands is None else stands.plan
    loaded = None if plan is None else Plan.objects.with_lines().select_related("position").get(pk=plan.pk)
    lines = [] if loaded is None else reached(loaded, stands)
    before = None if stands is None else stands.assessments.order_by("-pk").first()
    form = AssessmentForm(
        request.POST if request.method == "POST" else None,
        lines=lines,
        arrangement=arrangement,
        expectations={} if loaded is None else loaded.expectations,
        initial=AssessmentForm.initial_of(before, lines),
    )
    if request.method == "POST" and form.is_valid():
        try:
            done = assess(
                employee_uid=uid, period=span, entry=form.entered(), actor=user, seen=request.POST.get("dilihat")
            )
        except AssessmentRefused as error:
            form.add_error(None, error.message())
        else:
            messages.success(
                request,
                _("%(name)s dinilai %(predikat)s untuk %(period)s.")
                % {"name": employee.name, "predikat": done.get_predikat_display(), "period": period_label(span)},
            )
            return redirect("skp-assessment", uid=done.report.uid)
    handed_in = stands is not None and stands.state == PeriodReport.State.SUBMITTED
    work, other = approved_work_by_result(employee.pk, span, [line.result.key for line in lines])
    posts = posts_on([employee.pk], min(span.last_day, here.today()))
    context: dict[str, Any] = {
        "employee": employee,
        "span": span,
        "label": period_label(span),
        "plan": loaded,
        "report": stands,
        "form": form,
        "arrangement": arrangement,
        "work": work,
        "other": other,
        "handed_in": handed_in,
        "seen": version_of(stands),
        "is_over": here.today() >= span.end,
        "may_assess": arrangement.is_kept_here and loaded is not None and (handed_in or here.today() >= span.end),
        "is_late": bool(closing.late_months(employee.pk, span.first_day, span.last_day)),
        "before": before,
        "return_form": ReasonForm(),
        "matrix": _matrix(),
        "organisation": _organisation_of([employee.pk], posts, span),
        "values": VALUES,
    }
    return render(request, "tenants/skp/assess.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@page(ASSESS)
def send_back(request: HttpRequest, uid: UUID, period: str) -> HttpResponse:
    """Send what was handed in back with a reason."""
    user = person(request)
    employee = access.person_to_assess(user, uid)
    span = period_of(period)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            return_report(employee_uid=uid, period=span, reason=form.cleaned_data["reason"], actor=user)
        except ReportRefused as error:
            form.add_error(None, error.message())
        else:
            messages.success(request, _("Realisasi dikembalikan kepada %(name)s.") % {"name": employee.name})
            return redirect("skp-people")
    context = {
        "employee": employee,
        "span": span,
        "label": period_label(span),
        "form": form,
        "title": _("Kembalikan realisasi"),
        "words": _("Pegawai memperbaiki realisasinya lalu menyerahkan lagi."),
        "verb": _("Kembalikan"),
    }
    return render(request, "tenants/skp/reason.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@page(ASSESS)
def reopen_page(request: HttpRequest, uid: UUID, period: str) -> HttpResponse:
    """Take an assessment up again, with a reason."""
    user = person(request)
    employee = access.person_to_assess(user, uid)
    span = period_of(period)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            reopen(employee_uid=uid, period=span, reason=form.cleaned_data["reason"], actor=user)
        except (AssessmentRefused, closing.MonthClosed) as error:
            form.add_error(None, error.message())
        else:
            messages.success(request, _("Penilaian dibuka kembali. Isi yang lama tetap tersimpan sebagai riwayat."))
            return redirect("skp-assess", uid=uid, period=str(span))
    context = {
        "employee": employee,
        "span": span,
        "label": period_label(span),
        "form": form,
        "title": _("Buka kembali penilaian"),
        "words": _(
            "Nilainya tidak dipakai perhitungan TPP sampai dinilai lagi. Hanya dapat dilakukan selama bulannya belum "
            "dikunci."
        ),
        "verb": _("Buka kembali"),
    }
    return render(request, "tenants/skp/reason.html", context, status=422 if form.errors else 200)


def current_period() -> RatingPeriod:
    """The period that is to be assessed now: the running one in its last month, else the one before."""
    today = here.today()
    span = RatingPeriod.of(today, arrangement_on(today).months_per_period)
    return span if today >= span.months[-1].first_day else _period_before(span)


def chosen_period(request: HttpRequest) -> RatingPeriod:
    """The period asked for, as the region divides the year; the present one without or for a strange question."""
    try:
        found = RatingPeriod.parse(request.GET.get("periode", ""))
    except ValueError:
        return current_period()
    return RatingPeriod.of(found.first_day, arrangement_on(found.first_day).months_per_period)


def _period_before(span: RatingPeriod) -> RatingPeriod:
    day = span.first.previous.first_day
    return RatingPeriod.of(day, arrangement_on(day).months_per_period)


def _period_after(span: RatingPeriod) -> RatingPeriod:
    return RatingPeriod.of(span.end, arrangement_on(span.end).months_per_period)


def _organisation_of(keys: list[int], posts: Mapping[int, Posts], span: RatingPeriod) -> UnitRating | None:
    """The rating of the OPD in which these people have their posts; None when they have several or none is stored."""
    own = [posts[key].own for key in keys if key in posts]
    opds = {post.opd_id for post in own if post is not None}
    if len(opds) != 1:
        return None
    return UnitRating.objects.filter(opd__in=opds, first_day=span.first_day).select_related("opd").first()


def _title_of(posts: Posts | None) -> str:
    return "" if posts is None or posts.own is None else posts.own.title


def _matrix() -> list[tuple[str, list[str]]]:
    """The matrix of PermenPANRB 6/2022: each work result with the predikat for each behaviour."""
    labels = dict(Predikat.choices)
    words = dict(Expectation.choices)
    return [
        (words[result], [labels[predikat(result, behaviour)] for behaviour in EXPECTATIONS]) for result in EXPECTATIONS
    ]
