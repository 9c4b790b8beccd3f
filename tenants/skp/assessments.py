"""A superior assesses a period, takes an assessment up again, tells a person how the work goes; BKPSDM records how an
organisation is rated. A finished assessment is the rating of its months, which the computation of TPP reads.

Locks are taken in one order: the employee, then the report.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final, cast
from uuid import UUID

from django.db import transaction

from kernel import clock
from kernel.accounts.models import User
from kernel.audit.record import declare_action, record
from kernel.errors import NotFound
from kernel.periods import Month
from kernel.permissions import require
from kernel.tenancy import here
from tenants.calendars import closing
from tenants.employees.models import Employee
from tenants.organisation.models import Unit
from tenants.rules.engine.predikat import Expectation as EngineExpectation
from tenants.rules.engine.predikat import predikat
from tenants.skp.access import person_to_assess
from tenants.skp.achievement import FULL, mean_percent
from tenants.skp.arrangement import Arrangement, require_kept
from tenants.skp.behaviour import MOST, VALUES, behaviour_sum
from tenants.skp.errors import AssessmentRefused
from tenants.skp.models import (
    Assessment,
    Expectation,
    Feedback,
    MonthlyRating,
    OrganisationRating,
    PeriodReport,
    Plan,
    SkpSetting,
    UnitRating,
)
from tenants.skp.permissions import ASSESS, CONFIGURE
from tenants.skp.rating_periods import RatingPeriod
from tenants.skp.reports import lock_report, new_report, plan_for, reached

ASSESSED = declare_action("skp.assessed", "SKP periode dinilai")
REOPENED = declare_action("skp.assessment_reopened", "Penilaian SKP dibuka kembali")
FEEDBACK = declare_action("skp.feedback_given", "Umpan balik kinerja diberikan")
ORGANISATION = declare_action("skp.organisation_rated", "Predikat kinerja organisasi dicatat")

# What stands as the source of a month's rating.
SOURCE: Final = "penilaian atasan di sini"
_PLACES: Final = Decimal("0.000001")
# What a late rating is called beside the person's month.
LATE: Final = "Nilai SKP"


@dataclass(frozen=True, slots=True)
class AssessmentInput:
    """What the superior says. `achievements` by result: percent 0 to 100, None takes what the figures give.

    `behaviour` by BerAKHLAK value: a score 0 to 100 or an expectation, as the region rates.
    """

    achievements: Mapping[UUID, Decimal | None]
    behaviour: Mapping[str, int | str]
    result_rating: str
    behaviour_rating: str
    feedback: str = ""


@transaction.atomic
def assess(
    *, employee_uid: UUID, period: RatingPeriod, entry: AssessmentInput, actor: User, seen: str | None = None
) -> Assessment:
    """Rate a person's period: the matrix of PermenPANRB 6/2022 gives the predikat, which becomes the rating of every
    month of the period; those of closed months are late: they come out as a plus or minus of a difference run. The same
    assessment again (a double click) is left alone.

    Before the person has handed in, only a period that is over can be assessed. `seen` is what `version_of` gave for
    the realisation that the actor looked at; None does not ask.
    Raises AssessmentRefused, KeptElsewhere, NotFound for whom the actor does not assess.
    """
    employee = _to_assess(actor, employee_uid)
    arrangement = require_kept(period, SkpSetting.Source.HERE)
    months = period.months
    report = lock_report(employee, period)
    if report is None:
        if plan_for(employee, period) is None:
            raise AssessmentRefused("no_plan")
        report = new_report(employee, period)
    assessment = _written(report, entry, arrangement, months, actor)
    if report.state == PeriodReport.State.ASSESSED:
        stands = report.assessments.counting().first()
        if stands is not None and stands.assessed_by_id == actor.pk and _values(stands) == _values(assessment):
            return stands
        raise AssessmentRefused("assessed")
    if seen is not None and seen != version_of(report):
        raise AssessmentRefused("changed")
    if report.state != PeriodReport.State.SUBMITTED and here.today() < period.end:
        raise AssessmentRefused("running")
    report.state = PeriodReport.State.ASSESSED
    report.reason = ""
    report.save()
    assessment.report = report
    assessment.save(force_insert=True)
    _write_ratings(employee, assessment, months)
    closing.late_fact(employee_ids=[employee.pk], months=months, what=LATE)
    record(ASSESSED, actor=actor, subject=report, after={"period": str(period), **_values(assessment)})
    return assessment


def version_of(report: PeriodReport | None) -> str:
    """What tells one handing in of a realisation from the next; "" while it is not handed in."""
    return "" if report is None or report.submitted_at is None else report.submitted_at.isoformat()


@transaction.atomic
def reopen(*, employee_uid: UUID, period: RatingPeriod, reason: str, actor: User) -> Assessment:
    """Take an assessment up again: it stays as history, its ratings no longer count, the report waits as before.

    Raises AssessmentRefused, closing.MonthClosed when one of its months is closed, NotFound.
    """
    employee = _to_assess(actor, employee_uid)
    reason = reason.strip()
    if not reason:
        raise AssessmentRefused("reason")
    require_kept(period, SkpSetting.Source.HERE)
    report = lock_report(employee, period)
    stands = None if report is None else report.assessments.counting().select_for_update().first()
    if report is None or stands is None:
        raise AssessmentRefused("not_assessed")
    months = [Month.parse(month) for month in stands.months]
    # What counted when a month was closed is not taken out of it.
    closing.hold(period.first_day, period.end)
    closed = closing.closed_months(period.first_day, period.end, employees=[employee.pk]) & set(months)
    if closed:
        raise closing.MonthClosed(min(closed))
    stands.reopened_at, stands.reopened_by, stands.reopened_because = clock.now(), actor, reason
    stands.save(update_fields=["reopened_at", "reopened_by", "reopened_because"])
    report.state = PeriodReport.State.SUBMITTED if report.submitted_at else PeriodReport.State.DRAFT
    report.save(update_fields=["state"])
    MonthlyRating.objects.filter(
        employee=employee, month__in=[month.first_day for month in months], source=SOURCE
    ).delete()
    record(REOPENED, actor=actor, subject=report, before={"period": str(period), **_values(stands)}, note=reason)
    return stands


@transaction.atomic
def give_feedback(*, employee_uid: UUID, text: str, actor: User) -> Feedback:
    """Tell a person how the work goes, at any time. Raises AssessmentRefused without words, NotFound for a stranger."""
    employee = person_to_assess(actor, employee_uid)
    text = text.strip()
    if not text:
        raise AssessmentRefused("reason")
    feedback = Feedback.objects.create(
        employee=employee, author=actor, owner_user_id=employee.user_id, text=text[:1000]
    )
    record(FEEDBACK, actor=actor, subject=employee, after={"text": feedback.text})
    return feedback


@transaction.atomic
def rate_organisation(*, opd_uid: UUID, period: RatingPeriod, rating: str, actor: User) -> UnitRating:
    """Record how an OPD is rated for a period. It forces nothing. Raises NotAllowed, NotFound."""
    require(actor, CONFIGURE)
    opd = Unit.objects.opds().select_for_update().filter(uid=opd_uid).first()
    if opd is None:
        raise NotFound("unit")
    if rating not in OrganisationRating.values:
        raise ValueError(f"not a rating of an organisation: {rating!r}")
    stands = UnitRating.objects.filter(opd=opd, first_day=period.first_day).first()
    before = {} if stands is None else {"rating": stands.rating}
    if stands is None:
        stands = UnitRating(opd=opd, first_day=period.first_day)
    stands.rating, stands.recorded_by, stands.recorded_at = rating, actor, clock.now()
    stands.save()
    record(
        ORGANISATION, actor=actor, subject=opd, before=before, after={"period": str(period), "rating": stands.rating}
    )
    return stands


def _to_assess(actor: User, employee_uid: UUID) -> Employee:
    """The employee, locked, whom the actor assesses. Raises AssessmentRefused for oneself, NotFound, NotAllowed."""
    require(actor, ASSESS)
    if Employee.objects.filter(uid=employee_uid, user=actor).exists():
        raise AssessmentRefused("own")
    employee = person_to_assess(actor, employee_uid)
    return Employee.objects.select_for_update().get(pk=employee.pk)


def _written(
    report: PeriodReport, entry: AssessmentInput, arrangement: Arrangement, months: Sequence[Month], actor: User
) -> Assessment:
    """The assessment as it would be stored. Raises AssessmentRefused when something is missing or out of range."""
    plan = Plan.objects.with_lines().get(pk=report.plan_id)
    achieved: dict[str, Decimal] = {}
    for line in reached(plan, report):
        percent = entry.achievements.get(line.result.key)
        percent = line.percent if percent is None else percent
        if percent is None or not 0 <= percent <= FULL:
            raise AssessmentRefused("incomplete")
        achieved[str(line.result.key)] = percent
    if entry.result_rating not in Expectation.values or entry.behaviour_rating not in Expectation.values:
        raise AssessmentRefused("incomplete")
    total = None
    if entry.behaviour.keys() != VALUES.keys():
        raise AssessmentRefused("incomplete")
    if arrangement.by_scores:
        scores = {code: score for code, score in entry.behaviour.items() if isinstance(score, int)}
        if scores.keys() != VALUES.keys() or any(not 0 <= score <= MOST for score in scores.values()):
            raise AssessmentRefused("incomplete")
        total = behaviour_sum(scores)
    elif any(level not in Expectation.values for level in entry.behaviour.values()):
        raise AssessmentRefused("incomplete")
    mean = mean_percent(list(achieved.values()))
    return Assessment(
        achievements={key: str(percent) for key, percent in achieved.items()},
        skp_percent=None if mean is None else mean.quantize(_PLACES, ROUND_HALF_UP),
        behaviour=dict(entry.behaviour),
        behaviour_sum=total,
        result_rating=entry.result_rating,
        behaviour_rating=entry.behaviour_rating,
        predikat=predikat(
            cast("EngineExpectation", entry.result_rating), cast("EngineExpectation", entry.behaviour_rating)
        ),
        feedback=entry.feedback.strip()[:2000],
        months=[str(month) for month in months],
        assessed_by=actor,
        owner_user_id=report.employee.user_id,
    )


def _write_ratings(employee: Employee, assessment: Assessment, months: Sequence[Month]) -> None:
    moment = clock.now()
    MonthlyRating.objects.bulk_create(
        [
            MonthlyRating(
                employee=employee,
                month=month.first_day,
                predikat=assessment.predikat,
                skp_percent=assessment.skp_percent,
                behaviour_sum=assessment.behaviour_sum,
                source=SOURCE,
                recorded_at=moment,
            )
            for month in months
        ],
        update_conflicts=True,
        unique_fields=["employee", "month"],
        update_fields=["predikat", "skp_percent", "behaviour_sum", "source", "recorded_at"],
    )


def _values(assessment: Assessment) -> dict[str, Any]:
    return {
        "achievements": assessment.achievements,
        "skp_percent": None if assessment.skp_percent is None else str(assessment.skp_percent.quantize(_PLACES)),
        "behaviour": assessment.behaviour,
        "behaviour_sum": assessment.behaviour_sum,
        "result_rating": assessment.result_rating,
        "behaviour_rating": assessment.behaviour_rating,
        "predikat": assessment.predikat,
        "feedback": assessment.feedback,
        "months": list(assessment.months),
    }
