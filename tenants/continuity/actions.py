"""Taking a kit, a new password, and the way of a sheet of attendance: read, approved by another person, withdrawn."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Final
from uuid import UUID

from django.core.files.base import ContentFile, File
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Max
from django.urls import reverse
from django.utils.translation import gettext as _

from kernel import clock
from kernel.accounts.models import User
from kernel.audit.record import declare_action, record
from kernel.date_words import month_words
from kernel.errors import NotFound
from kernel.files.actions import store_file, store_sheet
from kernel.files.errors import FileRefused
from kernel.files.models import StoredFile
from kernel.jobs import work
from kernel.jobs.models import Job
from kernel.periods import Month
from kernel.permissions import require
from kernel.sheets.jobs import sheet_of, sheet_rows, take_rows
from kernel.sheets.plain import SheetRow
from kernel.tenancy import here
from kernel.tenancy.context import current_region
from tenants.calendars import closing
from tenants.continuity.errors import LetterRefused, PasswordUnknown
from tenants.continuity.expected import expected_days, people_of
from tenants.continuity.filling import (
    ENCRYPTED,
    HEADINGS,
    REQUIRED,
    WrongPassword,
    decrypted,
    document_codes,
)
from tenants.continuity.keys import password_of
from tenants.continuity.making import key_version
from tenants.continuity.models import AttendanceSheet, AttendanceSheetRow, ContinuityKit, KitKey
from tenants.continuity.permissions import KIT
from tenants.continuity.reading import Known, ReadDay, read_day, says_something
from tenants.organisation.models import Unit
from tenants.punches.models import Punch
from tenants.rules.engine import canonical_json
from tenants.rules.loading import rules_on

SHEET_WORK: Final = "continuity.sheet"
SHEET_FILE: Final = "attendance_sheet"
LETTER_FILE: Final = "attendance_sheet_letter"
FETCHED = declare_action("continuity.kit_fetched", "Paket cadangan diunduh")
PASSWORD_CHANGED = declare_action("continuity.password_changed", "Kata sandi paket cadangan diganti")
READ = declare_action("continuity.sheet_read", "Isian absen manual dibaca")


@transaction.atomic
def fetch_kit(*, uid: UUID, actor: User) -> ContinuityKit:
    """The kit to hand out; the first fetch is noted. Raises NotAllowed, NotFound."""
    kit = ContinuityKit.objects.select_for_update(of=("self",)).select_related("opd", "file").filter(uid=uid).first()
    if kit is None:
        raise NotFound("kit")
    require(actor, KIT, opd=kit.opd.uid)
    if kit.fetched_at is None:
        kit.fetched_at, kit.fetched_by = clock.now(), actor
        kit.save(update_fields=["fetched_at", "fetched_by"])
    record(FETCHED, actor=actor, subject=kit, after={"for": kit.made_for})
    return kit


@transaction.atomic
def change_password(*, opd: Unit, actor: User) -> KitKey:
    """Kits that are made from now on open with a new password; those that are there keep theirs. Raises NotAllowed."""
    require(actor, KIT, opd=opd.uid)
    key, _made = KitKey.objects.select_for_update(of=("self",)).get_or_create(opd=opd)
    key.version += 1
    key.changed_at = clock.now()
    key.save(update_fields=["version", "changed_at"])
    record(PASSWORD_CHANGED, actor=actor, subject=opd, after={"version": key.version})
    return key


@transaction.atomic
def start_reading(
    *, month: Month, opd: Unit, reason: str, letter_number: str, sheet: File[bytes], letter: File[bytes], actor: User
) -> Job:
    """Keep the filled sheet with its cover letter and read it in the background.

    A sheet that was saved with the kit's password is opened with it. Raises NotAllowed, MonthClosed for an OPD that is
    locked, FileRefused and PasswordUnknown for the sheet, LetterRefused for the letter.
    """
    require(actor, KIT, opd=opd.uid)
    closing.require_open(month.first_day, month.end, opds=[opd.pk])
    stored = store_sheet(upload=_opened(sheet, opd), purpose=SHEET_FILE, owner=actor)
    try:
        paper = store_file(upload=letter, purpose=LETTER_FILE, owner=actor)
    except FileRefused as error:
        raise LetterRefused(error.reason, error.max_bytes) from error
    return work.start(
        kind=SHEET_WORK,
        title=_("Isian absen %(opd)s, %(month)s") % {"opd": opd.name, "month": month_words(month)},
        actor=actor,
        parameters={
            "month": str(month),
            "opd": str(opd.uid),
            "reason": reason.strip(),
            "letter": str(paper.uid),
            "letter_number": letter_number.strip(),
        },
        file=stored,
    )


def _opened(sheet: File[bytes], opd: Unit) -> File[bytes]:
    """The sheet without Office's encryption. Raises PasswordUnknown when none of the OPD opens it."""
    sheet.seek(0)
    if not sheet.read(len(ENCRYPTED)).startswith(ENCRYPTED):
        return sheet
    sheet.seek(0)
    passwords = [password_of(opd.uid, version) for version in range(key_version(opd), 0, -1)]
    try:
        return ContentFile(decrypted(sheet.read(), passwords), name=sheet.name)
    except WrongPassword as error:
        raise PasswordUnknown from error


@work.work(SHEET_WORK)
def read_sheet(progress: work.Progress) -> None:
    """Read the job's sheet; with one wrong row nothing is written, and every wrong one is named."""
    job = progress.job
    month = Month.parse(job.parameters["month"])
    opd = Unit.objects.get(uid=job.parameters["opd"])
    known = _known(opd, month)
    rows = sheet_rows(sheet_of(job), headings=HEADINGS, required=REQUIRED, takes_csv=True)
    written = [row for row in rows if says_something(row)]
    taken: dict[tuple[int, date], ReadDay] = {}

    def take(row: SheetRow) -> None:
        # A row is named by its NIP; a scanned one has only its code.
        read = read_day(row, known, taken)
        taken[read.employee_id, read.date] = read

    take_rows(progress, written, take, headings=HEADINGS, subject="nip" if "nip" in rows[0].cells else "code")
    facts = [
        [_("Baris berisi"), len(written)],
        [_("Baris kosong, dilewati"), len(rows) - len(written)],
        [_("Pegawai"), len({employee for employee, _day in taken})],
    ]
    wrong = job.rows.values("row_number").distinct().count()
    if wrong or not taken:
        progress.result(
            facts=[*facts, [_("Tidak diterima"), wrong]],
            links=[
                {
                    "text": _("Perbaiki lalu masukkan lagi"),
                    "url": reverse("continuity-upload", urlconf="config.urls_region"),
                }
            ],
        )
        return
    sheet = _keep(job, opd, month, list(taken.values()))
    progress.result(
        facts=[*facts, [_("Sudah ada absen lain di hari itu"), sheet.beside_others]],
        url=reverse("continuity-sheet", args=[sheet.uid], urlconf="config.urls_region"),
    )


def _known(opd: Unit, month: Month) -> Known:
    people = people_of(opd, month.first_day, month.end)
    expected = expected_days(opd, month.days())
    return Known(
        month=month,
        people={nip: pk for pk, (nip, _name) in people.items()},
        shifts={(row.employee_id, day): row.shifts for day, rows in expected.items() for row in rows},
        codes=document_codes(rules_on(month.first_day)),
        today=here.today(),
        zone=current_region().time_zone,
    )


@transaction.atomic
def _keep(job: Job, opd: Unit, month: Month, taken: Sequence[ReadDay]) -> AttendanceSheet:
    known = AttendanceSheet.objects.filter(job_uid=job.uid).first()
    if known is not None:
        return known
    if job.started_by is None:
        raise LookupError("a sheet of attendance is read for somebody")
    # Two sheets of a month follow each other, so that each has its own number.
    list(Unit.objects.select_for_update(of=("self",)).filter(pk=opd.pk).values_list("pk"))
    others = _days_with_others({row.employee_id for row in taken}, month)
    days = sorted(row.date for row in taken)
    sheet = AttendanceSheet.objects.create(
        opd=opd,
        month=month.first_day,
        period=DateRange(days[0], days[-1] + timedelta(days=1)),
        job_uid=job.uid,
        number=_next_number(month),
        file=sheet_of(job),
        letter=StoredFile.objects.get(uid=job.parameters["letter"]),
        letter_number=job.parameters["letter_number"],
        digest=_digest(taken),
        reason=job.parameters["reason"],
        people=len({row.employee_id for row in taken}),
        days=len(taken),
        beside_others=sum((row.employee_id, row.date) in others for row in taken),
        uploaded_by=job.started_by,
    )
    AttendanceSheetRow.objects.bulk_create(
        [
            AttendanceSheetRow(
                sheet=sheet,
                employee_id=row.employee_id,
                date=row.date,
                came_at=row.came_at,
                left_at=row.left_at,
                code=row.code,
                is_beside_others=(row.employee_id, row.date) in others,
            )
            for row in taken
        ],
        batch_size=2_000,
    )
    record(
        READ,
        actor=job.started_by,
        subject=sheet,
        after={"month": str(month), "opd": opd.uid, "days": sheet.days, "digest": sheet.digest},
        note=sheet.reason,
    )
    return sheet


def _next_number(month: Month) -> int:
    newest = AttendanceSheet.objects.filter(month=month.first_day).aggregate(newest=Max("number"))["newest"]
    return (newest or 0) + 1


def _days_with_others(employee_ids: Iterable[int], month: Month) -> set[tuple[int, date]]:
    """The days on which something else than a sheet has recorded a punch, by person. One statement."""
    zone = current_region().time_zone
    begin, end = clock.day_bounds(month.first_day, zone)[0], clock.day_bounds(month.end, zone)[0]
    rows = (
        Punch.objects.filter(employee_id__in=employee_ids, captured_at__gte=begin, captured_at__lt=end)
        .exclude(source=Punch.Source.MANUAL)
        .values_list("employee_id", "captured_at")
    )
    local = clock.zone(zone)
    return {(employee, moment.astimezone(local).date()) for employee, moment in rows}


def _digest(taken: Sequence[ReadDay]) -> str:
    rows = [
        [row.date.isoformat(), row.nip, _instant(row.came_at), _instant(row.left_at), row.code]
        for row in sorted(taken, key=lambda row: (row.date, row.nip))
    ]
    return sha256(canonical_json(rows).encode()).hexdigest()


def _instant(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
