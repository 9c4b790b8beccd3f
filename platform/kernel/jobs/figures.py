"""What the operators' console counts of a region's jobs."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from kernel import clock
from kernel.jobs.models import Job
from kernel.usage import counter

RECENT = timedelta(days=7)


@counter("jobs_failed", _("Gagal, 7 hari"), order=60)
def count_failed() -> int:
    """Jobs that failed in the last seven days."""
    return Job.objects.filter(state=Job.State.FAILED, finished_at__gte=clock.now() - RECENT).count()
