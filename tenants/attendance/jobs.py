"""The long works of attendance, as jobs with progress."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext as _

from kernel.files.models import StoredFile
from kernel.jobs.models import JobRow
from kernel.jobs.work import Progress, work
from kernel.periods import Month
from tenants.attendance import access
from tenants.attendance.actions import COMPUTE_WORK, MACHINE_WORK
from tenants.attendance.machines import Problem, import_log
from tenants.attendance.permissions import MACHINE
from tenants.attendance.results import recompute_days
from tenants.calendars import closing
from tenants.employees.models import Placement


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
        reach=access.reach(job.started_by, MACHINE, access.running_day()) if job.started_by else None,
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
        url=reverse("attendance-machine", urlconf="config.urls_region"),
    )


@work(COMPUTE_WORK)
def compute_month(progress: Progress) -> None:
    """Compute the days of the job's month again."""
    month = Month.parse(progress.job.parameters["month"])
    people = people_of_opd(progress.job.parameters["opd"], month) if progress.job.parameters["opd"] else None
    done = recompute_days(
        first=month.first_day,
        end=month.end,
        employee_ids=people,
        progress=lambda count, total: progress.advance(count, total, _("Menghitung hari")),
    )
    locked = len(closing.closed_opds(month.first_day, month.end))
    progress.result(
        facts=[
            [_("Pegawai"), done.people],
            [_("Hari dinilai"), done.days],
            [_("Hari berubah"), done.written],
            *([[_("OPD yang sudah dikunci, harinya tetap"), locked]] if locked else []),
        ],
        url=reverse("attendance-unit", urlconf="config.urls_region"),
    )


def content_of(file: StoredFile) -> bytes:
    """The stored bytes."""
    from django.core.files.storage import default_storage

    with default_storage.open(file.path, "rb") as stored:
        content: bytes = stored.read()
    return content


def people_of_opd(opd_code: str, month: Month) -> set[int]:
    """Who held a definitive post in the OPD on some day of the month."""
    from django.db.backends.postgresql.psycopg_any import DateRange

    return set(
        Placement.objects.filter(
            kind=Placement.Kind.DEFINITIF,
            period__overlap=DateRange(month.first_day, month.end),
            position__unit__opd__code=opd_code,
        ).values_list("employee_id", flat=True)
    )
