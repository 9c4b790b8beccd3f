"""Bringing a catalogue in from a spreadsheet: a job that first only shows what would happen, then does it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from kernel import clock
from kernel.accounts.actors import Actor, System
from kernel.accounts.models import User
from kernel.audit.record import Deed, declare_action, record_many
from kernel.errors import NotFound
from kernel.files.actions import store_file
from kernel.files.models import StoredFile
from kernel.jobs.models import Job
from kernel.jobs.work import Progress, start, work
from kernel.permissions import require
from kernel.sheets.plain import SheetRow, read_rows
from kernel.tenancy.context import current_region
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
SHEET_TYPES = frozenset({"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"})
ADDED = declare_action("activities.catalogue_added", "Jenis pekerjaan ditambahkan ke katalog")
CHANGED = declare_action("activities.catalogue_changed", "Jenis pekerjaan di katalog diubah")
ENDED = declare_action("activities.catalogue_ended", "Versi jenis pekerjaan berakhir")


@dataclass(frozen=True, slots=True)
class Faulty:
    """One row that was not taken."""

    number: int
    subject: str
    column: str
    value: str
    message: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What a sheet would do: the plan, and the rows that are not taken."""

    planned: Plan
    faulty: list[Faulty]
    rows: int


@transaction.atomic
def check_catalogue(*, upload: File[bytes], actor: User) -> Job:
    """Keep the sheet and start the job that only shows what would happen. Raises FileRefused, NotAllowed."""
    require(actor, MANAGE_CATALOGUE)
    stored = store_file(upload=upload, purpose="import", owner=actor, allowed=SHEET_TYPES)
    return start(
        kind=KIND,
        title=_("Periksa katalog: %(name)s") % {"name": stored.name},
        actor=actor,
        parameters={"apply": False},
        file=stored,
    )


@transaction.atomic
def apply_catalogue(*, checked: UUID, actor: User) -> Job:
    """Start the job that writes what a finished check has shown. Raises NotFound, NotAllowed."""
    require(actor, MANAGE_CATALOGUE)
    job = checked_job(checked)
    return start(
        kind=KIND,
        title=_("Terapkan katalog: %(name)s") % {"name": job.file.name if job.file else ""},
        actor=actor,
        parameters={"apply": True, "checked": str(job.uid)},
        file=job.file,
    )


def checked_job(uid: UUID) -> Job:
    """A finished check that found something to write. Raises NotFound."""
    job = Job.objects.filter(uid=uid, kind=KIND, state=Job.State.DONE).select_related("file").first()
    if job is None or job.parameters.get("apply") or not job.result.get("writes"):
        raise NotFound("job")
    return job


@work(KIND)
def import_catalogue(progress: Progress) -> None:
    """Read the sheet of the job; with `apply` write it. A second run finds everything unchanged."""
    job = progress.job
    if job.file is None:
        raise NotFound("file")
    apply = bool(job.parameters.get("apply"))
    with transaction.atomic():
        if apply:
            lock_catalogue()
        reading = read_sheet(job.file)
        if apply:
            write(reading.planned, job.started_by or System("activities.import_catalogue"))
    job.rows.all().delete()
    for fault in reading.faulty:
        progress.row(
            fault.message, row_number=fault.number, subject=fault.subject, column=fault.column, value=fault.value
        )
    progress.advance(reading.rows, reading.rows)
    planned = reading.planned
    writes = len(planned.create) + len(planned.change)
    facts = [
        [_("Baris dibaca"), reading.rows],
        [_("Versi baru"), len(planned.create)],
        [_("Diubah"), len(planned.change)],
        [_("Tidak berubah"), planned.unchanged],
        [_("Tidak diterima"), len({fault.number for fault in reading.faulty})],
    ]
    if apply or not writes:
        links = [{"text": _("Lihat katalog"), "url": reverse("catalogue-list")}]
    else:
        links = [{"text": _("Terapkan ke katalog"), "url": reverse("catalogue-apply", args=[job.uid])}]
    progress.result(facts=facts, links=links, writes=writes)


def read_sheet(stored: StoredFile) -> Reading:
    """What the stored sheet would do. Raises SheetRefused."""
    with default_storage.open(stored.path, "rb") as file:
        rows = read_rows(file, headings=HEADINGS, required=REQUIRED)
    return read_catalogue(rows)


def read_catalogue(rows: list[SheetRow]) -> Reading:
    """What these rows would do; a faulty row is left out, the others count."""
    today = clock.today(current_region().time_zone)
    names = position_names()
    entries: list[Entry] = []
    kept: list[SheetRow] = []
    faulty: list[Faulty] = []
    for row in rows:
        subject = row.cells.get("code") or row.cells.get("name", "")
        try:
            entries.append(read_entry(row.cells, today=today, names=names, numbers=row.numbers))
        except UnreadableEntry as error:
            faulty += [Faulty(row.number, subject, f.column, f.value, f.message) for f in error.faults]
        else:
            kept.append(row)
    planned = plan(entries)
    for position, message in planned.refused.items():
        row = kept[position]
        faulty.append(Faulty(row.number, entries[position].code, HEADINGS["valid_from"][0], "", message))
    faulty.sort(key=lambda fault: fault.number)
    return Reading(planned, faulty, len(rows))


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
