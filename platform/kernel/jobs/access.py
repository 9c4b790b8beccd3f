"""Who may look at a job, and stop it."""

from uuid import UUID

from kernel.accounts.models import User
from kernel.errors import NotFound
from kernel.jobs.models import Job


def job_to_see(user: User, uid: UUID) -> Job:
    """The job, for who started it or may see all. Raises NotFound for a stranger as for an unknown uid."""
    job = Job.objects.seen_by(user).select_related("started_by").filter(uid=uid).first()
    if job is None:
        raise NotFound("job")
    return job
