"""Pages of difference runs: the list, the start with its preview, a run, its people, one difference."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kernel import clock
from kernel.accounts.access import person
from kernel.accounts.models import User
from kernel.errors import DomainError
from kernel.periods import Month
from kernel.permissions import page
from kernel.tenancy.context import current_region
from kernel.web import htmx, paging
from tenants.arrears import access, actions
from tenants.arrears.forms import SpanForm
from tenants.arrears.locked import locks_between, preview
from tenants.arrears.models import DifferenceIssue, DifferenceSlip, LateFact, Order
from tenants.arrears.payable import balance_of
from tenants.arrears.payments import payment_words
from tenants.arrears.querysets import DifferenceSlipQuerySet
from tenants.arrears.recoveries import settlements
from tenants.arrears.wording import kinds_of, reasons_of
from tenants.tpp.actions import cancel_run
from tenants.tpp.mending import mending_page
from tenants.tpp.models import MonthLock, MonthRun, RunIssue, Slip
from tenants.tpp.permissions import OPEN_SLIP, READ_ALL, READ_OWN, RUN
from tenants.tpp.slip_extras import LineAction, line_actions_on


def _this_month() -> Month:
    return Month.of(clock.today(current_region().time_zone))


@require_safe
@page(READ_ALL)
def runs(request: HttpRequest) -> HttpResponse:
    """Difference runs, the newest first, and what waits for the next one."""
    found = paging.page_of(
        MonthRun.objects.filter(kind=MonthRun.Kind.DIFFERENCE).select_related("span", "started_by", "job"),
        order=("-id",),
        cursor=request.GET.get(paging.PARAMETER, ""),
    )
    context = {
        "page": found,
        "late": LateFact.objects.waiting().person_months(),
        "orders": Order.objects.waiting().count(),
        "locked": MonthLock.objects.standing().ordinary().exists(),
    }
    return htmx.answer(request, "tenants/arrears/runs.html", context, part="tenants/arrears/_runs.html")


@require_http_methods(["GET", "HEAD", "POST"])
@page(RUN)
def start(request: HttpRequest) -> HttpResponse:
    """Which months, OPDs and month of payment; how much that is; the start."""
    form = SpanForm(request.POST or request.GET or None, initial=_proposed())
    counted = None
    status = 200
    if form.is_bound and form.is_valid():
        first, last = form.span()
        if request.method == "POST":
            try:
                run = actions.start_difference(
                    month=Month.of(form.cleaned_data["dibayar"]),
                    first=first,
                    last=last,
                    opds=form.opds(),
                    actor=person(request),
                )
            except DomainError as error:
                if error.status not in (409, 422):
                    raise
                form.add_error(None, error.message())
            else:
                return htmx.go(request, reverse("arrears-run", args=[run.uid]))
        counted = preview(first, last, form.opds())
    if request.method == "POST":
        status = 422
    context = {"form": form, "counted": counted}
    return render(request, "tenants/arrears/start.html", context, status=status)


def _proposed() -> dict[str, Any]:
    """All locked months of this year, paid in the running month."""
    now = _this_month()
    months = sorted(set(locks_between(Month(now.year, 1), now, None).values_list("month", flat=True)))
    if not months:
        months = sorted(set(MonthLock.objects.standing().ordinary().values_list("month", flat=True)))[-12:]
    ends = {"pertama": months[0], "terakhir": months[-1]} if months else {}
    return {**ends, "dibayar": now.first_day}


@require_POST
@page(RUN)
def cancel(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Stop a run that is under way."""
    cancel_run(run=access.readable_run(uid), actor=person(request))
    messages.info(request, _("Perhitungan selisih dihentikan. Yang sudah tersimpan tidak dipakai."))
    return htmx.go(request, reverse("arrears-run", args=[uid]))


@require_safe
@page(READ_ALL)
def run(request: HttpRequest, uid: UUID) -> HttpResponse:
    """A run: progress while it works, then totals, sums by OPD and month, people with trouble."""
    found = access.readable_run(uid)
    slips = DifferenceSlip.objects.of(found.pk)
    issues = (
        DifferenceIssue.objects.filter(run=found)
        .select_related("employee", "run__rule_set")
        .order_by("employee__name", "of_month", "of_kind")
    )
    context = {
        "run": found,
        "job": found.job,
        "span": found.span,
        "opds": list(slips.by_opd()) if found.is_done else [],
        "months": _payments(slips) if found.is_done else [],
        "locked": set(MonthLock.objects.standing().filter(run=found).values_list("opd__uid", flat=True)),
        "issues": [Issue.of(issue) for issue in issues[: paging.ROWS]],
        "issue_count": found.errors + found.held,
    }
    return htmx.answer(request, "tenants/arrears/run.html", context, part="tenants/arrears/_run.html")


def _payments(slips: DifferenceSlipQuerySet) -> list[dict[str, Any]]:
    return [{**row, "payment": payment_words(row["of_kind"], row["of_month"])} for row in slips.by_month()]


@dataclass(frozen=True, slots=True)
class Issue:
    """A person-month that could not be compared, with the page on which that is mended."""

    employee: Any
    payment: str
    kind: str
    is_held: bool
    reason: str
    place: str
    url: str

    @classmethod
    def of(cls, issue: DifferenceIssue) -> Issue:
        return cls(
            issue.employee,
            issue.payment,
            issue.get_kind_display(),
            issue.kind == DifferenceIssue.Kind.HELD,
            issue.reason,
            str(RunIssue.Place(issue.place).label),
            mending_page(issue.place, Month.of(issue.of_month), issue.run.rule_set, issue.employee.uid),
        )


@require_safe
@page(READ_ALL)
def run_slips(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The run's differences, searched by name or NIP, 25 to a page."""
    found = access.readable_run(uid)
    text, opd, month = (request.GET.get(name, "") for name in ("cari", "opd", "bulan"))
    slips = DifferenceSlip.objects.of(found.pk).searched(text)
    try:
        slips = slips.in_opds([UUID(opd)]) if opd else slips
        slips = slips.filter(of_month=Month.parse(month).first_day) if month else slips
    except ValueError:
        slips = slips.none()
    rows = paging.page_of(slips.select_related("opd"), order=("id",), cursor=request.GET.get(paging.PARAMETER, ""))
    context = {"run": found, "page": rows, "text": text, "opd": opd, "month": month}
    return htmx.answer(request, "tenants/arrears/run_slips.html", context, part="tenants/arrears/_run_slips.html")


@require_safe
@page(READ_ALL)
def run_issues(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Person-months that could not be compared, or that a rule holds."""
    found = access.readable_run(uid)
    rows = paging.page_of(
        DifferenceIssue.objects.filter(run=found).select_related("employee", "run__rule_set"),
        order=("employee__name", "id"),
        cursor=request.GET.get(paging.PARAMETER, ""),
    )
    context = {"run": found, "page": rows, "issues": [Issue.of(issue) for issue in rows]}
    return render(request, "tenants/arrears/run_issues.html", context)


@require_safe
@page(OPEN_SLIP)
def slip(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One person's closed month: what stood, what it is now, every line that differs, and what becomes of it."""
    user = person(request)
    found = access.readable_difference(user, uid)
    lock = MonthLock.objects.standing().filter(run=found.run, opd=found.opd).first()
    balance = balance_of(found)
    owed = settlements([found.employee_id]).get(found.employee_id, []) if lock and balance < 0 else []
    context = {
        "slip": found,
        "run": found.run,
        "lock": lock,
        "is_own": found.employee.user_id == user.pk,
        "kinds": list(kinds_of(found)),
        "reasons": reasons_of(found),
        "totals": _totals(found),
        "lines": list(found.lines.order_by("order")),
        "balance": balance,
        "owed": next((one for one in owed if lock and one.recovery.source_uid == lock.uid), None),
        "heading": _heading(found),
        "offers": _offers(found, user) if lock else [],
    }
    return render(request, "tenants/arrears/slip.html", context)


def _offers(found: DifferenceSlip, user: User) -> list[LineAction]:
    """What the person can do about the lines of the slip that it differs from."""
    if found.slip_id is None:
        return []
    slips = Slip.objects.as_it_stands().select_related("run__rule_set", "employee", "opd")
    return line_actions_on(slips.get(pk=found.slip_id), user)


def _totals(found: DifferenceSlip) -> list[tuple[str, Any, Any, Any]]:
    rows = [
        (_("Pagu"), found.old_pagu, found.new_pagu, found.pagu),
        (_("Bruto"), found.old_gross, found.new_gross, found.gross),
        (_("Pajak"), found.old_tax, found.new_tax, found.tax),
        (_("Iuran"), found.old_contributions, found.new_contributions, found.contributions),
    ]
    if found.old_other_deductions or found.new_other_deductions:
        rows.append(
            (_("Potongan lain"), found.old_other_deductions, found.new_other_deductions, found.other_deductions)
        )
    if found.old_rounding or found.new_rounding:
        rows.append((_("Pembulatan"), found.old_rounding, found.new_rounding, found.rounding))
    return [*rows, (_("Bersih"), found.old_net, found.new_net, found.net)]


def _heading(found: DifferenceSlip) -> list[tuple[str, Any]]:
    heading = found.heading
    return [
        (_("Nama"), heading["name"]),
        (_("NIP"), heading["nip"]),
        (_("Jabatan"), heading["position"]),
        (_("OPD"), heading["opd"]),
    ]


@require_safe
@page(READ_OWN)
def own(request: HttpRequest) -> HttpResponse:
    """The person's own locked differences, and what is taken back from later pay."""
    user = person(request)
    rows = paging.page_of(
        access.own_differences(user).select_related("run"),
        order=("-id",),
        cursor=request.GET.get(paging.PARAMETER, ""),
    )
    employee = getattr(user, "employee", None)
    owed = [] if employee is None else settlements([employee.pk]).get(employee.pk, [])
    return render(request, "tenants/arrears/own.html", {"page": rows, "owed": owed})
