"""What people do to a job."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from kernel.accounts.models import User
from kernel.audit.record import declare_action, record
from kernel.jobs import access, work
from kernel.jobs.models import Job

CANCELLED = declare_action("jobs.cancelled", "Pekerjaan dihentikan")


@transaction.atomic
def cancel_job(*, uid: UUID, actor: User) -> Job:
    """Ask the job to stop. A finished one stays as it is. Raises NotFound."""
    job = access.job_to_see(actor, uid)
    if not job.is_finished:
        work.cancel(job)
        record(CANCELLED, actor=actor, subject=job)
    return job
