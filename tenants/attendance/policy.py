"""What the region asks of documents: how many corrections a month, a letter from which day, until when an absence is
explained. Data with a source (`DocumentPolicy`); a region that has set nothing asks nothing."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, timedelta

from kernel.periods import Month
from tenants.attendance.frames import placed_units
from tenants.attendance.models import AttendanceDocument, DayResult, DocumentPolicy
from tenants.calendars.querysets import calendar_between
from tenants.calendars.work_date import running_day

# Working days are looked for so far behind an absence; a longer delay is none.
_FURTHEST = timedelta(days=90)


def policy_on(day: date) -> DocumentPolicy | None:
    """What is asked on the day; None where the region has set nothing for it."""
    return DocumentPolicy.objects.filter(valid_from__lte=day).order_by("-valid_from").first()


def corrections_in(employee_id: int, month: Month) -> int:
    """How many corrections of the person stand in the month, waiting or approved."""
    found = AttendanceDocument.objects.of(employee_id).standing().touching(month.first_day, month.end)
    return found.filter(corrected_at__isnull=False).count()


def last_days_to_explain(employee_id: int, days: Collection[date]) -> Mapping[date, date]:
    """Until which day a document is expected for each of these absences; none where the region sets no limit.

    The days after the absence are counted by the person's own plan. A fixed number of statements.
    """
    if not days:
        return {}
    policy = policy_on(max(days))
    if policy is None or policy.excuse_days is None:
        return {}
    first, end = min(days), max(days) + _FURTHEST
    calendar = calendar_between(first, end, employee_ids=[employee_id])
    units = placed_units([employee_id], first, end).get(employee_id, ())
    found: dict[date, date] = {}
    for day in days:
        left, current = policy.excuse_days, day
        while left and current + timedelta(days=1) < end:
            current += timedelta(days=1)
            unit = next((unit for unit in units if unit.covers(current)), None)
            left -= unit is not None and calendar.is_working_day(unit.unit_id, current, employee_id)
        if not left:
            found[day] = current
    return found


def is_past_explaining(employee_id: int, day: date) -> bool:
    """Whether the time in which a document for the day was expected is over."""
    last = last_days_to_explain(employee_id, [day]).get(day)
    return last is not None and running_day() > last


def unexplained(employee_id: int, first: date, end: date | None = None) -> list[date]:
    """The person's days of the half-open period that are absent without a document on its way, in order."""
    absent = DayResult.objects.filter(
        employee_id=employee_id, date__gte=first, presence=DayResult.Presence.ABSENT, is_working_day=True
    )
    if end is not None:
        absent = absent.filter(date__lt=end)
    days = list(absent.order_by("date").values_list("date", flat=True))
    if not days:
        return []
    papers = list(
        AttendanceDocument.objects.of(employee_id)
        .standing()
        .touching(days[0], days[-1] + timedelta(days=1))
        .values_list("period", flat=True)
    )
    return [day for day in days if not any(period.lower <= day < period.upper for period in papers)]
