"""Loading a region's calendar once, for all units."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.backends.postgresql.psycopg_any import DateRange

from kernel.periods import Month
from kernel.tenancy.context import current_region
from tenants.calendars.working_days import Assigned, Hours, RegionCalendar, Week
from tenants.organisation.models import Unit
from tenants.organisation.unit_tree import UnitTree

if TYPE_CHECKING:
    from tenants.calendars.models import Holiday, PatternAssignment, WorkPattern  # noqa: F401 (in the bases)


class HolidayQuerySet(models.QuerySet["Holiday"]):
    def in_year(self, year: int) -> HolidayQuerySet:
        return self.filter(date__gte=date(year, 1, 1), date__lt=date(year + 1, 1, 1))

    def confirmed(self) -> HolidayQuerySet:
        """Those that count: confirmed by the region and not removed."""
        return self.filter(is_confirmed=True, removed_at__isnull=True)

    def drafts(self) -> HolidayQuerySet:
        """Those that wait for somebody to compare them with the decree."""
        return self.filter(is_confirmed=False, removed_at__isnull=True)


class WorkPatternQuerySet(models.QuerySet["WorkPattern"]):
    def weeks(self) -> dict[int, Week]:
        """All patterns of this queryset as values, by key. One statement."""
        return self.weeks_and_default()[0]

    def weeks_and_default(self) -> tuple[dict[int, Week], Week | None]:
        """All patterns of this queryset by key, and the region's default among them. One statement."""
        weeks: dict[int, Week] = {}
        hours: dict[int, dict[int, Hours]] = {}
        default: Week | None = None
        rows = self.order_by("pk").values_list(
            "pk",
            "code",
            "name",
            "is_default",
            "days__weekday",
            "days__starts_at",
            "days__ends_at",
            "days__break_minutes",
        )
        for pk, code, name, is_default, weekday, starts_at, ends_at, break_minutes in rows:
            if pk not in weeks:
                weeks[pk] = Week(code, name, hours.setdefault(pk, {}))
                default = weeks[pk] if is_default else default
            if weekday is not None:
                hours[pk][weekday] = Hours(starts_at, ends_at, break_minutes)
        return weeks, default


class PatternAssignmentQuerySet(models.QuerySet["PatternAssignment"]):
    def touching(self, first: date, end: date) -> PatternAssignmentQuerySet:
        """Those in force on some day of the half-open period."""
        return self.filter(period__overlap=DateRange(first, end))


def calendar_between(first: date, end: date) -> RegionCalendar:
    """The open region's calendar for the half-open period, in three statements however many units there are.

    A fourth reads the tree of units, when one of them has a pattern of its own.
    """
    from tenants.calendars.models import Holiday, PatternAssignment, WorkPattern

    weeks, default = WorkPattern.objects.weeks_and_default()
    assigned: dict[int, list[Assigned]] = {}
    touching = PatternAssignment.objects.touching(first, end).order_by("period")
    for unit, pattern, period in touching.values_list("unit_id", "pattern_id", "period"):
        assigned.setdefault(unit, []).append(Assigned(period.lower, period.upper, weeks[pattern]))
    holidays: dict[date, str] = {}
    confirmed = Holiday.objects.confirmed().filter(date__gte=first, date__lt=end).order_by("date", "pk")
    for day, name in confirmed.values_list("date", "name"):
        holidays[day] = f"{holidays[day]}; {name}" if day in holidays else name
    return RegionCalendar(
        first=first,
        end=end,
        zone=current_region().time_zone,
        tree=Unit.objects.tree() if assigned else UnitTree.of(()),
        assigned={unit: tuple(rows) for unit, rows in assigned.items()},
        default=default,
        holidays=holidays,
    )


def calendar_for(month: Month) -> RegionCalendar:
    """The open region's calendar of a month."""
    return calendar_between(month.first_day, month.end)
