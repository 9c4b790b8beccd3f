"""Who is where on one day: everybody of an office with the day's sign, and how many of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kernel import clock
from kernel.accounts.models import User
from kernel.tenancy.context import current_region
from tenants.attendance.day import ABSENT, EXCUSED, FREE, JudgedDay
from tenants.attendance.frames import frame_of
from tenants.attendance.month_grid import Sign, sign_of
from tenants.attendance.permissions import READ_UNIT
from tenants.attendance.results import judged_days
from tenants.calendars.work_date import running_day
from tenants.employees.access import people_in_scope
from tenants.employees.models import Employee
from tenants.punches.models import Punch

ROWS: Final = 25

# Groups of the board in the order of their tabs; a day that runs is judged by whether somebody has checked in.
GROUPS: Final[dict[str, str | Promise]] = {
    "hadir": _("Sudah absen"),
    "belum": _("Belum absen"),
    "surat": _("Dengan surat"),
    "libur": _("Libur"),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One person on the day; `sign` is None without a post on it."""

    employee: Employee
    day: JudgedDay | None
    sign: Sign
    group: str


@dataclass(frozen=True, slots=True)
class Slice:
    """Some entries of a board; `next` is the uid behind which the following ones begin, "" at the end."""

    rows: list[Entry]
    next: str
    is_first: bool


@dataclass(frozen=True, slots=True)
class Presence:
    """How many people are in charge of an official, and how many of them have a punch of the running day."""

    people: int
    punched: int


def presence_today(user: User) -> Presence:
    """The running day in the OPDs of the person, in two statements that do not read a person's row."""
    day = running_day()
    people = people_in_scope(user, READ_UNIT, day)
    start, end = clock.day_bounds(day, current_region().time_zone)
    punched = Punch.objects.filter(captured_at__gte=start, captured_at__lt=end, employee__in=people.values("pk"))
    return Presence(people.count(), punched.values("employee_id").distinct().count())


def board_of(people: Iterable[Employee], day: date) -> list[Entry]:
    """Everybody with the day judged, in the given order; the number of statements does not depend on how many."""
    listed = list(people)
    ids = [person.pk for person in listed]
    frame = frame_of(day, day + timedelta(days=1), ids)
    judged = {employee: found for employee, days in judged_days(frame, ids) for found in days}
    entries = []
    for person in listed:
        found = judged.get(person.pk)
        sign = Sign.NO_POST if found is None else sign_of(found)
        entries.append(Entry(person, found, sign, _group(found)))
    return entries


def _group(day: JudgedDay | None) -> str:
    if day is None or day.presence == FREE:
        return "libur"
    if day.presence == EXCUSED:
        return "surat"
    if day.presence == ABSENT or (day.first_in is None and day.last_out is None):
        return "belum"
    return "hadir"


def counts(entries: Iterable[Entry]) -> dict[str, int]:
    """How many are in each group."""
    found = Counter(entry.group for entry in entries)
    return {group: found.get(group, 0) for group in GROUPS}


def slice_behind(entries: list[Entry], cursor: str) -> Slice:
    """Twenty-five entries behind the one with this uid; from the start for an unknown one."""
    start = 0
    if cursor:
        try:
            wanted = UUID(cursor)
        except ValueError:
            wanted = None
        start = next((index + 1 for index, entry in enumerate(entries) if entry.employee.uid == wanted), 0)
    rows = entries[start : start + ROWS]
    more = start + ROWS < len(entries)
    return Slice(rows, str(rows[-1].employee.uid) if more else "", start == 0)
