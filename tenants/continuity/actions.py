"""Taking a kit, a new password, and the way of a sheet of attendance: read, approved by another person, withdrawn."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Final
from uuid import UUID

from django.core.files.base import ContentFile, File
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from kernel import clock
from kernel.accounts.models import User
from kernel.audit.record import declare_action, record
from kernel.date_words import month_words
from kernel.errors import NotFound
from kernel.files.actions import MAX_BYTES, store_file, store_sheet
from kernel.files.errors import FileRefused
from kernel.files.models import StoredFile
from kernel.jobs import work
from kernel.jobs.models import Job
from kernel.periods import Month
from kernel.permissions import require
from kernel.sheets.jobs import Wrong, sheet_of, sheet_rows, take_rows, tell_left_out
from kernel.sheets.plain import SheetRow
from kernel.tenancy import here
from kernel.tenancy.context import current_region
from kernel.watching import names, note_rows
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
from tenants.fallback.by_hand import next_number, take_turns_with_sheets
from tenants.organisation.models import Unit
from tenants.punches.models import Punch
from tenants.rules.engine import canonical_json
from tenants.rules.loading import rules_on

SHEET_WORK: Final = "continuity.sheet"
SHEET_FILE: Final = "attendance_sheet"
LETTER_FILE: Final = "attendance_sheet_letter"
FETCHED = declare_action("continuity.kit_fetched", "Paket cadangan diunduh", event=names.EXPORT_REQUESTED)
PASSWORD_CHANGED = declare_action("continuity.password_changed", "Kata sandi paket cadangan diganti")
READ = declare_action("continuity.sheet_read", "Isian absen manual dibaca")

# A person by key, and a date.
PersonDay = tuple[int, date]


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
    record(FETCHED, actor=actor, subject=kit, after={"for": kit.made_for, "people": kit.people})
    note_rows(kit.people)
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
    locked, FileRefused, PasswordUnknown and SheetRefused for the sheet, LetterRefused for the letter.
    """
    require(actor, KIT, opd=opd.uid)
    closing.require_open(month.first_day, month.end, opds=[opd.pk])
    stored = store_sheet(upload=_opened(sheet, opd), purpose=SHEET_FILE, owner=actor)
    try:
        paper = store_file(upload=letter, purpose=LETTER_FILE, owner=actor)
    except FileRefused as error:
        raise LetterRefused.like(error) from error
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
    """The sheet without Office's encryption. Raises PasswordUnknown when none of the OPD opens it, and SheetRefused."""
    sheet.seek(0)
    # What is too large is refused when it is taken in.
    if sheet.size > MAX_BYTES or not sheet.read(len(ENCRYPTED)).startswith(ENCRYPTED):
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
    # A row is named by its NIP; a scanned one has only its code.
    subject = "nip" if "nip" in rows[0].cells else "code"
    taken: dict[PersonDay, ReadDay] = {}
    places: dict[PersonDay, SheetRow] = {}

    def take(row: SheetRow) -> None:
        read = read_day(row, known, taken)
        taken[read.employee_id, read.date] = read
        places[read.employee_id, read.date] = row

    take_rows(progress, written, take, headings=HEADINGS, subject=subject)
    facts = [
        [_("Baris berisi"), len(written)],
        [_("Baris kosong, dilewati"), len(rows) - len(written)],
        [_("Pegawai"), len({employee for employee, _day in taken})],
    ]
    sheet, elsewhere = None, dict[str, list[PersonDay]]()
    if taken and not job.rows.exists():
        sheet, elsewhere = _keep_once(job, opd, month, taken)
    for title, days in elsewhere.items():
        words = _("Hari ini sudah ada di isian %(sheet)s. Tarik isian itu dahulu, atau kosongkan baris ini.")
        why = Wrong("date", words % {"sheet": title})
        tell_left_out(progress, [places[day] for day in days], why, headings=HEADINGS, subject=subject)
    if sheet is None:
        wrong = job.rows.values("row_number").distinct().count()
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
    if sheet.job_uid != job.uid:
        facts.append([_("Isi yang sama sudah masuk, tidak ada yang ditulis dua kali"), sheet.title])
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
def _keep_once(
    job: Job, opd: Unit, month: Month, taken: Mapping[PersonDay, ReadDay]
) -> tuple[AttendanceSheet | None, dict[str, list[PersonDay]]]:
    """The sheet of this job, or the one that has the very same rows already.

    Where days stand on other sheets that were not withdrawn there is none, and these days by the sheets' titles.
    """
    # Whatever their OPD: no day stands on two sheets.
    take_turns_with_sheets()
    standing = AttendanceSheet.objects.filter(month=month.first_day).exclude(state=AttendanceSheet.State.WITHDRAWN)
    digest = _digest(taken.values())
    known = AttendanceSheet.objects.filter(job_uid=job.uid).first() or standing.filter(opd=opd, digest=digest).first()
    if known is not None:
        return known, {}
    elsewhere = _days_by_sheet(standing, taken)
    return (None if elsewhere else _keep(job, opd, month, list(taken.values()), digest)), elsewhere


def _days_by_sheet(sheets: QuerySet[AttendanceSheet], taken: Collection[PersonDay]) -> dict[str, list[PersonDay]]:
    """Those of the persons' days that stand on one of the sheets, by its title. Two statements at most."""
    titles = {sheet.pk: sheet.title for sheet in sheets}
    if not titles:
        return {}
    people = {employee for employee, _day in taken}
    rows = AttendanceSheetRow.objects.filter(sheet__in=titles, employee_id__in=people)
    found: dict[str, list[PersonDay]] = {}
    for sheet, employee, day in rows.values_list("sheet_id", "employee_id", "date"):
        if (employee, day) in taken:
            found.setdefault(titles[sheet], []).append((employee, day))
    return found


def _keep(job: Job, opd: Unit, month: Month, taken: Sequence[ReadDay], digest: str) -> AttendanceSheet:
    if job.started_by is None:
        raise LookupError("a sheet of attendance is read for somebody")
    others = _days_with_others({row.employee_id for row in taken}, month)
    days = sorted(row.date for row in taken)
    sheet = AttendanceSheet.objects.create(
        opd=opd,
        month=month.first_day,
        period=DateRange(days[0], days[-1] + timedelta(days=1)),
        job_uid=job.uid,
        number=next_number(AttendanceSheet.objects.all(), month),
        file=sheet_of(job),
        letter=StoredFile.objects.get(uid=job.parameters["letter"]),
        letter_number=job.parameters["letter_number"],
        digest=digest,
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
        after={"month": str(month), "opd": opd.uid, "days": sheet.days, "digest": digest},
        note=sheet.reason,
    )
    return sheet


def _days_with_others(employee_ids: Iterable[int], month: Month) -> set[PersonDay]:
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


def _digest(taken: Collection[ReadDay]) -> str:
    rows = [
        [row.date.isoformat(), row.nip, _instant(row.came_at), _instant(row.left_at), row.code]
        for row in sorted(taken, key=lambda row: (row.date, row.nip))
    ]
    return sha256(canonical_json(rows).encode()).hexdigest()


def _instant(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
