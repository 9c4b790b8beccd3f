"""Who else of a unit is away on the days of a document, for who decides on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from tenants.attendance.companions import Facts
from tenants.attendance.models import AttendanceDocument
from tenants.employees.models import Placement

_MOST_NAMES: Final = 5


def away_beside(documents: Sequence[AttendanceDocument]) -> Mapping[int, Facts]:
    """How many of the same unit have a document for whole days among the days of each of these, with names.

    By the document's key; the unit is that of its first day. Three statements however many documents there are.
    """
    papers = [paper for paper in documents if paper.covers == AttendanceDocument.Covers.DAY]
    if not papers:
        return {}
    first, end = min(paper.period.lower for paper in papers), max(paper.period.upper for paper in papers)
    held = Placement.objects.definitive().filter(period__overlap=DateRange(first, end))
    units: dict[int, int] = {}
    own = held.filter(employee_id__in=[paper.employee_id for paper in papers])
    placed = list(own.values_list("employee_id", "period", "position__unit_id"))
    for paper in papers:
        for employee, period, unit in placed:
            day = paper.period.lower
            if employee == paper.employee_id and period.lower <= day and (period.upper is None or day < period.upper):
                units[paper.pk] = unit
    colleagues: dict[int, set[int]] = {}
    beside = held.filter(position__unit_id__in=set(units.values()), employee__is_active=True)
    for unit, employee in beside.values_list("position__unit_id", "employee_id"):
        colleagues.setdefault(unit, set()).add(employee)
    others = list(
        AttendanceDocument.objects.standing()
        .touching(first, end)
        .filter(covers=AttendanceDocument.Covers.DAY)
        .of_people(sorted({employee for people in colleagues.values() for employee in people}))
        .order_by("employee__name")
        .values_list("employee_id", "employee__name", "period", "state")
    )
    return {
        paper.pk: _told(paper, colleagues.get(units[paper.pk], set()), others) for paper in papers if paper.pk in units
    }


def _told(paper: AttendanceDocument, people: set[int], others: Sequence[tuple[int, str, DateRange, str]]) -> Facts:
    names: dict[int, str] = {}
    for employee, name, period, state in others:
        if employee == paper.employee_id or employee not in people:
            continue
        if period.lower < paper.period.upper and paper.period.lower < period.upper:
            waits = state == AttendanceDocument.State.SUBMITTED
            names.setdefault(employee, _("%(name)s (diajukan)") % {"name": name} if waits else name)
    words = _("%(away)s dari %(people)s") % {"away": len(names), "people": len(people - {paper.employee_id})}
    shown = ", ".join(list(names.values())[:_MOST_NAMES])
    return [(_("Rekan seunit yang tidak masuk pada hari itu"), f"{words}: {shown}" if names else words)]
