"""Bringing a catalogue in from a spreadsheet: a job that first only shows what would happen, then does it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.core.files.base import File
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from kernel.accounts.actors import Actor, System
from kernel.accounts.models import User
from kernel.audit.record import Deed, declare_action, record_many
from kernel.files.actions import SHEET_TYPES, store_file
from kernel.files.models import StoredFile
from kernel.jobs.models import Job, JobRow
from kernel.jobs.work import Progress, work
from kernel.permissions import require
from kernel.sheets.jobs import Link, checked_job, say_outcome, sheet_of, sheet_rows, start_apply, start_check
from kernel.sheets.plain import SheetRow
from kernel.tenancy import here
from tenants.activities.catalogue import (
    HEADINGS,
    REQUIRED,
    Entry,
    Plan,
    UnreadableEntry,
    lay_down,
    lock_catalogue,
    plan,
    position_names,
    read_entry,
)
from tenants.activities.models import JobKind
from tenants.activities.permissions import MANAGE_CATALOGUE

KIND = "activities.import_catalogue"
ADDED = declare_action("activities.catalogue_added", "Jenis pekerjaan ditambahkan ke katalog")
CHANGED = declare_action("activities.catalogue_changed", "Jenis pekerjaan di katalog diubah")
ENDED = declare_action("activities.catalogue_ended", "Versi jenis pekerjaan berakhir")


@dataclass(frozen=True, slots=True)
class Reading:
    """What a sheet would do: the plan, and the rows that are not taken."""

    planned: Plan
    refused: list[JobRow]
    rows: int


@transaction.atomic
def check_catalogue(*, upload: File[bytes], actor: User) -> Job:
    """Keep the sheet and start the job that only shows what would happen. Raises FileRefused, NotAllowed."""
    require(actor, MANAGE_CATALOGUE)
    stored = store_file(upload=upload, purpose="import", owner=actor, allowed=SHEET_TYPES)
    title = _("Periksa katalog: %(name)s") % {"name": stored.name}
    return start_check(kind=KIND, title=title, sheet=stored, actor=actor)


@transaction.atomic
def apply_catalogue(*, checked: UUID, actor: User) -> Job:
    """Start the job that writes what a finished check has shown. Raises NotFound, NotAllowed."""
    require(actor, MANAGE_CATALOGUE)
    job = checked_job(KIND, checked)
    title = _("Terapkan katalog: %(name)s") % {"name": sheet_of(job).name}
    return start_apply(checked=job, title=title, actor=actor)


@work(KIND)
def import_catalogue(progress: Progress) -> None:
    """Read the sheet of the job; with `apply` write it. A second run finds everything unchanged."""
    job = progress.job
    with transaction.atomic():
        if job.parameters["apply"]:
            lock_catalogue()
        reading = read_sheet(sheet_of(job))
        if job.parameters["apply"]:
            write(reading.planned, job.started_by or System("activities.import_catalogue"))
    planned = reading.planned
    say_outcome(
        progress,
        rows=reading.rows,
        refused=reading.refused,
        facts=[
            (_("Versi baru"), len(planned.create)),
            (_("Diubah"), len(planned.change)),
            (_("Tidak berubah"), planned.unchanged),
        ],
        writes=len(planned.create) + len(planned.change),
        look=Link(_("Lihat katalog"), reverse("catalogue-list")),
        apply=Link(_("Terapkan ke katalog"), reverse("catalogue-apply", args=[job.uid])),
    )


def read_sheet(stored: StoredFile) -> Reading:
    """What the stored sheet would do. Raises SheetRefused."""
    return read_catalogue(sheet_rows(stored, headings=HEADINGS, required=REQUIRED))


def read_catalogue(rows: list[SheetRow]) -> Reading:
    """What these rows would do; a faulty row is left out, the others count."""
    today = here.today()
    names = position_names()
    entries: list[Entry] = []
    kept: list[SheetRow] = []
    refused: list[JobRow] = []
    for row in rows:
        subject = row.cells.get("code") or row.cells.get("name", "")
        try:
            entries.append(read_entry(row.cells, today=today, names=names, numbers=row.numbers))
        except UnreadableEntry as error:
            refused += [_refused(row.number, subject, f.column, f.value, f.message) for f in error.faults]
        else:
            kept.append(row)
    planned = plan(entries)
    for position, message in planned.refused.items():
        row = kept[position]
        refused.append(_refused(row.number, entries[position].code, HEADINGS["valid_from"][0], "", message))
    refused.sort(key=lambda note: note.row_number or 0)
    return Reading(planned, refused, len(rows))


def _refused(number: int, subject: str, column: str, value: str, message: str) -> JobRow:
    return JobRow(row_number=number, subject=subject, column=column, value=value, message=message)


def write(planned: Plan, actor: Actor) -> None:
    """Write a plan and the audit. Call it inside a transaction, with the catalogue locked."""
    made = lay_down(planned)
    number = None if made is None else made.number
    for action, kinds in ((ADDED, planned.create), (CHANGED, planned.change), (ENDED, planned.end)):
        record_many(action, actor=actor, deeds=[Deed(kind, after=_shown(kind, number)) for kind in kinds])


def _shown(kind: JobKind, catalogue_version: int | None) -> dict[str, object]:
    return {
        "code": kind.code,
        "catalogue_version": catalogue_version,
        "norm_minutes": kind.norm_minutes,
        "points": kind.points,
        "weight": kind.weight,
        "valid_from": kind.valid_from,
        "valid_to": kind.valid_to,
    }
