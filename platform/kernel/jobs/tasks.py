"""The task that runs every job, once for each side, and the sweep for jobs that lost their worker."""

from celery import shared_task

from kernel.delivery.tasks import on_every_side
from kernel.jobs import work
from kernel.tenancy.tasks import ControlTask, RegionTask


@shared_task(base=RegionTask, name=work.RUN_TASK, lane="heavy")
def run_job(job_uid: str) -> None:
    """Do the job with this uid, once."""
    work.run(job_uid)


@shared_task(base=ControlTask, name=work.RUN_CONTROL_TASK, lane="desk")
def run_control_job(job_uid: str) -> None:
    """Do the operators' job with this uid, once."""
    work.run(job_uid)


@shared_task(base=ControlTask, name="kernel.jobs.tasks.resume_silent_jobs", lane="desk")
def resume_silent_jobs() -> None:
    """Start again, in every region, the jobs whose worker went silent."""
    on_every_side(work.resume_silent)
