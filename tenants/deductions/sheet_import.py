"""A list of deductions from a sheet: all rows are checked first; with a wrong row, or on trial, nothing is written."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Final

from django.core.files.base import File
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from kernel.accounts.actors import System
from kernel.accounts.models import User
from kernel.figures import NotAFigure
from kernel.files.actions import SHEET_TYPES, store_file
from kernel.jobs import work
from kernel.jobs.models import Job
from kernel.periods import Month
from kernel.permissions import require
from kernel.sheets.jobs import Wrong, sheet_of, sheet_rows, take_rows
from kernel.sheets.plain import SheetRow
from tenants.deductions.codes import codes_in
from tenants.deductions.models import ListedDeduction
from tenants.deductions.permissions import RECORD
from tenants.deductions.recording import Entry, record_deductions
from tenants.employees.in_sheets import named_in
from tenants.employees.models import Employee

SHEET_WORK: Final = "deductions.sheet"
HEADINGS: Final = {
    "nip": ("NIP",),
    "code": ("Kode", "Kode potongan"),
    "amount": ("Jumlah", "Rupiah", "Nominal"),
    "percent": ("Persen", "%"),
    "from": ("Mulai", "Mulai bulan"),
    "until": ("Sampai dengan", "Bulan terakhir"),
    "letter": ("Nomor surat", "Surat"),
    "label": ("Keterangan", "Nama"),
}
REQUIRED: Final = ("nip", "code", "amount", "letter")
_MOST: Final = Decimal(10) ** 9

Known = set[tuple[int, str, str]]


@transaction.atomic
def start_sheet_import(*, from_month: Month, is_trial: bool, upload: File[bytes], actor: User) -> Job:
    """Keep the sheet and read it in the background. `from_month` counts where a row names no month of its own.

    A trial says for every row what it would do and writes nothing. Raises FileRefused.
    """
    require(actor, RECORD)
    stored = store_file(upload=upload, purpose="deductions", owner=actor, allowed=SHEET_TYPES)
    return work.start(
        kind=SHEET_WORK,
        title=_("Uji daftar potongan") if is_trial else _("Daftar potongan"),
        actor=actor,
        parameters={"from": str(from_month), "trial": is_trial},
        file=stored,
    )


@work.work(SHEET_WORK)
def import_deductions(progress: work.Progress) -> None:
    """Read the job's sheet, say what is wrong beside each row, and write when nothing is and it is no trial."""
    job = progress.job
    first = Month.parse(job.parameters["from"])
    sheet = sheet_of(job)
    rows = sheet_rows(sheet, headings=HEADINGS, required=REQUIRED)
    in_service = Employee.objects.in_service(first.first_day, first.end)
    people = in_service.filter(nip__in=[row.cells["nip"] for row in rows]).keys_by_nip()
    codes = frozenset(codes_in(first))
    standing: Known = set(
        ListedDeduction.objects.standing()
        .filter(employee_id__in=people.values())
        .values_list("employee_id", "code", "letter_number")
    )

    def take(row: SheetRow) -> Entry:
        entry = _entry(row, people, codes, first)
        key = (entry.employee_id, entry.code, entry.letter_number)
        if key in standing:
            raise Wrong("letter", _("Sudah ada potongan dengan kode dan nomor surat ini untuk pegawai itu."))
        standing.add(key)
        return entry

    entries = take_rows(progress, rows, take, headings=HEADINGS, subject="nip")
    page = reverse("deductions-list")
    total = sum((entry.amount or Decimal(0) for entry in entries), Decimal(0))
    facts: list[list[object]] = [[_("Baris benar"), len(entries)], [_("Jumlah rupiah baris benar"), str(total)]]
    if len(entries) < len(rows) or job.parameters["trial"]:
        progress.result(facts=[*facts, [_("Ditulis"), 0]], url=page)
        return
    written = record_deductions(entries=entries, source=sheet.name, actor=job.started_by or System("deductions"))
    progress.advance(len(rows), len(rows))
    progress.result(facts=[*facts, [_("Ditulis"), written]], url=page)


def _entry(row: SheetRow, people: Mapping[str, int], codes: Collection[str], first: Month) -> Entry:
    code, letter = row.cells["code"].upper(), row.cells["letter"]
    employee = named_in(row, people)
    if code not in codes:
        known = ", ".join(sorted(codes)) or "–"
        raise Wrong("code", _("Aturan bulan itu tidak memotong kode ini. Yang dikenal: %(codes)s.") % {"codes": known})
    if not letter:
        raise Wrong("letter", _("Isi nomor surat kuasa atau daftarnya."))
    begins = _month(row, "from") or first
    last = _month(row, "until")
    if last is not None and last < begins:
        raise Wrong("until", _("Bulan terakhir sebelum bulan mulai."))
    amount, percent = _figures(row)
    return Entry(
        employee_id=employee,
        code=code,
        from_month=begins,
        until_month=None if last is None else last.next,
        letter_number=letter[:100],
        amount=amount,
        percent=percent,
        label=row.cells.get("label", "")[:80],
    )


def _figures(row: SheetRow) -> tuple[Decimal | None, Decimal | None]:
    has_amount, has_percent = bool(row.cells["amount"]), bool(row.cells.get("percent"))
    if has_amount == has_percent:
        raise Wrong("amount", _("Isi salah satu: jumlah rupiah atau persen."))
    try:
        if has_amount:
            amount = row.rupiah("amount")
            if not 0 < amount < _MOST:
                raise Wrong("amount", _("Jumlah ini tidak mungkin."))
            return amount, None
        percent = row.figure("percent")
    except NotAFigure as error:
        column = "amount" if has_amount else "percent"
        raise Wrong(column, _("Isi dengan angka, misalnya 250.000 atau 2,5.")) from error
    if not 0 < percent <= 100 or percent != round(percent, 2):
        raise Wrong("percent", _("Isi persen lebih dari 0 sampai 100, paling banyak dua angka di belakang koma."))
    return None, percent


def _month(row: SheetRow, column: str) -> Month | None:
    text = row.cells.get(column, "")
    if not text:
        return None
    try:
        # A month typed into a spreadsheet often becomes its first day.
        return Month.parse(text[:7])
    except ValueError as error:
        raise Wrong(column, _("Isi bulan seperti 2026-11.")) from error
