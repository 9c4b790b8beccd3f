"""Jobs on a sheet that somebody handed in: what is wrong is said beside each row.

There are two ways. All or nothing (`take_rows`): one job takes every row and writes when none is wrong.
Check, then apply (`start_check`, `checked_job`, `start_apply`, `say_outcome`): a first job only shows what the sheet
would do, a second one of the same kind writes the rows that are right; read again, an applied sheet changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from django.utils.translation import gettext as _

from kernel.accounts.models import User
from kernel.errors import NotFound
from kernel.figures import NotAFigure, TwoFigures
from kernel.files.actions import open_clean
from kernel.files.models import StoredFile
from kernel.jobs.models import Job, JobRow
from kernel.jobs.work import Progress, start
from kernel.sheets.plain import SheetRow, read_rows
from kernel.sheets.words import TWO_FIGURES

Headings = Mapping[str, Sequence[str]]
T = TypeVar("T")


class Wrong(Exception):
    """A cell that cannot be taken: its column by name, and the sentence that says why."""

    def __init__(self, column: str, words: str) -> None:
        self.column, self.words = column, words
        super().__init__(words)


def sheet_of(job: Job) -> StoredFile:
    """What the job was given to read. Raises NotFound."""
    if job.file is None:
        raise NotFound("file")
    return job.file


def sheet_rows(
    stored: StoredFile, *, headings: Headings, required: Sequence[str] | None = None, takes_csv: bool = False
) -> list[SheetRow]:
    """The rows of the kept sheet, read as `plain.read_rows` does. Raises SheetRefused."""
    with open_clean(stored) as file:
        return read_rows(file, headings=headings, required=required, takes_csv=takes_csv)


def take_rows(
    progress: Progress, rows: Collection[SheetRow], take: Callable[[SheetRow], T], *, headings: Headings, subject: str
) -> list[T]:
    """What `take` makes of each row. A row for which it raises Wrong is left out and noted in the job, with the column
    `subject` naming whom it is about."""
    progress.advance(0, len(rows), _("Membaca lembar"))
    taken: list[T] = []
    notes: list[JobRow] = []
    for row in rows:
        try:
            taken.append(take(row))
        except Wrong as wrong:
            notes.append(_note(row, wrong, headings, subject))
    # What an attempt said that was interrupted is said again.
    progress.forget_rows()
    progress.rows(notes)
    return taken


def tell_left_out(
    progress: Progress, rows: Iterable[SheetRow], why: Wrong, *, headings: Headings, subject: str
) -> None:
    """Note beside each of these rows, which are right in themselves, why they were left out all the same."""
    progress.rows([_note(row, why, headings, subject) for row in rows])


def _note(row: SheetRow, wrong: Wrong, headings: Headings, subject: str) -> JobRow:
    return JobRow(
        message=wrong.words,
        row_number=row.number,
        subject=row.cells[subject],
        column=headings[wrong.column][0],
        value=row.cells.get(wrong.column, ""),
    )


def figure_of(row: SheetRow, column: str) -> Decimal:
    """The figure in the cell. Raises Wrong."""
    try:
        return row.figure(column)
    except TwoFigures as error:
        raise Wrong(column, str(TWO_FIGURES)) from error
    except NotAFigure as error:
        raise Wrong(column, _("Isi dengan angka, misalnya 96,5.")) from error


def start_check(
    *, kind: str, title: str, sheet: StoredFile, actor: User, parameters: Mapping[str, Any] | None = None
) -> Job:
    """Start the job that only shows what the sheet would do; the parameter `apply` tells it so.

    Call it inside a transaction.
    """
    said = {**(parameters or {}), "apply": False}
    return start(kind=kind, title=title, actor=actor, parameters=said, file=sheet)


def checked_job(kind: str, uid: UUID) -> Job:
    """A finished check of this kind that found something to write. Raises NotFound."""
    job = Job.objects.filter(uid=uid, kind=kind, state=Job.State.DONE).select_related("file").first()
    if job is None or job.parameters.get("apply") or not job.result.get("writes"):
        raise NotFound("job")
    return job


def start_apply(*, checked: Job, title: str, actor: User) -> Job:
    """Start the job that writes what a finished check has shown. Call it inside a transaction."""
    said = {**checked.parameters, "apply": True}
    return start(kind=checked.kind, title=title, actor=actor, parameters=said, file=checked.file)


class Link(NamedTuple):
    """Where to go on from a job's page."""

    text: str
    url: str


def say_outcome(
    progress: Progress,
    *,
    rows: int,
    refused: Collection[JobRow],
    facts: Sequence[tuple[str, int]],
    writes: int,
    look: Link,
    apply: Link,
    mend: Link | None = None,
) -> None:
    """Say what the job did, or would do: `rows` of the sheet, `refused` cells, and `writes` records.

    A check with something to write leads on to `apply`, everything else to `look`; with refused rows also to `mend`.
    """
    progress.forget_rows()
    progress.rows(refused)
    progress.advance(rows, rows)
    links = [look if progress.job.parameters["apply"] or not writes else apply]
    if mend is not None and refused:
        links.append(mend)
    left_out = len({note.row_number for note in refused})
    progress.result(
        facts=[[_("Baris dibaca"), rows], *map(list, facts), [_("Tidak diterima"), left_out]],
        links=[link._asdict() for link in links],
        writes=writes,
    )
