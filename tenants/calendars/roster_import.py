"""A month's roster from a sheet: a row for each person, a column for each day; it becomes a draft."""

from __future__ import annotations

from typing import Final

from django.core.files.base import File
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kernel.accounts.models import User
from kernel.errors import DomainError, NotFound
from kernel.files.actions import SHEET_TYPES, store_file
from kernel.jobs import work
from kernel.jobs.models import Job
from kernel.periods import Month
from kernel.sheets.jobs import Wrong, sheet_of, sheet_rows, take_rows
from kernel.sheets.plain import SheetRow
from tenants.calendars.models import WorkPattern
from tenants.calendars.roster_access import people_of_roster, roster_unit
from tenants.calendars.rosters import FOLLOWS, FREE, CellIn, codes_of, draft_cells
from tenants.employees.in_sheets import named_in
from tenants.organisation.models import Unit

ROSTER_WORK: Final = "calendars.roster"
NIP: Final = "nip"
DAYS: Final = {f"d{number}": (str(number),) for number in range(1, 32)}
HEADINGS: Final = {NIP: ("NIP",), **DAYS}
# What people write for a free day, and for a day of which the roster says nothing.
_FREE_WORDS: Final = frozenset({FREE, "L", "LIBUR", "OFF"})
_NOBODY: Final = gettext_lazy("Tidak ada pegawai unit ini dengan NIP ini.")


@transaction.atomic
def start_roster_import(*, unit: Unit, month: Month, pattern: WorkPattern, upload: File[bytes], actor: User) -> Job:
    """Keep the sheet and read it in the background. Raises NotFound for a stranger, FileRefused."""
    roster_unit(actor, unit.uid)
    stored = store_file(upload=upload, purpose="roster", owner=actor, allowed=SHEET_TYPES)
    return work.start(
        kind=ROSTER_WORK,
        title=_("Jadwal %(unit)s %(month)s") % {"unit": unit.name, "month": month},
        actor=actor,
        parameters={"month": str(month), "unit": str(unit.uid), "pattern": str(pattern.uid)},
        file=stored,
    )


@work.work(ROSTER_WORK)
def import_roster(progress: work.Progress) -> None:
    """Read the job's sheet, say what is wrong beside each row, and draft the whole month when nothing is."""
    job = progress.job
    month = Month.parse(job.parameters["month"])
    if job.started_by is None:
        raise NotFound("user")
    unit = roster_unit(job.started_by, job.parameters["unit"])
    pattern = WorkPattern.objects.get(uid=job.parameters["pattern"])
    known = {person.nip: person.pk for person in people_of_roster(job.started_by, unit, month)}
    codes = set(codes_of(pattern))
    rows = sheet_rows(sheet_of(job), headings=HEADINGS, required=[NIP])
    seen: set[int] = set()

    def take(row: SheetRow) -> list[CellIn]:
        employee = named_in(row, known, column=NIP, nobody=_NOBODY)
        if employee in seen:
            raise Wrong(NIP, _("Sudah ada di baris lain."))
        seen.add(employee)
        return [
            CellIn(employee, day, _value(row, f"d{day.day}", codes))
            for day in month.days()
            if f"d{day.day}" in row.cells
        ]

    taken = take_rows(progress, rows, take, headings=HEADINGS, subject=NIP)
    page = f"{reverse('calendars-roster')}?unit={unit.uid}&bulan={month}&pola={pattern.uid}"
    written = 0
    facts = [[_("Baris benar"), len(taken)]]
    if len(taken) == len(rows):
        try:
            written = draft_cells(
                cells=[cell for cells in taken for cell in cells],
                pattern=pattern,
                actor=job.started_by,
            )
        except DomainError as error:
            facts.append([error.message(), 0])
    facts.append([_("Sel ditulis ke draf"), written])
    progress.result(facts=facts, url=page)


def _value(row: SheetRow, column: str, codes: set[str]) -> str:
    text = row.cells[column].upper()
    # A code of the pattern goes before the usual word for a free day.
    if text in codes:
        return text
    if not text:
        return FOLLOWS
    if text in _FREE_WORDS:
        return FREE
    raise Wrong(column, _("Kode sif ini tidak ada di pola. Yang ada: %(codes)s.") % {"codes": ", ".join(sorted(codes))})
