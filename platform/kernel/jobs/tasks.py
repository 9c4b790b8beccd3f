"""The one task that runs every job."""

from celery import shared_task

from kernel.jobs import work
from kernel.tenancy.tasks import RegionTask


@shared_task(base=RegionTask, name=work.RUN_TASK, lane="heavy")
def run_job(job_uid: str) -> None:
    """Do the job with this uid, once."""
    work.run(job_uid)
