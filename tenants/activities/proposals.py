"""What the form proposes, so that an ordinary activity takes four taps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Final

from django.utils.translation import ngettext

from kernel import clock
from kernel.tenancy.context import current_region
from tenants.activities import checks
from tenants.activities.models import Activity, Favourite, JobKind
from tenants.activities.window import WHOLE
from tenants.calendars.querysets import calendar_between
from tenants.employees.models import Employee
from tenants.employees.posts import Post

FAVOURITES: Final = 6
LOOK_BACK: Final = timedelta(days=60)
MOST_WINDOWS: Final = 40
# A wall-clock time without a calendar to ask.
MORNING: Final = time(8)


@dataclass(frozen=True, slots=True)
class Choices:
    """Kinds of work to tap on: starred ones first, then the person's most used, and what was done on the last day with
    activities. `starred` are codes."""

    favourites: list[JobKind]
    starred: frozenset[str]
    last_day: date | None
    last: list[Activity]


def choices_for(employee: Employee, day: date, kinds: Sequence[JobKind]) -> Choices:
    """Favourites among the kinds that may be chosen on the day, and the latest earlier day to repeat from."""
    by_code = {kind.code: kind for kind in kinds}
    starred = list(Favourite.objects.filter(employee=employee).order_by("pk").values_list("code", flat=True))
    codes = dict.fromkeys(starred + JobKind.objects.most_used_by(employee, day - LOOK_BACK, FAVOURITES))
    most = max(FAVOURITES, len(starred))
    earlier = Activity.objects.of(employee).taking_time().filter(date__lt=day, date__gte=day - LOOK_BACK)
    last_day = earlier.order_by("-date").values_list("date", flat=True).first()
    last: list[Activity] = []
    if last_day is not None:
        rows = earlier.filter(date=last_day).select_related("job_kind").order_by("span")
        last = [activity for activity in rows if activity.job_kind.code in by_code]
    favourites = [by_code[code] for code in codes if code in by_code][:most]
    return Choices(favourites, frozenset(starred), last_day, last)


@dataclass(frozen=True, slots=True)
class Window:
    """One day that may still be entered, in words: up to and with which day, and how long that is from now.

    `until` is the instant at which it ends to count like that; `percent` what it counts then.
    """

    day: date
    percent: Decimal
    last: date
    until: datetime
    left: str

    @property
    def is_late(self) -> bool:
        return self.percent < WHOLE


def windows_of(at: checks.Today) -> list[Window]:
    """The days that may still be entered, the latest first, at most `MOST_WINDOWS`."""
    zone_name = current_region().time_zone
    found = []
    for open_day in checks.open_days(at)[:MOST_WINDOWS]:
        percent = at.percent_for(open_day.day)
        last = open_day.last_full if percent == WHOLE else open_day.last
        until = clock.at_local(last + timedelta(days=1), time(), zone_name)
        found.append(Window(open_day.day, percent, last, until, time_left(until - at.now)))
    return found


def time_left(left: timedelta) -> str:
    """A duration as people count down: days and hours, hours and minutes."""
    minutes = max(0, int(left.total_seconds() // 60))
    days, hours, rest = minutes // 1440, minutes % 1440 // 60, minutes % 60
    parts = []
    if days:
        parts.append(ngettext("%(count)d hari", "%(count)d hari", days) % {"count": days})
    if hours:
        parts.append(ngettext("%(count)d jam", "%(count)d jam", hours) % {"count": hours})
    if not days and (rest or not hours):
        parts.append(ngettext("%(count)d menit", "%(count)d menit", rest) % {"count": rest})
    return " ".join(parts)


def start_time(employee: Employee, day: date, minutes: int, post: Post | None) -> time:
    """When the next activity of the day may have begun: behind the last one, else with the working day.

    Work that would then not be over yet is proposed for the latest free time that is.
    """
    zone = clock.zone(current_region().time_zone)
    now = clock.now().astimezone(zone)
    length = timedelta(minutes=minutes)
    rows = Activity.objects.of(employee).taking_time().filter(date=day).order_by("-span").values_list("span", flat=True)
    taken = [(span.lower.astimezone(zone), span.upper.astimezone(zone)) for span in rows]
    if taken:
        begin = max(upper for _lower, upper in taken)
    else:
        begin = datetime.combine(day, _working_day_begins(employee, day, post), tzinfo=zone)
    if day == now.date() and begin + length > now:
        begin = _latest_free(taken, length, now, datetime.combine(day, time(), tzinfo=zone)) or begin
    return time(begin.hour, begin.minute)


def _latest_free(
    taken: Sequence[tuple[datetime, datetime]], length: timedelta, now: datetime, midnight: datetime
) -> datetime | None:
    """The latest start at which this long is free and over by now; None when the day has no such time.

    `taken` are the day's times, the latest first.
    """
    end = now.replace(second=0, microsecond=0)
    for lower, upper in taken:
        if end - length >= upper:
            break
        end = min(end, lower)
    return end - length if end - length >= midnight else None


def _working_day_begins(employee: Employee, day: date, post: Post | None) -> time:
    if post is None:
        return MORNING
    calendar = calendar_between(day, day + timedelta(days=1), employee_ids=[employee.pk])
    hours = calendar.wall_hours(post.unit_id, day, employee.pk)
    return MORNING if hours is None else hours.starts_at
