"""What must hold before an activity is kept or handed in; every broken rule is named beside its field."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext as _

from kernel import clock
from kernel.date_words import weekday_words
from kernel.periods import Month
from kernel.tenancy.context import current_region
from kernel.web.templatetags.kd import number
from tenants.activities.errors import Problem
from tenants.activities.models import Activity, EvidenceKind, JobKind
from tenants.activities.window import (
    WHOLE,
    EntryRule,
    first_full_day,
    first_open_day,
    last_entry_day,
    last_full_day,
)
from tenants.calendars import closing
from tenants.calendars.querysets import calendar_between
from tenants.employees.models import Employee
from tenants.employees.posts import Post, PostHistory
from tenants.employees.querysets import post_history_of
from tenants.rules.engine import entry_policy
from tenants.rules.loading import rules_on

DAY_MINUTES: Final = 24 * 60
MOST_VOLUME: Final = 1000


@dataclass(frozen=True, slots=True)
class Today:
    """What entering depends on now: the date, the instant, the person's posts, and the region's rule.

    `first_open` is the earliest day that is taken at all, `first_full` the earliest that counts in full; both None
    where the region has no rule. `is_working_day` knows the days behind, and those ahead when they were asked for.
    """

    day: date
    now: datetime
    posts: PostHistory
    rule: EntryRule | None = None
    first_open: date | None = None
    first_full: date | None = None
    is_working_day: Callable[[date], bool] = field(default=lambda day: day.weekday() < 5, compare=False)

    def post_on(self, day: date) -> Post | None:
        """The post that the person held on the day, with its terms of that day."""
        return self.posts.on(day).own

    def percent_for(self, day: date) -> Decimal:
        """How much of an activity of this day counts when it is handed in now, 0..100."""
        if self.rule is None or self.first_full is None or day >= self.first_full:
            return WHOLE
        return self.rule.late_percent

    @property
    def may_overlap(self) -> bool:
        """Whether the region lets activities lie at the same time."""
        return self.rule is not None and self.rule.overlap_allowed


@dataclass(frozen=True, slots=True)
class OpenDay:
    """A day that may still be entered: until the end of `last`, in full until the end of `last_full`."""

    day: date
    last_full: date
    last: date


def entry_rule(day: date) -> EntryRule | None:
    """The log rule in force on the day, None where the region's rule set says nothing."""
    rule_set = rules_on(day)
    rule = None if rule_set is None else entry_policy(rule_set)
    if rule is None:
        return None
    late = rule.late_percent
    return EntryRule(
        rule.entry_days_back,
        rule.entry_days,
        rule.late_days_back,
        WHOLE if late is None else late,
        rule.overlap_allowed,
    )


def today_for(employee: Employee, *, ahead: bool = False) -> Today:
    """What holds for this person now; `ahead`: `open_days` will be asked, so the calendar is read that far."""
    now = clock.now()
    today = clock.local_date(now, current_region().time_zone)
    posts = post_history_of(employee.pk)
    rule = entry_rule(today)
    if rule is None:
        return Today(today, now, posts)
    end = today + timedelta(days=rule.furthest + 1 if ahead else 1)
    is_working_day = _working_days(rule, employee.pk, posts, today - timedelta(days=rule.furthest), end)
    return Today(
        today,
        now,
        posts,
        rule,
        first_open_day(rule, today, is_working_day),
        first_full_day(rule, today, is_working_day),
        is_working_day,
    )


def open_days(at: Today) -> list[OpenDay]:
    """The days that may still be entered with the end of their windows, the latest first; none without a rule. `at` was
    asked for with `ahead`."""
    if at.rule is None or at.first_open is None:
        return []
    rule, is_working_day = at.rule, at.is_working_day
    days = [at.day - timedelta(days=back) for back in range((at.day - at.first_open).days + 1)]
    return [
        OpenDay(day, last_full_day(rule, day, is_working_day), last_entry_day(rule, day, is_working_day))
        for day in days
    ]


def _working_days(
    rule: EntryRule, employee_id: int, posts: PostHistory, first: date, end: date
) -> Callable[[date], bool]:
    """Whether the person worked on a day of the period: by the own pattern or roster, else by that of the unit of that
    day; a weekday without a post."""
    if rule.days == "calendar" or not posts.rows:
        return lambda day: day.weekday() < 5
    calendar = calendar_between(first, end, employee_ids=[employee_id])

    def is_working_day(day: date) -> bool:
        post = posts.on(day).own
        return day.weekday() < 5 if post is None else calendar.is_working_day(post.unit_id, day, employee_id)

    return is_working_day


def date_problems(day: date, ends_at: datetime, at: Today, *, came_back: bool = False) -> list[Problem]:
    """The future, the entry window, a closed month. What came back from the approver was entered in time before."""
    if day > at.day:
        return [Problem("date", "future", _("Tanggal ini belum tiba."))]
    problems = []
    if ends_at > at.now:
        problems.append(Problem("starts_at", "not_over", _("Pekerjaan ini belum selesai menurut jam dan menitnya.")))
    if at.first_open is not None and day < at.first_open and not came_back:
        text = _("Batas pengisian sudah lewat. Yang masih dapat diisi: mulai %(day)s.")
        problems.append(Problem("date", "window", text % {"day": weekday_words(at.first_open)}))
    return problems


def closed_problems(days: Sequence[date], closed: set[Month]) -> list[Problem]:
    """One problem when any of the days lies in a closed month."""
    if any(Month.of(day) in closed for day in days):
        return [Problem("date", "closed", _("Bulan ini sudah dikunci, jadi tidak dapat diisi lagi."))]
    return []


def closed_among(days: Sequence[date], employee: int) -> set[Month]:
    """The person's closed months among those of the days, which stay as they are to the end of the transaction."""
    if not days:
        return set()
    first, end = Month.of(min(days)).first_day, Month.of(max(days)).end
    closing.hold(first, end)
    return closing.closed_months(first, end, employees=[employee])


def kind_problems(kind: JobKind | None, day: date, post: Post | None) -> list[Problem]:
    """Whether this kind of work is in the catalogue on the day, for the post that was held on the day."""
    if kind is None:
        return [Problem("job_kind", "unknown", _("Jenis pekerjaan ini tidak ada di katalog."))]
    if not kind.holds_on(day):
        return [Problem("job_kind", "not_in_force", _("Jenis pekerjaan ini tidak berlaku pada tanggal itu."))]
    if not kind.fits(post):
        return [
            Problem(
                "job_kind",
                "position",
                _("Jenis pekerjaan ini bukan untuk jabatan Anda pada tanggal itu. Pilih jenis lain."),
            )
        ]
    return []


def amount_problems(minutes: int, volume: int) -> list[Problem]:
    """Minutes of one day, one to a thousand units of output."""
    problems = []
    if not 0 < minutes <= DAY_MINUTES:
        problems.append(Problem("minutes", "minutes", _("Isi menit antara 1 dan 1.440 (24 jam).")))
    if not 1 <= volume <= MOST_VOLUME:
        problems.append(Problem("volume", "volume", _("Isi jumlah hasil antara 1 dan 1.000.")))
    return problems


def day_problems(
    employee: Employee, day: date, begin: datetime, end: datetime, minutes: int, but: Activity | None, at: Today
) -> list[Problem]:
    """Another activity of the person at the same time (the database refuses it as well), more than a day in a day.

    One statement.
    """
    # Nothing is longer than a day, so whatever reaches into this one is of a day beside it.
    around = (day - timedelta(days=1), day + timedelta(days=1))
    others = Activity.objects.of(employee).taking_time().filter(date__range=around)
    if but is not None:
        others = others.exclude(pk=but.pk)
    rows = list(others.order_by("span").values_list("date", "span", "minutes", "description"))
    problems = []
    clash = next((row for row in rows if row[1].lower < end and begin < row[1].upper), None)
    if clash is not None and not at.may_overlap:
        zone = clock.zone(current_region().time_zone)
        text = _("Bertumpang tindih dengan “%(name)s” pukul %(begin)s sampai %(end)s. Ubah jamnya.") % {
            "name": clash[3][:60],
            "begin": f"{clash[1].lower.astimezone(zone):%H.%M}",
            "end": f"{clash[1].upper.astimezone(zone):%H.%M}",
        }
        problems.append(Problem("starts_at", "overlap", text))
    total = minutes + sum(row[2] for row in rows if row[0] == day)
    if minutes <= DAY_MINUTES < total:
        text = _("Jumlah menit hari itu menjadi %(total)s, lebih dari 24 jam. Kurangi menitnya.")
        problems.append(Problem("minutes", "day", text % {"total": number(total)}))
    return problems


def cap_problems(activities: Sequence[Activity], employee: Employee) -> dict[int, list[Problem]]:
    """By key: those that go beyond their kind's daily cap, counted over what is handed in or approved on that day."""
    capped = [a for a in activities if a.job_kind.daily_cap is not None or a.job_kind.daily_minutes is not None]
    if not capped:
        return {}
    used: dict[tuple[date, str], tuple[int, int]] = {}
    days = {activity.date for activity in capped}
    rows = Activity.objects.of(employee).filter(state__in=("submitted", "approved"), date__in=days)
    for day, code, volume, minutes in rows.values_list("date", "job_kind__code", "volume", "minutes"):
        known = used.get((day, code), (0, 0))
        used[day, code] = (known[0] + volume, known[1] + minutes)
    found: dict[int, list[Problem]] = {}
    for activity in capped:
        kind, key = activity.job_kind, (activity.date, activity.job_kind.code)
        volume, minutes = used.get(key, (0, 0))
        problems = []
        if kind.daily_cap is not None and volume + activity.volume > kind.daily_cap:
            text = _("Paling banyak %(cap)s %(unit)s sehari untuk jenis ini; sudah %(used)s. Kurangi jumlahnya.")
            values = {"cap": kind.daily_cap, "unit": kind.output_unit, "used": volume}
            problems.append(Problem("volume", "cap", text % values))
        if kind.daily_minutes is not None and minutes + activity.minutes > kind.daily_minutes:
            text = _("Paling banyak %(cap)s menit sehari untuk jenis ini; sudah %(used)s. Kurangi menitnya.")
            problems.append(Problem("minutes", "cap_minutes", text % {"cap": kind.daily_minutes, "used": minutes}))
        if problems:
            found[activity.pk] = problems
        else:
            used[key] = (volume + activity.volume, minutes + activity.minutes)
    return found


# Where what is missing can be given.
_FIELDS: Final = {
    "photo": "evidence",
    "pdf": "evidence",
    "letter": "letter_number",
    "disposition": "disposition_number",
}


def evidence_problems(kind: JobKind, given: set[str]) -> list[Problem]:
    """What the kind of work asks to see and is not there. `given` are kinds of evidence."""
    wanted = [EvidenceKind(each) for each in kind.evidence_kinds]
    missing = [each for each in wanted if each not in given]
    if not missing or (kind.evidence_rule == JobKind.EvidenceRule.ANY and len(missing) < len(wanted)):
        return []
    if kind.evidence_rule == JobKind.EvidenceRule.ANY:
        text = _("Jenis pekerjaan ini perlu bukti: %(kinds)s.") % {"kinds": _either(missing)}
        return [Problem(_FIELDS[missing[0]], "evidence", text)]
    return [
        Problem(_FIELDS[each], "evidence", _("Jenis pekerjaan ini perlu bukti: %(kinds)s.") % {"kinds": _word(each)})
        for each in missing
    ]


def _either(kinds: Sequence[EvidenceKind]) -> str:
    words = [_word(kind) for kind in kinds]
    if len(words) == 1:
        return words[0]
    return _("%(some)s atau %(last)s") % {"some": ", ".join(words[:-1]), "last": words[-1]}


def _word(kind: EvidenceKind) -> str:
    label = str(kind.label)
    return label if kind == EvidenceKind.PDF else label[:1].lower() + label[1:]
