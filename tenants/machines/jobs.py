"""Reading a machine's log, as a job with progress and a line for what is wrong."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext as _

from kernel.files.actions import open_clean
from kernel.files.models import StoredFile
from kernel.jobs.models import JobRow
from kernel.jobs.work import Progress, work
from tenants.calendars.work_date import running_day
from tenants.employees.access import reach
from tenants.machines.actions import MACHINE_WORK
from tenants.machines.importing import Problem, import_log
from tenants.machines.permissions import MACHINE


@work(MACHINE_WORK)
def read_machine_log(progress: Progress) -> None:
    """Read the log that the job holds; begun again after a kill it starts over, and adds nothing twice."""
    job = progress.job
    file = job.file
    if file is None:
        raise LookupError("a machine log job without its file")
    progress.forget_rows()

    def report(problems: Sequence[Problem]) -> None:
        progress.rows(
            [
                JobRow(
                    row_number=problem.row,
                    column="PIN" if problem.fix_url else "",
                    value=problem.value,
                    message=problem.message,
                    fix_url=problem.fix_url,
                )
                for problem in problems
            ]
        )

    done = import_log(
        device=job.parameters["device"],
        content=content_of(file),
        file=file,
        report=report,
        progress=lambda count, total: progress.advance(count, total, _("Membaca log")),
        reach=reach(job.started_by, MACHINE, running_day()) if job.started_by else None,
    )
    progress.result(
        facts=[
            [_("Baris"), done.lines],
            [_("Absen baru"), done.added],
            [_("Sudah ada sebelumnya"), done.repeated],
            [_("PIN belum dikenal"), done.unknown],
            [_("Tidak terbaca"), done.bad],
            *([[_("Milik pegawai OPD lain"), done.out_of_reach]] if done.out_of_reach else []),
        ],
        url=reverse("machines-machines", urlconf="config.urls_region"),
    )


def content_of(file: StoredFile) -> bytes:
    """The stored bytes."""
    with open_clean(file) as stored:
        return bytes(stored.read())
