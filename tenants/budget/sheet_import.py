"""The ceilings of a DPA or DPPA from a sheet: all rows are checked first; with a wrong row, or on trial, nothing is
written."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import partial
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
from kernel.permissions import require
from kernel.sheets.jobs import Wrong, sheet_of, sheet_rows, take_rows
from kernel.sheets.plain import SheetRow
from tenants.budget.codes import is_account_code
from tenants.budget.models import BudgetCeiling
from tenants.budget.permissions import RECORD
from tenants.budget.recording import Ceiling, Paper, record_ceilings
from tenants.organisation.models import Unit

SHEET_WORK: Final = "budget.sheet"
HEADINGS: Final = {
    "opd": ("Kode OPD", "Kode unit", "OPD"),
    "code": ("Kode rekening", "Rekening"),
    "amount": ("Pagu", "Jumlah", "Anggaran"),
}
_MOST: Final = Decimal(10) ** 14


@transaction.atomic
def start_sheet_import(*, paper: Paper, is_trial: bool, upload: File[bytes], actor: User) -> Job:
    """Keep the sheet and read it in the background. Raises FileRefused."""
    require(actor, RECORD)
    stored = store_file(upload=upload, purpose="budget", owner=actor, allowed=SHEET_TYPES)
    return work.start(
        kind=SHEET_WORK,
        title=_("Uji pagu %(paper)s") % {"paper": paper.number} if is_trial else f"{_('Pagu')} {paper.number}",
        actor=actor,
        parameters={
            "document": paper.document,
            "number": paper.number,
            "date": paper.dated.isoformat(),
            "from": paper.valid_from.isoformat(),
            "trial": is_trial,
        },
        file=stored,
    )


@work.work(SHEET_WORK)
def import_ceilings(progress: work.Progress) -> None:
    """Read the job's sheet, say what is wrong beside each row, and write when nothing is and it is no trial."""
    job = progress.job
    said = job.parameters
    paper = Paper(said["document"], said["number"], date.fromisoformat(said["date"]), date.fromisoformat(said["from"]))
    sheet = sheet_of(job)
    rows = sheet_rows(sheet, headings=HEADINGS)
    opds = dict(Unit.objects.opds().values_list("code", "pk"))
    taken = set(
        BudgetCeiling.objects.standing()
        .filter(year=paper.valid_from.year, valid_from=paper.valid_from)
        .values_list("opd_id", "account_code")
    )
    ceilings = take_rows(progress, rows, partial(_ceiling, opds=opds, taken=taken), headings=HEADINGS, subject="opd")
    total = sum((ceiling.amount for ceiling in ceilings), Decimal(0))
    facts: list[list[object]] = [[_("Baris benar"), len(ceilings)], [_("Jumlah pagu baris benar"), str(total)]]
    page = f"{reverse('budget-year')}?tahun={paper.valid_from.year}"
    if len(ceilings) < len(rows) or said["trial"]:
        progress.result(facts=[*facts, [_("Ditulis"), 0]], url=page)
        return
    actor = job.started_by or System("budget")
    written = record_ceilings(ceilings=ceilings, paper=paper, source=sheet.name, actor=actor)
    progress.advance(len(rows), len(rows))
    progress.result(facts=[*facts, [_("Ditulis"), written]], url=page)


def _ceiling(row: SheetRow, *, opds: Mapping[str, int], taken: set[tuple[int, str]]) -> Ceiling:
    """What the row says; `taken` are the OPD and code of each ceiling that stands, and of the rows above."""
    opd, code = row.cells["opd"], row.cells["code"]
    if opd not in opds:
        raise Wrong("opd", _("Tidak ada OPD dengan kode ini."))
    if not is_account_code(code):
        raise Wrong("code", _("Isi kode rekening seperti 5.1.01.02.01.0001."))
    if (opds[opd], code) in taken:
        raise Wrong("code", _("Pagu OPD dan kode ini dengan tanggal mulai yang sama sudah ada."))
    try:
        amount = row.rupiah("amount")
    except NotAFigure as error:
        raise Wrong("amount", _("Isi jumlah rupiah, misalnya 1.250.000.000.")) from error
    if not 0 <= amount < _MOST:
        raise Wrong("amount", _("Jumlah ini tidak mungkin."))
    taken.add((opds[opd], code))
    return Ceiling(opds[opd], code, amount)
