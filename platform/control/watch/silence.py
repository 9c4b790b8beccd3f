"""Whether monitoring itself is silent: a region of which nothing comes in office hours.

Source: security note, 4.2. A region counts as used when something came from it on the same weekday a week before, in
the same hours: a region that is new, or on holiday as it was then, is not called silent. Holidays are not known here.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from control.watch.models import SecurityEvent
from kernel import clock
from kernel.tenancy import registry
from kernel.watching import emit, names

OFFICE_FROM, OFFICE_TO = 8, 15
SILENT_AFTER: Final = timedelta(minutes=30)
WEEK: Final = timedelta(days=7)
# Fewer than this in the same half hour a week ago, and half an hour without any says nothing.
LEAST_USUAL: Final = 10


def look() -> list[str]:
    """Say which regions are silent; gives their codes."""
    moment = clock.now()
    silent = []
    for region in registry.live_regions():
        local = moment.astimezone(clock.zone(region.time_zone))
        if local.weekday() > 4 or not OFFICE_FROM <= (local - SILENT_AFTER).hour < OFFICE_TO:
            continue
        if _came(region.code, moment) == 0 and _came(region.code, moment - WEEK) >= LEAST_USUAL:
            emit(names.SYS_MONITOR_DISABLED, region=region.code, what="events", minutes=30)
            silent.append(region.code)
    return silent


def _came(code: str, until: datetime) -> int:
    return SecurityEvent.objects.filter(region=code, at__gt=until - SILENT_AFTER, at__lte=until)[:LEAST_USUAL].count()
