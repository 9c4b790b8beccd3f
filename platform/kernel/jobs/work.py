"""Starting long work and doing it: progress, error rows, cancel, resume after a kill.

An app names its work once: `@work("employees.import")` on a function that takes a `Progress`. `start` writes the job
and an outbox message; the task claims the job by a conditional update, so the same message delivered twice works once.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import structlog
from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from kernel import clock
from kernel.accounts.models import User
from kernel.delivery import outbox
from kernel.errors import DomainError
from kernel.files.models import StoredFile
from kernel.jobs.models import Job, JobRow
from kernel.jobs.querysets import JobQuerySet
from kernel.tenancy.context import is_control, region_or_none
from kernel.texts.holding import written_for

log = structlog.get_logger(__name__)

RUN_TASK = "kernel.jobs.tasks.run_job"
RUN_CONTROL_TASK = "kernel.jobs.tasks.run_control_job"
# A running job that was silent for this long lost its worker and may be claimed again.
SILENCE = timedelta(minutes=2)
# A job that waits for so long is enqueued again: the queue may have been emptied with its message in it.
PATIENCE = timedelta(minutes=15)

Worker = Callable[["Progress"], None]
_workers: dict[str, Worker] = {}


class Cancelled(Exception):
    """Somebody asked the job to stop; raised at the next `advance`."""


class TakenOver(Exception):
    """The worker was silent for so long that another one claimed the job; raised at the next `advance`.

    What remains is the other's: a function that catches everything lets this pass without writing.
    """


def work(kind: str) -> Callable[[Worker], Worker]:
    """Register the function that does jobs of this kind."""

    def register(function: Worker) -> Worker:
        _workers[kind] = function
        return function

    return register


def start(
    *,
    kind: str,
    title: str,
    actor: User | None,
    parameters: Mapping[str, Any] | None = None,
    file: StoredFile | None = None,
    total: int = 0,
) -> Job:
    """Write down a piece of work and that it must run. Call it inside the action's transaction.

    A title that is too long is cut: it names files, and a file may be called anything.
    """
    if kind not in _workers:
        raise LookupError(f"no work is registered as {kind!r}")
    job = Job.objects.create(
        kind=kind, title=title[:200], started_by=actor, parameters=dict(parameters or {}), file=file, total=total
    )
    _enqueue(str(job.uid))
    return job


def _enqueue(job_uid: str) -> None:
    """Write down that the job must run, on the side that is open."""
    outbox.send(RUN_CONTROL_TASK if is_control() else RUN_TASK, job_uid=job_uid)


def cancel(job: Job) -> None:
    """Ask the job to stop at its next step; a job that has not begun is cancelled at once."""
    Job.objects.filter(pk=job.pk, state=Job.State.QUEUED).update(
        state=Job.State.CANCELLED, finished_at=clock.now(), is_cancel_requested=True
    )
    Job.objects.filter(pk=job.pk, state=Job.State.RUNNING).update(is_cancel_requested=True)


@contextmanager
def ending(end: Callable[[Job.State], object]) -> Iterator[None]:
    """Around work on something that has a state of its own: `end` is told when it is cancelled or has failed.

    After a takeover nobody is told: what remains is the other worker's.
    """
    try:
        yield
    except TakenOver:
        raise
    except Cancelled:
        end(Job.State.CANCELLED)
        raise
    except Exception:
        end(Job.State.FAILED)
        raise


class Progress:
    """What the working function holds: the job, and ways to say how far it is and what is wrong with a row."""

    def __init__(self, job: Job) -> None:
        self.job = job

    def advance(self, done: int, total: int | None = None, step: str = "") -> None:
        """Say how far the work is; visible at once when called outside of a transaction.

        Raises Cancelled, and TakenOver when another worker has the job now.
        """
        values: dict[str, Any] = {"done": done, "heartbeat_at": clock.now()}
        if total is not None:
            values["total"] = total
        if step:
            values["step"] = step[:200]
        if not _claimed(self.job).update(**values):
            raise TakenOver
        self.job.refresh_from_db(fields=["is_cancel_requested", "done", "total", "step"])
        if self.job.is_cancel_requested:
            raise Cancelled

    def row(
        self,
        message: str,
        *,
        row_number: int | None = None,
        subject: str = "",
        column: str = "",
        value: str = "",
        level: str = JobRow.Level.ERROR,
        fix_url: str = "",
    ) -> None:
        """Say what is wrong with one row; the rest goes on."""
        self.rows(
            [
                JobRow(
                    message=message,
                    row_number=row_number,
                    subject=subject,
                    column=column,
                    value=value,
                    level=level,
                    fix_url=fix_url,
                )
            ]
        )

    def rows(self, notes: Collection[JobRow]) -> None:
        """Say what is wrong with many rows, in two statements; the rest goes on."""
        for note in notes:
            note.job = self.job
            # Cells of a stranger's sheet are as long as they like.
            note.subject, note.column, note.value = note.subject[:200], note.column[:60], note.value[:200]
        JobRow.objects.bulk_create(notes)
        errors = sum(1 for note in notes if note.level == JobRow.Level.ERROR)
        if errors:
            Job.objects.filter(pk=self.job.pk).update(error_rows=F("error_rows") + errors)

    def forget_rows(self) -> None:
        """Drop what an earlier, interrupted attempt said; this one says it again."""
        JobRow.objects.filter(job=self.job).delete()
        Job.objects.filter(pk=self.job.pk).update(error_rows=0)

    def result(self, **values: Any) -> None:
        """Keep what the page shows at the end (JSON)."""
        self.job.result = {**self.job.result, **values}
        _claimed(self.job).update(result=self.job.result)


def run(job_uid: str) -> Job:
    """Claim the job and do it. A job that is finished, or claimed by a living worker, is left alone."""
    moment = clock.now()
    with transaction.atomic():
        claimed = (
            Job.objects.filter(uid=job_uid)
            .filter(Q(state=Job.State.QUEUED) | Q(state=Job.State.RUNNING, heartbeat_at__lt=moment - SILENCE))
            .update(state=Job.State.RUNNING, started_at=moment, heartbeat_at=moment)
        )
    job = Job.objects.get(uid=job_uid)
    if not claimed:
        log.info("job_not_claimed", job=job_uid, state=job.state)
        return job
    try:
        with written_for(lambda: job.started_by):
            _workers[job.kind](Progress(job))
    except Cancelled:
        _finish(job, Job.State.CANCELLED)
    except TakenOver:
        log.warning("job_taken_over", job=job_uid, kind=job.kind)
    except DomainError as error:
        _finish(job, Job.State.FAILED, error.message())
    except Exception:
        log.exception("job_failed", job=job_uid, kind=job.kind)
        _finish(job, Job.State.FAILED, _("Kesalahan di sistem. Tim platform sudah diberi tahu; silakan coba lagi."))
        raise
    else:
        _finish(job, Job.State.DONE)
    job.refresh_from_db()
    return job


def resume_silent() -> int:
    """Enqueue again the open side's jobs that nobody seems to work on; returns how many. None of a read-only region.

    A worker that is killed cannot say so, and its message may have been taken up, and left alone, before the job
    counted as silent. A queue that was emptied took the messages of waiting jobs with it.
    """
    region = region_or_none()
    if region is not None and region.is_read_only:
        return 0
    moment = clock.now()
    silent = Q(state=Job.State.RUNNING, heartbeat_at__lt=moment - SILENCE)
    lost = Q(state=Job.State.QUEUED, heartbeat_at__isnull=True, created_at__lt=moment - PATIENCE) | Q(
        state=Job.State.QUEUED, heartbeat_at__lt=moment - PATIENCE
    )
    with transaction.atomic():
        uids = [str(uid) for uid in Job.objects.filter(silent | lost).values_list("uid", flat=True)]
        for uid in uids:
            log.warning("job_resumed", job=uid)
            _enqueue(uid)
        # A waiting job's heartbeat is the last time that it was enqueued again.
        Job.objects.filter(uid__in=uids, state=Job.State.QUEUED).update(heartbeat_at=moment)
    return len(uids)


def _claimed(job: Job) -> JobQuerySet:
    """The job's row as long as this worker has it: each claim has an instant of its own."""
    return Job.objects.filter(pk=job.pk, state=Job.State.RUNNING, started_at=job.started_at)


def _finish(job: Job, state: Job.State, failure: str = "") -> None:
    _claimed(job).update(state=state, failure=failure, finished_at=clock.now())
