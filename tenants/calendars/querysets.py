"""Loading a region's calendar once, for all units and as many people as are asked for."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import F, Value
from django.db.models.functions import Cast

from kernel.among import among_keys
from kernel.periods import Month
from kernel.tenancy.context import current_region
from tenants.calendars.patterns import Pattern, Version
from tenants.calendars.working_days import Assigned, CalendarDay, Cell, Personal, RegionCalendar
from tenants.organisation.models import Unit
from tenants.organisation.unit_tree import UnitTree

if TYPE_CHECKING:
    from tenants.calendars.models import (  # noqa: F401 (in the bases)
        Holiday,
        PatternAssignment,
        RosterCell,
        WorkPattern,
    )


class HolidayQuerySet(models.QuerySet["Holiday"]):
    def in_year(self, year: int) -> HolidayQuerySet:
        return self.filter(date__gte=date(year, 1, 1), date__lt=date(year + 1, 1, 1))

    def of_region(self) -> HolidayQuerySet:
        """Those that count for every unit without an entry of its own."""
        return self.filter(unit__isnull=True)

    def confirmed(self) -> HolidayQuerySet:
        """Those that count: confirmed by the region and not removed."""
        return self.filter(is_confirmed=True, removed_at__isnull=True)

    def drafts(self) -> HolidayQuerySet:
        """Those that wait for somebody to compare them with the decree."""
        return self.filter(is_confirmed=False, removed_at__isnull=True)


class WorkPatternQuerySet(models.QuerySet["WorkPattern"]):
    def values_and_default(self) -> tuple[dict[int, Pattern], Pattern | None]:
        """All patterns of this queryset as values, by key, and the region's default among them. One statement."""
        heads: dict[int, tuple[Any, ...]] = {}
        versions: dict[int, list[Version]] = {}
        rows = self.order_by("pk", "versions__valid_from").values_list(
            "pk",
            "code",
            "name",
            "kind",
            "anchor",
            "works_on_holidays",
            "night_ends_at",
            "rest_hours",
            "is_default",
            "versions__variant",
            "versions__valid_from",
            "versions__content",
        )
        for pk, *head, variant, valid_from, content in rows:
            heads[pk] = tuple(head)
            own = versions.setdefault(pk, [])
            if content is not None:
                own.append(Version.of_content(content, valid_from=valid_from, variant=variant))
        patterns: dict[int, Pattern] = {}
        default: Pattern | None = None
        for pk, (code, name, kind, anchor, on_holidays, night, rest_hours, is_default) in heads.items():
            patterns[pk] = Pattern(code, name, tuple(versions[pk]), kind, anchor, on_holidays, night, rest_hours)
            default = patterns[pk] if is_default else default
        return patterns, default

    def as_values(self) -> dict[int, Pattern]:
        """All patterns of this queryset as values, by key. One statement."""
        return self.values_and_default()[0]


class PatternAssignmentQuerySet(models.QuerySet["PatternAssignment"]):
    def touching(self, first: date, end: date) -> PatternAssignmentQuerySet:
        """Those in force on some day of the half-open period."""
        return self.filter(period__overlap=DateRange(first, end))

    def of_people(self, employee_ids: Collection[int] | None) -> PatternAssignmentQuerySet:
        """Those of these people; of everybody when None."""
        people = self.filter(employee__isnull=False)
        return people if employee_ids is None else people.filter(among_keys("employee_id", employee_ids))


class RosterCellQuerySet(models.QuerySet["RosterCell"]):
    def published(self) -> RosterCellQuerySet:
        return self.filter(is_draft=False)

    def between(self, first: date, end: date) -> RosterCellQuerySet:
        return self.filter(date__gte=first, date__lt=end)

    def of_people(self, employee_ids: Collection[int] | None) -> RosterCellQuerySet:
        """Those of these people; of everybody when None."""
        return self.all() if employee_ids is None else self.filter(among_keys("employee_id", employee_ids))


def calendar_between(first: date, end: date, *, employee_ids: Collection[int] | None = ()) -> RegionCalendar:
    """The open region's calendar for the half-open period, with what is laid down for these people (everybody: None).

    Three statements however many units there are; a fourth reads the tree of units when one of them has something of
    its own, and two more what is laid down for people, when any were asked for.
    """
    from tenants.calendars.models import WorkPattern

    patterns, default = WorkPattern.objects.values_and_default()
    assigned, zones = _of_units(first, end, patterns)
    days, ramadan = _days(first, end)
    needs_tree = assigned or zones or any(unit is not None for entries in days.values() for unit in entries)
    calendar = RegionCalendar(
        first=first,
        end=end,
        zone=current_region().time_zone,
        tree=Unit.objects.tree() if needs_tree else UnitTree.of(()),
        assigned=assigned,
        default=default,
        days=days,
        ramadan=ramadan,
        zones=zones,
    )
    if employee_ids is not None and not employee_ids:
        return calendar
    return _with_people(calendar, employee_ids, patterns)


def calendar_for(month: Month) -> RegionCalendar:
    """The open region's calendar of a month."""
    return calendar_between(month.first_day, month.end)


def _of_units(
    first: date, end: date, patterns: dict[int, Pattern]
) -> tuple[dict[int, tuple[Assigned, ...]], dict[int, str]]:
    """Assignments and time zones of units, in one statement."""
    from tenants.calendars.models import PatternAssignment, UnitZone

    own = PatternAssignment.objects.filter(unit__isnull=False).touching(first, end)
    zones = UnitZone.objects.values_list(
        "unit_id",
        Cast(Value(None), models.BigIntegerField()),
        Cast(Value(None), PatternAssignment._meta.get_field("period")),
        Cast(Value(0), models.SmallIntegerField()),
        F("zone"),
    )
    rows = own.values_list("unit_id", "pattern_id", "period", "offset", Cast(Value(""), models.CharField()))
    assigned: dict[int, list[Assigned]] = {}
    found: dict[int, str] = {}
    for unit, pattern, period, offset, zone in rows.union(zones, all=True):
        if zone:
            found[unit] = zone
        else:
            assigned.setdefault(unit, []).append(Assigned(period.lower, period.upper, patterns[pattern], offset))
    return {unit: _in_order(rows) for unit, rows in assigned.items()}, found


def _days(first: date, end: date) -> tuple[dict[date, dict[int | None, CalendarDay]], tuple[tuple[date, date], ...]]:
    """The confirmed entries of the calendar and the days of Ramadan, in one statement."""
    from tenants.calendars.models import Holiday, RamadanPeriod

    entries = (
        Holiday.objects.confirmed()
        .filter(date__gte=first, date__lt=end)
        .values_list("pk", "date", Cast(F("date"), models.DateField()), "name", "kind", "unit_id", "like_weekday")
    )
    fasting = RamadanPeriod.objects.filter(period__overlap=DateRange(first, end)).values_list(
        "pk",
        models.Func(F("period"), function="lower", output_field=models.DateField()),
        models.Func(F("period"), function="upper", output_field=models.DateField()),
        "name",
        Value(_RAMADAN),
        Cast(Value(None), models.BigIntegerField()),
        Cast(Value(None), models.SmallIntegerField()),
    )
    days: dict[date, dict[int | None, CalendarDay]] = {}
    ramadan: list[tuple[date, date]] = []
    # In the order of their keys, so that names of one day always come in the same order.
    for _pk, day, until, name, kind, unit, like_weekday in sorted(
        entries.union(fasting, all=True), key=lambda row: (row[1], row[0])
    ):
        if kind == _RAMADAN:
            ramadan.append((day, until))
        else:
            entry = CalendarDay(name, kind == Holiday.Kind.KERJA, like_weekday)
            own = days.setdefault(day, {})
            own[unit] = _together(own[unit], entry) if unit in own else entry
    return days, tuple(ramadan)


# Among the kinds of days; no kind of holiday.
_RAMADAN = "ramadan"


def _together(former: CalendarDay, later: CalendarDay) -> CalendarDay:
    """Two entries of the region on one day: a working day goes before a holiday."""
    if former.is_working != later.is_working:
        return former if former.is_working else later
    return replace(former, name=f"{former.name}; {later.name}")


def with_people(
    calendar: RegionCalendar, employee_ids: Collection[int] | None, *, with_drafts: bool = False
) -> RegionCalendar:
    """The same calendar with what is laid down for these people (everybody: None) instead of others.

    `with_drafts`: as it would be if the drafts of the roster were published. Three statements; for one computation over
    many people load them with the calendar.
    """
    from tenants.calendars.models import WorkPattern

    return _with_people(calendar, employee_ids, WorkPattern.objects.as_values(), with_drafts=with_drafts)


def _with_people(
    calendar: RegionCalendar,
    employee_ids: Collection[int] | None,
    patterns: dict[int, Pattern],
    *,
    with_drafts: bool = False,
) -> RegionCalendar:
    from tenants.calendars.models import PatternAssignment, RosterCell

    first, end = calendar.first, calendar.end
    assigned: dict[int, list[Assigned]] = {}
    own = PatternAssignment.objects.of_people(employee_ids).touching(first, end)
    for employee, pattern, period, offset in own.values_list("employee_id", "pattern_id", "period", "offset"):
        assigned.setdefault(employee, []).append(Assigned(period.lower, period.upper, patterns[pattern], offset))
    cells: dict[int, dict[date, Cell]] = {}
    rows = RosterCell.objects.of_people(employee_ids).between(first, end)
    if not with_drafts:
        rows = rows.published()
    # A draft comes behind the published cell of its day, and takes its place.
    for employee, day, code, key, follows in rows.order_by("is_draft").values_list(
        "employee_id", "date", "code", "pattern_id", "follows"
    ):
        own_cells = cells.setdefault(employee, {})
        if follows:
            own_cells.pop(day, None)
        else:
            own_cells[day] = Cell(code, patterns[key] if key else None)
    return replace(
        calendar,
        people={
            employee: Personal(_in_order(assigned.get(employee, ())), cells.get(employee, {}))
            for employee in assigned.keys() | cells.keys()
        },
        loaded_people=None if employee_ids is None else frozenset(employee_ids),
    )


def _in_order(rows: Iterable[Assigned]) -> tuple[Assigned, ...]:
    return tuple(sorted(rows, key=lambda row: row.since))
