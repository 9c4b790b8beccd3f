"""A month's figures of one code from a sheet: every row is checked first; with one wrong row nothing is written."""

from __future__ import annotations

from decimal import Decimal
from typing import Final, cast

from django.core.files.base import File
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kernel.accounts.actors import System
from kernel.accounts.models import User
from kernel.files.actions import SHEET_TYPES, store_file
from kernel.jobs import work
from kernel.jobs.models import Job
from kernel.periods import Month
from kernel.permissions import require
from kernel.sheets.jobs import Wrong, figure_of, sheet_of, sheet_rows, take_rows, tell_left_out
from kernel.sheets.plain import SheetRow
from tenants.employees.in_sheets import NOBODY_IN_MONTH, named_in
from tenants.employees.models import Employee
from tenants.measures.permissions import RECORD
from tenants.measures.recording import Subject, closed_of, record_measures
from tenants.organisation.models import Unit
from tenants.rules.engine import MeasureTitle

SHEET_WORK: Final = "measures.sheet"
SUBJECT_HEADINGS: Final = {"employee": ("NIP",), "unit": ("Kode unit", "Kode OPD", "Kode")}
VALUE_HEADINGS: Final = ("Nilai", "Ukuran", "Jumlah")
_MOST: Final = Decimal(10) ** 12
_NOBODY: Final = {"employee": NOBODY_IN_MONTH, "unit": gettext_lazy("Tidak ada unit dengan kode ini.")}


@transaction.atomic
def start_sheet_import(*, month: Month, code: str, title: MeasureTitle, upload: File[bytes], actor: User) -> Job:
    """Keep the sheet and read it in the background. Raises FileRefused."""
    require(actor, RECORD)
    stored = store_file(upload=upload, purpose="measures", owner=actor, allowed=SHEET_TYPES)
    return work.start(
        kind=SHEET_WORK,
        title=_("%(measure)s %(month)s") % {"measure": title.label, "month": month},
        actor=actor,
        parameters={"month": str(month), "code": code, "per": title.per},
        file=stored,
    )


@work.work(SHEET_WORK)
def import_measures(progress: work.Progress) -> None:
    """Read the job's sheet, say what is wrong beside each row, and write when nothing is.

    A row of somebody, or of an OPD, whose month is closed is told and left out; it does not keep the others.
    """
    job = progress.job
    month = Month.parse(job.parameters["month"])
    per = cast("Subject", job.parameters["per"])
    headings = {"subject": SUBJECT_HEADINGS[per], "value": VALUE_HEADINGS}
    sheet = sheet_of(job)
    rows = sheet_rows(sheet, headings=headings)
    known = _subjects(per, month)
    values: dict[int, Decimal] = {}
    taken: dict[int, SheetRow] = {}

    def take(row: SheetRow) -> None:
        subject = named_in(row, known, column="subject", nobody=_NOBODY[per])
        if subject in values:
            raise Wrong("subject", _("Sudah ada di baris lain."))
        values[subject], taken[subject] = _value(row), row

    take_rows(progress, rows, take, headings=headings, subject="subject")
    page = f"{reverse('measures-month')}?bulan={month}"
    if len(values) < len(rows):
        progress.result(facts=[[_("Baris benar"), len(values)], [_("Ditulis"), 0]], url=page)
        return
    code = job.parameters["code"]
    with transaction.atomic():
        closed = closed_of(month=month, code=code, per=per, values=values)
        written = record_measures(
            month=month,
            code=code,
            per=per,
            values={subject: value for subject, value in values.items() if subject not in closed},
            source=sheet.name,
            actor=job.started_by or System("measures"),
        )
    why = Wrong(
        "value",
        _(
            "Bulan ini sudah dikunci untuk OPD-nya, jadi angkanya tetap. Buka dulu kuncinya, atau catat "
            "selisihnya sebagai keputusan jumlah."
        ),
    )
    tell_left_out(progress, [taken[subject] for subject in closed], why, headings=headings, subject="subject")
    progress.advance(len(rows), len(rows))
    facts = [[_("Ditulis"), written]]
    if closed:
        facts.append([_("Tidak diubah karena sudah dikunci"), len(closed)])
    progress.result(facts=facts, url=page)


def _subjects(per: Subject, month: Month) -> dict[str, int]:
    if per == "unit":
        return dict(Unit.objects.values_list("code", "pk"))
    return Employee.objects.in_service(month.first_day, month.end).keys_by_nip()


def _value(row: SheetRow) -> Decimal:
    value = figure_of(row, "value")
    if not 0 <= value < _MOST:
        raise Wrong("value", _("Angka ini tidak mungkin: isi nol atau lebih."))
    return value
