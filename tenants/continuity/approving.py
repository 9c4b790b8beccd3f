"""A sheet of attendance is approved by another person, or withdrawn."""

from __future__ import annotations

import uuid
from datetime import timedelta
from itertools import groupby
from typing import Final
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext as _

from kernel import clock
from kernel.accounts.models import User
from kernel.audit.record import declare_action, record
from kernel.delivery import outbox
from kernel.permissions import require
from kernel.tenancy import here
from kernel.tenancy.context import current_region
from tenants.attendance.actions import DocumentIn, enter_documents, revoke_documents
from tenants.attendance.models import AttendanceDocument
from tenants.continuity.errors import AttendanceSheetDecided, OwnAttendanceSheet
from tenants.continuity.filling import document_codes
from tenants.continuity.models import AttendanceSheet
from tenants.continuity.permissions import APPROVE
from tenants.employees.models import Employee
from tenants.fallback.by_hand import let_count, locked, take_back
from tenants.punch_review.models import PunchVerdict
from tenants.punches.lane import COMPUTE_DAYS_TASK
from tenants.punches.models import Punch
from tenants.rules.loading import rules_on

APPROVED = declare_action("continuity.sheet_approved", "Isian absen manual disetujui")
WITHDRAWN = declare_action("continuity.sheet_withdrawn", "Isian absen manual ditarik")
# What a manual punch is called: made from the sheet's row, so that an approval that ran twice adds nothing.
_NAMESPACE: Final = uuid.UUID("5f3c8a52-7b0e-5d0e-9a64-0c6f8d1f2b77")
_INSERT: Final = """
    INSERT INTO punches_punch (id, region_id, employee_id, kind, source, captured_at, received_at, place_error, device,
                               state, grade, reasons)
    SELECT said.id, %s, said.employee_id, said.kind, 'manual', said.captured_at, %s, 'manual', %s,
           'accepted', 'B', '["manual"]'
    FROM unnest(%s::uuid[], %s::bigint[], %s::text[], %s::timestamptz[]) AS said(id, employee_id, kind, captured_at)
    ON CONFLICT DO NOTHING
"""


@transaction.atomic
def approve_sheet(*, uid: UUID, actor: User) -> AttendanceSheet:
    """The sheet's times become punches and its codes letters, all with the cover letter. Twice changes nothing.

    The days follow: those of the letters by their message, those of the punches as of any that come.

    Raises NotAllowed, NotFound, OwnAttendanceSheet, AttendanceSheetDecided, MonthClosed, DaysTaken.
    """
    require(actor, APPROVE)
    sheet = _locked(uid)
    if not let_count(sheet, actor, own=OwnAttendanceSheet, decided=AttendanceSheetDecided):
        return sheet
    _enter_documents(sheet, actor)
    _keep_punches(sheet)
    record(APPROVED, actor=actor, subject=sheet, after={"digest": sheet.digest, "days": sheet.days})
    return sheet


def _keep_punches(sheet: AttendanceSheet) -> None:
    """The times as punches, in the order of the days. One statement, however many there are."""
    times = [
        (uuid.uuid5(_NAMESPACE, f"{sheet.uid} {pk} {kind}"), employee, str(kind), moment)
        for pk, employee, came_at, left_at in sheet.rows.order_by("date", "employee_id").values_list(
            "pk", "employee_id", "came_at", "left_at"
        )
        for kind, moment in ((Punch.Kind.IN, came_at), (Punch.Kind.OUT, left_at))
        if moment is not None
    ]
    columns = [list(column) for column in zip(*times, strict=True)] or [[], [], [], []]
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, [current_region().number, clock.now(), sheet.title, *columns])


def _enter_documents(sheet: AttendanceSheet, actor: User) -> None:
    """One letter for each run of days on which a person has the same code."""
    rows = sheet.rows.exclude(code="").select_related("employee").order_by("employee_id", "date")
    labels = document_codes(rules_on(sheet.month))
    entries: list[tuple[Employee, DocumentIn]] = []
    for (_employee, code, _run), group in groupby(
        enumerate(rows), key=lambda item: (item[1].employee_id, item[1].code, item[1].date.toordinal() - item[0])
    ):
        days = [row for _place, row in group]
        draft = DocumentIn(
            kind=code,
            label=labels.get(code, code),
            first=days[0].date,
            last=days[-1].date,
            letter_number=sheet.letter_number,
            reason=sheet.title,
        )
        entries.append((days[0].employee, draft))
    if entries:
        enter_documents(entries=entries, file=sheet.letter, letter_number=sheet.letter_number, actor=actor)


@transaction.atomic
def withdraw_sheet(*, uid: UUID, reason: str, actor: User) -> AttendanceSheet:
    """The sheet counts no more: each of its punches gets the verdict that it does not count, its letters are revoked.

    Raises NotAllowed, NotFound, AttendanceSheetDecided, MonthClosed.
    """
    sheet = _locked(uid)
    if sheet.uploaded_by_id != actor.pk or sheet.state == AttendanceSheet.State.APPROVED:
        require(actor, APPROVE)
    before = take_back(sheet, actor, decided=AttendanceSheetDecided)
    if before == AttendanceSheet.State.APPROVED:
        _take_back(sheet, reason, actor)
    record(WITHDRAWN, actor=actor, subject=sheet, before={"state": before}, note=reason.strip())
    return sheet


def _take_back(sheet: AttendanceSheet, reason: str, actor: User) -> None:
    punches = Punch.objects.filter(
        employee_id__in=sheet.rows.values("employee_id"), source=Punch.Source.MANUAL, device=sheet.title
    )
    now = clock.now()
    words = _("%(sheet)s ditarik: %(reason)s") % {"sheet": sheet.title, "reason": reason.strip()}
    PunchVerdict.objects.bulk_create(
        [
            PunchVerdict(
                punch_id=pk,
                employee_id=employee,
                captured_at=captured_at,
                counts=False,
                reason=words[:300],
                decided_by=actor,
                decided_at=now,
            )
            for pk, employee, captured_at in punches.values_list("pk", "employee_id", "captured_at")
        ],
        batch_size=2_000,
    )
    documents = AttendanceDocument.objects.filter(
        file=sheet.letter, reason=sheet.title, state=AttendanceDocument.State.APPROVED
    )
    revoke_documents(documents=list(documents), reason=words, actor=actor)
    _compute_again(sheet)


def _compute_again(sheet: AttendanceSheet) -> None:
    """Ask for the days of these people: no new punch tells of a verdict. A shift of the evening before may end on the
    first."""
    outbox.send(
        COMPUTE_DAYS_TASK,
        employee_ids=sorted(set(sheet.rows.values_list("employee_id", flat=True))),
        first=str(sheet.period.lower - timedelta(days=1)),
        last=str(min(sheet.period.upper - timedelta(days=1), here.today())),
    )


def _locked(uid: UUID) -> AttendanceSheet:
    return locked(AttendanceSheet.objects.select_related("letter"), uid, "attendance_sheet")
