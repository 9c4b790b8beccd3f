"""What day it is in the open region."""

from __future__ import annotations

from datetime import date

from kernel import clock
from kernel.periods import Month
from kernel.tenancy.context import current_region


def today() -> date:
    """The date in the region's zone."""
    return clock.today(current_region().time_zone)


def this_month() -> Month:
    """The month of `today`."""
    return Month.of(today())
