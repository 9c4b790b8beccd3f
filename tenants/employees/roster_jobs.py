"""Checking and importing a roster as long work: dry run first, then, once confirmed, the writing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.core.files.base import ContentFile, File
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from kernel.accounts.actors import Actor, System
from kernel.accounts.models import User
from kernel.audit.record import declare_action, record
from kernel.errors import NotFound
from kernel.files import actions as files
from kernel.files.access import reader
from kernel.files.models import StoredFile
from kernel.jobs import work
from kernel.jobs.models import Job, JobRow
from kernel.permissions import user_may
from kernel.sheets.words import sentence
from kernel.tenancy import here
from tenants.employees import checked_sheets
from tenants.employees import roster_sheet as sheet
from tenants.employees.errors import NothingToImport, RosterHasErrors
from tenants.employees.permissions import IMPORT_EMPLOYEES
from tenants.employees.roster_import import import_roster, plan_of
from tenants.employees.roster_sheet import Entry, Plan
from tenants.employees.roster_words import ROSTER_WORDS
from tenants.employees.roster_workbooks import rejected
from tenants.employees.row_outcome import Outcome

CHECK: Final = "employees.roster_check"
IMPORT: Final = "employees.roster_import"
PURPOSE: Final = "employees.roster"
MAX_BYTES: Final = 20 * 1024 * 1024
# The preview shows this many rows of each sheet; the counts are of all.
SHOWN: Final = 200

UPLOADED = declare_action("employees.roster_uploaded", "Berkas pegawai diunggah untuk diperiksa")
CONFIRMED = declare_action("employees.roster_confirmed", "Impor pegawai dikonfirmasi")


@reader(PURPOSE, is_sensitive=True)
def may_read_roster(user: User, stored: StoredFile) -> bool:
    return user_may(user, IMPORT_EMPLOYEES)


@transaction.atomic
def check_roster(*, upload: File[bytes], actor: User) -> Job:
    """Keep the file and begin the dry run. Raises FileRefused."""
    stored = files.store_file(
        upload=upload, purpose=PURPOSE, owner=actor, allowed=files.SHEET_TYPES, max_bytes=MAX_BYTES
    )
    job = work.start(kind=CHECK, title=_("Periksa berkas %(name)s") % {"name": stored.name}, actor=actor, file=stored)
    record(UPLOADED, actor=actor, subject=stored, after={"sha256": stored.sha256, "size": stored.size})
    return job


@transaction.atomic
def confirm_roster(*, check_uid: UUID, valid_rows_only: bool, actor: User) -> Job:
    """Begin the writing of a checked file. Raises NotFound, NotChecked, AlreadyImported, RosterHasErrors."""
    check = checked_sheets.importable(check_uid, check=CHECK, into=IMPORT)
    wrong = check.result["counts"]["error"]
    if wrong and not valid_rows_only:
        raise RosterHasErrors(wrong)
    if not checked_sheets.writes(check):
        raise NothingToImport
    job = work.start(
        kind=IMPORT,
        title=_("Impor pegawai"),
        actor=actor,
        file=check.file,
        parameters={"check": str(check.uid), "valid_rows_only": valid_rows_only},
    )
    record(CONFIRMED, actor=actor, subject=check, after={"valid_rows_only": valid_rows_only, "left_out": wrong})
    return job


@work.work(CHECK)
def run_check(progress: work.Progress) -> None:
    """The dry run: nothing is written but what the job says about the file."""
    job = progress.job
    # A worker that was lost may have begun; the same file gives the same rows again.
    job.rows.all().delete()
    Job.objects.filter(pk=job.pk).update(error_rows=0)
    progress.advance(0, 3, _("Membaca berkas"))
    content = _content(job)
    progress.advance(1, 3, _("Membandingkan dengan data sekarang"))
    plan = plan_of(content, today=here.today())
    progress.advance(2, 3, _("Menyusun ringkasan"))
    progress.rows(job_rows(plan))
    returned = _keep_rejected(plan, job)
    progress.result(
        counts={outcome.value: plan.count(outcome) for outcome in Outcome},
        sheets={name: {outcome.value: plan.count(outcome, name) for outcome in Outcome} for name in sheet.COLUMNS},
        preview=[
            _previewed(entry) for name in sheet.COLUMNS for entry in plan.of(name, Outcome.CHANGE, Outcome.ADD)[:SHOWN]
        ],
        rejected="" if returned is None else str(returned.uid),
        facts=[
            [_("Baris baru"), plan.count(Outcome.ADD)],
            [_("Baris berubah"), plan.count(Outcome.CHANGE)],
            [_("Baris tanpa perubahan"), plan.count(Outcome.SAME)],
            [_("Baris salah"), plan.count(Outcome.ERROR)],
        ],
        url=reverse("employees-import-check", args=[job.uid]),
    )
    progress.advance(3, 3)


@work.work(IMPORT)
def run_import(progress: work.Progress) -> None:
    """The writing, in one transaction; a second run after a lost worker finds nothing left to change."""
    job = progress.job
    progress.advance(0, 2, _("Membaca berkas"))
    content = _content(job)
    progress.advance(1, 2, _("Menulis pegawai dan penempatan"))
    actor: Actor = job.started_by or System(IMPORT)
    written = import_roster(
        content=content,
        today=here.today(),
        actor=actor,
        valid_rows_only=bool(job.parameters["valid_rows_only"]),
        note=str(job.uid),
    )
    progress.result(
        facts=[
            [_("Unit baru"), written.units],
            [_("Jabatan baru"), written.positions],
            [_("Pegawai baru"), written.people],
            [_("Penempatan baru"), written.placements],
            [_("Baris berubah"), written.changed],
            [_("Baris dilewati karena salah"), written.left_out],
        ],
        links=[
            {"text": _("Buka daftar pegawai"), "url": reverse("employees-list")},
            {"text": _("Buat kode aktivasi"), "url": reverse("employees-codes")},
        ],
    )
    progress.advance(2, 2)


def job_rows(plan: Plan) -> list[JobRow]:
    """What is wrong with, or unusual about, each row, in the person's words; the column names its sheet."""
    rows = []
    for entry in plan.entries:
        for level, errors in ((JobRow.Level.ERROR, entry.errors), (JobRow.Level.WARNING, entry.remarks)):
            rows += [
                JobRow(
                    level=level,
                    row_number=entry.row.number,
                    subject=f"{entry.row.sheet}: {entry.subject}"[:200],
                    column=error.column[:60],
                    value=error.value[:200],
                    message=sentence(error, ROSTER_WORDS),
                )
                for error in errors
            ]
    return rows


def _content(job: Job) -> bytes:
    if job.file is None:
        raise NotFound("file")
    with files.open_clean(job.file) as stored:
        return bytes(stored.read())


def _keep_rejected(plan: Plan, job: Job) -> StoredFile | None:
    if not plan.wrong:
        return None
    content = ContentFile(rejected(plan), name=f"baris-salah-{job.uid}.xlsx")
    (kind,) = files.SHEET_TYPES
    return files.store_made(content=content, purpose=PURPOSE, owner=job.started_by, kind=kind)


def _previewed(entry: Entry) -> dict[str, Any]:
    placement = entry.placement
    text = ""
    if placement is not None:
        last = "" if placement.until is None else f" – {placement.until - timedelta(days=1):%d-%m-%Y}"
        text = f"{placement.position}, {placement.since:%d-%m-%Y}{last}"
    return {
        "sheet": entry.row.sheet,
        "row": entry.row.number,
        "subject": entry.subject,
        "outcome": entry.outcome.value,
        "placement": text,
        "changes": [[change.column, change.before, change.after] for change in entry.changes],
    }
