"""A month's figures of one code from a sheet: every row is checked first; with one wrong row nothing is written."""

from __future__ import annotations

from decimal import Decimal
from typing import Final, cast

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from kernel.accounts.actors import System
from kernel.accounts.models import User
from kernel.figures import NotAFigure, TwoFigures
from kernel.files.actions import store_file
from kernel.jobs import work
from kernel.jobs.models import Job, JobRow
from kernel.periods import Month
from kernel.permissions import require
from kernel.sheets.plain import SheetRow, read_rows
from kernel.sheets.words import TWO_FIGURES
from tenants.calendars import closing
from tenants.employees.models import Employee
from tenants.measures.permissions import RECORD
from tenants.measures.recording import Subject, record_measures
from tenants.organisation.models import Unit
from tenants.rules.engine import MeasureTitle

SHEET_WORK: Final = "measures.sheet"
SHEETS: Final = frozenset({"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"})
SUBJECT_HEADINGS: Final = {"employee": ("NIP",), "unit": ("Kode unit", "Kode OPD", "Kode")}
VALUE_HEADINGS: Final = ("Nilai", "Ukuran", "Jumlah")
_MOST: Final = Decimal(10) ** 12


@transaction.atomic
def start_sheet_import(*, month: Month, code: str, title: MeasureTitle, upload: File[bytes], actor: User) -> Job:
    """Keep the sheet and read it in the background. Raises closing.MonthClosed and FileRefused."""
    require(actor, RECORD)
    if closing.is_closed(month):
        raise closing.MonthClosed(month)
    stored = store_file(upload=upload, purpose="measures", owner=actor, allowed=SHEETS)
    return work.start(
        kind=SHEET_WORK,
        title=_("%(measure)s %(month)s") % {"measure": title.label, "month": month},
        actor=actor,
        parameters={"month": str(month), "code": code, "per": title.per},
        file=stored,
    )


@work.work(SHEET_WORK)
def import_measures(progress: work.Progress) -> None:
    """Read the job's sheet, say what is wrong beside each row, and write when nothing is."""
    job = progress.job
    month = Month.parse(job.parameters["month"])
    per = cast("Subject", job.parameters["per"])
    if job.file is None:
        raise LookupError("a sheet of measures has a file")
    headings = {"subject": SUBJECT_HEADINGS[per], "value": VALUE_HEADINGS}
    with default_storage.open(job.file.path, "rb") as file:
        rows = read_rows(file, headings=headings)
    progress.advance(0, len(rows), _("Membaca lembar"))
    known = _subjects(per, month)
    values: dict[int, Decimal] = {}
    notes: list[JobRow] = []
    for row in rows:
        problem = _problem(row, per, known, values)
        if problem is None:
            values[known[row.cells["subject"]]] = row.figure("value")
            continue
        column, message = problem
        notes.append(
            JobRow(
                message=message,
                row_number=row.number,
                subject=row.cells["subject"],
                column=headings[column][0],
                value=row.cells[column],
            )
        )
    # What an attempt said that was interrupted is said again.
    progress.forget_rows()
    progress.rows(notes)
    page = f"{reverse('measures-month')}?bulan={month}"
    if notes:
        facts = [[_("Baris benar"), len(rows) - len(notes)], [_("Ditulis"), 0]]
        progress.result(facts=facts, url=page)
        return
    written = record_measures(
        month=month,
        code=job.parameters["code"],
        per=per,
        values=values,
        source=job.file.name,
        actor=job.started_by or System("measures"),
    )
    progress.advance(len(rows), len(rows))
    progress.result(facts=[[_("Ditulis"), written]], url=page)


def _subjects(per: Subject, month: Month) -> dict[str, int]:
    if per == "unit":
        return dict(Unit.objects.values_list("code", "pk"))
    # Of two people with one NIP the active one counts.
    in_service = Employee.objects.in_service(month.first_day, month.end).order_by("is_active")
    return dict(in_service.values_list("nip", "pk"))


def _problem(row: SheetRow, per: Subject, known: dict[str, int], values: dict[int, Decimal]) -> tuple[str, str] | None:
    subject = row.cells["subject"]
    if "subject" in row.rounded:
        return "subject", _("NIP diketik sebagai angka sehingga digitnya berubah. Ketik ulang sebagai teks.")
    if subject not in known:
        if per == "unit":
            return "subject", _("Tidak ada unit dengan kode ini.")
        return "subject", _("Tidak ada pegawai yang bertugas bulan itu dengan NIP ini.")
    if known[subject] in values:
        return "subject", _("Sudah ada di baris lain.")
    try:
        value = row.figure("value")
    except TwoFigures:
        return "value", str(TWO_FIGURES)
    except NotAFigure:
        return "value", _("Isi dengan angka, misalnya 96,5.")
    if not 0 <= value < _MOST:
        return "value", _("Angka ini tidak mungkin: isi nol atau lebih.")
    return None
