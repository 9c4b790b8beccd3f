"""Pages of runs: a month's runs, starting, watching, stopping and taking one up, its errors and its slips."""

from __future__ import annotations

from io import BytesIO
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Count
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from kernel import clock
from kernel.accounts.access import person
from kernel.errors import DomainError, NotFound
from kernel.periods import Month
from kernel.permissions import page
from kernel.sheets.writing import Column, Sheet, workbook
from kernel.tenancy import here
from kernel.web import htmx, paging
from kernel.web.asked import month_asked
from tenants.organisation.models import Unit
from tenants.rules.models import StoredRuleSet
from tenants.tpp import access, actions, permissions
from tenants.tpp.computing import changes_between
from tenants.tpp.errors import RunGoing
from tenants.tpp.forms import RunForm
from tenants.tpp.kinds import SPECIAL, kinds_paid
from tenants.tpp.mending import causes_of, issue_of, issues_of
from tenants.tpp.models import MonthLock, MonthRun, RunIssue, Slip
from tenants.tpp.pace import pace_of

MOST_CHANGES = 500


def _asked_kind(request: HttpRequest) -> str:
    asked = request.GET.get("jenis", "")
    return asked if asked in SPECIAL else MonthRun.Kind.ORDINARY.value


@require_safe
@page(permissions.READ_ALL)
def runs(request: HttpRequest) -> HttpResponse:
    """A month's runs of one kind, and the form for a new one."""
    latest = MonthRun.objects.order_by("-month").first()
    month = month_asked(request, Month.of(latest.month) if latest else here.this_month().previous)
    kind = _asked_kind(request)
    found = list(
        MonthRun.objects.of(month, kind).select_related("rule_set", "started_by", "job").order_by("-number")[:50]
    )
    rules = StoredRuleSet.objects.in_force(month.first_day)
    locked = set(MonthLock.objects.standing().of(month, kind).values_list("opd__uid", flat=True))
    opds = [(uid, name) for uid, name in Unit.objects.opds().order_by("name").values_list("uid", "name")]
    suffix = "" if kind == MonthRun.Kind.ORDINARY else f"&jenis={kind}"
    context = {
        "month": month.first_day,
        "month_text": str(month),
        "kind": kind,
        "tabs": _kind_tabs(month, kind, kinds_paid(rules)),
        "previous": f"?bulan={month.previous}{suffix}",
        "next": f"?bulan={month.next}{suffix}" if month < here.this_month() else "",
        "runs": found,
        "counting": MonthRun.objects.counting(month, kind),
        "going": next((run for run in found if run.is_going), None),
        "is_closed": bool(opds) and len(locked) == len(opds),
        "locked": len(locked),
        "opds": [(uid, name) for uid, name in opds if uid not in locked],
        "rules": rules,
    }
    return render(request, "tenants/tpp/runs.html", context)


def _kind_tabs(month: Month, kind: str, paid: frozenset[str]) -> list[dict[str, Any]]:
    shown = [value for value in (MonthRun.Kind.ORDINARY, *SPECIAL) if value in paid or value == kind]
    if len(shown) == 1:
        return []
    return [
        {
            "label": MonthRun.Kind(value).label,
            "url": f"?bulan={month}&jenis={value}",
            "is_current": value == kind,
        }
        for value in shown
    ]


@require_POST
@page(permissions.RUN)
def start(request: HttpRequest) -> HttpResponse:
    """Start a run of the posted month and kind; who comes second sees the one that goes already."""
    form = RunForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Pilih bulan yang akan dihitung."))
        return htmx.go(request, reverse("tpp-runs"))
    month, kind = form.month(), form.cleaned_data["jenis"] or MonthRun.Kind.ORDINARY
    return _started(
        request,
        month,
        kind,
        lambda: actions.start_run(month=month, kind=kind, opds=form.opds() or None, actor=person(request)),
    )


@require_POST
@page(permissions.RUN)
def again(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Compute the OPDs again that have people with errors in this run."""
    found = access.readable_run(uid)
    return _started(
        request,
        Month.of(found.month),
        found.kind,
        lambda: actions.start_again(run=found, actor=person(request)),
    )


def _started(request: HttpRequest, month: Month, kind: str, start_it: Any) -> HttpResponse:
    try:
        run = start_it()
    except RunGoing as error:
        going = MonthRun.objects.of(month, kind).going().first()
        messages.info(request, error.message())
        if going is not None:
            return htmx.go(request, reverse("tpp-run", args=[going.uid]))
    except DomainError as error:
        if error.status not in (409, 422):
            raise
        messages.error(request, error.message())
    else:
        return htmx.go(request, reverse("tpp-run", args=[run.uid]))
    return htmx.go(request, f"{reverse('tpp-runs')}?bulan={month}&jenis={kind}")


@require_POST
@page(permissions.RUN)
def cancel(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Stop a run that is under way."""
    run = access.readable_run(uid)
    actions.cancel_run(run=run, actor=person(request))
    messages.info(request, _("Perhitungan dihentikan. Yang sudah tersimpan belum dipakai."))
    return htmx.go(request, reverse("tpp-run", args=[uid]))


@require_POST
@page(permissions.RUN)
def resume(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Take up a run that was stopped or failed."""
    run = access.readable_run(uid)
    try:
        actions.resume_run(run=run, actor=person(request))
    except DomainError as error:
        if error.status not in (409, 422):
            raise
        messages.error(request, error.message())
    return htmx.go(request, reverse("tpp-run", args=[uid]))


@require_safe
@page(permissions.READ_ALL)
def run(request: HttpRequest, uid: UUID) -> HttpResponse:
    """A run: progress while it works, then totals, sums by OPD, causes of trouble, digest."""
    found = access.readable_run(uid)
    slips = Slip.objects.filter(run=found)
    issues = RunIssue.objects.filter(run=found)
    causes = causes_of(found) if found.is_done and found.errors else []
    context = {
        "run": found,
        "job": found.job,
        "pace": None if found.job is None else pace_of(found.job, clock.now()),
        "is_locked": found.locks.filter(reopened_at__isnull=True).exists(),
        "is_counting": MonthRun.objects.counting(Month.of(found.month), found.kind) == found,
        "is_latest": not MonthRun.objects.filter(month=found.month, kind=found.kind, number__gt=found.number).exists(),
        "opds": _by_opd(found, slips) if found.is_done else [],
        "scope": _scope(found),
        "causes": causes,
        "more_causes": found.errors - sum(cause.count for cause in causes),
        "outside": issues_of(issues.outside().listed().select_related("opd")[:5], found),
        "held_note": ngettext("%(count)s pegawai", "%(count)s pegawai", found.held) % {"count": found.held},
        "former": _former(found),
    }
    return htmx.answer(request, "tenants/tpp/run.html", context, part="tenants/tpp/_run.html")


def _scope(run: MonthRun) -> list[str]:
    uids = run.scope_uids
    if uids is None:
        return []
    return list(Unit.objects.filter(uid__in=uids).order_by("name").values_list("name", flat=True))


def _by_opd(run: MonthRun, slips: Any) -> list[dict[str, Any]]:
    """The sums of each OPD with its errors, and whether it is locked on this run."""
    errors = dict(
        RunIssue.objects.filter(run=run).errors().order_by().values_list("opd__uid").annotate(count=Count("pk"))
    )
    locked = set(run.locks.filter(reopened_at__isnull=True).values_list("opd__uid", flat=True))
    rows = [
        {**row, "errors": errors.pop(row["opd__uid"], 0), "is_locked": row["opd__uid"] in locked}
        for row in slips.by_opd()
    ]
    # OPDs of which nobody could be computed.
    names = dict(Unit.objects.filter(uid__in=errors).values_list("uid", "name")) if errors else {}
    return rows + [
        {"opd__uid": uid, "opd__name": names[uid], "people": 0, "errors": count}
        for uid, count in errors.items()
        if uid in names
    ]


def _former(run: MonthRun) -> MonthRun | None:
    return (
        MonthRun.objects.done()
        .filter(month=run.month, kind=run.kind, number__lt=run.number)
        .order_by("-number")
        .first()
    )


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
        RunIssue.objects.filter(run=found, kind=kind).select_related("employee", "opd"),
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
    context = {"run": found, "page": rows, "issues": issues_of(rows, found), "tabs": tabs, "kind": kind}
    return render(request, "tenants/tpp/run_issues.html", context)


@require_safe
@page(permissions.READ_ALL)
def issues_sheet(request: HttpRequest, uid: UUID) -> FileResponse:
    """Everybody whom the run could not compute, or left out, as a sheet to hand round."""
    found = access.readable_run(uid)
    issues = RunIssue.objects.filter(run=found).select_related("employee", "opd")
    titles = (_("NIP"), _("Nama"), _("OPD"), _("Keadaan"), _("Sebab"), _("Diperbaiki di"), _("Alamat halaman"))
    columns = [Column(title, width=width) for title, width in zip(titles, (22, 32, 36, 22, 70, 22, 60), strict=True)]
    lines = (
        [
            row.employee.nip,
            row.employee.name,
            "" if row.opd is None else row.opd.name,
            issue.get_kind_display(),
            row.reason,
            row.place,
            request.build_absolute_uri(row.url) if row.url else "",
        ]
        for issue in issues.order_by("kind", "opd__name", "employee__name", "pk").iterator(chunk_size=2000)
        for row in (issue_of(issue, found),)
    )
    name = f"masalah-{found.kind}-{found.month_text}-{found.number}.xlsx"
    return FileResponse(BytesIO(workbook([Sheet(_("Masalah"), columns, lines)])), as_attachment=True, filename=name)


@require_safe
@page(permissions.READ_ALL)
def run_changes(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Who changed against the run before it."""
    found = access.readable_run(uid)
    former = _former(found)
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
        "difference": sum(slip.net - (before.net if before else 0) for slip, before in changes),
    }
    return render(request, "tenants/tpp/run_changes.html", context)
