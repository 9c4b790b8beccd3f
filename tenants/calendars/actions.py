"""Holidays and work patterns: drafting, confirming, adding, removing, changing, assigning."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
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
from tenants.calendars import closing
from tenants.calendars.errors import (
    AnchorMissing,
    HolidayTaken,
    LastVersion,
    PatternCodeTaken,
    PatternImpossible,
    PeriodEmpty,
    PeriodTaken,
    ReasonMissing,
    SourceMissing,
    VersionTaken,
)
from tenants.calendars.models import (
    Holiday,
    PatternAssignment,
    PatternVersion,
    RamadanPeriod,
    UnitZone,
    WorkPattern,
)
from tenants.calendars.national_holidays import national_holidays
from tenants.calendars.patterns import NORMAL, ROTATION, WEEKLY, Pattern, Version, problems
from tenants.calendars.ready import DEFAULT_PATTERN, ready_patterns
from tenants.calendars.signals import calendar_changed
from tenants.employees.models import Employee
from tenants.organisation.models import Unit

DRAFTED = declare_action("calendars.holidays_drafted", "Draf hari libur dibuat")
CONFIRMED = declare_action("calendars.holidays_confirmed", "Hari libur dikonfirmasi")
ADDED = declare_action("calendars.holiday_added", "Hari libur ditambahkan")
REMOVED = declare_action("calendars.holiday_removed", "Hari libur dihapus")
PATTERN_SAVED = declare_action("calendars.pattern_saved", "Pola kerja disimpan")
VERSION_REMOVED = declare_action("calendars.version_removed", "Jam pola kerja dihapus")
PATTERN_ASSIGNED = declare_action("calendars.pattern_assigned", "Pola kerja ditetapkan")
RAMADAN_SET = declare_action("calendars.ramadan_set", "Masa Ramadan ditetapkan")
RAMADAN_REMOVED = declare_action("calendars.ramadan_removed", "Masa Ramadan dihapus")
ZONE_SET = declare_action("calendars.zone_set", "Zona waktu unit ditetapkan")

ONE_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class PatternIn:
    """What a pattern is beside its hours. A rotation needs the first day of its cycle as `anchor`."""

    name: str
    kind: str = WEEKLY
    anchor: date | None = None
    works_on_holidays: bool = False
    night_ends_at: time | None = None
    rest_hours: int = 8


@transaction.atomic
def draft_national_holidays(*, year: int, actor: Actor) -> list[Holiday]:
    """Write down those of the year's national holidays that are not there yet, as drafts; returns the new ones.

    What is confirmed, or was removed by the region, stays as it is.
    """
    known = set(Holiday.objects.in_year(year).of_region().values_list("date", "kind"))
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
def add_holiday(
    *,
    date: date,
    name: str,
    kind: str,
    source: str,
    actor: User,
    unit: Unit | None = None,
    like_weekday: int | None = None,
) -> Holiday:
    """A day off that the package does not know, or a working day (kind `kerja`) in its stead. Counts at once.

    With a unit it counts for that unit and those below it. Raises SourceMissing, HolidayTaken, MonthClosed (for a unit
    whose OPD has closed the month; what the region decrees leaves closed months as they are).
    """
    if not source.strip():
        raise SourceMissing
    if unit is None:
        known = Holiday.objects.select_for_update().of_region().filter(date=date, kind=kind).first()
    else:
        closing.require_open(date, opds=[unit.opd_id or unit.pk])
        known = Holiday.objects.select_for_update().filter(date=date, unit=unit).first()
    if known is not None and known.removed_at is None:
        raise HolidayTaken(date)
    holiday = known or Holiday(date=date, unit=unit)
    holiday.kind = kind
    holiday.name = name
    holiday.like_weekday = like_weekday if kind == Holiday.Kind.KERJA else None
    holiday.source = source.strip()
    holiday.is_confirmed = True
    holiday.confirmed_by = actor
    holiday.confirmed_at = clock.now()
    holiday.removed_at = None
    holiday.removal_reason = ""
    holiday.save()
    after = {"date": date, "kind": kind, "source": holiday.source, "unit": None if unit is None else unit.code}
    record(ADDED, actor=actor, subject=holiday, after=after)
    _tell(date, date + ONE_DAY, unit)
    return holiday


@transaction.atomic
def remove_holiday(*, uid: UUID, reason: str, actor: User) -> Holiday:
    """The day is no day off here. It stays on record with the reason.

    Raises ReasonMissing, NotFound, MonthClosed (for a unit's own).
    """
    if not reason.strip():
        raise ReasonMissing
    holiday = (
        Holiday.objects.select_for_update(of=("self",))
        .select_related("unit")
        .filter(uid=uid, removed_at__isnull=True)
        .first()
    )
    if holiday is None:
        raise NotFound("holiday")
    if holiday.unit is not None:
        closing.require_open(holiday.date, opds=[holiday.unit.opd_id or holiday.unit.pk])
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
        _tell(holiday.date, holiday.date + ONE_DAY, holiday.unit)
    return holiday


@transaction.atomic
def make_pattern(*, pattern: PatternIn, version: Version, actor: Actor) -> WorkPattern:
    """A new pattern with its first hours. Raises AnchorMissing, PatternImpossible, PatternCodeTaken."""
    made = _new_pattern(slugify(pattern.name)[:40], pattern, [version])
    record(PATTERN_SAVED, actor=actor, subject=made, after=_described(pattern, version))
    return made


@transaction.atomic
def take_ready_pattern(*, code: str, actor: Actor) -> WorkPattern:
    """Take over a pattern that comes with the product, with its Ramadan hours where it has any.

    Raises NotFound, PatternCodeTaken when the region has it.
    """
    ready = ready_patterns().get(code)
    if ready is None:
        raise NotFound("ready_pattern")
    made = _new_pattern(code, _head_of(ready), ready.versions)
    record(PATTERN_SAVED, actor=actor, subject=made, after=_described(_head_of(ready), ready.versions[0]))
    return made


@transaction.atomic
def change_pattern(*, uid: UUID, pattern: PatternIn, actor: Actor) -> WorkPattern:
    """Change what the pattern is beside its hours. The kind stays.

    A change holds for every day on which the pattern is worked and whose month is not locked. Raises NotFound,
    AnchorMissing.
    """
    found = _locked(uid)
    if found.kind == ROTATION and pattern.anchor is None:
        raise AnchorMissing
    before = {"name": found.name, "anchor": found.anchor, "works_on_holidays": found.works_on_holidays}
    _take_over(found, pattern)
    found.save()
    after = {"name": found.name, "anchor": found.anchor, "works_on_holidays": found.works_on_holidays}
    record(PATTERN_SAVED, actor=actor, subject=found, before=before, after=after)
    calendar_changed.send(sender=WorkPattern, first=None, end=None, unit_ids=None, employee_ids=None)
    return found


@transaction.atomic
def save_version(*, uid: UUID, version: Version, actor: Actor, replaces: UUID | None = None) -> PatternVersion:
    """Hours of the pattern `uid` from `version.valid_from` on, or other hours for the version `replaces`.

    They hold for every day from then on that is worked by the pattern and whose month is not locked. Raises NotFound,
    PatternImpossible, VersionTaken when the pattern has hours of that variant from that very day.
    """
    pattern = _locked(uid)
    _check_version(pattern.kind, version)
    row = PatternVersion(pattern=pattern)
    before: dict[str, Any] = {}
    first = version.valid_from
    if replaces is not None:
        found = pattern.versions.filter(uid=replaces, variant=version.variant).first()
        if found is None:
            raise NotFound("pattern_version")
        row = found
        before = {"valid_from": row.valid_from, **row.content}
        first = min(first, row.valid_from)
    twins = pattern.versions.filter(variant=version.variant, valid_from=version.valid_from).exclude(pk=row.pk)
    if twins.exists():
        raise VersionTaken(version.valid_from)
    row.variant = version.variant
    row.valid_from = version.valid_from
    row.content = version.content()
    row.save()
    after = {"variant": row.variant, "valid_from": row.valid_from, **row.content}
    record(PATTERN_SAVED, actor=actor, subject=pattern, before=before, after=after)
    calendar_changed.send(sender=WorkPattern, first=first, end=None, unit_ids=None, employee_ids=None)
    return row


@transaction.atomic
def remove_version(*, uid: UUID, version: UUID, actor: Actor) -> WorkPattern:
    """Hours that shall not come into force; those before go on. Raises NotFound, LastVersion."""
    pattern = _locked(uid)
    found = pattern.versions.filter(uid=version).first()
    if found is None:
        raise NotFound("pattern_version")
    if found.variant == NORMAL and pattern.versions.filter(variant=NORMAL).count() == 1:
        raise LastVersion
    found.delete()
    before = {"variant": found.variant, "valid_from": found.valid_from, **found.content}
    record(VERSION_REMOVED, actor=actor, subject=pattern, before=before)
    calendar_changed.send(sender=WorkPattern, first=found.valid_from, end=None, unit_ids=None, employee_ids=None)
    return pattern


@transaction.atomic
def assign_pattern(
    *,
    pattern: WorkPattern,
    first: date,
    last: date | None,
    actor: Actor,
    units: Sequence[Unit] = (),
    employees: Sequence[Employee] = (),
    offset: int = 0,
) -> list[PatternAssignment]:
    """These units or people work by the pattern from `first` to `last` (both included; None: until further notice).

    What was assigned to them for those days gives way; before and after, it goes on. `offset` is by how many days this
    team begins a rotation later than the pattern's anchor. Raises PeriodEmpty, MonthClosed.
    """
    end = None if last is None else last + ONE_DAY
    if end is not None and end <= first:
        raise PeriodEmpty
    if units:
        closing.require_open_period(first, end, opds={unit.opd_id or unit.pk for unit in units})
    if employees:
        closing.require_open_period(first, end, employees=[employee.pk for employee in employees])
    made = [
        *_assigned("unit_id", [unit.pk for unit in units], pattern, (first, end), offset),
        *_assigned("employee_id", [employee.pk for employee in employees], pattern, (first, end), offset),
    ]
    record(
        PATTERN_ASSIGNED,
        actor=actor,
        subject=pattern,
        after={
            "first": first,
            "last": last,
            "offset": offset,
            "units": [unit.code for unit in units],
            "employees": [employee.nip for employee in employees],
        },
    )
    if units:
        calendar_changed.send(
            sender=WorkPattern, first=first, end=end, unit_ids=[unit.pk for unit in units], employee_ids=None
        )
    if employees:
        calendar_changed.send(
            sender=WorkPattern, first=first, end=end, unit_ids=None, employee_ids=[one.pk for one in employees]
        )
    return made


@transaction.atomic
def end_assignment(*, uid: UUID, last: date, actor: Actor) -> PatternAssignment:
    """The assignment holds up to `last` (included); one that would hold on no day goes.

    Raises NotFound, MonthClosed.
    """
    found = (
        PatternAssignment.objects.select_for_update(of=("self",))
        .select_related("pattern", "unit", "employee")
        .filter(uid=uid)
        .first()
    )
    if found is None:
        raise NotFound("pattern_assignment")
    first = max(last + ONE_DAY, found.period.lower)
    end = found.period.upper
    unit, employee = found.unit, found.employee
    if unit is not None:
        closing.require_open_period(first, end, opds=[unit.opd_id or unit.pk])
    if employee is not None:
        closing.require_open_period(first, end, employees=[employee.pk])
    if first == found.period.lower:
        found.delete()
    else:
        found.period = DateRange(found.period.lower, first)
        found.save(update_fields=["period"])
    record(
        PATTERN_ASSIGNED,
        actor=actor,
        subject=found.pattern,
        after={
            "last": last,
            "units": [unit.code] if unit else [],
            "employees": [employee.nip] if employee else [],
            "ended": True,
        },
    )
    calendar_changed.send(
        sender=WorkPattern,
        first=first,
        end=end,
        unit_ids=None if unit is None else [unit.pk],
        employee_ids=None if employee is None else [employee.pk],
    )
    return found


@transaction.atomic
def set_ramadan(*, name: str, first: date, last: date, source: str, actor: Actor) -> RamadanPeriod:
    """From `first` to `last` (both included) patterns have their Ramadan hours.

    Raises SourceMissing, PeriodEmpty, PeriodTaken when a day of it is Ramadan already.
    """
    if not source.strip():
        raise SourceMissing
    if last < first:
        raise PeriodEmpty
    period = DateRange(first, last + ONE_DAY)
    if RamadanPeriod.objects.select_for_update().filter(period__overlap=period).exists():
        raise PeriodTaken
    made = RamadanPeriod.objects.create(name=name, period=period, source=source.strip())
    record(RAMADAN_SET, actor=actor, subject=made, after={"first": first, "last": last, "source": made.source})
    _tell(first, last + ONE_DAY)
    return made


@transaction.atomic
def remove_ramadan(*, uid: UUID, actor: Actor) -> None:
    """These days have ordinary hours again. Raises NotFound."""
    found = RamadanPeriod.objects.select_for_update().filter(uid=uid).first()
    if found is None:
        raise NotFound("ramadan_period")
    record(
        RAMADAN_REMOVED,
        actor=actor,
        subject=found,
        before={"first": found.period.lower, "last": found.period.upper - ONE_DAY, "source": found.source},
    )
    found.delete()
    _tell(found.period.lower, found.period.upper)


@transaction.atomic
def set_zone(*, unit: Unit, zone: str, actor: Actor) -> None:
    """The unit and those below it work by the clock of this zone; an empty zone is again that of the unit above.

    It holds for every day whose month is not locked.
    """
    known = UnitZone.objects.filter(unit=unit).values_list("zone", flat=True).first() or ""
    if known == zone:
        return
    if zone:
        UnitZone.objects.update_or_create(unit=unit, defaults={"zone": zone})
    else:
        UnitZone.objects.filter(unit=unit).delete()
    record(ZONE_SET, actor=actor, subject=unit, before={"zone": known}, after={"zone": zone})
    calendar_changed.send(sender=UnitZone, first=None, end=None, unit_ids=[unit.pk], employee_ids=None)


@transaction.atomic
def seed_calendar(*, year: int) -> None:
    """What a new region begins with: five working days, and the year's holidays as drafts. May be repeated."""
    if not WorkPattern.objects.filter(code=DEFAULT_PATTERN).exists():
        ready = ready_patterns()[DEFAULT_PATTERN]
        made = _new_pattern(DEFAULT_PATTERN, _head_of(ready), ready.versions)
        made.is_default = not WorkPattern.objects.filter(is_default=True).exists()
        made.save(update_fields=["is_default"])
    draft_national_holidays(year=year, actor=System("calendars.seed"))


def _new_pattern(code: str, head: PatternIn, versions: Iterable[Version]) -> WorkPattern:
    if head.kind == ROTATION and head.anchor is None:
        raise AnchorMissing
    if not code or WorkPattern.objects.filter(code=code).exists():
        raise PatternCodeTaken(head.name)
    pattern = WorkPattern(code=code, kind=head.kind)
    _take_over(pattern, head)
    pattern.save()
    for version in versions:
        _check_version(pattern.kind, version)
        PatternVersion.objects.create(
            pattern=pattern, variant=version.variant, valid_from=version.valid_from, content=version.content()
        )
    return pattern


def _take_over(pattern: WorkPattern, head: PatternIn) -> None:
    pattern.name = head.name
    pattern.anchor = head.anchor if pattern.kind == ROTATION else None
    pattern.works_on_holidays = head.works_on_holidays
    pattern.night_ends_at = head.night_ends_at
    pattern.rest_hours = head.rest_hours


def _head_of(ready: Pattern) -> PatternIn:
    return PatternIn(
        ready.name, ready.kind, ready.anchor, ready.works_on_holidays, ready.night_ends_at, ready.rest_hours
    )


def _check_version(kind: str, version: Version) -> None:
    if found := problems(kind, version.spans, version.slots):
        raise PatternImpossible(found[0])


def _locked(uid: UUID) -> WorkPattern:
    found = WorkPattern.objects.select_for_update().filter(uid=uid).first()
    if found is None:
        raise NotFound("work_pattern")
    return found


def _assigned(
    owner: str, keys: Sequence[int], pattern: WorkPattern, span: tuple[date, date | None], offset: int
) -> list[PatternAssignment]:
    """One assignment for each of these units or people; `owner` is the column that names them."""
    first, end = span
    period = DateRange(first, end)
    overlapped = list(
        PatternAssignment.objects.select_for_update()
        .filter(**{f"{owner}__in": keys}, period__overlap=period)
        .order_by("pk")
    )
    rest = [
        PatternAssignment(
            unit_id=old.unit_id,
            employee_id=old.employee_id,
            pattern_id=old.pattern_id,
            period=piece,
            offset=old.offset,
        )
        for old in overlapped
        for piece in _around(old.period, first, end)
    ]
    PatternAssignment.objects.filter(pk__in=[old.pk for old in overlapped]).delete()
    new = [PatternAssignment(**{owner: key}, pattern=pattern, period=period, offset=offset) for key in keys]
    PatternAssignment.objects.bulk_create([*rest, *new])
    return new


def _around(period: Any, first: date, end: date | None) -> list[DateRange]:
    """What is left of a period on both sides of [first, end)."""
    left = []
    if period.lower < first:
        left.append(DateRange(period.lower, first))
    if end is not None and (period.upper is None or period.upper > end):
        left.append(DateRange(end, period.upper))
    return left


def _described(head: PatternIn, version: Version) -> dict[str, Any]:
    return {"name": head.name, "kind": head.kind, "anchor": head.anchor, **version.content()}


def _tell(first: date, end: date, unit: Unit | None = None) -> None:
    calendar_changed.send(
        sender=Holiday, first=first, end=end, unit_ids=None if unit is None else [unit.pk], employee_ids=None
    )
