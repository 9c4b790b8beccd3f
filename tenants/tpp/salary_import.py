"""The salary bases of a month from a sheet: every row is checked first; with one wrong row nothing is written."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _

from kernel.accounts.actors import System
from kernel.accounts.models import User
from kernel.date_words import month_words
from kernel.figures import NotAFigure
from kernel.files.actions import store_file
from kernel.jobs import work
from kernel.jobs.models import Job, JobRow
from kernel.periods import Month
from kernel.permissions import require
from kernel.sheets.plain import SheetRow, read_rows
from tenants.calendars import closing
from tenants.employees.models import Employee
from tenants.tpp.permissions import SALARY
from tenants.tpp.salary import Salary, record_salaries

SALARY_WORK: Final = "tpp.salary"
SHEETS: Final = frozenset({"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"})
HEADINGS: Final = {
    "nip": ("NIP",),
    "amount": ("Dasar gaji", "Gaji", "Gaji pokok dan tunjangan", "Jumlah"),
    "tax": ("PPh 21 gaji", "PPh gaji", "Pajak gaji"),
    "ptkp": ("PTKP", "Status PTKP"),
    "pension": ("Iuran pensiun", "IWP pensiun"),
}
REQUIRED: Final = ("nip", "amount")
# Tax-free statuses (PMK 101/PMK.010/2016): unmarried or married, with up to three dependants.
PTKP: Final = frozenset(f"{married}/{dependants}" for married in ("TK", "K") for dependants in range(4))


@transaction.atomic
def start_salary_import(*, month: Month, upload: File[bytes], actor: User) -> Job:
    """Keep the sheet and read it in the background. Raises FileRefused, and closing.MonthClosed when it is for all."""
    require(actor, SALARY)
    people = set(Employee.objects.in_service(month.first_day, month.end).values_list("pk", flat=True))
    if people and closing.closed_people(people, month) == people:
        raise closing.MonthClosed(month)
    stored = store_file(upload=upload, purpose="salary", owner=actor, allowed=SHEETS)
    return work.start(
        kind=SALARY_WORK,
        title=_("Dasar gaji %(month)s") % {"month": month_words(month)},
        actor=actor,
        parameters={"month": str(month)},
        file=stored,
    )


@work.work(SALARY_WORK)
def import_salary_bases(progress: work.Progress) -> None:
    """Read the job's sheet, say what is wrong beside each row, and write when nothing is."""
    job = progress.job
    month = Month.parse(job.parameters["month"])
    if job.file is None:
        raise LookupError("a salary import has a file")
    with default_storage.open(job.file.path, "rb") as file:
        rows = read_rows(file, headings=HEADINGS, required=REQUIRED)
    progress.advance(0, len(rows), _("Membaca lembar"))
    # Of two people with one NIP the active one counts.
    in_service = Employee.objects.in_service(month.first_day, month.end).order_by("is_active")
    people = dict(in_service.values_list("nip", "pk"))
    salaries: dict[int, Salary] = {}
    notes: list[JobRow] = []
    for row in rows:
        problem = _problem(row, people, salaries)
        if problem is None:
            salaries[people[row.cells["nip"]]] = _salary(row)
            continue
        column, message = problem
        notes.append(
            JobRow(
                message=message,
                row_number=row.number,
                subject=row.cells["nip"],
                column=HEADINGS[column][0],
                value=row.cells[column],
            )
        )
    # What an attempt said that was interrupted is said again.
    progress.forget_rows()
    progress.rows(notes)
    if notes:
        progress.result(facts=[[_("Baris benar"), len(rows) - len(notes)], [_("Ditulis"), 0]])
        return
    written = record_salaries(month=month, salaries=salaries, actor=job.started_by or System("tpp"))
    progress.advance(len(rows), len(rows))
    progress.result(facts=[[_("Ditulis"), written]])


def _problem(row: SheetRow, people: dict[str, int], salaries: dict[int, Salary]) -> tuple[str, str] | None:
    nip = row.cells["nip"]
    if "nip" in row.rounded:
        return "nip", _("NIP diketik sebagai angka sehingga digitnya berubah. Ketik ulang sebagai teks.")
    if nip not in people:
        return "nip", _("Tidak ada pegawai yang bertugas bulan itu dengan NIP ini.")
    if people[nip] in salaries:
        return "nip", _("NIP ini sudah ada di baris lain.")
    for column in ("amount", "tax", "pension"):
        if column != "amount" and not row.cells.get(column):
            continue
        try:
            amount = row.rupiah(column)
        except NotAFigure:
            return column, _("Isi jumlah rupiah, misalnya 4000000.")
        if not 0 <= amount < Decimal(10) ** 12:
            return column, _("Jumlah ini tidak mungkin.")
    if row.cells.get("ptkp") and _ptkp(row.cells["ptkp"]) not in PTKP:
        return "ptkp", _("Isi TK/0 sampai TK/3 atau K/0 sampai K/3.")
    return None


def _salary(row: SheetRow) -> Salary:
    tax = row.rupiah("tax") if row.cells.get("tax") else None
    pension = row.rupiah("pension") if row.cells.get("pension") else Decimal(0)
    return Salary(row.rupiah("amount"), tax, _ptkp(row.cells.get("ptkp", "")), pension)


def _ptkp(text: str) -> str:
    return text.upper().replace(" ", "")
