"""What the form proposes, so that an ordinary activity takes four taps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from kernel import clock
from kernel.tenancy.context import current_region
from tenants.activities.models import Activity, JobKind
from tenants.calendars.querysets import calendar_between
from tenants.employees.models import Employee
from tenants.employees.posts import Post

FAVOURITES: Final = 6
LOOK_BACK: Final = timedelta(days=60)
# A wall-clock time without a calendar to ask.
MORNING: Final = time(8)


@dataclass(frozen=True, slots=True)
class Choices:
    """Kinds of work to tap on: most used by the person, and what was done on the last day with activities."""

    favourites: list[JobKind]
    last_day: date | None
    last: list[Activity]


def choices_for(employee: Employee, day: date, kinds: Sequence[JobKind]) -> Choices:
    """Favourites among the kinds that may be chosen on the day, and the latest earlier day to repeat from."""
    by_code = {kind.code: kind for kind in kinds}
    codes = JobKind.objects.most_used_by(employee, day - LOOK_BACK, FAVOURITES)
    earlier = Activity.objects.of(employee).taking_time().filter(date__lt=day, date__gte=day - LOOK_BACK)
    last_day = earlier.order_by("-date").values_list("date", flat=True).first()
    last: list[Activity] = []
    if last_day is not None:
        rows = earlier.filter(date=last_day).select_related("job_kind").order_by("span")
        last = [activity for activity in rows if activity.job_kind.code in by_code]
    return Choices([by_code[code] for code in codes if code in by_code], last_day, last)


def start_time(employee: Employee, day: date, minutes: int, post: Post | None) -> time:
    """When the next activity of the day may have begun: behind the last one, else with the working day.

    Work that would then not be over yet is proposed to end now.
    """
    zone = clock.zone(current_region().time_zone)
    now = clock.now().astimezone(zone)
    latest = Activity.objects.of(employee).taking_time().filter(date=day).order_by("-span").first()
    if latest is not None:
        begin = latest.span.upper.astimezone(zone)
    else:
        begin = datetime.combine(day, _working_day_begins(day, post), tzinfo=zone)
    if day == now.date() and begin + timedelta(minutes=minutes) > now and latest is None:
        ended = now - timedelta(minutes=minutes)
        begin = ended if ended.date() == day else datetime.combine(day, time(), tzinfo=zone)
    return time(begin.hour, begin.minute)


def _working_day_begins(day: date, post: Post | None) -> time:
    if post is None:
        return MORNING
    hours = calendar_between(day, day + timedelta(days=1)).wall_hours(post.unit_id, day)
    return MORNING if hours is None else hours.starts_at
