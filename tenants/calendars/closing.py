"""The registry of closed months under the name that the apps above the calendar ask by."""

from kernel.closing import (
    MonthClosed,
    Provider,
    closed_months,
    closed_people,
    closed_person_months,
    hold,
    hold_alone,
    is_closed,
    late_fact,
    late_months,
    note_late,
    open_from,
    register,
    register_late,
    require_open,
    require_open_period,
)

__all__ = [
    "MonthClosed",
    "Provider",
    "closed_months",
    "closed_people",
    "closed_person_months",
    "hold",
    "hold_alone",
    "is_closed",
    "late_fact",
    "late_months",
    "note_late",
    "open_from",
    "register",
    "register_late",
    "require_open",
    "require_open_period",
]
