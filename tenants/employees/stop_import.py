"""Stops of service from a sheet: a job first shows what the sheet would do, a second one does it.

A letter that is recorded already stays one record, so the same sheet twice changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kernel.accounts.models import User
from kernel.errors import NotFound
from kernel.files.actions import store_file
from kernel.jobs.models import Job, JobRow
from kernel.jobs.work import Progress, start, work
from kernel.permissions import require
from kernel.sheets.reading import Book, BookError, CellRefused, Row
from kernel.sheets.words import SheetRefused, Words, sentence
from kernel.sheets.writing import Column, Sheet, workbook
from tenants.employees.errors import StopRefused
from tenants.employees.models import Employee, ServiceStop
from tenants.employees.permissions import IMPORT_EMPLOYEES
from tenants.employees.stops import KINDS, StopInput, refuse_contradiction, says, unstored, write_stop

KIND: Final = "employees.import_stops"
SHEET: Final = "Penghentian"
SHEET_TYPES: Final = frozenset({"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"})
NIP, TYPE, FIRST, LAST = "NIP", "Jenis", "Mulai", "Sampai"
LETTER, LETTER_DATE, NOTE = "Nomor SK", "Tanggal SK", "Keterangan"
REQUIRED: Final = (NIP, TYPE, FIRST, LETTER, LETTER_DATE)
OPTIONAL: Final = (LAST, NOTE)

_WORDS: Final[Words] = {
    "unknown_nip": gettext_lazy("Tidak ada pegawai dengan NIP ini."),
    "own": gettext_lazy("Data sendiri tidak dapat diubah sendiri. Minta rekan yang mengelola pegawai."),
    "contradiction": "%(words)s",
}


@dataclass
class Reading:
    """What a sheet would do: new stops by person in the order of the rows, and the rows that are not taken."""

    rows: int = 0
    known: int = 0
    new: list[tuple[Employee, StopInput]] = field(default_factory=list)
    refused: list[JobRow] = field(default_factory=list)


def template() -> bytes:
    """An empty sheet with the right headings, the NIP column as text."""
    kinds = [str(label) for label in KINDS.values()]
    columns = [
        Column(NIP, required=True, width=22),
        Column(TYPE, required=True, choices=kinds, width=34),
        Column(FIRST, "date", required=True),
        Column(LAST, "date"),
        Column(LETTER, required=True, width=26),
        Column(LETTER_DATE, "date", required=True),
        Column(NOTE, width=40),
    ]
    return workbook([Sheet(SHEET, columns)])


@transaction.atomic
def check_stops(*, upload: File[bytes], actor: User) -> Job:
    """Keep the sheet and start the job that only shows what would happen. Raises FileRefused, NotAllowed."""
    require(actor, IMPORT_EMPLOYEES)
    stored = store_file(upload=upload, purpose="import", owner=actor, allowed=SHEET_TYPES)
    title = _("Periksa penghentian tugas")
    return start(kind=KIND, title=title, actor=actor, parameters={"apply": False}, file=stored)


def checked_job(uid: UUID) -> Job:
    """A finished check that found something to write. Raises NotFound."""
    job = Job.objects.filter(uid=uid, kind=KIND, state=Job.State.DONE).select_related("file").first()
    if job is None or job.parameters.get("apply") or not job.result.get("writes"):
        raise NotFound("job")
    return job


@transaction.atomic
def apply_stops(*, checked: UUID, actor: User) -> Job:
    """Start the job that records what a finished check has shown. Raises NotFound, NotAllowed."""
    require(actor, IMPORT_EMPLOYEES)
    job = checked_job(checked)
    title = _("Simpan penghentian tugas")
    return start(kind=KIND, title=title, actor=actor, parameters={"apply": True}, file=job.file)


@work(KIND)
def import_stops(progress: Progress) -> None:
    """Read the job's sheet; with `apply` record the rows that are right. A second run finds everything known."""
    job = progress.job
    if job.file is None or job.started_by is None:
        raise NotFound("file")
    apply = bool(job.parameters["apply"])
    with transaction.atomic():
        reading = _read(job, job.started_by)
        if apply:
            for employee, stop in reading.new:
                write_stop(employee, stop, job.started_by)
    progress.forget_rows()
    progress.rows(reading.refused)
    progress.advance(reading.rows, reading.rows)
    if apply or not reading.new:
        links = [{"text": _("Lihat daftar penghentian"), "url": reverse("employees-stops")}]
    else:
        links = [{"text": _("Simpan yang benar"), "url": reverse("employees-stops-apply", args=[job.uid])}]
    progress.result(
        facts=[
            [_("Baris dibaca"), reading.rows],
            [_("Penghentian baru"), len(reading.new)],
            [_("Sudah tercatat"), reading.known],
            [_("Tidak diterima"), len(reading.refused)],
        ],
        links=links,
        writes=len(reading.new),
    )


def _read(job: Job, author: User) -> Reading:
    """What the job's sheet would do. The people's rows are locked: nobody else writes their stops meanwhile."""
    if job.file is None:
        raise NotFound("file")
    with default_storage.open(job.file.path, "rb") as file:
        try:
            rows = Book(file.read()).rows(SHEET, required=REQUIRED, optional=OPTIONAL)
        except BookError as error:
            raise SheetRefused(error) from error
    nips = {"".join(row.shown(NIP).split()) for row in rows}
    # Of two people with one NIP the active one counts.
    people = {
        person.nip: person
        for person in Employee.objects.select_for_update().filter(nip__in=nips).order_by("is_active", "pk")
    }
    stops: dict[int, list[ServiceStop]] = {person.pk: [] for person in people.values()}
    for stop in ServiceStop.objects.filter(employee__in=stops).order_by("employee_id", "period"):
        stops[stop.employee_id].append(stop)
    reading = Reading(rows=len(rows))
    for row in rows:
        try:
            _take(reading, row, people, stops, author)
        except CellRefused as refused:
            cell = refused.error
            reading.refused.append(
                JobRow(
                    message=sentence(cell, _WORDS),
                    row_number=row.number,
                    subject=row.shown(NIP),
                    column=cell.column,
                    value=cell.value,
                )
            )
    return reading


def _take(
    reading: Reading, row: Row, people: dict[str, Employee], stops: dict[int, list[ServiceStop]], author: User
) -> None:
    """Read one row; what it adds stands among `stops` for the rows below it. Raises CellRefused."""
    nip = "".join(row.digits(NIP).split())
    if nip not in people:
        raise row.refuse(NIP, "unknown_nip")
    employee = people[nip]
    if employee.user_id == author.pk:
        raise row.refuse(NIP, "own")
    first, letter_date = row.date(FIRST), row.date(LETTER_DATE)
    if first is None or letter_date is None:
        raise LookupError("a required date was read as empty")
    kinds = {str(label).casefold(): value for value, label in KINDS.items()}
    stop = StopInput(
        kind=row.choice(TYPE, kinds),
        first=first,
        last=row.date(LAST, required=False),
        letter_number=row.text(LETTER, longest=100),
        letter_date=letter_date,
        note=row.text(NOTE, required=False, longest=300),
    )
    known = stops[employee.pk]
    if any(says(other) == stop for other in known):
        reading.known += 1
        return
    try:
        refuse_contradiction(stop, known)
    except StopRefused as error:
        raise row.refuse(FIRST, "contradiction", words=error.message()) from error
    reading.new.append((employee, stop))
    known.append(unstored(employee, stop))
