"""A person-month from a sheet: what was written down by hand when the system could not record it.

An app above registers where such facts come from; a run takes them in place of attendance, work, rating and salary
base. Posts, standing, penalties, deductions and holds stay those of the region's book.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from kernel.periods import Month
from tenants.attendance.months import AttendanceFacts
from tenants.rules.engine import MonthFacts, Predikat


@dataclass(frozen=True, slots=True)
class SheetFacts:
    """One row of a sheet. None where a cell was left empty: nobody recorded it. `source` names the sheet."""

    source: str
    working_days: int
    counts: Mapping[str, int] = field(default_factory=dict)
    minutes_approved: int | None = None
    activity_points: Decimal | None = None
    skp_score: Decimal | None = None
    behaviour_sum: Decimal | None = None
    predikat: Predikat | None = None
    salary_base: Decimal | None = None
    salary_tax: Decimal | None = None
    ptkp: str | None = None

    def attendance(self) -> AttendanceFacts:
        """The attendance as a run takes it; a sheet counts events and knows no days."""
        return AttendanceFacts(counts=self.counts, working_days=self.working_days)

    def onto(self, facts: MonthFacts) -> MonthFacts:
        """The facts with everything that the sheet says in place of what the system recorded."""
        return replace(
            facts,
            minutes_approved=self.minutes_approved or 0,
            activity_points=self.activity_points or Decimal(0),
            skp_score=self.skp_score,
            behaviour_sum=self.behaviour_sum,
            predikat=self.predikat,
            salary_base=self.salary_base,
            salary_tax=self.salary_tax,
            ptkp=self.ptkp,
            absent_days_year=None,
        )


Source = Callable[[Collection[int], Month], Mapping[int, SheetFacts]]
_sources: list[Source] = []


def register(source: Source) -> None:
    """Ask this source for the sheets of a month. From an AppConfig.ready."""
    if source not in _sources:
        _sources.append(source)


def sheet_facts_of(employee_ids: Collection[int], month: Month) -> dict[int, SheetFacts]:
    """Those of these people whose month comes from a sheet."""
    found: dict[int, SheetFacts] = {}
    for source in _sources:
        found.update(source(employee_ids, month))
    return found
