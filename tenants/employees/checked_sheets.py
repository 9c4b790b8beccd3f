"""What the imports of people and of accounts share: a dry run, a page that shows it, and one import of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from kernel.errors import NotFound
from kernel.jobs.models import Job, JobRow
from kernel.web import paging
from tenants.employees.errors import AlreadyImported, NotChecked
from tenants.employees.row_outcome import Outcome


def check_of(uid: UUID, kind: str) -> Job:
    """The dry run of this kind. Raises NotFound."""
    job = Job.objects.of_kind(kind).select_related("file").filter(uid=uid).first()
    if job is None:
        raise NotFound("job")
    return job


def importable(uid: UUID, *, check: str, into: str) -> Job:
    """The finished dry run, locked, that no import was begun from. Raises NotFound, NotChecked, AlreadyImported."""
    job = Job.objects.select_for_update().filter(uid=uid, kind=check).first()
    if job is None:
        raise NotFound("job")
    if job.state != Job.State.DONE:
        raise NotChecked
    if import_of(job, into) is not None:
        raise AlreadyImported
    return job


def import_of(check: Job, kind: str) -> Job | None:
    """The import that was begun from this dry run and did not fail."""
    begun = Job.objects.of_kind(kind).filter(parameters__check=str(check.uid))
    return begun.exclude(state__in=(Job.State.FAILED, Job.State.CANCELLED)).first()


def writes(check: Job) -> int:
    """How many rows of the finished dry run would be written."""
    counts = check.result["counts"]
    return int(counts[Outcome.ADD] + counts[Outcome.CHANGE])


def shown(check: Job, into: str, cursor: str) -> dict[str, Any]:
    """What the page of a finished dry run shows, whatever the sheet is about."""
    return {
        "job": check,
        "counts": check.result["counts"],
        "to_write": writes(check),
        "page": paging.page_of(check.rows.filter(level=JobRow.Level.ERROR), order=("id",), cursor=cursor),
        "remarks": list(check.rows.filter(level=JobRow.Level.WARNING).order_by("id")[:50]),
        "imported": import_of(check, into),
    }
