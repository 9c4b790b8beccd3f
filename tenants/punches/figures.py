"""What the operators' console counts of a region's punches."""

from django.utils.translation import gettext_lazy as _

from kernel import clock
from kernel.tenancy.context import current_region
from kernel.usage import counter
from tenants.calendars.work_date import running_day
from tenants.punches.models import Punch


@counter("punches_today", _("Absen hari ini"), order=30)
def count_punches_today() -> int:
    """Punches captured on the day that is running in the region."""
    start, end = clock.day_bounds(running_day(), current_region().time_zone)
    return Punch.objects.filter(captured_at__gte=start, captured_at__lt=end).count()
