"""What people do with attendance besides punching: documents, computing again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from django.core.files.base import File
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from kernel import clock
from kernel.accounts.models import User
from kernel.audit.record import declare_action, record
from kernel.date_words import month_words, short_day_words
from kernel.delivery import outbox
from kernel.files.actions import store_file
from kernel.files.models import StoredFile
from kernel.jobs import work
from kernel.jobs.models import Job
from kernel.periods import Month
from kernel.tenancy import here
from tenants.approvals import actions as approvals
from tenants.attendance import access, companions
from tenants.attendance.document_kinds import purpose_of
from tenants.attendance.errors import DaysTaken, DocumentDecided, OwnLetter
from tenants.attendance.models import AttendanceDocument
from tenants.calendars import closing
from tenants.calendars.work_date import running_day
from tenants.employees.models import Employee
from tenants.punches.lane import COMPUTE_DAYS_TASK

SUBMITTED = declare_action("attendance.document_submitted", "Surat kehadiran diajukan")
WITHDRAWN = declare_action("attendance.document_withdrawn", "Surat kehadiran ditarik")
RECORDED = declare_action("attendance.documents_recorded", "Surat kehadiran dicatat operator")
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
    Raises DaysTaken, FileRefused, and what the approvals refuse (no chain, no approver).
    """
    Employee.objects.select_for_update(of=("self",)).get(pk=employee.pk)
    companions.refuse([(employee, draft)])
    _require_free_days(employee, draft)
    stored = None if upload is None else store_file(upload=upload, purpose=access.DOCUMENT_FILE, owner=actor)
    document = _create([(employee, draft)], stored, actor, state=AttendanceDocument.State.SUBMITTED)[0]
    record(SUBMITTED, actor=actor, subject=document, after=_told(draft))
    approvals.submit(
        document_kind=document.purpose,
        document_uid=document.uid,
        owner=employee,
        title=f"{draft.label}, {_days(draft)}",
        # The calendar's day, as with every other document: a chain begins at midnight, a day of work at three.
        on=here.today(),
        remarks=_remarks(draft, stored),
        measure=draft.days,
        day=draft.first,
        actor=actor,
    )
    _compute_again([employee.pk], draft.first, draft.last)
    return document


@transaction.atomic
def withdraw_document(*, uid: UUID, actor: User) -> AttendanceDocument:
    """The owner takes a waiting document back. Raises NotFound, DocumentDecided."""
    reached = access.own_document(actor, uid)
    # The request is locked before the document, as a decision does.
    approvals.withdraw(document_kind=reached.purpose, document_uids=[uid], owner=reached.employee, actor=actor)
    document = access.own_document(actor, uid, lock=True)
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
    if any(employee.user_id == actor.pk for employee in employees):
        raise OwnLetter
    ids = sorted(employee.pk for employee in employees)
    list(Employee.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk").values_list("pk"))
    companions.refuse([(employee, draft) for employee in employees])
    closing.note_late([(employee, draft.first, draft.last) for employee in ids], LATE)
    taken = (
        AttendanceDocument.objects.of_people(ids)
        .standing()
        .touching(draft.first, draft.last + timedelta(days=1))
        .select_related("employee")
        .order_by("employee__name")
        .first()
    )
    if taken is not None:
        raise DaysTaken(taken.label, taken.period.lower, taken.last_day, taken.employee.name)
    stored = None if upload is None else store_file(upload=upload, purpose=access.DOCUMENT_FILE, owner=actor)
    documents = _create(
        [(employee, draft) for employee in employees], stored, actor, state=AttendanceDocument.State.APPROVED
    )
    record(
        RECORDED,
        actor=actor,
        subject=documents[0] if len(documents) == 1 else None,
        after={**_told(draft), "nip": sorted(employee.nip for employee in employees)},
    )
    _compute_again(ids, draft.first, draft.last)
    return documents


def _create(
    drafts: Sequence[tuple[Employee, DocumentIn]], stored: StoredFile | None, actor: User, *, state: str
) -> list[AttendanceDocument]:
    approved = state == AttendanceDocument.State.APPROVED
    purposes = {draft: purpose_of(draft.kind, draft.covers, draft.first) for draft in {d for _e, d in drafts}}
    rows = [
        AttendanceDocument(
            employee=employee,
            kind=draft.kind,
            label=draft.label,
            covers=draft.covers,
            purpose=purposes[draft],
            period=draft.period,
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


def _told(draft: DocumentIn) -> dict[str, Any]:
    return {
        "kind": draft.kind,
        "first": draft.first,
        "last": draft.last,
        "covers": draft.covers,
        "letter_number": draft.letter_number,
    }


def _days(draft: DocumentIn) -> str:
    first = short_day_words(draft.first)
    return first if draft.first == draft.last else f"{first} – {short_day_words(draft.last)}"


def _remarks(draft: DocumentIn, stored: StoredFile | None) -> list[str]:
    """Why who decides should look closer."""
    remarks = []
    if running_day() > draft.last + LATE_AFTER:
        remarks.append(_("Diajukan lebih dari tiga hari setelah tanggalnya"))
    if stored is None:
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
