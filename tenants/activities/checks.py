"""What must hold before an activity is kept or handed in; every broken rule is named beside its field."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from kernel import clock
from kernel.periods import Month
from kernel.tenancy.context import current_region
from tenants.activities.errors import Problem
from tenants.activities.models import Activity, JobKind
from tenants.activities.window import EntryRule, first_open_day
from tenants.calendars import closing
from tenants.calendars.querysets import calendar_between
from tenants.employees.models import Employee
from tenants.employees.posts import Post
from tenants.employees.querysets import posts_on
from tenants.rules.engine import entry_policy
from tenants.rules.loading import rules_on

DAY_MINUTES: Final = 24 * 60


@dataclass(frozen=True, slots=True)
class Today:
    """What entering depends on now: the date, the instant, the first open day (None: no rule), the person's post."""

    day: date
    now: datetime
    first_open: date | None
    post: Post | None


def entry_rule(day: date) -> EntryRule | None:
    """The log rule in force on the day, None where the region's rule set says nothing."""
    rule_set = rules_on(day)
    rule = None if rule_set is None else entry_policy(rule_set)
    return None if rule is None else EntryRule(rule.entry_days_back, rule.entry_days)


def today_for(employee: Employee) -> Today:
    """What holds for this person now."""
    now = clock.now()
    today = clock.local_date(now, current_region().time_zone)
    posts = posts_on([employee.pk], today).get(employee.pk)
    post = None if posts is None else posts.own
    return Today(today, now, _first_open(entry_rule(today), today, post), post)


def _first_open(rule: EntryRule | None, today: date, post: Post | None) -> date | None:
    if rule is None:
        return None
    if rule.days == "calendar" or post is None:
        return first_open_day(rule, today, lambda day: day.weekday() < 5)
    calendar = calendar_between(today - timedelta(days=rule.furthest), today + timedelta(days=1))
    return first_open_day(rule, today, lambda day: calendar.is_working_day(post.unit_id, day))


def date_problems(day: date, ends_at: datetime, at: Today, *, came_back: bool = False) -> list[Problem]:
    """The future, the entry window, a closed month. What came back from the approver was entered in time before."""
    if day > at.day:
        return [Problem("date", "future", _("Tanggal ini belum tiba."))]
    problems = []
    if ends_at > at.now:
        problems.append(Problem("starts_at", "not_over", _("Pekerjaan ini belum selesai menurut jam dan menitnya.")))
    if at.first_open is not None and day < at.first_open and not came_back:
        text = _("Batas pengisian sudah lewat. Yang masih dapat diisi: mulai %(day)s.")
        problems.append(Problem("date", "window", text % {"day": date_format(at.first_open, "l, j F Y")}))
    return problems


def closed_problems(days: Sequence[date], closed: set[Month]) -> list[Problem]:
    """One problem when any of the days lies in a closed month."""
    if any(Month.of(day) in closed for day in days):
        return [Problem("date", "closed", _("Bulan ini sudah dikunci, jadi tidak dapat diisi lagi."))]
    return []


def closed_among(days: Sequence[date]) -> set[Month]:
    """The closed months among those of the days; one question for all."""
    if not days:
        return set()
    return closing.closed_months(Month.of(min(days)).first_day, Month.of(max(days)).end)


def kind_problems(kind: JobKind | None, day: date, post: Post | None) -> list[Problem]:
    """Whether this kind of work is in the catalogue on the day, for this kind of position."""
    if kind is None:
        return [Problem("job_kind", "unknown", _("Jenis pekerjaan ini tidak ada di katalog."))]
    if not kind.holds_on(day):
        return [Problem("job_kind", "not_in_force", _("Jenis pekerjaan ini tidak berlaku pada tanggal itu."))]
    if kind.position_kinds and (post is None or post.position_kind not in kind.position_kinds):
        return [Problem("job_kind", "position", _("Jenis pekerjaan ini bukan untuk jenis jabatan Anda."))]
    return []


def amount_problems(minutes: int, volume: int) -> list[Problem]:
    """Minutes of one day, at least one unit of output."""
    problems = []
    if not 0 < minutes <= DAY_MINUTES:
        problems.append(Problem("minutes", "minutes", _("Isi menit antara 1 dan 1.440 (24 jam).")))
    if volume < 1:
        problems.append(Problem("volume", "volume", _("Isi jumlah hasil, sedikitnya 1.")))
    return problems


def overlap_problems(employee: Employee, begin: datetime, end: datetime, but: Activity | None) -> list[Problem]:
    """Another activity of the person at the same time. The database refuses it as well."""
    others = Activity.objects.of(employee).taking_time().filter(span__overlap=(begin, end))
    if but is not None:
        others = others.exclude(pk=but.pk)
    other = others.order_by("span").first()
    if other is None:
        return []
    zone = clock.zone(current_region().time_zone)
    text = _("Bertumpang tindih dengan “%(name)s” pukul %(begin)s sampai %(end)s.") % {
        "name": other.description[:60],
        "begin": f"{other.span.lower.astimezone(zone):%H.%M}",
        "end": f"{other.span.upper.astimezone(zone):%H.%M}",
    }
    return [Problem("starts_at", "overlap", text)]


def cap_problems(activities: Sequence[Activity], employee: Employee) -> dict[int, list[Problem]]:
    """By key: those that go beyond their kind's daily cap, counted over what is handed in or approved on that day."""
    capped = [activity for activity in activities if activity.job_kind.daily_cap is not None]
    if not capped:
        return {}
    used: dict[tuple[date, str], int] = {}
    days = {activity.date for activity in capped}
    rows = Activity.objects.of(employee).filter(state__in=("submitted", "approved"), date__in=days)
    for day, code, volume in rows.values_list("date", "job_kind__code", "volume"):
        used[day, code] = used.get((day, code), 0) + volume
    found: dict[int, list[Problem]] = {}
    for activity in capped:
        cap, key = activity.job_kind.daily_cap or 0, (activity.date, activity.job_kind.code)
        used[key] = used.get(key, 0) + activity.volume
        if used[key] > cap:
            text = _("Paling banyak %(cap)s %(unit)s sehari untuk jenis ini.")
            values = {"cap": cap, "unit": activity.job_kind.output_unit}
            found[activity.pk] = [Problem("volume", "cap", text % values)]
            used[key] -= activity.volume
    return found
