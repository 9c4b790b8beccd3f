"""One person's month as an examiner reads it: days with punches, activities with evidence and approvals, the slip."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from kernel.files.models import StoredFile
from kernel.periods import Month
from tenants.activities.models import Activity, Evidence
from tenants.approvals.models import ApprovalRequest, Decision
from tenants.attendance.day import JudgedDay
from tenants.attendance.models import DayResult
from tenants.attendance.months import MonthView, month_days
from tenants.employees.models import Employee
from tenants.punches.models import Punch
from tenants.tpp.explaining import Step
from tenants.tpp.models import Slip
from tenants.tpp.views import slip_steps


@dataclass(frozen=True, slots=True)
class Work:
    """An activity with what it shows and who decided on it. `shared` are files that somebody else's activity shows."""

    activity: Activity
    files: tuple[StoredFile, ...] = ()
    shared: frozenset[int] = frozenset()
    remarks: tuple[str, ...] = ()
    decisions: tuple[Decision, ...] = ()


@dataclass(frozen=True, slots=True)
class PersonMonth:
    """Everything that the month's allowance of one person rests on."""

    employee: Employee
    month: Month
    attendance: MonthView
    work: tuple[Work, ...]
    slip: Slip | None
    steps: Sequence[Step] = field(default_factory=tuple)

    @property
    def days(self) -> list[tuple[JudgedDay, str, list[tuple[datetime, str, bool]]]]:
        """Each judged day, its presence in words, and its punches as (moment, kind in words, needs a look).

        Free days are left out unless somebody punched on them.
        """
        presences, kinds = dict(DayResult.Presence.choices), dict(Punch.Kind.choices)
        return [
            (
                day,
                str(presences.get(day.presence, day.presence)),
                [(p.captured_at, str(kinds.get(p.kind, p.kind)), p.needs_review) for p in day.punches],
            )
            for _, day in sorted(self.attendance.days.items())
            if day.punches or day.presence != DayResult.Presence.FREE
        ]

    @property
    def work_by_day(self) -> list[tuple[date, list[Work]]]:
        days: dict[date, list[Work]] = defaultdict(list)
        for item in self.work:
            days[item.activity.date].append(item)
        return sorted(days.items())


def person_month(employee: Employee, month: Month) -> PersonMonth:
    """Read it; the number of statements does not depend on how much there is."""
    slip = (
        Slip.objects.of_counting_runs()
        .with_lock()
        .filter(employee=employee, run__month=month.first_day, run__kind="ordinary")
        .select_related("run__rule_set", "employee")
        .first()
    )
    steps = [] if slip is None else [step for step in slip_steps(slip) if not step.is_empty]
    return PersonMonth(employee, month, month_days(employee.pk, month), tuple(_work(employee, month)), slip, steps)


def _work(employee: Employee, month: Month) -> list[Work]:
    activities = list(
        Activity.objects.of(employee)
        .in_month(month)
        .exclude(state=Activity.State.DRAFT)
        .select_related("job_kind")
        .order_by("date", "span", "id")
    )
    files: dict[int, list[StoredFile]] = defaultdict(list)
    for evidence in Evidence.objects.filter(activity__in=activities).select_related("file").order_by("id"):
        files[evidence.activity_id].append(evidence.file)
    shared = _shared([file for found in files.values() for file in found], employee)
    requests: dict[UUID, list[ApprovalRequest]] = defaultdict(list)
    wanted = ApprovalRequest.objects.of_documents("activity", [activity.uid for activity in activities])
    for request in wanted.order_by("pk"):
        requests[request.document_uid].append(request)
    decisions: dict[int, list[Decision]] = defaultdict(list)
    of_these = [request.pk for found in requests.values() for request in found]
    for decision in Decision.objects.filter(request__in=of_these).select_related("decided_by").order_by("pk"):
        decisions[decision.request_id].append(decision)
    return [
        Work(
            activity=activity,
            files=tuple(files[activity.pk]),
            shared=frozenset(file.pk for file in files[activity.pk] if file.sha256 in shared),
            remarks=tuple(dict.fromkeys(remark for request in requests[activity.uid] for remark in request.remarks)),
            decisions=tuple(decision for request in requests[activity.uid] for decision in decisions[request.pk]),
        )
        for activity in activities
    ]


def _shared(files: Sequence[StoredFile], employee: Employee) -> set[str]:
    """The digests among these that evidence of another person has too."""
    others = Evidence.objects.filter(file__sha256__in={file.sha256 for file in files}).exclude(
        activity__employee=employee
    )
    return set(others.values_list("file__sha256", flat=True))
