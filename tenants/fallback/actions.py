"""Handing an empty sheet out, reading a filled one in the background, confirming and withdrawing it."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from hashlib import sha256
from typing import Final
from uuid import UUID

from django.core.files.base import File
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from kernel.accounts.models import User
from kernel.audit.record import declare_action, record
from kernel.date_words import month_words
from kernel.files.actions import store_sheet
from kernel.jobs import work
from kernel.jobs.models import Job
from kernel.money import decimal_text
from kernel.periods import Month
from kernel.permissions import require
from kernel.sheets.jobs import sheet_of, sheet_rows, take_rows
from kernel.sheets.plain import SheetRow
from kernel.sheets.writing import Sheet, workbook
from tenants.calendars import closing
from tenants.calendars.querysets import calendar_for
from tenants.employees.models import Employee
from tenants.fallback.by_hand import let_count, locked, next_number, take_back, take_turns_with_sheets
from tenants.fallback.columns import columns, headings
from tenants.fallback.errors import NoRulesForSheet, OwnSheet, SheetDecided
from tenants.fallback.models import ManualRow, ManualSheet
from tenants.fallback.permissions import CONFIRM, UPLOAD
from tenants.fallback.reading import ReadRow, read_row
from tenants.organisation.models import Unit
from tenants.rules.engine import RuleSet, canonical_json
from tenants.rules.engine import reference_date as reference_date_of
from tenants.rules.loading import rules_on

SHEET_WORK: Final = "fallback.sheet"
PURPOSE: Final = "fallback_sheet"
READ = declare_action("fallback.sheet_read", "Lembar manual dibaca")
CONFIRMED = declare_action("fallback.sheet_confirmed", "Lembar manual dikonfirmasi")
WITHDRAWN = declare_action("fallback.sheet_withdrawn", "Lembar manual ditarik")


def empty_sheet(*, month: Month, opd: Unit, actor: User) -> bytes:
    """The sheet to print or to fill in: the OPD's people of the month, with their working days.

    Raises NotAllowed and NoRulesForSheet.
    """
    require(actor, UPLOAD, opd=opd.uid)
    rule_set = _rules(month)
    wanted = columns(rule_set)
    working = len(calendar_for(month).working_days(opd.pk, month))
    people = _people(month, opd, rule_set)
    names = dict(Employee.objects.filter(pk__in=people.values()).values_list("pk", "name"))
    rows = [
        [nip, names[pk], working, *[None] * (len(wanted) - 3)]
        for nip, pk in sorted(people.items(), key=lambda item: names[item[1]])
    ]
    return workbook([Sheet(_("Lembar"), wanted, rows)])


@transaction.atomic
def start_reading(*, month: Month, opd: Unit, reason: str, upload: File[bytes], actor: User) -> Job:
    """Keep the filled sheet and read it in the background.

    Raises NotAllowed, MonthClosed for an OPD that is locked, NoRulesForSheet, FileRefused.
    """
    require(actor, UPLOAD, opd=opd.uid)
    closing.require_open(month.first_day, month.end, opds=[opd.pk])
    _rules(month)
    stored = store_sheet(upload=upload, purpose=PURPOSE, owner=actor)
    return work.start(
        kind=SHEET_WORK,
        title=_("Lembar manual %(month)s") % {"month": month_words(month)},
        actor=actor,
        parameters={"month": str(month), "opd": str(opd.uid), "reason": reason.strip()},
        file=stored,
    )


@work.work(SHEET_WORK)
def read_sheet(progress: work.Progress) -> None:
    """Read the job's sheet; with one wrong row nothing is written, and every wrong one is named."""
    job = progress.job
    month = Month.parse(job.parameters["month"])
    opd = Unit.objects.get(uid=job.parameters["opd"])
    rule_set = _rules(month)
    words = headings(rule_set)
    rows = sheet_rows(sheet_of(job), headings=words, required=("nip", "working_days"), takes_csv=True)
    people = _people(month, opd, rule_set)
    taken: dict[int, ReadRow] = {}

    def take(row: SheetRow) -> None:
        read = read_row(row, people, taken)
        taken[read.employee_id] = read

    take_rows(progress, rows, take, headings=words, subject="nip")
    if len(taken) < len(rows):
        progress.result(facts=[[_("Baris benar"), len(taken)], [_("Ditulis"), 0]])
        return
    sheet = _store(job, month, opd, taken)
    progress.advance(len(rows), len(rows))
    progress.result(
        facts=[[_("Pegawai"), sheet.people], [_("Tidak ada di lembar"), len(people) - sheet.people]],
        url=reverse("fallback-sheet", args=[sheet.uid]),
    )


@transaction.atomic
def _store(job: Job, month: Month, opd: Unit, taken: Mapping[int, ReadRow]) -> ManualSheet:
    """The sheet and its rows; a job makes one, however often it is taken up."""
    known = ManualSheet.objects.filter(job_uid=job.uid).first()
    if known is not None:
        return known
    if job.file is None or job.started_by is None:
        raise LookupError("a sheet is read for somebody, from a file")
    closing.require_open(month.first_day, month.end, opds=[opd.pk])
    take_turns_with_sheets()
    sheet = ManualSheet.objects.create(
        month=month.first_day,
        opd=opd,
        job_uid=job.uid,
        number=next_number(ManualSheet.objects.all(), month),
        file=job.file,
        file_digest=job.file.sha256,
        digest=_digest(taken),
        reason=job.parameters["reason"],
        people=len(taken),
        uploaded_by=job.started_by,
    )
    ManualRow.objects.bulk_create(
        ManualRow(sheet=sheet, employee_id=pk, working_days=row.working_days, counts=dict(row.counts), **row.figures)
        for pk, row in sorted(taken.items())
    )
    record(
        READ,
        actor=job.started_by,
        subject=sheet,
        after={"month": str(month), "opd": opd.uid, "people": sheet.people, "digest": sheet.digest},
        note=sheet.reason,
    )
    return sheet


def _digest(taken: Mapping[int, ReadRow]) -> str:
    rows = {
        row.nip: {
            "working_days": row.working_days,
            "counts": dict(row.counts),
            **{
                name: decimal_text(value) if isinstance(value, Decimal) else value
                for name, value in row.figures.items()
            },
        }
        for row in taken.values()
    }
    return sha256(canonical_json(rows).encode()).hexdigest()


@transaction.atomic
def confirm_sheet(*, uid: UUID, actor: User) -> ManualSheet:
    """From here on runs of the month take this sheet's facts. Confirming twice changes nothing.

    Raises NotAllowed, NotFound, OwnSheet, SheetDecided, MonthClosed.
    """
    require(actor, CONFIRM)
    sheet = locked(ManualSheet.objects.all(), uid, "manual_sheet")
    if let_count(sheet, actor, own=OwnSheet, decided=SheetDecided):
        record(CONFIRMED, actor=actor, subject=sheet, after={"digest": sheet.digest, "people": sheet.people})
    return sheet


@transaction.atomic
def withdraw_sheet(*, uid: UUID, reason: str, actor: User) -> ManualSheet:
    """The sheet counts no more: what the system recorded, or an older sheet, does. Raises as `confirm_sheet` does."""
    sheet = locked(ManualSheet.objects.all(), uid, "manual_sheet")
    if sheet.uploaded_by_id != actor.pk:
        require(actor, CONFIRM)
    before = take_back(sheet, actor, decided=SheetDecided)
    record(WITHDRAWN, actor=actor, subject=sheet, before={"state": before}, note=reason.strip())
    return sheet


def _rules(month: Month) -> RuleSet:
    rule_set = rules_on(month.first_day)
    if rule_set is None:
        raise NoRulesForSheet(month)
    return rule_set


def _people(month: Month, opd: Unit, rule_set: RuleSet) -> dict[str, int]:
    """Who holds a definitive post in the OPD on the month's reference date, by NIP."""
    on = reference_date_of(rule_set, str(month))
    return dict(Employee.objects.in_opds([opd.uid], on).values_list("nip", "pk"))
