"""Opening balances from a sheet: every row is checked first; with one wrong row nothing is written.

The columns are those of the leave card of BKN Reg 24/2017: what is left of the year, of the year before and of the one
before that. The ledger carries them over by its own rules; a sheet that is read again changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.core.files.base import File
from django.db import models, transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kernel.accounts.models import User
from kernel.files.actions import SHEET_TYPES, store_file
from kernel.jobs import work
from kernel.jobs.models import Job
from kernel.permissions import require
from kernel.sheets.jobs import Wrong, figure_of, sheet_of, sheet_rows, take_rows
from kernel.sheets.plain import SheetRow
from kernel.tenancy import here
from tenants.employees.access import people_in_scope
from tenants.employees.in_sheets import named_in
from tenants.employees.models import Employee
from tenants.employees.querysets import EmployeeQuerySet
from tenants.leave import ledger
from tenants.leave.booking import turn_years
from tenants.leave.models import LeaveEntry
from tenants.leave.permissions import RECORD

SHEET_WORK: Final = "leave.opening"
HEADINGS: Final = {
    "nip": ("NIP",),
    "two_before": ("Sisa N-2", "N-2"),
    "before": ("Sisa N-1", "N-1"),
    "own": ("Sisa N", "N", "Sisa tahun ini"),
}
REQUIRED: Final = ("nip", "own")
_BACK: Final = {"two_before": 2, "before": 1, "own": 0}
_MOST: Final = 24
_NOBODY: Final = gettext_lazy("Tidak ada pegawai dengan NIP ini di OPD Anda.")


@dataclass(frozen=True, slots=True)
class Opening:
    """What is left of each year of one person."""

    employee_id: int
    days: Mapping[int, int]


@transaction.atomic
def start_opening_import(*, year: int, upload: File[bytes], actor: User) -> Job:
    """Keep the sheet and read it in the background; `year` is its N. Raises FileRefused."""
    require(actor, RECORD)
    stored = store_file(upload=upload, purpose="leave", owner=actor, allowed=SHEET_TYPES)
    return work.start(
        kind=SHEET_WORK,
        title=_("Saldo awal cuti %(year)s") % {"year": year},
        actor=actor,
        parameters={"year": year},
        file=stored,
    )


@work.work(SHEET_WORK)
def import_openings(progress: work.Progress) -> None:
    """Read the job's sheet, say what is wrong beside each row, and write when nothing is."""
    job = progress.job
    year = int(job.parameters["year"])
    rows = sheet_rows(sheet_of(job), headings=HEADINGS, required=REQUIRED)
    people = _people(job.started_by).filter(nip__in=[row.cells["nip"] for row in rows]).keys_by_nip()
    seen: set[int] = set()

    def take(row: SheetRow) -> Opening:
        employee = named_in(row, people, nobody=_NOBODY)
        if employee in seen:
            raise Wrong("nip", _("Sudah ada di baris lain."))
        seen.add(employee)
        days = {year - back: _days(row, column) for column, back in _BACK.items() if row.cells.get(column)}
        return Opening(employee, days)

    openings = take_rows(progress, rows, take, headings=HEADINGS, subject="nip")
    page = reverse("leave-balances", urlconf="config.urls_region")
    if len(openings) < len(rows):
        progress.result(facts=[[_("Baris benar"), len(openings)], [_("Ditulis"), 0]], url=page)
        return
    written = record_openings(openings, actor=job.started_by)
    progress.advance(len(rows), len(rows))
    progress.result(facts=[[_("Pegawai"), len(openings)], [_("Baris saldo ditulis"), written]], url=page)


def _people(user: User | None) -> EmployeeQuerySet:
    return Employee.objects.active() if user is None else people_in_scope(user, RECORD, here.today())


def _days(row: SheetRow, column: str) -> int:
    days = figure_of(row, column)
    if days != days.to_integral_value() or not 0 <= days <= _MOST:
        raise Wrong(column, _("Isi jumlah hari kerja yang utuh, 0 sampai %(most)s.") % {"most": _MOST})
    return int(days)


@transaction.atomic
def record_openings(openings: Sequence[Opening], *, actor: User | None) -> int:
    """Write the balances and turn the years; gives how many lines of opening balances were written.

    A year's opening balance stands in place of its grant. One that is there already is changed by the difference.
    """
    ids = sorted(opening.employee_id for opening in openings)
    list(Employee.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk").values_list("pk"))
    sums: dict[tuple[int, int, str], int] = {}
    for employee, year, what, days in (
        LeaveEntry.objects.of_people(ids)
        .filter(what__in=[ledger.OPENING, ledger.GRANT])
        .order_by()
        .values_list("employee_id", "year", "what")
        .annotate(sum=models.Sum("days"))
    ):
        sums[employee, year, what] = days
    rows = []
    for opening in openings:
        for year, days in opening.days.items():
            for what, wanted in ((ledger.OPENING, days), (ledger.GRANT, 0)):
                known = sums.get((opening.employee_id, year, what))
                if (known is None and what == ledger.OPENING) or (known is not None and known != wanted):
                    rows.append(
                        LeaveEntry(
                            employee_id=opening.employee_id,
                            year=year,
                            what=what,
                            days=wanted - (known or 0),
                            written_by=actor,
                        )
                    )
    LeaveEntry.objects.bulk_create(rows)
    turn_years(ids)
    return sum(row.what == ledger.OPENING for row in rows)
