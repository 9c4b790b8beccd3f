"""Months of attendance counted for many people, from the stored results of their days, in three statements."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final, LiteralString

from django.db import connection
from django.db.models import Count, Q

from kernel.among import among_keys
from kernel.periods import Month
from tenants.attendance.day import ABSENT, EXCUSED, OPEN, PRESENT
from tenants.attendance.models import DayResult
from tenants.reports.attendance.columns import RecapColumn, Tally, catalogue, chosen
from tenants.reports.models import RecapLayout
from tenants.rules.engine import event_codes
from tenants.rules.loading import rules_on

_EVENTS: Final[LiteralString] = """
    SELECT r.employee_id, event.value->>'code', count(DISTINCT r.date), coalesce(sum((event.value->>'minutes')::int), 0)
    FROM attendance_dayresult r, LATERAL jsonb_array_elements(r.events) AS event
    WHERE r.employee_id = ANY(%s) AND r.date >= %s AND r.date < %s AND r.is_working_day AND r.presence = %s
    GROUP BY r.employee_id, event.value->>'code'
"""


def tallies(employee_ids: Collection[int], month: Month) -> dict[int, Tally]:
    """The month of each of these people; an empty one for who has no stored day."""
    ids = list(employee_ids)
    days = DayResult.objects.filter(
        among_keys("employee_id", ids), date__gte=month.first_day, date__lt=month.end, is_working_day=True
    ).order_by()
    events: dict[int, dict[str, int]] = {}
    minutes: dict[int, dict[str, int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_EVENTS, (ids, month.first_day, month.end, PRESENT))
        for employee, code, count, total in cursor.fetchall():
            events.setdefault(employee, {})[code] = count
            minutes.setdefault(employee, {})[code] = total
    documents: dict[int, dict[str, int]] = {}
    covered = days.filter(presence=EXCUSED).values_list("employee_id", "document").annotate(count=Count("pk"))
    for employee, code, count in covered:
        documents.setdefault(employee, {})[code] = count
    counted = days.values_list("employee_id").annotate(
        working=Count("pk"),
        present=Count("pk", filter=Q(presence=PRESENT)),
        on_time=Count("pk", filter=Q(presence=PRESENT, events=[])),
        absent=Count("pk", filter=Q(presence=ABSENT)),
        still_open=Count("pk", filter=Q(presence=OPEN)),
        provisional=Count("pk", filter=Q(is_provisional=True) & ~Q(presence=OPEN)),
    )
    found = {
        employee: Tally(
            working,
            present,
            on_time,
            absent,
            still_open,
            provisional,
            events.get(employee, {}),
            minutes.get(employee, {}),
            documents.get(employee, {}),
        )
        for employee, working, present, on_time, absent, still_open, provisional in counted
    }
    return {employee: found.get(employee, Tally()) for employee in ids}


def columns_of(month: Month) -> tuple[RecapColumn, ...]:
    """All columns that the rules of the month have."""
    rules = rules_on(month.first_day)
    return catalogue(() if rules is None else event_codes(rules).values())


def layout_of(month: Month) -> tuple[RecapColumn, ...]:
    """The region's columns for the month, in its order and its words."""
    row = RecapLayout.objects.first()
    return chosen([] if row is None else row.columns, columns_of(month))
