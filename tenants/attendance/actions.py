"""What people do with attendance besides punching: documents, computing again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.core.files.base import File
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from kernel import clock
from kernel.accounts.models import User
from kernel.audit.record import Deed, declare_action, record, record_many
from kernel.date_words import month_words, short_day_words
from kernel.delivery import outbox
from kernel.files.actions import store_file
from kernel.files.models import StoredFile
from kernel.jobs import work
from kernel.jobs.models import Job
from kernel.periods import Month
from kernel.permissions import require
from kernel.tenancy import here
from tenants.approvals import actions as approvals
from tenants.attendance import access, companions
from tenants.attendance.counting import own_days
from tenants.attendance.document_kinds import purpose_of
from tenants.attendance.errors import (
    CorrectionsUsedUp,
    DaysTaken,
    DocumentDecided,
    LetterMissing,
    NotApproved,
    NotYetPunched,
    OnlyFreeDays,
    OwnLetter,
    PartOfOrder,
)
from tenants.attendance.models import AttendanceDocument, DocumentPolicy, DutyOrder
from tenants.attendance.permissions import POLICY
from tenants.attendance.policy import corrections_in, is_past_explaining, policy_on
from tenants.calendars import closing
from tenants.calendars.work_date import running_day
from tenants.employees.models import Employee
from tenants.punches.lane import COMPUTE_DAYS_TASK

SUBMITTED = declare_action("attendance.document_submitted", "Surat kehadiran diajukan")
WITHDRAWN = declare_action("attendance.document_withdrawn", "Surat kehadiran ditarik")
REVOKED = declare_action("attendance.documents_revoked", "Surat kehadiran dicabut")
RECORDED = declare_action("attendance.documents_recorded", "Surat kehadiran dicatat operator")
POLICY_SET = declare_action("attendance.policy_set", "Syarat surat kehadiran diatur")
COMPUTED = declare_action("attendance.compute_started", "Hitung ulang kehadiran dimulai")

COMPUTE_WORK: Final = "attendance.compute"
# Later than this after its last day a document is an exception for who decides.
LATE_AFTER: Final = timedelta(days=3)


# What a late document is called beside the person's month.
LATE: Final = "Surat"


@dataclass(frozen=True, slots=True)
class DocumentIn:
    """A document as it is handed in; `last` is the last day that it covers."""

    kind: str
    label: str
    first: date
    last: date
    covers: str = AttendanceDocument.Covers.DAY
    letter_number: str = ""
    reason: str = ""
    # What a companion has checked it against (`tenants.attendance.companions`), "" for a plain document.
    entitlement: str = ""
    # A permit for hours, half-open; and the time of the punch that a correction puts in.
    begins_at: datetime | None = None
    ends_at: datetime | None = None
    corrected_at: datetime | None = None
    cause: str = ""
    evidence: str = ""

    @property
    def period(self) -> DateRange:
        return DateRange(self.first, self.last + timedelta(days=1))

    @property
    def days(self) -> int:
        """Calendar days covered: the measure that a chain's step may ask for."""
        return (self.last - self.first).days + 1


@transaction.atomic
def submit_document(
    *, employee: Employee, draft: DocumentIn, actor: User, upload: File[bytes] | None = None
) -> AttendanceDocument:
    """The employee hands in a document; it goes to the superior and counts once approved.

    For days of a closed month it is late: approved, it comes out as a plus or minus of a difference run.
    Raises DaysTaken, FileRefused, CorrectionsUsedUp, LetterMissing, OnlyFreeDays, NotYetPunched, what the companions
    refuse, and what the approvals refuse (no chain, no approver).
    """
    Employee.objects.select_for_update(of=("self",)).get(pk=employee.pk)
    companions.refuse([(employee, draft)], by_owner=True)
    _require_free_days(employee, draft)
    _require_as_asked(employee, draft, has_file=upload is not None)
    stored = None if upload is None else store_file(upload=upload, purpose=access.DOCUMENT_FILE, owner=actor)
    document = make_documents([(employee, draft)], stored, actor, state=AttendanceDocument.State.SUBMITTED)[0]
    record(SUBMITTED, actor=actor, subject=document, after=_told(draft))
    approvals.submit(
        document_kind=document.purpose,
        document_uid=document.uid,
        owner=employee,
        title=f"{draft.label}, {days_words(draft)}",
        # The calendar's day, as with every other document: a chain begins at midnight, a day of work at three.
        on=here.today(),
        remarks=_remarks(employee, draft, stored),
        measure=draft.days,
        day=draft.first,
        actor=actor,
    )
    _compute_again([employee.pk], draft.first, draft.last)
    return document


@transaction.atomic
def withdraw_document(*, uid: UUID, actor: User) -> AttendanceDocument:
    """The owner takes a waiting document back. Raises NotFound, DocumentDecided, PartOfOrder."""
    reached = access.own_document(actor, uid)
    # The request is locked before the document, as a decision does.
    approvals.withdraw(document_kind=reached.purpose, document_uids=[uid], owner=reached.employee, actor=actor)
    document = access.own_document(actor, uid, lock=True)
    if document.order_id is not None:
        raise PartOfOrder
    if document.state != AttendanceDocument.State.SUBMITTED:
        raise DocumentDecided
    document.state = AttendanceDocument.State.WITHDRAWN
    document.save(update_fields=["state"])
    companions.changed([document], actor=actor)
    record(WITHDRAWN, actor=actor, subject=document)
    _compute_again([document.employee_id], document.period.lower, document.last_day)
    return document


@transaction.atomic
def record_documents(
    *, employees: Sequence[Employee], draft: DocumentIn, actor: User, upload: File[bytes] | None = None
) -> list[AttendanceDocument]:
    """An official enters a letter for many people at once; it counts from now on.

    Where the month is closed for a person it is late, and comes out as a plus or minus of a difference run.
    Nobody is entered when one of them has another document on these days: raises DaysTaken with the name.
    Raises OwnLetter, FileRefused.
    """
    stored = None if upload is None else store_file(upload=upload, purpose=access.DOCUMENT_FILE, owner=actor)
    return enter_documents(
        entries=[(employee, draft) for employee in employees],
        file=stored,
        letter_number=draft.letter_number,
        actor=actor,
    )


@transaction.atomic
def enter_documents(
    *,
    entries: Sequence[tuple[Employee, DocumentIn]],
    file: StoredFile | None,
    letter_number: str,
    actor: User,
) -> list[AttendanceDocument]:
    """As `record_documents`, with a draft of each person's own under one letter and one kept file.

    One person may have several, on different days.
    """
    if not entries:
        return []
    if any(employee.user_id == actor.pk for employee, _draft in entries):
        raise OwnLetter
    ids = sorted({employee.pk for employee, _draft in entries})
    list(Employee.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk").values_list("pk"))
    companions.refuse(entries)
    closing.note_late([(employee.pk, draft.first, draft.last) for employee, draft in entries], LATE)
    require_free_days_of_all(entries)
    drafts = [
        (employee, replace(draft, letter_number=draft.letter_number or letter_number)) for employee, draft in entries
    ]
    documents = make_documents(drafts, file, actor, state=AttendanceDocument.State.APPROVED)
    told = [_told(draft) for draft in dict.fromkeys(draft for _employee, draft in drafts)]
    record(
        RECORDED,
        actor=actor,
        subject=documents[0] if len(documents) == 1 else None,
        after={
            **(told[0] if len(told) == 1 else {"letter_number": letter_number, "documents": told}),
            "nip": sorted({employee.nip for employee, _draft in entries}),
        },
    )
    compute_again_for(documents)
    return documents


def require_free_days_of_all(entries: Sequence[tuple[Employee, DocumentIn]]) -> None:
    """Raise DaysTaken with the name where one of these people has another document on days of the entry."""
    first = min(draft.first for _employee, draft in entries)
    end = max(draft.last for _employee, draft in entries) + timedelta(days=1)
    standing: dict[int, list[AttendanceDocument]] = {}
    for paper in (
        AttendanceDocument.objects.of_people([employee.pk for employee, _draft in entries])
        .standing()
        .touching(first, end)
        .order_by("period")
    ):
        standing.setdefault(paper.employee_id, []).append(paper)
    for employee, draft in sorted(entries, key=lambda entry: entry[0].name):
        for taken in standing.get(employee.pk, ()):
            if taken.period.lower <= draft.last and draft.first < taken.period.upper:
                raise DaysTaken(taken.label, taken.period.lower, taken.last_day, employee.name)


@transaction.atomic
def revoke_documents(*, documents: Sequence[AttendanceDocument], reason: str, actor: User) -> None:
    """An official says that approved documents do not count: the days are computed again, leave is given back.

    Where the month is closed for a person it is late, and comes out as a plus or minus of a difference run. Whoever
    calls it has seen that the official may. Raises OwnLetter, NotApproved.
    """
    uids = [document.uid for document in documents]
    locked = list(
        AttendanceDocument.objects.select_for_update(of=("self",))
        .select_related("employee")
        .filter(uid__in=uids)
        .order_by("pk")
    )
    if any(document.employee.user_id == actor.pk for document in locked):
        raise OwnLetter
    if any(document.state != AttendanceDocument.State.APPROVED for document in locked):
        raise NotApproved
    note_late(locked)
    moment = clock.now()
    for document in locked:
        document.state = AttendanceDocument.State.REVOKED
        document.decided_by, document.decided_at, document.decision_note = actor, moment, reason
    AttendanceDocument.objects.bulk_update(locked, ["state", "decided_by", "decided_at", "decision_note"])
    companions.changed(locked, actor=actor)
    record_many(REVOKED, actor=actor, deeds=[Deed(document, after={"reason": reason}) for document in locked])
    compute_again_for(locked)


def make_documents(
    drafts: Sequence[tuple[Employee, DocumentIn]],
    stored: StoredFile | None,
    actor: User,
    *,
    state: str,
    order: DutyOrder | None = None,
) -> list[AttendanceDocument]:
    """The rows of these drafts, of one order where one is given. Raises DaysTaken."""
    approved = state == AttendanceDocument.State.APPROVED
    asked = {(draft.kind, draft.covers, draft.first) for _employee, draft in drafts}
    purposes = {key: AttendanceDocument.Purpose.ORDER if order else purpose_of(*key) for key in asked}
    rows = [
        AttendanceDocument(
            employee=employee,
            kind=draft.kind,
            label=draft.label,
            covers=draft.covers,
            purpose=purposes[draft.kind, draft.covers, draft.first],
            order=order,
            period=draft.period,
            begins_at=draft.begins_at,
            ends_at=draft.ends_at,
            corrected_at=draft.corrected_at,
            cause=draft.cause,
            evidence=draft.evidence,
            letter_number=draft.letter_number,
            reason=draft.reason,
            file=stored,
            state=state,
            created_by=actor,
            decided_by=actor if approved else None,
            decided_at=clock.now() if approved else None,
        )
        for employee, draft in drafts
    ]
    try:
        with transaction.atomic():
            return AttendanceDocument.objects.bulk_create(rows)
    except IntegrityError as error:
        # The look before found the days free: somebody else was faster.
        if "document_one_per_day" not in str(error):
            raise
        draft = drafts[0][1]
        raise DaysTaken(draft.label, draft.first, draft.last) from error


def _require_free_days(employee: Employee, draft: DocumentIn) -> None:
    taken = AttendanceDocument.objects.in_the_way(employee.pk, draft.first, draft.last + timedelta(days=1))
    if taken is not None:
        raise DaysTaken(taken.label, taken.period.lower, taken.last_day)


def _require_as_asked(employee: Employee, draft: DocumentIn, *, has_file: bool) -> None:
    """What the region asks of a document (`DocumentPolicy`), and that it is about days of work."""
    if draft.covers == AttendanceDocument.Covers.DAY and not draft.entitlement:
        is_leave = purpose_of(draft.kind, draft.covers, draft.first) == AttendanceDocument.Purpose.LEAVE
        own = own_days([(employee.pk, draft.first, draft.last)])[0] if is_leave else None
        # Without a post there is no plan to go by: who decides sees that.
        if own is not None and own.has_post and not own.working:
            raise OnlyFreeDays
    if draft.corrected_at is not None and draft.corrected_at > clock.now():
        raise NotYetPunched
    policy = policy_on(draft.first)
    if policy is None:
        return
    month = Month.of(draft.first)
    most = policy.corrections_per_month
    if draft.corrected_at is not None and most is not None and corrections_in(employee.pk, month) >= most:
        raise CorrectionsUsedUp(month, most)
    needed = policy.letter_from_days.get(draft.kind)
    if needed is not None and draft.covers == AttendanceDocument.Covers.DAY and draft.days >= needed and not has_file:
        raise LetterMissing(needed)


def _told(draft: DocumentIn) -> dict[str, Any]:
    return {
        "kind": draft.kind,
        "first": draft.first,
        "last": draft.last,
        "covers": draft.covers,
        "letter_number": draft.letter_number,
    }


def days_words(draft: DocumentIn) -> str:
    """The days of a draft in words."""
    first = short_day_words(draft.first)
    return first if draft.first == draft.last else f"{first} – {short_day_words(draft.last)}"


def _remarks(employee: Employee, draft: DocumentIn, stored: StoredFile | None) -> list[str]:
    """Why who decides should look closer."""
    remarks = []
    if is_past_explaining(employee.pk, draft.first):
        remarks.append(_("Lewat batas hari untuk menjelaskan ketidakhadiran"))
    if running_day() > draft.last + LATE_AFTER:
        remarks.append(_("Diajukan lebih dari tiga hari setelah tanggalnya"))
    # Whether a leave needs a letter says its kind, which was asked before.
    if stored is None and draft.covers != AttendanceDocument.Covers.HOURS and not draft.entitlement:
        remarks.append(_("Tanpa berkas surat"))
    return remarks


def note_late(documents: Sequence[AttendanceDocument]) -> None:
    """Tell which of these documents begin to count after their month was closed; two statements for all."""
    closing.note_late([(paper.employee_id, paper.period.lower, paper.last_day) for paper in documents], LATE)


def compute_again_for(documents: Sequence[AttendanceDocument]) -> None:
    """Ask, in this transaction, for the days of these documents to be computed again; one message for all."""
    if documents:
        _compute_again(
            sorted({document.employee_id for document in documents}),
            min(document.period.lower for document in documents),
            max(document.last_day for document in documents),
        )


def _compute_again(employee_ids: Sequence[int], first: date, last: date) -> None:
    running = running_day()
    if first <= running:
        outbox.send(COMPUTE_DAYS_TASK, employee_ids=list(employee_ids), first=str(first), last=str(min(last, running)))


@transaction.atomic
def set_policy(*, valid_from: date, values: Mapping[str, Any], actor: User) -> DocumentPolicy:
    """What the region asks of documents from the day on; documents that were handed in before stay as they are."""
    require(actor, POLICY)
    before = policy_on(valid_from)
    policy, _made = DocumentPolicy.objects.update_or_create(
        valid_from=valid_from, defaults={**values, "set_by": actor, "set_at": clock.now()}
    )
    told = None if before is None else {name: getattr(before, name) for name in values}
    record(POLICY_SET, actor=actor, before=told, after={**values, "valid_from": valid_from})
    return policy


@transaction.atomic
def start_computing(*, month: Month, actor: User, opd_code: str = "") -> Job:
    """Compute a month's days again in the background, of one OPD or of the region; closed people's days stay."""
    job = work.start(
        kind=COMPUTE_WORK,
        title=_("Hitung kehadiran %(month)s") % {"month": month_words(month)},
        actor=actor,
        parameters={"month": str(month), "opd": opd_code},
    )
    record(COMPUTED, actor=actor, subject=job, after={"month": str(month), "opd": opd_code})
    return job
