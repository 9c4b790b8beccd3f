"""The registry of closed months under the name that the apps above the calendar ask by."""

from kernel.closing import (
    MonthClosed,
    Provider,
    closed_months,
    is_closed,
    open_from,
    register,
    require_open,
    require_open_period,
)

__all__ = [
    "MonthClosed",
    "Provider",
    "closed_months",
    "is_closed",
    "open_from",
    "register",
    "require_open",
    "require_open_period",
]
