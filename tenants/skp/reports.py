"""What was realised in a period: written and handed in by the person, sent back by the superior.

Locks are taken in one order: the employee, then the report.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.core.files.base import File
from django.db import transaction

from kernel import clock
from kernel.accounts.models import User
from kernel.audit.record import declare_action, record
from kernel.files.actions import store_file
from kernel.tenancy import here
from tenants.employees.models import Employee
from tenants.employees.querysets import posts_on
from tenants.skp.access import PURPOSE, lock_owner, person_to_assess
from tenants.skp.achievement import indicator_percent, mean_percent
from tenants.skp.arrangement import require_kept
from tenants.skp.errors import AssessmentRefused, ReportRefused
from tenants.skp.models import (
    Indicator,
    PeriodReport,
    Plan,
    Realisation,
    RealisationFile,
    SkpSetting,
    WorkResult,
)
from tenants.skp.rating_periods import RatingPeriod

SAVED = declare_action("skp.realisation_saved", "Realisasi SKP dicatat")
SUBMITTED = declare_action("skp.realisation_submitted", "Realisasi SKP diserahkan")
WITHDRAWN = declare_action("skp.realisation_withdrawn", "Realisasi SKP ditarik")
RETURNED = declare_action("skp.realisation_returned", "Realisasi SKP dikembalikan")

MOST_FILES: Final = 5


@dataclass(frozen=True, slots=True)
class RealisationInput:
    """What was realised of one indicator: a figure in its unit, words, or both."""

    amount: Decimal | None = None
    text: str = ""


@transaction.atomic
def save_realisation(
    *,
    employee: Employee,
    period: RatingPeriod,
    entries: Mapping[UUID, RealisationInput],
    actor: User,
    files: Mapping[UUID, Sequence[File[bytes]]] | None = None,
    removed: Collection[UUID] = (),
) -> PeriodReport:
    """Keep what was realised, by the key of the indicator; `files` by the key of the result, `removed` uids of files.

    What is not named stays. Raises ReportRefused, KeptElsewhere, FileRefused.
    """
    owner = lock_owner(employee, actor)
    report = _own_report(owner, period)
    if period.first_day > here.today():
        raise ReportRefused("future")
    _require_editable(report)
    indicators = {item.key: item for item in Indicator.objects.filter(result__plan=report.plan_id)}
    before = _content(report) if report.pk else {}
    report.save()
    Realisation.objects.bulk_create(
        [
            Realisation(
                report=report,
                indicator=key,
                amount=None if indicators[key].period_target is None else entry.amount,
                text=entry.text.strip()[:500],
            )
            for key, entry in entries.items()
            if key in indicators
        ],
        update_conflicts=True,
        unique_fields=["report", "indicator"],
        update_fields=["amount", "text"],
    )
    if removed:
        report.files.filter(file__uid__in=removed).delete()
    _keep_files(report, files or {}, actor)
    record(SAVED, actor=actor, subject=report, before=before, after=_content(report))
    return report


@transaction.atomic
def submit_report(*, employee: Employee, period: RatingPeriod, actor: User) -> PeriodReport:
    """Hand it in for assessment; one that is handed in already is left alone.

    Raises ReportRefused (also while an indicator has no realisation), KeptElsewhere.
    """
    owner = lock_owner(employee, actor)
    report = _own_report(owner, period)
    if report.state == PeriodReport.State.SUBMITTED:
        return report
    _require_editable(report)
    if here.today() < period.months[-1].first_day:
        raise ReportRefused("too_early")
    report.save()
    if unfilled(report):
        raise ReportRefused("incomplete")
    report.state = PeriodReport.State.SUBMITTED
    report.reason = ""
    report.submitted_at = clock.now()
    report.save(update_fields=["state", "reason", "submitted_at"])
    record(SUBMITTED, actor=actor, subject=report, after=_content(report))
    return report


@transaction.atomic
def withdraw_report(*, employee: Employee, period: RatingPeriod, actor: User) -> PeriodReport:
    """Take back what is handed in and not assessed yet. Raises ReportRefused."""
    owner = lock_owner(employee, actor)
    report = lock_report(owner, period)
    if report is None or report.state != PeriodReport.State.SUBMITTED:
        raise ReportRefused("not_submitted")
    report.state = PeriodReport.State.DRAFT
    report.submitted_at = None
    report.save(update_fields=["state", "submitted_at"])
    record(WITHDRAWN, actor=actor, subject=report)
    return report


@transaction.atomic
def return_report(*, employee_uid: UUID, period: RatingPeriod, reason: str, actor: User) -> PeriodReport:
    """The superior sends it back with a reason. Raises ReportRefused, AssessmentRefused, NotFound for a stranger."""
    employee = person_to_assess(actor, employee_uid)
    Employee.objects.select_for_update().get(pk=employee.pk)
    reason = reason.strip()
    if not reason:
        raise AssessmentRefused("reason")
    report = lock_report(employee, period)
    if report is None or report.state != PeriodReport.State.SUBMITTED:
        raise ReportRefused("not_submitted")
    report.state = PeriodReport.State.RETURNED
    report.reason = reason
    report.save(update_fields=["state", "reason"])
    record(RETURNED, actor=actor, subject=report, note=reason)
    return report


def lock_report(employee: Employee, period: RatingPeriod) -> PeriodReport | None:
    """The person's report of the period, locked; None before its first line. The employee is locked already."""
    found = PeriodReport.objects.select_for_update(of=("self",)).filter(employee=employee, first_day=period.first_day)
    return found.select_related("plan").first()


def new_report(employee: Employee, period: RatingPeriod) -> PeriodReport:
    """An unsaved report by the plan in force. Raises ReportRefused."""
    plan = plan_for(employee, period)
    if plan is None:
        raise ReportRefused("no_plan")
    return PeriodReport(
        employee=employee, plan=plan, first_day=period.first_day, months_per_period=period.length, reason=""
    )


def plan_for(employee: Employee, period: RatingPeriod) -> Plan | None:
    """The plan in force of the post held on the period's last day (today while it runs), else the year's newest."""
    return plans_for([employee.pk], period).get(employee.pk)


def plans_for(employee_ids: Collection[int], period: RatingPeriod) -> dict[int, Plan]:
    """`plan_for` for many people, in two statements. Without a plan in force: no entry."""
    plans: dict[int, list[Plan]] = {}
    in_force = Plan.objects.in_force().filter(employee__in=employee_ids, year=period.year)
    for plan in in_force.select_related("position").order_by("-decided_at", "-pk"):
        plans.setdefault(plan.employee_id, []).append(plan)
    several = [employee for employee, found in plans.items() if len(found) > 1]
    posts = posts_on(several, min(period.last_day, max(here.today(), period.first_day)))
    chosen = {}
    for employee, found in plans.items():
        own = posts[employee].own if employee in posts else None
        position = None if own is None else own.position_id
        chosen[employee] = next((plan for plan in found if plan.position_id == position), found[0])
    return chosen


def unfilled(report: PeriodReport) -> list[UUID]:
    """The keys of the indicators that have no realisation yet: no figure where one is planned, no words elsewhere."""
    realised = {row.indicator: row for row in report.realisations.all()}
    found = []
    for item in Indicator.objects.filter(result__plan=report.plan_id):
        row = realised.get(item.key)
        if row is None or (row.amount is None if item.period_target is not None else not row.text):
            found.append(item.key)
    return found


@dataclass(frozen=True, slots=True)
class Reached:
    """One result in a period: its indicators with what was realised of each, and percent (None: not a figure)."""

    result: WorkResult
    rows: tuple[tuple[Indicator, Realisation | None, Decimal | None], ...]
    percent: Decimal | None
    files: tuple[RealisationFile, ...]


def reached(plan: Plan, report: PeriodReport | None) -> list[Reached]:
    """How far each result of the plan (with its lines loaded) was reached. Two statements."""
    realised: dict[UUID, Realisation] = {}
    files: dict[UUID, list[RealisationFile]] = {}
    if report is not None and report.pk:
        realised = {row.indicator: row for row in report.realisations.all()}
        for row in report.files.select_related("file").order_by("pk"):
            files.setdefault(row.result, []).append(row)
    found = []
    for result in plan.results.all():
        rows = []
        for indicator in result.indicators.all():
            done = realised.get(indicator.key)
            percent = None
            if indicator.period_target is not None and done is not None and done.amount is not None:
                percent = indicator_percent(
                    indicator.period_target, done.amount, less_is_better=indicator.less_is_better
                )
            rows.append((indicator, done, percent))
        percents = [percent for _indicator, _done, percent in rows]
        found.append(Reached(result, tuple(rows), mean_percent(percents), tuple(files.get(result.key, ()))))
    return found


def _own_report(owner: Employee, period: RatingPeriod) -> PeriodReport:
    """The report, locked, or a new one; while it is open it follows the plan in force."""
    require_kept(period, SkpSetting.Source.HERE)
    report = lock_report(owner, period)
    if report is None:
        return new_report(owner, period)
    if report.state in (PeriodReport.State.DRAFT, PeriodReport.State.RETURNED):
        plan = plan_for(owner, period)
        if plan is not None:
            report.plan = plan
    return report


def _require_editable(report: PeriodReport) -> None:
    if report.state == PeriodReport.State.SUBMITTED:
        raise ReportRefused("submitted")
    if report.state == PeriodReport.State.ASSESSED:
        raise ReportRefused("assessed")


def _keep_files(report: PeriodReport, files: Mapping[UUID, Sequence[File[bytes]]], actor: User) -> None:
    keys = set(WorkResult.objects.filter(plan=report.plan_id, key__in=files).values_list("key", flat=True))
    for key in keys:
        if report.files.filter(result=key).count() + len(files[key]) > MOST_FILES:
            raise ReportRefused("too_many_files")
        stored = [store_file(upload=upload, purpose=PURPOSE, owner=actor) for upload in files[key]]
        RealisationFile.objects.bulk_create([RealisationFile(report=report, result=key, file=file) for file in stored])


def _content(report: PeriodReport) -> dict[str, Any]:
    return {
        "period": str(report.period),
        "plan": str(report.plan.uid),
        "realised": {
            str(row.indicator): {"amount": row.amount, "text": row.text}
            for row in report.realisations.order_by("indicator")
        },
        "files": [str(uid) for uid in report.files.order_by("pk").values_list("file__uid", flat=True)],
    }
