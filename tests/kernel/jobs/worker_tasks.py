"""Tasks and work that only the test with a real worker imports (`celery worker --include`)."""

from celery import shared_task

from kernel.accounts.models import Role
from kernel.jobs.work import Progress, work
from kernel.tenancy.context import current_region
from kernel.tenancy.tasks import RegionTask

KIND = "tests.add_roles"


@work(KIND)
def add_roles(progress: Progress) -> None:
    codes = progress.job.parameters["codes"]
    for done, code in enumerate(codes, 1):
        Role.objects.get_or_create(code=code, defaults={"name": current_region().code})
        progress.advance(done, len(codes), "Menambah peran")
    progress.result(added=len(codes))


@shared_task(base=RegionTask, name="tests.add_role_in_worker", lane="heavy")
def add_role_in_worker(code: str) -> None:
    """Writes the person's number into the log, to show that it does not leave the process."""
    import structlog

    structlog.get_logger(__name__).info("adding_role", nip="199001012015011001")
    Role.objects.get_or_create(code=code, defaults={"name": "Peran"})
