"""Holidays and work patterns: drafting, confirming, adding, removing, assigning."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, time, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.text import slugify

from kernel import clock
from kernel.accounts.actors import Actor, System
from kernel.accounts.models import User
from kernel.audit.record import declare_action, record
from kernel.errors import NotFound
from tenants.calendars.errors import (
    HolidayTaken,
    PatternCodeTaken,
    PatternEmpty,
    PeriodEmpty,
    ReasonMissing,
    SourceMissing,
)
from tenants.calendars.models import Holiday, PatternAssignment, PatternDay, WorkPattern
from tenants.calendars.national_holidays import national_holidays
from tenants.calendars.signals import calendar_changed
from tenants.calendars.working_days import Hours
from tenants.organisation.models import Unit

DRAFTED = declare_action("calendars.holidays_drafted", "Draf hari libur dibuat")
CONFIRMED = declare_action("calendars.holidays_confirmed", "Hari libur dikonfirmasi")
ADDED = declare_action("calendars.holiday_added", "Hari libur ditambahkan")
REMOVED = declare_action("calendars.holiday_removed", "Hari libur dihapus")
PATTERN_SAVED = declare_action("calendars.pattern_saved", "Pola kerja disimpan")
PATTERN_ASSIGNED = declare_action("calendars.pattern_assigned", "Pola kerja ditetapkan")

ONE_DAY: Final = timedelta(days=1)
_MONDAY_TO_THURSDAY: Final = (0, 1, 2, 3)
_FRIDAY: Final = 4
# Perpres 21/2023: 37.5 hours a week from 07.30 with 60 and 90 minutes of break; 32.5 in Ramadan from 08.00.
DEFAULT_PATTERN: Final = "5-hari-kerja"
NATIONAL_PATTERNS: Final[Mapping[str, tuple[str, Mapping[int, Hours]]]] = {
    DEFAULT_PATTERN: (
        "5 hari kerja",
        {
            **{day: Hours(time(7, 30), time(16), 60) for day in _MONDAY_TO_THURSDAY},
            _FRIDAY: Hours(time(7, 30), time(16, 30), 90),
        },
    ),
    "ramadan": (
        "Ramadan, 5 hari kerja",
        {
            **{day: Hours(time(8), time(15), 30) for day in _MONDAY_TO_THURSDAY},
            _FRIDAY: Hours(time(8), time(15, 30), 60),
        },
    ),
}


@transaction.atomic
def draft_national_holidays(*, year: int, actor: Actor) -> list[Holiday]:
    """Write down those of the year's national holidays that are not there yet, as drafts; returns the new ones.

    What is confirmed, or was removed by the region, stays as it is.
    """
    known = set(Holiday.objects.in_year(year).values_list("date", "kind"))
    new = [
        Holiday(date=holiday.date, name=holiday.name[:200], kind=holiday.kind)
        for holiday in national_holidays(year)
        if (holiday.date, holiday.kind) not in known
    ]
    Holiday.objects.bulk_create(new)
    if new:
        record(DRAFTED, actor=actor, after={"year": year, "count": len(new)})
    return new


@transaction.atomic
def confirm_holidays(*, uids: Iterable[UUID], source: str, actor: User) -> list[Holiday]:
    """The region compared these drafts with the decree `source`; they count from now on. Raises SourceMissing."""
    if not source.strip():
        raise SourceMissing
    drafts = list(Holiday.objects.select_for_update().drafts().filter(uid__in=list(uids)).order_by("date", "pk"))
    for holiday in drafts:
        holiday.is_confirmed = True
        holiday.source = source.strip()
        holiday.confirmed_by = actor
        holiday.confirmed_at = clock.now()
    Holiday.objects.bulk_update(drafts, ["is_confirmed", "source", "confirmed_by", "confirmed_at"])
    if drafts:
        record(
            CONFIRMED,
            actor=actor,
            after={"source": source.strip(), "days": [f"{holiday.date}: {holiday.name}" for holiday in drafts]},
        )
        _tell(drafts[0].date, drafts[-1].date + ONE_DAY)
    return drafts


@transaction.atomic
def add_holiday(*, date: date, name: str, kind: str, source: str, actor: User) -> Holiday:
    """A day off that the package does not know: a regional one, or one decreed late. Counts at once.

    Raises SourceMissing, HolidayTaken.
    """
    if not source.strip():
        raise SourceMissing
    known = Holiday.objects.select_for_update().filter(date=date, kind=kind).first()
    if known is not None and known.removed_at is None:
        raise HolidayTaken(date)
    holiday = known or Holiday(date=date, kind=kind)
    holiday.name = name
    holiday.source = source.strip()
    holiday.is_confirmed = True
    holiday.confirmed_by = actor
    holiday.confirmed_at = clock.now()
    holiday.removed_at = None
    holiday.removal_reason = ""
    holiday.save()
    record(ADDED, actor=actor, subject=holiday, after={"date": date, "kind": kind, "source": holiday.source})
    _tell(date, date + ONE_DAY)
    return holiday


@transaction.atomic
def remove_holiday(*, uid: UUID, reason: str, actor: User) -> Holiday:
    """The day is no day off here. It stays on record with the reason. Raises ReasonMissing, NotFound."""
    if not reason.strip():
        raise ReasonMissing
    holiday = Holiday.objects.select_for_update().filter(uid=uid, removed_at__isnull=True).first()
    if holiday is None:
        raise NotFound("holiday")
    holiday.removed_at = clock.now()
    holiday.removal_reason = reason.strip()
    holiday.save(update_fields=["removed_at", "removal_reason"])
    record(
        REMOVED,
        actor=actor,
        subject=holiday,
        before={"date": holiday.date, "name": holiday.name, "was_confirmed": holiday.is_confirmed},
        note=holiday.removal_reason,
    )
    if holiday.is_confirmed:
        _tell(holiday.date, holiday.date + ONE_DAY)
    return holiday


@transaction.atomic
def save_pattern(*, uid: UUID | None, name: str, days: Mapping[int, Hours], actor: Actor) -> WorkPattern:
    """Make a pattern (`uid` None) or change the hours of one. `days` by weekday, 0 = Monday.

    A change holds for every day on which the pattern is worked and whose month is not locked.
    Raises PatternEmpty, PatternCodeTaken, NotFound.
    """
    if not days or any(hours.ends_at <= hours.starts_at or hours.minutes <= 0 for hours in days.values()):
        raise PatternEmpty
    if uid is None:
        pattern = WorkPattern(code=slugify(name)[:40], name=name)
        if not pattern.code or WorkPattern.objects.filter(code=pattern.code).exists():
            raise PatternCodeTaken(name)
        before: dict[str, Any] = {}
    else:
        found = WorkPattern.objects.select_for_update().filter(uid=uid).first()
        if found is None:
            raise NotFound("work_pattern")
        pattern = found
        before = _described(pattern.name, WorkPattern.objects.filter(pk=pattern.pk).weeks()[pattern.pk].days)
        pattern.name = name
    pattern.save()
    pattern.days.all().delete()
    PatternDay.objects.bulk_create(
        PatternDay(
            pattern=pattern,
            weekday=weekday,
            starts_at=hours.starts_at,
            ends_at=hours.ends_at,
            break_minutes=hours.break_minutes,
        )
        for weekday, hours in sorted(days.items())
    )
    record(PATTERN_SAVED, actor=actor, subject=pattern, before=before, after=_described(name, days))
    calendar_changed.send(sender=WorkPattern, first=None, end=None, unit_ids=None)
    return pattern


@transaction.atomic
def assign_pattern(
    *, pattern: WorkPattern, units: Sequence[Unit], first: date, last: date | None, actor: Actor
) -> list[PatternAssignment]:
    """These units work by the pattern from `first` to `last` (both included; None: until further notice).

    What was assigned to them for those days gives way; before and after, it goes on. Raises PeriodEmpty.
    """
    end = None if last is None else last + ONE_DAY
    if end is not None and end <= first:
        raise PeriodEmpty
    period = DateRange(first, end)
    ids = [unit.pk for unit in units]
    overlapped = list(
        PatternAssignment.objects.select_for_update().filter(unit_id__in=ids, period__overlap=period).order_by("pk")
    )
    rest = [
        PatternAssignment(unit_id=old.unit_id, pattern_id=old.pattern_id, period=piece)
        for old in overlapped
        for piece in _around(old.period, first, end)
    ]
    PatternAssignment.objects.filter(pk__in=[old.pk for old in overlapped]).delete()
    new = [PatternAssignment(unit=unit, pattern=pattern, period=period) for unit in units]
    PatternAssignment.objects.bulk_create([*rest, *new])
    record(
        PATTERN_ASSIGNED,
        actor=actor,
        subject=pattern,
        after={"first": first, "last": last, "units": [unit.code for unit in units]},
    )
    calendar_changed.send(sender=WorkPattern, first=first, end=end, unit_ids=ids)
    return new


@transaction.atomic
def seed_calendar(*, year: int) -> None:
    """What a new region begins with: the national patterns and the year's holidays as drafts. May be repeated."""
    for code, (name, days) in NATIONAL_PATTERNS.items():
        pattern, is_new = WorkPattern.objects.get_or_create(
            code=code, defaults={"name": name, "is_default": code == DEFAULT_PATTERN}
        )
        if is_new:
            PatternDay.objects.bulk_create(
                PatternDay(
                    pattern=pattern,
                    weekday=weekday,
                    starts_at=hours.starts_at,
                    ends_at=hours.ends_at,
                    break_minutes=hours.break_minutes,
                )
                for weekday, hours in days.items()
            )
    draft_national_holidays(year=year, actor=System("calendars.seed"))


def _around(period: Any, first: date, end: date | None) -> list[DateRange]:
    """What is left of a period on both sides of [first, end)."""
    left = []
    if period.lower < first:
        left.append(DateRange(period.lower, first))
    if end is not None and (period.upper is None or period.upper > end):
        left.append(DateRange(end, period.upper))
    return left


def _described(name: str, days: Mapping[int, Hours]) -> dict[str, Any]:
    return {
        "name": name,
        "days": {
            str(weekday): f"{hours.starts_at:%H.%M}-{hours.ends_at:%H.%M}, {hours.break_minutes}"
            for weekday, hours in sorted(days.items())
        },
    }


def _tell(first: date, end: date) -> None:
    calendar_changed.send(sender=Holiday, first=first, end=end, unit_ids=None)
