"""The roster of some people in a month, as the grid shows it: what each day says, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from kernel.periods import Month
from tenants.calendars.models import RosterCell
from tenants.calendars.plans import DayPlan
from tenants.calendars.querysets import calendar_between, with_people
from tenants.calendars.rest import Conflict, conflicts
from tenants.calendars.rosters import FOLLOWS, FREE
from tenants.calendars.working_days import RegionCalendar
from tenants.employees.models import Employee

_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class GridCell:
    """`value` is what the roster says (FOLLOWS where it says nothing), `text` what is worked, "" on a free day."""

    date: date
    value: str
    text: str
    hint: str
    is_draft: bool
    problem: str


@dataclass(frozen=True, slots=True)
class GridRow:
    """One person's month. `minutes` are those of the shifts, without what a break takes."""

    employee: Employee
    cells: tuple[GridCell, ...]
    hours: int
    problems: int


def grid_rows(people: Sequence[Employee], units: Mapping[int, int], month: Month) -> list[GridRow]:
    """The month of these people with the drafts of the roster in it. `units` are their units by key.

    Nine statements however many people there are.
    """
    ids = [person.pk for person in people]
    # A day more on both sides, for the rest before the first and behind the last.
    calendar = calendar_between(month.first_day - _ONE_DAY, month.end + _ONE_DAY)
    calendar = with_people(calendar, ids, with_drafts=True)
    drafts = set(
        RosterCell.objects.of_people(ids)
        .between(month.first_day, month.end)
        .filter(is_draft=True)
        .values_list("employee_id", "date")
    )
    return [_row(person, units[person.pk], calendar, month, drafts) for person in people]


def _row(
    person: Employee, unit_id: int, calendar: RegionCalendar, month: Month, drafts: Collection[tuple[int, date]]
) -> GridRow:
    days = [month.first_day - _ONE_DAY, *month.days(), month.end]
    plans = [calendar.plan(unit_id, day, person.pk) for day in days]

    def rest_hours(day: date) -> int:
        pattern = calendar.pattern(unit_id, day, person.pk)
        own = calendar.people.get(person.pk)
        cell = None if own is None else own.cells.get(day)
        if cell is not None and cell.pattern is not None:
            pattern = cell.pattern
        return 0 if pattern is None else pattern.rest_hours

    wrong = {conflict.date: conflict for conflict in conflicts(plans, rest_hours)}
    own = calendar.people.get(person.pk)
    cells = []
    for plan in plans[1:-1]:
        said = None if own is None else own.cells.get(plan.date)
        cells.append(
            GridCell(
                plan.date,
                FOLLOWS if said is None else (said.code or FREE),
                " ".join(shift.code for shift in plan.shifts),
                _hint(plan),
                (person.pk, plan.date) in drafts,
                _problem(wrong.get(plan.date)),
            )
        )
    inside = [shift for plan in plans[1:-1] for shift in plan.duties]
    seconds = sum((shift.ends_at - shift.starts_at).total_seconds() for shift in inside)
    return GridRow(person, tuple(cells), int(seconds) // 3600, sum(bool(cell.problem) for cell in cells))


def _hint(plan: DayPlan) -> str:
    if not plan.shifts:
        return plan.note or _("libur")
    return ", ".join(shift.name for shift in plan.shifts)


def _problem(conflict: Conflict | None) -> str:
    if conflict is None:
        return ""
    if conflict.kind == "double":
        return _("dua sif bersambung")
    return _("istirahat hanya %(hours)s jam") % {"hours": number_format(conflict.minutes / 60, 1)}
