"""Stops of service from a sheet: a job first shows what the sheet would do, a second one does it.

A letter that is recorded already stays one record, so the same sheet twice changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from django.core.files.base import File
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kernel.accounts.models import User
from kernel.files.actions import SHEET_TYPES, open_clean, store_file
from kernel.files.models import StoredFile
from kernel.jobs.models import Job, JobRow
from kernel.jobs.work import Progress, work
from kernel.permissions import require
from kernel.sheets.jobs import Link, checked_job, say_outcome, sheet_of, start_apply, start_check
from kernel.sheets.reading import Book, BookError, CellRefused, Row
from kernel.sheets.words import SheetRefused, Words, sentence
from kernel.sheets.writing import Column, Sheet, workbook
from tenants.employees.errors import StopRefused
from tenants.employees.models import Employee, ServiceStop
from tenants.employees.permissions import IMPORT_EMPLOYEES
from tenants.employees.stops import KINDS, StopInput, refuse_contradiction, says, unstored, write_stop

KIND: Final = "employees.import_stops"
SHEET: Final = "Penghentian"
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
    return start_check(kind=KIND, title=_("Periksa penghentian tugas"), sheet=stored, actor=actor)


@transaction.atomic
def apply_stops(*, checked: UUID, actor: User) -> Job:
    """Start the job that records what a finished check has shown. Raises NotFound, NotAllowed."""
    require(actor, IMPORT_EMPLOYEES)
    return start_apply(checked=checked_job(KIND, checked), title=_("Simpan penghentian tugas"), actor=actor)


@work(KIND)
def import_stops(progress: Progress) -> None:
    """Read the job's sheet; with `apply` record the rows that are right. A second run finds everything known."""
    job = progress.job
    if job.started_by is None:
        raise LookupError("stops are recorded by somebody")
    with transaction.atomic():
        reading = _read(sheet_of(job), job.started_by)
        if job.parameters["apply"]:
            for employee, stop in reading.new:
                write_stop(employee, stop, job.started_by)
    say_outcome(
        progress,
        rows=reading.rows,
        refused=reading.refused,
        facts=[(_("Penghentian baru"), len(reading.new)), (_("Sudah tercatat"), reading.known)],
        writes=len(reading.new),
        look=Link(_("Lihat daftar penghentian"), reverse("employees-stops")),
        apply=Link(_("Simpan yang benar"), reverse("employees-stops-apply", args=[job.uid])),
    )


def _read(stored: StoredFile, author: User) -> Reading:
    """What the sheet would do. The people's rows are locked: nobody else writes their stops meanwhile."""
    with open_clean(stored) as file:
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
