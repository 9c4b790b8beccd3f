"""Bringing accounts in: a job first shows what a sheet would do, a second one does it."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.core.files.base import File
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from kernel.accounts.models import User
from kernel.audit.record import declare_action, record
from kernel.errors import NotFound
from kernel.files.access import reader
from kernel.files.actions import open_clean, store_sheet
from kernel.files.models import StoredFile
from kernel.jobs import work
from kernel.jobs.models import Job, JobRow
from kernel.permissions import require, user_may
from kernel.tenancy import here
from tenants.employees import checked_sheets
from tenants.employees.bank.accounts import undo_import, write_accounts
from tenants.employees.bank.errors import AccountsUndoRefused
from tenants.employees.bank.sheet import HEADINGS, Plan, plan_of, shown
from tenants.employees.errors import NothingToImport
from tenants.employees.models import Employee
from tenants.employees.permissions import IMPORT_ACCOUNTS
from tenants.employees.row_outcome import Outcome

CHECK: Final = "employees.accounts_check"
IMPORT: Final = "employees.accounts_import"
PURPOSE: Final = "employees.accounts"
# The preview shows this many rows; the counts are of all.
SHOWN: Final = 200

IMPORTED = declare_action("employees.accounts_imported", "Impor rekening dikonfirmasi")
UNDONE = declare_action("employees.accounts_import_undone", "Impor rekening dibatalkan")


@reader(PURPOSE, is_sensitive=True)
def may_read_sheet(user: User, stored: StoredFile) -> bool:
    return user_may(user, IMPORT_ACCOUNTS)


@transaction.atomic
def check_accounts(*, upload: File[bytes], actor: User) -> Job:
    """Keep the sheet and begin the dry run. Raises NotAllowed and FileRefused."""
    require(actor, IMPORT_ACCOUNTS)
    stored = store_sheet(upload=upload, purpose=PURPOSE, owner=actor)
    return work.start(
        kind=CHECK, title=_("Periksa rekening %(name)s") % {"name": stored.name}, actor=actor, file=stored
    )


@transaction.atomic
def confirm_import(*, check_uid: UUID, actor: User) -> Job:
    """Begin the writing of the right rows of a checked sheet.

    Raises NotAllowed, NotFound, NotChecked, AlreadyImported, NothingToImport.
    """
    require(actor, IMPORT_ACCOUNTS)
    check = checked_sheets.importable(check_uid, check=CHECK, into=IMPORT)
    if not checked_sheets.writes(check):
        raise NothingToImport
    job = work.start(
        kind=IMPORT,
        title=_("Impor rekening"),
        actor=actor,
        file=check.file,
        parameters={"check": str(check.uid)},
    )
    record(IMPORTED, actor=actor, subject=check, after={"counts": check.result["counts"]})
    return job


@transaction.atomic
def undo(*, job_uid: UUID, actor: User) -> int:
    """Withdraw what an import wrote; returns how many accounts. Raises NotAllowed, NotFound, AccountsUndoRefused."""
    require(actor, IMPORT_ACCOUNTS)
    job = Job.objects.select_for_update().filter(uid=job_uid, kind=IMPORT).first()
    if job is None:
        raise NotFound("job")
    if job.state != Job.State.DONE:
        raise AccountsUndoRefused("not_done")
    count = undo_import(batch=job.uid, actor=actor)
    record(UNDONE, actor=actor, subject=job, after={"accounts": count})
    return count


@work.work(CHECK)
def run_check(progress: work.Progress) -> None:
    """The dry run: nothing is written but what the job says about the sheet."""
    progress.forget_rows()
    progress.advance(0, 2, _("Membaca lembar"))
    plan = _plan(progress.job)
    progress.advance(1, 2, _("Menyusun ringkasan"))
    progress.rows(_notes(plan))
    progress.result(
        counts={outcome.value: plan.count(outcome) for outcome in Outcome},
        preview=[shown(entry) for entry in plan.entries if entry.outcome in (Outcome.ADD, Outcome.CHANGE)][:SHOWN],
        facts=[
            [_("Baru"), plan.count(Outcome.ADD)],
            [_("Berubah"), plan.count(Outcome.CHANGE)],
            [_("Tetap"), plan.count(Outcome.SAME)],
            [_("Salah"), plan.count(Outcome.ERROR)],
        ],
        url=reverse("employees-accounts-check", args=[progress.job.uid]),
    )
    progress.advance(2, 2)


@work.work(IMPORT)
def run_import(progress: work.Progress) -> None:
    """The writing, in one transaction; a second run after a lost worker finds nothing left to write."""
    job = progress.job
    if job.started_by is None:
        raise LookupError("an import of accounts has somebody who confirmed it")
    progress.advance(0, 1, _("Menulis rekening"))
    with transaction.atomic():
        nips = [entry.row.cells["nip"] for entry in _plan(job).entries]
        # In one order, so that two imports at once wait for each other.
        list(Employee.objects.active().filter(nip__in=nips).order_by("pk").select_for_update().values_list("pk"))
        plan = _plan(job)
        written = write_accounts(plan.drafts(), known=plan.known, actor=job.started_by, batch=job.uid)
    waiting = sum(1 for account in written if account.is_change)
    progress.result(
        facts=[[_("Rekening baru"), len(written) - waiting], [_("Menunggu konfirmasi orang kedua"), waiting]],
        links=[{"text": _("Buka daftar rekening"), "url": reverse("employees-accounts")}],
    )
    progress.advance(1, 1)


def _plan(job: Job) -> Plan:
    if job.file is None:
        raise LookupError("a sheet of accounts has a file")
    own = Employee.objects.filter(user=job.started_by).values_list("pk", flat=True).first()
    with open_clean(job.file) as file:
        return plan_of(file, today=here.today(), actor_employee=own)


def _notes(plan: Plan) -> list[JobRow]:
    return [
        JobRow(
            level=level,
            row_number=entry.row.number,
            subject=entry.row.cells["nip"],
            column=HEADINGS[problem.column][0],
            value="" if problem.column == "number" else entry.row.cells.get(problem.column, ""),
            message=problem.message,
        )
        for entry in plan.entries
        for level, problems in ((JobRow.Level.ERROR, entry.errors), (JobRow.Level.WARNING, entry.remarks))
        for problem in problems
    ]
