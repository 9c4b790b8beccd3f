"""The long works of attendance, as jobs with progress."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from kernel.jobs.work import Progress, work
from kernel.periods import Month
from tenants.attendance.actions import COMPUTE_WORK
from tenants.attendance.results import recompute_days
from tenants.calendars import closing
from tenants.employees.models import Placement


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
