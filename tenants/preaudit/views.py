"""Pages of the check before payment: the month, an OPD's hits, one hit with its history, the list of checks."""

from __future__ import annotations

from itertools import groupby
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kernel.accounts.access import person
from kernel.accounts.models import User
from kernel.errors import DomainError, NotFound
from kernel.periods import Month
from kernel.permissions import opd_scope, page, user_may
from kernel.tenancy import here
from kernel.web import paging
from kernel.web.asked import month_named
from tenants.organisation.models import Unit
from tenants.preaudit import actions, looking
from tenants.preaudit.checks import all_checks
from tenants.preaudit.forms import WaiverForm
from tenants.preaudit.models import Hit, Look, Waiver
from tenants.preaudit.permissions import CHECK, READ, WAIVE, WAIVE_GRAVE
from tenants.preaudit.wording import mending, text_of, title_of
from tenants.tpp.models import MonthRun

OPEN, WAIVED, GONE = "terbuka", "dikecualikan", "selesai"


def _last_month() -> Month:
    return here.this_month().previous


def _kind(text: str) -> str:
    if text not in MonthRun.Kind.values:
        raise Http404
    return text


def _readable_hits(user: User) -> QuerySet[Hit]:
    return Hit.objects.in_opds(opd_scope(user, READ))


def _readable_opd(user: User, uid: UUID) -> Unit:
    opd = Unit.objects.filter(uid=uid, parent__isnull=True).first()
    if opd is None or not user_may(user, READ, opd=uid):
        raise NotFound("opd")
    return opd


@require_safe
@page(READ)
def month(request: HttpRequest) -> HttpResponse:
    """The OPDs of a month with how many hits are open, let through and mended."""
    wanted = request.GET.get("bulan", "")
    kind = _kind(request.GET.get("jenis", MonthRun.Kind.ORDINARY))
    latest = MonthRun.objects.filter(kind=kind).done().order_by("-month").first()
    this = month_named(wanted) if wanted else Month.of(latest.month) if latest else _last_month()
    user = person(request)
    runs = MonthRun.objects.counting_by_opd(this, kind)
    scope = opd_scope(user, READ)
    counts = Hit.objects.of(this, kind).by_opd()
    looks = _newest_looks(runs)
    units = Unit.objects.filter(pk__in=runs.keys())
    if scope is not None:
        units = units.filter(uid__in=scope)
    rows: list[dict[str, Any]] = [
        {
            "opd": opd,
            "url": reverse("preaudit-opd", args=[str(this), kind, opd.uid]),
            "look": looks.get((runs[opd.pk].pk, opd.pk)) or looks.get((runs[opd.pk].pk, None)),
            "counts": counts.get(opd.pk, {}),
        }
        for opd in units.order_by("code", "pk")
    ]
    context = {
        "month": this.first_day,
        "month_text": str(this),
        "kind": kind,
        "kinds": MonthRun.Kind.choices,
        "previous": f"?bulan={this.previous}&jenis={kind}",
        "next": f"?bulan={this.next}&jenis={kind}" if this <= _last_month() else "",
        "rows": rows,
        "open": sum(row["counts"].get("open", 0) for row in rows),
        "grave": sum(row["counts"].get("grave", 0) for row in rows),
        "unlooked": sum(row["look"] is None for row in rows),
        "may_check": user_may(user, CHECK),
    }
    return render(request, "tenants/preaudit/month.html", context)


def _newest_looks(runs: dict[int, MonthRun]) -> dict[tuple[int, int | None], Look]:
    """The newest look at each run, by run and OPD (None: at all of its OPDs)."""
    looks = Look.objects.filter(run__in={run.pk for run in runs.values()}).order_by("run", "opd", "-id")
    found: dict[tuple[int, int | None], Look] = {}
    for look in looks.distinct("run", "opd"):
        found[look.run_id, look.opd_id] = look
    return found


@require_POST
@page(CHECK)
def start(request: HttpRequest) -> HttpResponse:
    """Have all OPDs of the posted month checked in the background."""
    month, kind = month_named(request.POST.get("bulan", "")), _kind(request.POST.get("jenis", ""))
    try:
        job = looking.start_look(month=month, kind=kind, actor=person(request))
    except DomainError as error:
        messages.error(request, error.message())
        return redirect(f"{reverse('preaudit-month')}?bulan={month}&jenis={kind}")
    return redirect("jobs-job", uid=job.uid)


@require_safe
@page(READ)
def checks(request: HttpRequest) -> HttpResponse:
    """Every check that is made, with its weight and where it comes from."""
    return render(request, "tenants/preaudit/checks.html", {"checks": list(all_checks())})


@require_safe
@page(READ)
def opd(request: HttpRequest, month: str, kind: str, uid: UUID) -> HttpResponse:
    """An OPD's hits, grouped by check."""
    return _opd_page(request, month_named(month), _kind(kind), _readable_opd(person(request), uid), WaiverForm())


def _opd_page(
    request: HttpRequest, month: Month, kind: str, opd: Unit, form: WaiverForm, *, ticked: frozenset[str] = frozenset()
) -> HttpResponse:
    user = person(request)
    all_hits = Hit.objects.of(month, kind).filter(opd=opd)
    shown = request.GET.get("tampil", OPEN)
    wanted = {OPEN: all_hits.open, WAIVED: all_hits.waived, GONE: all_hits.gone}.get(shown)
    if wanted is None:
        raise BadRequest("tampil")
    found = paging.page_of(
        wanted().select_related("employee", "slip"),
        order=("-is_grave", "check_code", "id"),
        cursor=request.GET.get(paging.PARAMETER, ""),
    )
    may_waive_grave = user_may(user, WAIVE_GRAVE)
    for row in found:
        row.text, row.mending = text_of(row), mending(row)
        row.may_waive = (may_waive_grave or not row.is_grave) and row.employee.user_id != user.pk
        row.is_ticked = str(row.uid) in ticked
    counts = all_hits.by_opd().get(opd.pk, {})
    base = reverse("preaudit-opd", args=[str(month), kind, opd.uid])
    run = MonthRun.objects.counting(month, kind, opd.uid)
    context = {
        "month": month.first_day,
        "month_text": str(month),
        "kind": kind,
        "kind_words": MonthRun.Kind(kind).label,
        "opd": opd,
        "run": run,
        "page": found,
        "groups": [
            {"title": title_of(group[0]), "is_grave": group[0].is_grave, "hits": group}
            for group in (list(hits) for _code, hits in groupby(found, key=lambda row: row.check_code))
        ],
        "shown": shown,
        "tabs": [
            {"label": _("Belum selesai"), "url": base, "is_current": shown == OPEN, "count": counts.get("open", 0)},
            {
                "label": _("Dikecualikan"),
                "url": f"{base}?tampil={WAIVED}",
                "is_current": shown == WAIVED,
                "count": counts.get("waived", 0),
            },
            {
                "label": _("Diperbaiki"),
                "url": f"{base}?tampil={GONE}",
                "is_current": shown == GONE,
                "count": counts.get("gone", 0),
            },
        ],
        "look": Look.objects.filter(run=run, opd__in=[opd]).order_by("-id").first()
        or Look.objects.filter(run=run, opd__isnull=True).order_by("-id").first(),
        "form": form if user_may(user, WAIVE) and shown == OPEN else None,
        "may_check": user_may(user, CHECK),
    }
    status = 422 if form.is_bound else 200
    return render(request, "tenants/preaudit/opd.html", context, status=status)


@require_POST
@page(CHECK)
def look(request: HttpRequest, month: str, kind: str, uid: UUID) -> HttpResponse:
    """Check the OPD now."""
    opd = _readable_opd(person(request), uid)
    back = redirect("preaudit-opd", month, kind, uid)
    try:
        made = looking.look_at_opd(month=month_named(month), kind=_kind(kind), opd=opd, actor=person(request))
    except DomainError as error:
        messages.error(request, error.message())
        return back
    said = ngettext(
        "Diperiksa: %(count)s temuan belum selesai.", "Diperiksa: %(count)s temuan belum selesai.", made.open_hits
    )
    messages.success(request, said % {"count": made.open_hits})
    return back


@require_POST
@page(WAIVE)
def waive(request: HttpRequest, month: str, kind: str, uid: UUID) -> HttpResponse:
    """Let the ticked hits of the OPD through with one reason."""
    user = person(request)
    opd = _readable_opd(user, uid)
    ticked = frozenset(request.POST.getlist("temuan"))
    form = WaiverForm(request.POST)
    if not ticked:
        form.add_error(None, _("Pilih dulu temuan yang dikecualikan."))
    if form.is_valid() and _waived(request, form, ticked):
        return redirect("preaudit-opd", month, kind, uid)
    return _opd_page(request, month_named(month), _kind(kind), opd, form, ticked=ticked)


def _waived(request: HttpRequest, form: WaiverForm, ticked: frozenset[str]) -> bool:
    try:
        uids = [UUID(text) for text in ticked]
    except ValueError as error:
        raise BadRequest("temuan") from error
    try:
        made = actions.waive(
            uids=uids,
            reason=form.cleaned_data["alasan"],
            document_number=form.cleaned_data["dokumen"],
            actor=person(request),
        )
    except NotFound:
        raise
    except DomainError as error:
        form.add_error(None, error.message())
        return False
    said = ngettext("%(count)s temuan dikecualikan.", "%(count)s temuan dikecualikan.", len(made))
    messages.success(request, said % {"count": len(made)})
    return True


@require_http_methods(["GET", "HEAD", "POST"])
@page(READ)
def hit(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One hit: what was found, since when, and every reason for which it was let through."""
    found = _hit(request, uid)
    user = person(request)
    form = WaiverForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _waived(request, form, frozenset({str(uid)})):
        return redirect("preaudit-hit", uid)
    standing = Waiver.objects.standing().filter(hit=found).exists()
    is_own = found.employee.user_id == user.pk
    may = user_may(user, WAIVE) and (not found.is_grave or user_may(user, WAIVE_GRAVE)) and not is_own
    context: dict[str, Any] = {
        "hit": found,
        "title": title_of(found),
        "text": text_of(found),
        "mending": mending(found),
        "waivers": found.waivers.select_related("waived_by", "withdrawn_by").order_by("-id"),
        "is_waived": standing,
        "form": form if may and not standing and found.gone_at is None else None,
        "may_withdraw": may and standing,
        "opd_url": reverse("preaudit-opd", args=[f"{found.month:%Y-%m}", found.kind, found.opd.uid]),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "tenants/preaudit/hit.html", context, status=status)


@require_POST
@page(WAIVE)
def withdraw(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Take a waiver back."""
    _hit(request, uid)
    try:
        actions.withdraw(uid=uid, actor=person(request))
    except NotFound:
        raise
    except DomainError as error:
        messages.error(request, error.message())
    else:
        messages.success(request, _("Pengecualian ditarik. Temuan ini kembali belum selesai."))
    return redirect("preaudit-hit", uid)


def _hit(request: HttpRequest, uid: UUID) -> Hit:
    found = _readable_hits(person(request)).select_related("employee", "opd", "slip").filter(uid=uid).first()
    if found is None:
        raise NotFound("hit")
    return found
