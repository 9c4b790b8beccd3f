"""The salary bases of a month from a sheet: every row is checked first; with one wrong row nothing is written."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _

from kernel.accounts.actors import System
from kernel.accounts.models import User
from kernel.date_words import month_words
from kernel.figures import NotAFigure
from kernel.files.actions import SHEET_TYPES, store_file
from kernel.jobs import work
from kernel.jobs.models import Job
from kernel.periods import Month
from kernel.permissions import require
from kernel.sheets.jobs import Wrong, sheet_of, sheet_rows, take_rows, tell_left_out
from kernel.sheets.plain import SheetRow
from tenants.calendars import closing
from tenants.employees.in_sheets import named_in
from tenants.employees.models import Employee
from tenants.tpp.permissions import SALARY
from tenants.tpp.salary import Salary, closed_of, record_salaries

SALARY_WORK: Final = "tpp.salary"
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
    stored = store_file(upload=upload, purpose="salary", owner=actor, allowed=SHEET_TYPES)
    return work.start(
        kind=SALARY_WORK,
        title=_("Dasar gaji %(month)s") % {"month": month_words(month)},
        actor=actor,
        parameters={"month": str(month)},
        file=stored,
    )


@work.work(SALARY_WORK)
def import_salary_bases(progress: work.Progress) -> None:
    """Read the job's sheet, say what is wrong beside each row, and write when nothing is.

    A row of somebody whose month is closed is told and left out; it does not keep the others.
    """
    job = progress.job
    month = Month.parse(job.parameters["month"])
    rows = sheet_rows(sheet_of(job), headings=HEADINGS, required=REQUIRED)
    people = Employee.objects.in_service(month.first_day, month.end).keys_by_nip()
    salaries: dict[int, Salary] = {}
    taken: dict[int, SheetRow] = {}

    def take(row: SheetRow) -> None:
        employee = named_in(row, people)
        if employee in salaries:
            raise Wrong("nip", _("NIP ini sudah ada di baris lain."))
        salaries[employee], taken[employee] = _salary(row), row

    take_rows(progress, rows, take, headings=HEADINGS, subject="nip")
    if len(salaries) < len(rows):
        progress.result(facts=[[_("Baris benar"), len(salaries)], [_("Ditulis"), 0]])
        return
    with transaction.atomic():
        closed = closed_of(month=month, salaries=salaries)
        open_ones = {employee: salary for employee, salary in salaries.items() if employee not in closed}
        written = record_salaries(month=month, salaries=open_ones, actor=job.started_by or System("tpp"))
    words = _("Bulan ini sudah dikunci untuk OPD pegawai ini, jadi dasarnya tetap. Buka dulu kuncinya.")
    left = [taken[employee] for employee in closed]
    tell_left_out(progress, left, Wrong("amount", words), headings=HEADINGS, subject="nip")
    progress.advance(len(rows), len(rows))
    facts = [[_("Ditulis"), written]]
    if closed:
        facts.append([_("Tidak diubah karena sudah dikunci"), len(closed)])
    progress.result(facts=facts)


def _salary(row: SheetRow) -> Salary:
    amount = _amount(row, "amount")
    tax, pension = (_amount(row, column) if row.cells.get(column) else None for column in ("tax", "pension"))
    ptkp = _ptkp(row.cells.get("ptkp", ""))
    if ptkp and ptkp not in PTKP:
        raise Wrong("ptkp", _("Isi TK/0 sampai TK/3 atau K/0 sampai K/3."))
    return Salary(amount, tax, ptkp, pension or Decimal(0))


def _amount(row: SheetRow, column: str) -> Decimal:
    try:
        amount = row.rupiah(column)
    except NotAFigure as error:
        raise Wrong(column, _("Isi jumlah rupiah, misalnya 4000000.")) from error
    if not 0 <= amount < Decimal(10) ** 12:
        raise Wrong(column, _("Jumlah ini tidak mungkin."))
    return amount


def _ptkp(text: str) -> str:
    return text.upper().replace(" ", "")
