"""Whose activity it is, and who may see its evidence."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from kernel.accounts.actors import Actor, System
from kernel.accounts.models import User
from kernel.errors import NotFound
from kernel.files.access import reader
from kernel.files.models import StoredFile
from kernel.permissions import opd_scope, require, user_may
from kernel.tenancy import here
from tenants.activities.models import Activity, Evidence, EvidenceKind
from tenants.activities.permissions import READ_UNIT, WRITE
from tenants.approvals.access import may_read_document
from tenants.employees.models import Employee

DOCUMENT_KIND = "activity"
PURPOSE = "evidence"
PDF = "application/pdf"


def lock_owner(employee: Employee, actor: Actor) -> Employee:
    """The employee, locked: what one person enters is entered one after the other.

    Raises NotAllowed without the permission, NotFound when somebody else's activities are meant.
    """
    if not isinstance(actor, System):
        require(actor, WRITE)
        if employee.user_id != actor.pk:
            raise NotFound("employee")
    return Employee.objects.select_for_update().get(pk=employee.pk)


def own_activity(employee: Employee, uid: UUID) -> Activity:
    """The person's own activity. Raises NotFound."""
    found = Activity.objects.of(employee).filter(uid=uid).select_related("job_kind").first()
    if found is None:
        raise NotFound("activity")
    return found


def lock_activities(employee: Employee, uids: Collection[UUID]) -> list[Activity]:
    """The person's own activities, locked in the order of their keys. Raises NotFound unless all are there."""
    wanted = set(uids)
    rows = list(
        Activity.objects.of(employee)
        .named(wanted)
        .select_related("job_kind")
        .select_for_update(of=("self",))
        .order_by("pk")
    )
    if len(rows) != len(wanted):
        raise NotFound("activity")
    return rows


def activity_to_see(user: User, uid: UUID) -> Activity:
    """The owner's, or one of an OPD in which the person may read activities; drafts are their owner's alone.

    Raises NotFound.
    """
    found = Activity.objects.filter(uid=uid).select_related("job_kind", "employee").first()
    if found is None:
        raise NotFound("activity")
    if found.employee.user_id == user.pk:
        return found
    if found.state == Activity.State.DRAFT or not _reads_opd_of(user, found.employee):
        raise NotFound("activity")
    return found


def _reads_opd_of(user: User, employee: Employee) -> bool:
    if not user_may(user, READ_UNIT):
        return False
    scope = opd_scope(user, READ_UNIT)
    today = here.today()
    return Employee.objects.in_opds(scope, today).filter(pk=employee.pk).exists()


@reader(PURPOSE)
def may_read_evidence(user: User, stored: StoredFile) -> bool:
    """The owner, who approves or approved the activity, and who reads activities of the OPD."""
    if stored.owner_id == user.pk:
        return True
    activity = Activity.objects.filter(evidence__file=stored).select_related("employee").first()
    if activity is None:
        return False
    if may_read_document(user, document_kind=DOCUMENT_KIND, document_uid=activity.uid):
        return True
    return _reads_opd_of(user, activity.employee)


@dataclass(frozen=True, slots=True)
class Shown:
    """What one activity has to show: kinds of evidence, and the SHA-256 of its files."""

    kinds: set[str]
    digests: set[str]


def evidence_of(activities: Collection[Activity]) -> dict[int, Shown]:
    """By key: the evidence that each activity has. One statement."""
    found = {activity.pk: Shown(set(), set()) for activity in activities}
    rows = Evidence.objects.filter(activity__in=activities)
    for key, content_type, digest in rows.values_list("activity_id", "file__content_type", "file__sha256"):
        found[key].kinds.add(EvidenceKind.PDF if content_type == PDF else EvidenceKind.PHOTO)
        found[key].digests.add(digest)
    for activity in activities:
        if activity.letter_number:
            found[activity.pk].kinds.add(EvidenceKind.LETTER)
        if activity.disposition_number:
            found[activity.pk].kinds.add(EvidenceKind.DISPOSITION)
    return found


def activity_to_review(user: User, uid: UUID) -> Activity:
    """One that waits for this person's decision or was decided by them. Raises NotFound."""
    found = Activity.objects.filter(uid=uid).select_related("job_kind", "employee").first()
    if found is None or not may_read_document(user, document_kind=DOCUMENT_KIND, document_uid=uid):
        raise NotFound("activity")
    return found
