"""The day of work that runs at an instant: from 03.00 to 03.00 of the next date in the region's zone."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Final

from kernel import clock
from kernel.clock import zone
from kernel.tenancy.context import current_region

DAY_BEGINS: Final = time(3)


def work_date(moment: datetime, zone_name: str) -> date:
    """The date of the day of work that is running at this instant in that zone."""
    local = moment.astimezone(zone(zone_name))
    return local.date() - timedelta(days=1) if local.time() < DAY_BEGINS else local.date()


def running_day() -> date:
    """The day of work that is running now in the open region."""
    return work_date(clock.now(), current_region().time_zone)
