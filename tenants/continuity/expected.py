"""Who of an OPD is expected on which day, and from when to when: what the lists print and the sheets prefill."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.backends.postgresql.psycopg_any import DateRange

from tenants.attendance.frames import placed_units
from tenants.calendars.querysets import calendar_between
from tenants.employees.models import Employee, Placement
from tenants.organisation.models import Unit


@dataclass(frozen=True, slots=True)
class Expected:
    """A person on a day of duty. `shifts` are aware instants, in order; empty: on a list without a date."""

    employee_id: int
    nip: str
    name: str
    unit: str
    date: date
    shifts: tuple[tuple[datetime, datetime], ...]


def people_of(opd: Unit, first: date, end: date) -> dict[int, tuple[str, str]]:
    """NIP and name, by key, of those with a definitive post in the OPD on a day of the half-open period."""
    rows = Employee.objects.filter(
        pk__in=Placement.objects.filter(
            kind=Placement.Kind.DEFINITIF, period__overlap=DateRange(first, end), position__unit__opd=opd
        ).values("employee_id")
    ).values_list("pk", "nip", "name")
    return {pk: (nip, name) for pk, nip, name in rows}


def expected_days(opd: Unit, days: Sequence[date]) -> dict[date, list[Expected]]:
    """By day, who of the OPD is on duty, in the order of unit and name. Statements do not grow with people or days."""
    first, end = days[0], days[-1] + timedelta(days=1)
    people = people_of(opd, first, end)
    units = placed_units(list(people), first, end)
    own = set(Unit.objects.filter(opd=opd).values_list("pk", flat=True))
    calendar = calendar_between(first, end, employee_ids=people)
    found: dict[date, list[Expected]] = {day: [] for day in days}
    for pk, (nip, name) in people.items():
        for day in days:
            placed = next((unit for unit in units.get(pk, ()) if unit.covers(day) and unit.unit_id in own), None)
            if placed is None:
                continue
            plan = calendar.plan(placed.unit_id, day, pk)
            if plan.is_working_day:
                shifts = tuple((shift.starts_at, shift.ends_at) for shift in plan.duties)
                found[day].append(Expected(pk, nip, name, placed.name, day, shifts))
    for listed in found.values():
        listed.sort(key=lambda row: (row.unit, row.name, row.nip))
    return found
