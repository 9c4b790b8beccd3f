"""What officials see: ratings of a month, how far each OPD is, the settings, how organisations are rated."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, F, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kernel.accounts.access import person
from kernel.accounts.models import User
from kernel.errors import NotFound
from kernel.periods import Month
from kernel.permissions import opd_scope, page
from kernel.sheets.writing import Column, Sheet, workbook
from kernel.tenancy import here
from kernel.tenancy.context import current_region
from kernel.web import paging
from kernel.web.asked import month_asked
from kernel.web.downloads import as_download
from tenants.calendars import closing
from tenants.employees.models import Employee
from tenants.employees.querysets import EmployeeQuerySet
from tenants.organisation.models import Unit
from tenants.skp.arrangement import arrangement_on
from tenants.skp.assessments import rate_organisation
from tenants.skp.configuring import make_setting, remove_setting
from tenants.skp.distribution import shares
from tenants.skp.errors import SettingRefused
from tenants.skp.forms import OrganisationForm, SettingForm
from tenants.skp.models import (
    MonthlyRating,
    OrganisationRating,
    PeriodReport,
    Plan,
    Predikat,
    SkpSetting,
    UnitRating,
)
from tenants.skp.permissions import CONFIGURE, READ
from tenants.skp.rating_periods import RatingPeriod
from tenants.skp.superior_views import chosen_period
from tenants.skp.views import period_of
from tenants.skp.words import period_label


@require_safe
@page(READ)
def ratings(request: HttpRequest) -> HttpResponse:
    """A month's ratings of the people whom the reader may see, or the people who have none yet (`belum`); `cari`
    narrows by name or NIP, `opd` by its code."""
    month = month_asked(request, here.this_month())
    text = request.GET.get("cari", "").strip()
    opd = request.GET.get("opd", "").strip()
    lacks = request.GET.get("belum", "") == "1"
    seen = _seen(person(request), here.today(), opd)
    rated = MonthlyRating.objects.filter(month=month.first_day)
    cursor = request.GET.get(paging.PARAMETER, "")
    context = {
        "month": month,
        "text": text,
        "opd": opd,
        "lacks": lacks,
        "arrangement": arrangement_on(month.first_day),
        "is_closed": closing.is_closed(month),
        "previous": f"{reverse('skp-ratings')}?bulan={month.previous}",
        "next": f"{reverse('skp-ratings')}?bulan={month.next}",
        "tabs": _tabs(month, lacks),
    }
    if lacks:
        people = seen.filter(Q(position_id__isnull=False)).exclude(pk__in=rated.values("employee")).searched(text)
        context["people"] = paging.page_of(people, order=("name", "id"), cursor=cursor)
    else:
        found = rated.filter(employee__in=seen.searched(text)).select_related("employee")
        context["page"] = paging.page_of(found, order=("employee__name", "id"), cursor=cursor)
    return render(request, "tenants/skp/ratings.html", context)


@require_safe
@page(READ)
def export(request: HttpRequest) -> HttpResponse:
    """The ratings of a period as XLSX: one row for each person and month, a NIP as text."""
    span = chosen_period(request)
    seen = _seen(person(request), here.today(), "")
    people = dict(seen.values_list("pk", F("opd_name")))
    rows = (
        MonthlyRating.objects.of_months([month.first_day for month in span.months])
        .filter(employee__in=seen)
        .select_related("employee")
        .order_by("employee__name", "employee_id", "month")
    )
    columns = [
        Column("NIP", width=22),
        Column(_("Nama"), width=32),
        Column("OPD", width=40),
        Column(_("Bulan")),
        Column(_("Predikat")),
        Column(_("Capaian SKP (%)")),
        Column(_("Jumlah Perilaku"), kind="number"),
        Column(_("Sumber"), width=26),
    ]
    lines = (
        [
            row.employee.nip,
            row.employee.name,
            people[row.employee_id] or "",
            f"{row.month:%Y-%m}",
            row.get_predikat_display(),
            "" if row.skp_percent is None else f"{row.skp_percent.normalize():f}".replace(".", ","),
            row.behaviour_sum,
            row.source,
        ]
        for row in rows.iterator(chunk_size=2000)
    )
    return as_download(
        workbook([Sheet(_("Nilai SKP"), columns, lines)]), f"nilai-skp-{current_region().code}-{span}.xlsx"
    )


@require_safe
@page(READ)
def progress(request: HttpRequest) -> HttpResponse:
    """How far each OPD is in a period: people, plans in force, handed in, assessed, rated. Six statements."""
    span = chosen_period(request)
    reader = person(request)
    people = _seen(reader, here.today(), "").filter(Q(position_id__isnull=False))
    plans = Plan.objects.in_force().of_year(span.year)
    reports = PeriodReport.objects.of_period(span.first_day)
    handed_in = reports.filter(state__in=[PeriodReport.State.SUBMITTED, PeriodReport.State.ASSESSED])
    rated = MonthlyRating.objects.filter(month=span.months[-1].first_day)
    rows = people.values(
        opd=F("opd_id"), address=F("opd_uid"), title=F("opd_name"), code=F("post__position__unit__opd__code")
    ).annotate(
        people=Count("pk"),
        planned=Count("pk", filter=Q(pk__in=plans.values("employee"))),
        handed_in=Count("pk", filter=Q(pk__in=handed_in.values("employee"))),
        assessed=Count("pk", filter=Q(pk__in=reports.filter(state="assessed").values("employee"))),
        rated=Count("pk", filter=Q(pk__in=rated.values("employee"))),
    )
    organisations = dict(UnitRating.objects.filter(first_day=span.first_day).values_list("opd_id", "rating"))
    labels = dict(OrganisationRating.choices)
    found: list[dict[str, Any]] = [
        {**row, "organisation": labels.get(organisations.get(row["opd"], ""), "")} for row in rows.order_by(F("code"))
    ]
    before = RatingPeriod.of(
        span.first.previous.first_day, arrangement_on(span.first.previous.first_day).months_per_period
    )
    context = {
        "span": span,
        "label": period_label(span),
        "previous": f"?periode={before}",
        "next": f"?periode={RatingPeriod.of(span.end, arrangement_on(span.end).months_per_period)}"
        if span.end <= here.today()
        else "",
        "arrangement": arrangement_on(span.first_day),
        "rows": found,
        "totals": {
            key: sum(row[key] for row in found) for key in ("people", "planned", "handed_in", "assessed", "rated")
        },
    }
    return render(request, "tenants/skp/progress.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@page(CONFIGURE)
def settings_page(request: HttpRequest) -> HttpResponse:
    """Who keeps the SKP, by date."""
    now = arrangement_on(here.today())
    form = SettingForm(
        request.POST if request.method == "POST" else None,
        initial={
            "valid_from": Month.of(here.today()).next.first_day,
            "source": now.source,
            "months_per_period": now.months_per_period,
            "behaviour": now.behaviour,
        },
    )
    if request.method == "POST" and form.is_valid():
        try:
            setting = make_setting(actor=person(request), **form.cleaned_data)
        except (SettingRefused, closing.MonthClosed) as error:
            form.add_error("valid_from", error.message())
        else:
            messages.success(
                request,
                _("Mulai %(month)s: %(source)s.")
                % {"month": f"{setting.valid_from:%m-%Y}", "source": setting.get_source_display()},
            )
            return redirect("skp-settings")
    context = {
        "form": form,
        "now": now,
        "settings": SkpSetting.objects.order_by("-valid_from").select_related("made_by"),
        "sources": dict(SkpSetting.Source.choices),
        "today": here.today(),
    }
    return render(request, "tenants/skp/settings.html", context, status=422 if form.errors else 200)


@require_POST
@page(CONFIGURE)
def setting_remove(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Take a setting back."""
    try:
        remove_setting(uid=uid, actor=person(request))
    except (SettingRefused, closing.MonthClosed) as error:
        messages.error(request, error.message())
    else:
        messages.success(request, _("Pengaturan dibatalkan."))
    return redirect("skp-settings")


@require_http_methods(["GET", "HEAD", "POST"])
@page(CONFIGURE)
def organisation(request: HttpRequest, uid: UUID, period: str) -> HttpResponse:
    """How an OPD is rated in a period, beside how its people were."""
    span = period_of(period)
    opd = Unit.objects.opds().filter(uid=uid).first()
    if opd is None:
        raise NotFound("unit")
    stands = UnitRating.objects.filter(opd=opd, first_day=span.first_day).first()
    form = OrganisationForm(
        request.POST if request.method == "POST" else None, initial={"rating": stands.rating if stands else None}
    )
    if request.method == "POST" and form.is_valid():
        rate_organisation(opd_uid=uid, period=span, rating=form.cleaned_data["rating"], actor=person(request))
        messages.success(request, _("Predikat kinerja organisasi dicatat."))
        return redirect("skp-organisation", uid=uid, period=str(span))
    people = Employee.objects.active().in_opds({opd.uid}, here.today())
    rated = MonthlyRating.objects.filter(month=span.months[-1].first_day, employee__in=people).exclude(predikat="")
    counts = Counter(rated.values_list("predikat", flat=True))
    context = {
        "opd": opd,
        "span": span,
        "label": period_label(span),
        "form": form,
        "stands": stands,
        "shares": shares(counts, tuple(Predikat.values), stands.rating if stands else "") if counts else [],
        "labels": dict(Predikat.choices),
    }
    return render(request, "tenants/skp/organisation.html", context, status=422 if form.errors else 200)


def _seen(reader: User, day: date, opd: str) -> EmployeeQuerySet:
    seen = Employee.objects.active().in_opds(opd_scope(reader, READ), day)
    return seen.filter(Q(post__position__unit__opd__code=opd)) if opd else seen


def _tabs(month: Month, lacks: bool) -> list[dict[str, object]]:
    url = f"{reverse('skp-ratings')}?bulan={month}"
    return [
        {"label": _("Sudah bernilai"), "url": url, "is_current": not lacks},
        {"label": _("Belum bernilai"), "url": f"{url}&belum=1", "is_current": lacks},
    ]
