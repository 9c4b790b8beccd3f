"""Keeping, handing in and taking back one's own activities.

Locks are taken in one order: the employee, then the activities by key. Taking back locks the request first, as a
decision does.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

from django.core.files.base import File
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from kernel import clock
from kernel.accounts.actors import Actor
from kernel.accounts.models import User
from kernel.audit.record import Deed, declare_action, record, record_many
from kernel.delivery import outbox
from kernel.errors import NotFound
from kernel.files.actions import store_file
from kernel.files.errors import FileRefused
from kernel.files.models import StoredFile
from kernel.tenancy.context import current_region
from tenants.activities import checks
from tenants.activities.access import DOCUMENT_KIND, PURPOSE, Shown, evidence_of, lock_activities, lock_owner
from tenants.activities.content import content_of
from tenants.activities.errors import ActivityRefused, NotEditable, NotWithdrawable, Problem
from tenants.activities.letters import key_of, part_problems
from tenants.activities.models import Activity, Evidence, Favourite, FormerContent, JobKind
from tenants.activities.remarks import remarks_for
from tenants.activities.targets import open_targets
from tenants.approvals.actions import Submission, submit_many, withdraw
from tenants.approvals.models import ApprovalRequest
from tenants.employees.models import Employee

CREATED = declare_action("activities.created", "Aktivitas dicatat")
CHANGED = declare_action("activities.changed", "Aktivitas diubah")
SUBMITTED = declare_action("activities.submitted", "Aktivitas diajukan")
WITHDRAWN = declare_action("activities.withdrawn", "Aktivitas ditarik")
DELETED = declare_action("activities.deleted", "Draf aktivitas dihapus")

MOST_FILES: Final = 5
SCREEN_TASK: Final = "tenants.activities.tasks.screen_submitted"


@dataclass(frozen=True, slots=True)
class ActivityInput:
    """What a person enters. `minutes` None: norm of the job kind times volume. `client_key` makes a repeat harmless.

    `part` is what the person did in the letter; `target_uid` a target of their plan. `removed` are uids of stored files
    that are no longer evidence.
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
    letter_number: str = ""
    disposition_number: str = ""
    part: str = ""
    target_uid: UUID | None = None


@dataclass(frozen=True, slots=True)
class Submitted:
    """What is on its way now, and what was not taken with the reasons. `remarks` by key: what the approver is told."""

    submitted: list[Activity]
    refused: list[tuple[Activity, tuple[Problem, ...]]]
    remarks: Mapping[int, Sequence[str]] = field(default_factory=dict)


@transaction.atomic
def save_activity(*, employee: Employee, draft: ActivityInput, actor: Actor, uid: UUID | None = None) -> Activity:
    """Keep a draft, or change the draft or returned activity `uid`. The same `client_key` again changes that draft, and
    leaves it alone once it is handed in; other content under that key is refused then.

    Raises ActivityRefused, NotEditable, NotFound.
    """
    owner = lock_owner(employee, actor)
    return _save(owner, draft, actor, uid, checks.today_for(owner))


@dataclass(frozen=True, slots=True)
class Sent:
    """An activity on its way, and what its approver is told about it. A repeat tells nothing again."""

    activity: Activity
    remarks: Sequence[str] = ()


@transaction.atomic
def hand_in(*, employee: Employee, draft: ActivityInput, actor: Actor, uid: UUID | None = None) -> Sent:
    """Keep it and hand it in, both or neither. Raises ActivityRefused, NotEditable, NotFound, NoChain."""
    owner = lock_owner(employee, actor)
    at = checks.today_for(owner)
    activity = _save(owner, draft, actor, uid, at)
    if not activity.is_open or _is_repeat(activity, uid):
        return Sent(activity)
    outcome = _submit(owner, [activity], actor, at, just_written=True)
    if outcome.refused:
        raise ActivityRefused(outcome.refused[0][1])
    return Sent(activity, outcome.remarks[activity.pk])


def send_activity(*, employee: Employee, draft: ActivityInput, actor: Actor, uid: UUID | None = None) -> Activity:
    """`hand_in` for those who do not ask for remarks."""
    return hand_in(employee=employee, draft=draft, actor=actor, uid=uid).activity


@transaction.atomic
def submit_activities(*, employee: Employee, uids: Collection[UUID], actor: Actor) -> Submitted:
    """Hand in drafts and returned ones; those that break a rule stay, with the reasons. What is on its way already, or
    decided, is left alone. Raises NotFound, NoChain."""
    owner = lock_owner(employee, actor)
    activities = [activity for activity in lock_activities(owner, uids) if activity.is_open]
    return _submit(owner, activities, actor, checks.today_for(owner)) if activities else Submitted([], [])


@transaction.atomic
def withdraw_activity(*, employee: Employee, uid: UUID, actor: Actor) -> Activity:
    """Take back what still waits; it is what it was before: a draft, or a returned one, which no entry window closes.

    Raises NotWithdrawable, NotFound.
    """
    waiting = withdraw(document_kind=DOCUMENT_KIND, document_uids=[uid], owner=employee, actor=actor)
    owner = lock_owner(employee, actor)
    activity = lock_activities(owner, [uid])[0]
    if not waiting or activity.state != Activity.State.SUBMITTED:
        raise NotWithdrawable
    if problems := checks.closed_problems([activity.date], checks.closed_among([activity.date], owner.pk)):
        raise ActivityRefused(problems)
    came_back = ApprovalRequest.objects.of_documents(DOCUMENT_KIND, [uid]).filter(state=ApprovalRequest.State.RETURNED)
    activity.state = Activity.State.RETURNED if came_back.exists() else Activity.State.DRAFT
    activity.submitted_at = None
    activity.save(update_fields=["state", "submitted_at"])
    record(WITHDRAWN, actor=actor, subject=activity)
    return activity


@transaction.atomic
def set_favourite(*, employee: Employee, code: str, starred: bool, actor: Actor) -> None:
    """Star a kind of work, or no longer. Raises NotFound for a code that the catalogue never had."""
    owner = lock_owner(employee, actor)
    if not starred:
        Favourite.objects.filter(employee=owner, code=code).delete()
    elif JobKind.objects.filter(code=code).exists():
        Favourite.objects.get_or_create(employee=owner, code=code)
    else:
        raise NotFound("job_kind")


@transaction.atomic
def delete_activity(*, employee: Employee, uid: UUID, actor: Actor) -> None:
    """Remove a draft or a returned one. The audit log keeps what it said, and what was handed in once stays as a former
    content. Raises NotEditable, NotFound."""
    owner = lock_owner(employee, actor)
    activity = lock_activities(owner, [uid])[0]
    if not activity.is_open:
        raise NotEditable
    content = content_of(activity, _files_of(activity))
    if activity.first_submitted_at is not None:
        _keep_former(activity, content, actor, at=clock.now())
    record(DELETED, actor=actor, subject=activity, before=content)
    activity.delete()


def _save(owner: Employee, draft: ActivityInput, actor: Actor, uid: UUID | None, at: checks.Today) -> Activity:
    activity = _known(owner, draft, uid)
    if activity is not None and not activity.is_open:
        if uid is not None:
            raise NotEditable
        if _says_otherwise(activity, draft):
            text = _(
                "Formulir ini sudah diajukan dengan isi lain, jadi isi yang ini belum tersimpan. Buka “Aktivitas baru”."
            )
            raise ActivityRefused([Problem("", "sent_before", text)])
        return activity
    if activity is not None and _is_repeat(activity, uid):
        return activity
    return _write(owner, draft, actor, activity, at)


def _says_otherwise(activity: Activity, draft: ActivityInput) -> bool:
    """Whether a form that was handed in before comes with other words or figures: somebody went back and wrote a second
    activity over the first. What was corrected since is not compared."""
    begin = clock.at_local(draft.date, draft.starts_at, current_region().time_zone)
    minutes = activity.minutes if draft.minutes is None else draft.minutes
    return activity.version == 1 and (draft.date, begin, minutes, draft.volume, draft.description) != (
        activity.date,
        activity.span.lower,
        activity.minutes,
        activity.volume,
        activity.description,
    )


def _is_repeat(activity: Activity, uid: UUID | None) -> bool:
    """A new activity that arrives once more after it was handed in and came back: it is what the server has."""
    return uid is None and activity.first_submitted_at is not None


def _submit(
    owner: Employee, activities: Sequence[Activity], actor: Actor, at: checks.Today, *, just_written: bool = False
) -> Submitted:
    shown = evidence_of(activities)
    problems = _problems_of(activities, owner, at, shown, just_written=just_written)
    came_back = {activity.pk for activity in activities if activity.state == Activity.State.RETURNED}
    taken = [activity for activity in activities if not problems[activity.pk]]
    refused = [(activity, tuple(problems[activity.pk])) for activity in activities if problems[activity.pk]]
    if not taken:
        return Submitted([], refused)
    for activity in taken:
        if activity.pk not in came_back:
            activity.percent = at.percent_for(activity.date)
    digests = {activity.pk: shown[activity.pk].digests for activity in taken}
    remarks = remarks_for(taken, employee=owner, post_on=at.post_on, today=at.day, came_back=came_back, digests=digests)
    submit_many(
        document_kind=DOCUMENT_KIND,
        submissions=[
            Submission(activity.uid, owner, activity.job_kind.name, at.day, remarks[activity.pk], day=activity.date)
            for activity in taken
        ],
        actor=actor,
    )
    for percent in {activity.percent for activity in taken}:
        Activity.objects.filter(pk__in=[activity.pk for activity in taken if activity.percent == percent]).update(
            state=Activity.State.SUBMITTED,
            submitted_at=at.now,
            first_submitted_at=Coalesce("first_submitted_at", Value(at.now)),
            percent=percent,
        )
    for activity in taken:
        activity.state = Activity.State.SUBMITTED
        activity.submitted_at = at.now
        activity.first_submitted_at = activity.first_submitted_at or at.now
    record_many(SUBMITTED, actor=actor, deeds=[Deed(activity, after=content_of(activity)) for activity in taken])
    outbox.send(SCREEN_TASK, uids=[str(activity.uid) for activity in taken])
    return Submitted(taken, refused, remarks)


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
    before = None if activity is None else content_of(activity, _files_of(activity))
    if activity is None:
        activity = Activity(employee=owner, client_key=draft.client_key)
    elif activity.state == Activity.State.RETURNED and activity.date != draft.date:
        # Moved to another day, it is as late as that day is.
        activity.percent = at.percent_for(draft.date)
    assert kind is not None  # noqa: S101  # an unknown kind was refused above
    activity.job_kind = kind
    activity.date = draft.date
    activity.span = DateTimeTZRange(begin, end)
    activity.may_overlap = at.may_overlap
    activity.minutes = minutes
    activity.volume = draft.volume
    activity.description = draft.description
    activity.letter_number = draft.letter_number.strip()
    activity.letter_key = key_of(draft.letter_number)
    activity.disposition_number = draft.disposition_number.strip()
    activity.disposition_key = key_of(draft.disposition_number)
    activity.part = draft.part.strip()
    activity.target_uid = draft.target_uid
    _store(activity)
    if draft.removed:
        Evidence.objects.filter(activity=activity, file__uid__in=draft.removed).delete()
    _keep_files(activity, draft.files, owner)
    if before is None:
        record(CREATED, actor=actor, subject=activity, after=content_of(activity))
        return activity
    after = content_of(activity, _files_of(activity))
    if after != before and activity.first_submitted_at is not None:
        _keep_former(activity, before, actor, at=at.now)
        activity.version += 1
        activity.save(update_fields=["version"])
    record(CHANGED, actor=actor, subject=activity, before=before, after=after)
    return activity


def _store(activity: Activity) -> None:
    try:
        with transaction.atomic():
            activity.save()
    except IntegrityError as error:
        if "activity_no_overlap" not in str(error):
            raise
        raise ActivityRefused(
            [Problem("starts_at", "overlap", _("Bertumpang tindih dengan aktivitas lain. Ubah jamnya."))]
        ) from error


def _keep_former(activity: Activity, content: dict[str, Any], actor: Actor, *, at: datetime) -> None:
    FormerContent.objects.create(
        activity_uid=activity.uid,
        version=activity.version,
        content=content,
        replaced_at=at,
        replaced_by=actor if isinstance(actor, User) else None,
    )


def _files_of(activity: Activity) -> list[StoredFile]:
    return [row.file for row in activity.evidence.select_related("file").order_by("pk")]


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
    problems += checks.closed_problems(days, checks.closed_among(days, owner.pk))
    problems += checks.kind_problems(kind, draft.date, at.post_on(draft.date))
    problems += checks.day_problems(owner, draft.date, begin, end, minutes, activity, at)
    problems += _target_problems(owner, draft, activity)
    if problems:
        raise ActivityRefused(problems)


def _target_problems(owner: Employee, draft: ActivityInput, activity: Activity | None) -> list[Problem]:
    """A target that is not the person's own, or not open on the day; what the activity named before may stay."""
    if draft.target_uid is None or (activity is not None and activity.target_uid == draft.target_uid):
        return []
    if any(target.uid == draft.target_uid for target in open_targets(owner.pk, draft.date)):
        return []
    return [Problem("target_uid", "target", _("Sasaran ini tidak berlaku pada tanggal itu. Pilih sasaran lain."))]


def _problems_of(
    activities: Sequence[Activity],
    owner: Employee,
    at: checks.Today,
    shown: Mapping[int, Shown],
    *,
    just_written: bool,
) -> dict[int, list[Problem]]:
    """By key. `just_written`: day, month and kind were checked in this transaction."""
    closed = set() if just_written else checks.closed_among([activity.date for activity in activities], owner.pk)
    over_cap = checks.cap_problems(activities, owner)
    without_part = part_problems(activities, owner)
    found: dict[int, list[Problem]] = {}
    for activity in activities:
        problems: list[Problem] = []
        if not just_written:
            came_back = activity.state == Activity.State.RETURNED
            problems += checks.date_problems(activity.date, activity.span.upper, at, came_back=came_back)
            problems += checks.closed_problems([activity.date], closed)
            problems += checks.kind_problems(activity.job_kind, activity.date, at.post_on(activity.date))
        problems += checks.evidence_problems(activity.job_kind, shown[activity.pk].kinds)
        found[activity.pk] = problems + over_cap.get(activity.pk, []) + without_part.get(activity.pk, [])
    return found


def _keep_files(activity: Activity, files: Sequence[File[bytes]], owner: Employee) -> None:
    """Store what is not evidence of this activity yet: a form that arrives twice brings its files twice."""
    if not files:
        return
    known = set(activity.evidence.values_list("file__sent_sha256", flat=True))
    fresh: dict[str, File[bytes]] = {}
    for file in files:
        digest = _digest(file)
        if digest not in known:
            fresh.setdefault(digest, file)
    if len(known) + len(fresh) > MOST_FILES:
        text = _("Paling banyak %(count)d berkas untuk satu aktivitas.") % {"count": MOST_FILES}
        raise ActivityRefused([Problem("evidence", "too_many", text)])
    try:
        stored = [store_file(upload=file, purpose=PURPOSE, owner=owner.user) for file in fresh.values()]
    except FileRefused as error:
        raise ActivityRefused([Problem("evidence", error.reason, error.message())]) from error
    Evidence.objects.bulk_create([Evidence(activity=activity, file=file) for file in stored])


def _digest(file: File[bytes]) -> str:
    digest = hashlib.sha256()
    file.seek(0)
    for chunk in file.chunks():
        digest.update(chunk)
    return digest.hexdigest()
