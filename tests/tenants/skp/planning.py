"""Small makers for tests of the SKP."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from kernel.accounts.models import User
from tenants.activities.models import Activity
from tenants.approvals.actions import decide
from tenants.approvals.models import ApprovalRequest
from tenants.employees.models import Employee
from tenants.skp.assessments import AssessmentInput, assess
from tenants.skp.behaviour import VALUES
from tenants.skp.configuring import make_setting
from tenants.skp.models import Assessment, Indicator, Plan, SkpSetting
from tenants.skp.plans import IndicatorInput, ResultInput, create_plan, save_expectations, save_result, submit_plan
from tenants.skp.rating_periods import RatingPeriod
from tenants.skp.reports import RealisationInput, save_realisation, submit_report

# Monday 30 November, 16.00 in Manado (WITA): the last day of the period.
LAST_DAY = datetime(2026, 11, 30, 8, 0, tzinfo=UTC)
NOVEMBER = RatingPeriod.parse("2026-11")
QUARTER = RatingPeriod.parse("2026-T4")
LEADER_EXPECTS = {code: f"Ekspektasi {label}" for code, label in VALUES.items()}
REPORTS = IndicatorInput("kuantitas", "Jumlah laporan bulanan", "12 laporan", "laporan", Decimal(4))
QUALITY = IndicatorInput("kualitas", "Laporan diterima tanpa perbaikan", "Semua laporan")


def keep_here(actor: User, *, since: date = date(2026, 1, 1), months: int = 1, behaviour: str = "scores") -> SkpSetting:
    """The region keeps the SKP here from that month on."""
    return make_setting(valid_from=since, source="here", months_per_period=months, behaviour=behaviour, actor=actor)


def make_plan(person: Any, *results: ResultInput, year: int = 2026, model: str = "kualitatif") -> Plan:
    """A complete draft; without results one with a figure of 4 laporan in each period."""
    employee: Employee = person.employee
    post = employee.placements.get().position
    plan = create_plan(employee=employee, position_uid=post.uid, year=year, model=model, actor=person.user)
    for entry in results or (ResultInput("utama", "Laporan bulanan tersusun", [REPORTS]),):
        save_result(employee=employee, plan_uid=plan.uid, entry=entry, actor=person.user)
    save_expectations(employee=employee, plan_uid=plan.uid, expectations=LEADER_EXPECTS, actor=person.user)
    return plan


def hand_in_plan(person: Any, plan: Plan) -> ApprovalRequest:
    submit_plan(employee=person.employee, uid=plan.uid, actor=person.user)
    return ApprovalRequest.objects.waiting().get(document_uid=plan.uid)


def approve_plan(person: Any, plan: Plan, approver: Any) -> Plan:
    """Hand the plan in and let the superior approve it."""
    request = hand_in_plan(person, plan)
    decide(request_uids=[request.uid], verdict="approved", actor=approver.user)
    return Plan.objects.get(pk=plan.pk)


def result_keys(plan: Plan) -> list[UUID]:
    return list(plan.results.order_by("number").values_list("key", flat=True))


def realise(
    person: Any, plan: Plan, amount: str = "3", *, period: RatingPeriod = NOVEMBER, hand_in: bool = True
) -> None:
    """The same figure and words for every indicator, handed in."""
    keys = Indicator.objects.filter(result__plan=plan).values_list("key", flat=True)
    entries = {key: RealisationInput(Decimal(amount), "Terlaksana") for key in keys}
    save_realisation(employee=person.employee, period=period, entries=entries, actor=person.user)
    if hand_in:
        submit_report(employee=person.employee, period=period, actor=person.user)


def says(plan: Plan, result: str = "sesuai", behaviour: str = "sesuai", *, score: int | str = 97) -> AssessmentInput:
    """An assessment that takes the figures as they are and gives every value the same."""
    return AssessmentInput(dict.fromkeys(result_keys(plan)), dict.fromkeys(VALUES, score), result, behaviour)


def rate(person: Any, plan: Plan, assessor: Any, *, period: RatingPeriod = NOVEMBER, **values: Any) -> Assessment:
    return assess(employee_uid=person.employee.uid, period=period, entry=says(plan, **values), actor=assessor.user)


def approved_work(employee: Employee, key: UUID | None, description: str, *, on: date) -> Activity:
    """An approved activity of half an hour that serves the result with this key."""
    from datetime import timedelta

    from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

    from tests.tenants.activities.work import make_kind

    begin = datetime(on.year, on.month, on.day, 1, 0, tzinfo=UTC)
    kind = make_kind(f"K-{description}"[:40])
    return Activity.objects.create(
        employee=employee,
        job_kind=kind,
        date=on,
        span=DateTimeTZRange(begin, begin + timedelta(minutes=30)),
        minutes=30,
        description=description,
        target_uid=key,
        state=Activity.State.APPROVED,
        approved_minutes=30,
        approved_points=Decimal(2),
        approved_weight=Decimal(1),
        catalogue_version=1,
    )
