"""Pages of the TPP app: own slips, a slip, runs, salary bases, discipline decisions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kernel import clock
from kernel.accounts.access import person
from kernel.errors import DomainError, NotFound
from kernel.periods import Month
from kernel.permissions import page
from kernel.tenancy.context import current_region
from kernel.web import htmx, paging
from tenants.calendars import closing
from tenants.rules.engine import FactsError
from tenants.rules.engine import MonthFacts as ReadFacts
from tenants.rules.loading import loaded
from tenants.rules.models import StoredRuleSet
from tenants.tpp import access, actions, permissions
from tenants.tpp.computing import changes_between
from tenants.tpp.explaining import Step, steps_of
from tenants.tpp.forms import MonthForm, PenaltyForm, SalaryForm
from tenants.tpp.models import DisciplinePenalty, MonthFacts, MonthRun, RunIssue, SalaryBase, Slip
from tenants.tpp.penalties import record_penalty
from tenants.tpp.salary_import import start_salary_import

MOST_CHANGES = 500
_OF_A_MONTH = (
    RunIssue.Place.SALARY,
    RunIssue.Place.RATING,
    RunIssue.Place.MEASURE,
    RunIssue.Place.ATTENDANCE,
)


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
    slips = access.own_slips(person(request)).select_related("run", "run__lock").order_by("-run__month")[:36]
    return render(request, "tenants/tpp/own.html", {"slips": [(slip, _is_locked(slip.run)) for slip in slips]})


@require_safe
@page(permissions.OPEN_SLIP)
def slip(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One slip, every line explained."""
    return render(request, "tenants/tpp/slip.html", _slip_context(request, uid))


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
        "is_locked": _is_locked(found.run),
        "is_counting": MonthRun.objects.counting(Month.of(found.run.month)) == found.run,
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
    return steps_of(found, found.lines.order_by("order"), facts, loaded(found.run.rule_set))


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


def _is_locked(run: MonthRun) -> bool:
    return hasattr(run, "lock")


@require_safe
@page(permissions.READ_OPD)
def opd_slips(request: HttpRequest) -> HttpResponse:
    """A month's slips of the own OPD, for its operator."""
    user = person(request)
    slips = access.slips_of_own_opds(user)
    latest = slips.order_by("-run__month").values_list("run__month", flat=True).first()
    month = _asked_month(request, Month.of(latest) if latest else _this_month().previous)
    text = request.GET.get("cari", "")
    rows = paging.page_of(
        slips.filter(run__month=month.first_day).searched(text).select_related("opd"),
        order=("id",),
        cursor=request.GET.get(paging.PARAMETER, ""),
    )
    context = {
        "month": month.first_day,
        "month_text": str(month),
        "previous": f"?bulan={month.previous}",
        "next": f"?bulan={month.next}" if month < _this_month() else "",
        "is_closed": closing.is_closed(month),
        "page": rows,
        "text": text,
    }
    return htmx.answer(request, "tenants/tpp/opd_slips.html", context, part="tenants/tpp/_run_slips.html")


# --- runs ----------------------------------------------------------------------------------------------------------


@require_safe
@page(permissions.READ_ALL)
def runs(request: HttpRequest) -> HttpResponse:
    """A month's runs, and the button for a new one."""
    latest = MonthRun.objects.order_by("-month").first()
    month = _asked_month(request, Month.of(latest.month) if latest else _this_month().previous)
    found = list(
        MonthRun.objects.of(month).select_related("rule_set", "started_by", "job", "lock").order_by("-number")[:50]
    )
    counting = MonthRun.objects.counting(month)
    context = {
        "month": month.first_day,
        "month_text": str(month),
        "previous": f"?bulan={month.previous}",
        "next": f"?bulan={month.next}" if month < _this_month() else "",
        "runs": found,
        "counting": counting,
        "going": next((run for run in found if run.is_going), None),
        "is_closed": closing.is_closed(month),
        "rules": StoredRuleSet.objects.in_force(month.first_day),
    }
    return render(request, "tenants/tpp/runs.html", context)


@require_POST
@page(permissions.RUN)
def start(request: HttpRequest) -> HttpResponse:
    """Start a run of the posted month."""
    form = MonthForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Pilih bulan yang akan dihitung."))
        return htmx.go(request, reverse("tpp-runs"))
    try:
        run = actions.start_run(month=form.month(), actor=person(request))
    except DomainError as error:
        if error.status not in (409, 422):
            raise
        messages.error(request, error.message())
        return htmx.go(request, f"{reverse('tpp-runs')}?bulan={form.month()}")
    return htmx.go(request, reverse("tpp-run", args=[run.uid]))


@require_POST
@page(permissions.RUN)
def cancel(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Stop a run that is under way."""
    run = access.readable_run(uid)
    actions.cancel_run(run=run, actor=person(request))
    messages.info(request, _("Perhitungan dihentikan. Yang sudah tersimpan tidak dipakai."))
    return htmx.go(request, reverse("tpp-run", args=[uid]))


@dataclass(frozen=True, slots=True)
class Issue:
    """A person whom the run could not compute, with the page on which that is mended."""

    employee: Any
    reason: str
    place: str
    url: str


@require_safe
@page(permissions.READ_ALL)
def run(request: HttpRequest, uid: UUID) -> HttpResponse:
    """A run: progress while it works, then totals, sums by OPD, people with trouble, digest."""
    found = access.readable_run(uid)
    slips = Slip.objects.filter(run=found)
    issues = RunIssue.objects.filter(run=found)
    context = {
        "run": found,
        "job": found.job,
        "is_locked": _is_locked(found),
        "is_counting": MonthRun.objects.counting(Month.of(found.month)) == found,
        "opds": list(slips.by_opd()) if found.is_done else [],
        "issues": [_issue(issue, found) for issue in issues.errors().listed()[: paging.ROWS]],
        "outside": [_issue(issue, found) for issue in issues.outside().listed()[:5]],
        "held_note": ngettext("%(count)s pegawai", "%(count)s pegawai", found.held) % {"count": found.held},
        "former": MonthRun.objects.done()
        .filter(month=found.month, number__lt=found.number)
        .order_by("-number")
        .first(),
    }
    return htmx.answer(request, "tenants/tpp/run.html", context, part="tenants/tpp/_run.html")


@require_safe
@page(permissions.READ_ALL)
def run_slips(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The run's slips, searched by name or NIP, 25 to a page."""
    found = access.readable_run(uid)
    text = request.GET.get("cari", "")
    opd = request.GET.get("opd", "")
    slips = Slip.objects.filter(run=found).searched(text)
    try:
        slips = slips.in_opds([UUID(opd)]) if opd else slips
    except ValueError:
        slips = slips.none()
    rows = paging.page_of(slips.select_related("opd"), order=("id",), cursor=request.GET.get(paging.PARAMETER, ""))
    context = {"run": found, "page": rows, "text": text, "opd": opd}
    return htmx.answer(request, "tenants/tpp/run_slips.html", context, part="tenants/tpp/_run_slips.html")


@require_safe
@page(permissions.READ_ALL)
def run_issues(request: HttpRequest, uid: UUID) -> HttpResponse:
    """People whom the run could not compute, or who are not on the nominative list."""
    found = access.readable_run(uid)
    kind = request.GET.get("jenis", RunIssue.Kind.ERROR)
    if kind not in RunIssue.Kind.values:
        kind = RunIssue.Kind.ERROR
    rows = paging.page_of(
        RunIssue.objects.filter(run=found, kind=kind).select_related("employee"),
        order=("employee__name", "id"),
        cursor=request.GET.get(paging.PARAMETER, ""),
    )
    counts: dict[str, int] = {
        RunIssue.Kind.ERROR: found.errors,
        RunIssue.Kind.OUTSIDE: found.outside,
        RunIssue.Kind.WAITING: found.waiting,
    }
    tabs = [
        {
            "label": RunIssue.Kind(value).label,
            "url": f"?jenis={value}",
            "is_current": value == kind,
            "count": counts[value],
        }
        for value in RunIssue.Kind.values
        # Only a region that pilots has people who wait.
        if value != RunIssue.Kind.WAITING or counts[value] or value == kind
    ]
    listed = [_issue(issue, found) for issue in rows]
    context = {"run": found, "page": rows, "issues": listed, "tabs": tabs, "kind": kind}
    return render(request, "tenants/tpp/run_issues.html", context)


@require_safe
@page(permissions.READ_ALL)
def run_changes(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Who changed against the run before it."""
    found = access.readable_run(uid)
    former = MonthRun.objects.done().filter(month=found.month, number__lt=found.number).order_by("-number").first()
    if former is None:
        raise NotFound("former run")
    changes = changes_between(found, former)
    context = {
        "run": found,
        "former": former,
        "changes": [
            (slip, before, slip.net - before.net if before else slip.net) for slip, before in changes[:MOST_CHANGES]
        ],
        "count": len(changes),
        "difference": found.net_total - former.net_total,
    }
    return render(request, "tenants/tpp/run_changes.html", context)


def _issue(issue: RunIssue, run: MonthRun) -> Issue:
    return Issue(
        employee=issue.employee,
        reason=issue.reason,
        place=RunIssue.Place(issue.place).label,
        url=_mending_page(issue, run),
    )


def _mending_page(issue: RunIssue, run: MonthRun) -> str:
    """Where the trouble is mended, opened at the run's month; "" when the platform has no page for it."""
    names: dict[str, tuple[str, list[Any]]] = {
        RunIssue.Place.EMPLOYEE: ("employees-employee", [issue.employee.uid]),
        RunIssue.Place.SALARY: ("tpp-salary", []),
        RunIssue.Place.RATING: ("skp-ratings", []),
        RunIssue.Place.MEASURE: ("measures-month", []),
        RunIssue.Place.ATTENDANCE: ("attendance-person", [issue.employee.uid]),
        RunIssue.Place.RULES: ("rules-list", []),
        RunIssue.Place.PRACTICE: ("tpp-practice", []),
    }
    name, arguments = names[issue.place]
    of_a_month = issue.place in _OF_A_MONTH
    try:
        return reverse(name, args=arguments) + (f"?bulan={run.month_text}" if of_a_month else "")
    except NoReverseMatch:
        return ""


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
    if request.method == "POST" and form.is_valid() and form.employee is not None:
        values = form.cleaned_data
        try:
            record_penalty(
                employee=form.employee,
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
