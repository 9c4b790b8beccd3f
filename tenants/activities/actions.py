"""Keeping, handing in and taking back one's own activities.

Locks are taken in one order: the employee, then the activities by key. Taking back locks the request first, as a
decision does.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from uuid import UUID

from django.core.files.base import File
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import gettext as _

from kernel import clock
from kernel.accounts.actors import Actor
from kernel.audit.record import Deed, declare_action, record, record_many
from kernel.files.actions import store_file
from kernel.files.errors import FileRefused
from kernel.tenancy.context import current_region
from tenants.activities import checks
from tenants.activities.access import DOCUMENT_KIND, PURPOSE, has_evidence, lock_activities, lock_owner
from tenants.activities.errors import ActivityRefused, NotEditable, NotWithdrawable, Problem
from tenants.activities.models import Activity, Evidence, JobKind
from tenants.activities.remarks import remarks_for
from tenants.approvals.actions import Submission, submit_many, withdraw
from tenants.employees.models import Employee

CREATED = declare_action("activities.created", "Aktivitas dicatat")
CHANGED = declare_action("activities.changed", "Aktivitas diubah")
SUBMITTED = declare_action("activities.submitted", "Aktivitas diajukan")
WITHDRAWN = declare_action("activities.withdrawn", "Aktivitas ditarik")
DELETED = declare_action("activities.deleted", "Draf aktivitas dihapus")

MOST_FILES: Final = 5


@dataclass(frozen=True, slots=True)
class ActivityInput:
    """What a person enters. `minutes` None: norm of the job kind times volume. `client_key` makes a repeat harmless.

    `removed` are uids of stored files that are no longer evidence.
    """

    job_kind_uid: UUID
    date: date
    starts_at: time
    minutes: int | None
    volume: int
    description: str
    client_key: UUID | None = None
    files: Sequence[File[bytes]] = ()
    removed: Collection[UUID] = ()


@dataclass(frozen=True, slots=True)
class Submitted:
    """What is on its way now, and what was not taken with the reasons."""

    submitted: list[Activity]
    refused: list[tuple[Activity, tuple[Problem, ...]]]


@transaction.atomic
def save_activity(*, employee: Employee, draft: ActivityInput, actor: Actor, uid: UUID | None = None) -> Activity:
    """Keep a draft, or change the draft or returned activity `uid`. The same `client_key` again changes that draft, and
    leaves it alone once it is handed in. Raises ActivityRefused, NotEditable, NotFound."""
    owner = lock_owner(employee, actor)
    return _save(owner, draft, actor, uid, checks.today_for(owner))


@transaction.atomic
def send_activity(*, employee: Employee, draft: ActivityInput, actor: Actor, uid: UUID | None = None) -> Activity:
    """Keep it and hand it in, both or neither. Raises ActivityRefused, NotEditable, NotFound, NoChain."""
    owner = lock_owner(employee, actor)
    at = checks.today_for(owner)
    activity = _save(owner, draft, actor, uid, at)
    if not activity.is_open:
        return activity
    outcome = _submit(owner, [activity], actor, at)
    if outcome.refused:
        raise ActivityRefused(outcome.refused[0][1])
    return activity


@transaction.atomic
def submit_activities(*, employee: Employee, uids: Collection[UUID], actor: Actor) -> Submitted:
    """Hand in drafts and returned ones; those that break a rule stay, with the reasons. What is on its way already, or
    decided, is left alone. Raises NotFound, NoChain."""
    owner = lock_owner(employee, actor)
    activities = [activity for activity in lock_activities(owner, uids) if activity.is_open]
    return _submit(owner, activities, actor, checks.today_for(owner)) if activities else Submitted([], [])


@transaction.atomic
def withdraw_activity(*, employee: Employee, uid: UUID, actor: Actor) -> Activity:
    """Take back what still waits; it is a draft again. Raises NotWithdrawable, NotFound."""
    waiting = withdraw(document_kind=DOCUMENT_KIND, document_uids=[uid], owner=employee, actor=actor)
    owner = lock_owner(employee, actor)
    activity = lock_activities(owner, [uid])[0]
    if not waiting or activity.state != Activity.State.SUBMITTED:
        raise NotWithdrawable
    if problems := checks.closed_problems([activity.date], checks.closed_among([activity.date])):
        raise ActivityRefused(problems)
    activity.state = Activity.State.DRAFT
    activity.submitted_at = None
    activity.save(update_fields=["state", "submitted_at"])
    record(WITHDRAWN, actor=actor, subject=activity)
    return activity


@transaction.atomic
def delete_activity(*, employee: Employee, uid: UUID, actor: Actor) -> None:
    """Remove a draft or a returned one; the audit log keeps what it said. Raises NotEditable, NotFound."""
    owner = lock_owner(employee, actor)
    activity = lock_activities(owner, [uid])[0]
    if not activity.is_open:
        raise NotEditable
    record(DELETED, actor=actor, subject=activity, before=_content(activity))
    activity.delete()


def _save(owner: Employee, draft: ActivityInput, actor: Actor, uid: UUID | None, at: checks.Today) -> Activity:
    activity = _known(owner, draft, uid)
    if activity is not None and not activity.is_open:
        if uid is not None:
            raise NotEditable
        return activity
    return _write(owner, draft, actor, activity, at)


def _submit(owner: Employee, activities: Sequence[Activity], actor: Actor, at: checks.Today) -> Submitted:
    problems = _problems_of(activities, owner, at)
    came_back = {activity.pk for activity in activities if activity.state == Activity.State.RETURNED}
    taken = [activity for activity in activities if not problems[activity.pk]]
    refused = [(activity, tuple(problems[activity.pk])) for activity in activities if problems[activity.pk]]
    if not taken:
        return Submitted([], refused)
    remarks = remarks_for(taken, employee=owner, post=at.post, today=at.day, came_back=came_back)
    submit_many(
        document_kind=DOCUMENT_KIND,
        submissions=[
            Submission(activity.uid, owner, activity.job_kind.name, at.day, remarks[activity.pk]) for activity in taken
        ],
        actor=actor,
    )
    Activity.objects.filter(pk__in=[activity.pk for activity in taken]).update(
        state=Activity.State.SUBMITTED, submitted_at=at.now
    )
    for activity in taken:
        activity.state = Activity.State.SUBMITTED
        activity.submitted_at = at.now
    record_many(SUBMITTED, actor=actor, deeds=[Deed(activity, after=_content(activity)) for activity in taken])
    return Submitted(taken, refused)


def _known(owner: Employee, draft: ActivityInput, uid: UUID | None) -> Activity | None:
    if uid is not None:
        return lock_activities(owner, [uid])[0]
    if draft.client_key is None:
        return None
    return Activity.objects.of(owner).select_for_update(of=("self",)).filter(client_key=draft.client_key).first()


def _write(
    owner: Employee, draft: ActivityInput, actor: Actor, activity: Activity | None, at: checks.Today
) -> Activity:
    kind = _version_of_the_day(draft)
    minutes = draft.minutes if draft.minutes is not None else (kind.norm_minutes if kind else 0) * draft.volume
    begin = clock.at_local(draft.date, draft.starts_at, current_region().time_zone)
    end = begin + timedelta(minutes=max(1, min(minutes, checks.DAY_MINUTES)))
    _check(owner, draft, kind, minutes, begin, end, activity, at)
    before = None if activity is None else _content(activity)
    if activity is None:
        activity = Activity(employee=owner, client_key=draft.client_key)
    assert kind is not None  # noqa: S101  # an unknown kind was refused above
    activity.job_kind = kind
    activity.date = draft.date
    activity.span = DateTimeTZRange(begin, end)
    activity.minutes = minutes
    activity.volume = draft.volume
    activity.description = draft.description
    try:
        with transaction.atomic():
            activity.save()
    except IntegrityError as error:
        if "activity_no_overlap" not in str(error):
            raise
        raise ActivityRefused(
            [Problem("starts_at", "overlap", _("Bertumpang tindih dengan aktivitas lain."))]
        ) from error
    if draft.removed:
        Evidence.objects.filter(activity=activity, file__uid__in=draft.removed).delete()
    _keep_files(activity, draft.files, owner)
    if before is None:
        record(CREATED, actor=actor, subject=activity, after=_content(activity))
    else:
        record(CHANGED, actor=actor, subject=activity, before=before, after=_content(activity))
    return activity


def _version_of_the_day(draft: ActivityInput) -> JobKind | None:
    """The catalogue's version in force on the activity's day, of the kind that was chosen."""
    kind = JobKind.objects.filter(uid=draft.job_kind_uid).first()
    if kind is None or kind.holds_on(draft.date):
        return kind
    return JobKind.objects.in_force(draft.date).filter(code=kind.code).first() or kind


def _check(
    owner: Employee,
    draft: ActivityInput,
    kind: JobKind | None,
    minutes: int,
    begin: datetime,
    end: datetime,
    activity: Activity | None,
    at: checks.Today,
) -> None:
    came_back = activity is not None and activity.state == Activity.State.RETURNED and activity.date == draft.date
    problems = checks.amount_problems(minutes, draft.volume)
    if not draft.description.strip():
        problems.append(Problem("description", "empty", _("Tulis apa yang dikerjakan.")))
    problems += checks.date_problems(draft.date, end, at, came_back=came_back)
    days = [draft.date] if activity is None else [draft.date, activity.date]
    problems += checks.closed_problems(days, checks.closed_among(days))
    problems += checks.kind_problems(kind, draft.date, at.post)
    problems += checks.overlap_problems(owner, begin, end, activity)
    if problems:
        raise ActivityRefused(problems)


def _problems_of(activities: Sequence[Activity], owner: Employee, at: checks.Today) -> dict[int, list[Problem]]:
    days = [activity.date for activity in activities]
    closed = checks.closed_among(days)
    with_files = has_evidence(activities)
    over_cap = checks.cap_problems(activities, owner)
    found: dict[int, list[Problem]] = {}
    for activity in activities:
        came_back = activity.state == Activity.State.RETURNED
        problems = checks.date_problems(activity.date, activity.span.upper, at, came_back=came_back)
        problems += checks.closed_problems([activity.date], closed)
        problems += checks.kind_problems(activity.job_kind, activity.date, at.post)
        if activity.job_kind.needs_evidence and activity.pk not in with_files:
            problems.append(Problem("evidence", "evidence", _("Jenis pekerjaan ini perlu bukti: foto atau PDF.")))
        found[activity.pk] = problems + over_cap.get(activity.pk, [])
    return found


def _keep_files(activity: Activity, files: Sequence[File[bytes]], owner: Employee) -> None:
    if not files:
        return
    if activity.evidence.count() + len(files) > MOST_FILES:
        text = _("Paling banyak %(count)d berkas untuk satu aktivitas.") % {"count": MOST_FILES}
        raise ActivityRefused([Problem("evidence", "too_many", text)])
    try:
        stored = [store_file(upload=file, purpose=PURPOSE, owner=owner.user) for file in files]
    except FileRefused as error:
        raise ActivityRefused([Problem("evidence", error.reason, error.message())]) from error
    Evidence.objects.bulk_create([Evidence(activity=activity, file=file) for file in stored])


def _content(activity: Activity) -> dict[str, object]:
    """What the activity says, for the audit log."""
    return {
        "job_kind": activity.job_kind.code,
        "catalogue_version": activity.job_kind.valid_from,
        "date": activity.date,
        "starts_at": activity.span.lower,
        "minutes": activity.minutes,
        "volume": activity.volume,
        "description": activity.description,
    }
