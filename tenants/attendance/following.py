"""Days follow what they are judged by: new punches within seconds, a calendar, a post or a disturbance that changed.

The lane that takes punches computes nothing. Every few seconds each region with news takes the punches that have come
since the look before, whatever brought them (phone, machine, kiosk, sheet), and judges the days that they belong to,
all people of a day at once. Nothing is missed and nothing is told twice (`arrivals`); an outage is caught up by the
next look.

Of calendars, posts and disturbances only days from the month before on are computed at once; the run of an older month
that is still open computes its own. A fact for a closed month becomes a late fact.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any, Final

from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.dispatch import receiver

from kernel import clock
from kernel.delivery import outbox
from kernel.periods import Month
from kernel.tenancy import here
from kernel.tenancy.context import current_region
from tenants.attendance import arrivals
from tenants.attendance.arrivals import NewPunch, Position, look
from tenants.attendance.belonging import date_of
from tenants.attendance.frames import frame_of, placed_units
from tenants.attendance.models import PunchFollowing
from tenants.attendance.results import recompute_days
from tenants.calendars import closing
from tenants.calendars.signals import calendar_changed
from tenants.disturbances.signals import windows_changed
from tenants.employees.models import Employee, Placement
from tenants.employees.signals import placement_changed, service_changed
from tenants.punches.lane import COMPUTE_DAYS_TASK

COMPUTE_PERIOD_TASK: Final = "tenants.attendance.tasks.compute_period"
# What a late punch is called on the list of late facts.
LATE: Final = "Absen"
# So many punches are taken at a time.
TAKE: Final = 5000
_DAY: Final = timedelta(days=1)
# Who has claimed the following and then fell silent is followed by another after so long.
_CLAIM: Final = timedelta(minutes=2)

_CLAIM_IT: Final = """
    INSERT INTO attendance_punchfollowing (id, region_id, floor, taken, high, fence, version, claimed_until)
    VALUES (1, %s, 0, '{}', 0, '{}', 0, %s)
    ON CONFLICT (id) DO UPDATE SET claimed_until = EXCLUDED.claimed_until
        WHERE attendance_punchfollowing.claimed_until IS NULL OR attendance_punchfollowing.claimed_until < %s
    RETURNING floor, taken, high, fence
"""


@dataclass(frozen=True, slots=True)
class Followed:
    """What a following did: punches taken, rows of days written."""

    punches: int = 0
    written: int = 0


def has_news() -> bool:
    """Whether the region has punches to take. One statement that reads two rows."""
    with connection.cursor() as cursor:
        return arrivals.has_news(cursor)


def follow_punches() -> Followed:
    """Judge the days of the punches that have come since the last look. Does nothing while another one follows.

    Taken twice, because whoever followed was cut off, a punch changes nothing the second time.
    """
    punches = written = 0
    while (before := _claim()) is not None:
        with connection.cursor() as cursor:
            new, after = look(cursor, before, TAKE)
        days = _days_of(new)
        for first, end, people in _together(days):
            written += recompute_days(first=first, end=end, employee_ids=people).written
        with transaction.atomic():
            closing.note_late([(person, day, day) for day, people in days.items() for person in people], LATE)
            PunchFollowing.objects.filter(pk=1).update(**asdict(after), claimed_until=None)
        punches += len(new)
        if len(new) < TAKE:
            break
    return Followed(punches, written)


def _claim() -> Position | None:
    now = clock.now()
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM_IT, (current_region().number, now + _CLAIM, now))
        row = cursor.fetchone()
    return None if row is None else Position(*row)


def _days_of(new: Sequence[NewPunch]) -> dict[date, list[int]]:
    """Whose days the punches belong to, by day; those of a day to come wait for it."""
    if not new:
        return {}
    zone = current_region().time_zone
    dates = [clock.local_date(punch.captured_at, zone) for punch in new]
    people = sorted({punch.employee_id for punch in new})
    first, end = min(dates) - timedelta(days=1), max(dates) + timedelta(days=2)
    frame = frame_of(first, end, people)
    placed = placed_units(people, first, end)
    found: dict[date, set[int]] = {}
    for punch in new:
        cuts = frame.course(punch.employee_id, placed.get(punch.employee_id, ())).cuts
        found.setdefault(date_of(punch.kind, punch.captured_at, frame.zone, cuts), set()).add(punch.employee_id)
    return {day: sorted(own) for day, own in sorted(found.items()) if day <= frame.running_day}


def _together(days: Mapping[date, list[int]]) -> list[tuple[date, date, list[int]]]:
    """The days in half-open periods with their people: neighbouring days of much the same people are judged in one go,
    as a machine's log and a sheet bring them."""
    found: list[tuple[date, date, set[int]]] = []
    asked = 0
    for day, own in days.items():
        if found and found[-1][1] == day:
            first, _end, people = found[-1]
            both, end = people | set(own), day + _DAY
            # No more than twice as many days are judged as there are news for.
            if len(both) * (end - first).days <= 2 * (asked + len(own)):
                found[-1] = first, end, both
                asked += len(own)
                continue
        found.append((day, day + _DAY, set(own)))
        asked = len(own)
    return [(first, end, sorted(people)) for first, end, people in found]


def days_to_follow(first: date | None, end: date | None) -> tuple[date, date] | None:
    """Which days of the half-open period (None: without bound) are computed now, both included; None for none."""
    today = here.today()
    floor = Month.of(today).previous.first_day
    begin = floor if first is None else max(first, floor)
    last = today if end is None else min(end - timedelta(days=1), today)
    return (begin, last) if begin <= last else None


@receiver(calendar_changed, dispatch_uid="attendance.calendar")
def _follow_calendar(
    sender: Any, first: date | None, end: date | None, employee_ids: Collection[int] | None = None, **kwargs: Any
) -> None:
    # A shift that passes midnight says where the day behind it begins.
    around = None if end is None else end + timedelta(days=1)
    if days := days_to_follow(None if first is None else first - timedelta(days=1), around):
        period = {"first": days[0].isoformat(), "last": days[1].isoformat()}
        if employee_ids is None:
            outbox.send(COMPUTE_PERIOD_TASK, **period)
        elif employee_ids:
            outbox.send(COMPUTE_DAYS_TASK, employee_ids=sorted(employee_ids), **period)


@receiver(windows_changed, dispatch_uid="attendance.disturbances")
def _follow_disturbance(sender: Any, first: date, end: date, unit_ids: Collection[int] | None, **kwargs: Any) -> None:
    days = days_to_follow(first, end)
    if days is None:
        return
    period = {"first": days[0].isoformat(), "last": days[1].isoformat()}
    if unit_ids is None:
        outbox.send(COMPUTE_PERIOD_TASK, **period)
        return
    people = Placement.objects.filter(
        position__unit_id__in=unit_ids, kind=Placement.Kind.DEFINITIF, period__overlap=DateRange(first, end)
    )
    employees = sorted(set(people.values_list("employee_id", flat=True)))
    if employees:
        outbox.send(COMPUTE_DAYS_TASK, employee_ids=employees, **period)


@receiver(service_changed, dispatch_uid="attendance.service")
@receiver(placement_changed, dispatch_uid="attendance.placement")
def _follow_placement(sender: Any, employee: Employee, first: date, **kwargs: Any) -> None:
    if days := days_to_follow(first - timedelta(days=1), None):
        outbox.send(COMPUTE_DAYS_TASK, employee_ids=[employee.pk], first=days[0].isoformat(), last=days[1].isoformat())
