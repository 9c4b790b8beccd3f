"""What a run could not compute, by cause, with the page on which each is mended."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from django.db.models import Count
from django.urls import NoReverseMatch, reverse

from kernel.periods import Month
from tenants.rules.models import StoredRuleSet
from tenants.tpp.models import MonthRun, RunIssue

# Causes on the run's page, and people shown under each of them.
MOST_CAUSES: Final = 20
MOST_PEOPLE: Final = 10
_MOST_READ: Final = 400
_OF_A_MONTH: Final = (
    RunIssue.Place.SALARY,
    RunIssue.Place.RATING,
    RunIssue.Place.MEASURE,
    RunIssue.Place.ATTENDANCE,
)
# Where each person has a page of the own.
_OF_A_PERSON: Final = (RunIssue.Place.EMPLOYEE, RunIssue.Place.ATTENDANCE)


@dataclass(frozen=True, slots=True)
class Issue:
    """A person whom the run could not compute, with the page on which that is mended ("" where there is none)."""

    employee: Any
    opd: Any
    reason: str
    place: str
    url: str


@dataclass(slots=True)
class Cause:
    """One reason with the people whom it keeps out. `url` mends it for all of them; "" where each has a page."""

    reason: str
    place: str
    count: int
    url: str
    people: list[Issue] = field(default_factory=list)

    @property
    def hidden(self) -> int:
        """People who are not shown."""
        return self.count - len(self.people)


def issue_of(issue: RunIssue, run: MonthRun) -> Issue:
    """The row with its page. Read it with `employee` and `opd`."""
    return Issue(
        employee=issue.employee,
        opd=issue.opd,
        reason=issue.reason,
        place=str(RunIssue.Place(issue.place).label),
        url=mending_page(issue.place, Month.of(run.month), run.rule_set, issue.employee.uid),
    )


def issues_of(issues: Iterable[RunIssue], run: MonthRun) -> list[Issue]:
    """The rows with their pages."""
    return [issue_of(issue, run) for issue in issues]


def causes_of(run: MonthRun) -> list[Cause]:
    """The errors of a run by reason, the most frequent first. Two statements."""
    errors = RunIssue.objects.filter(run=run).errors()
    counted = errors.values("place", "reason").annotate(count=Count("pk")).order_by("-count", "reason")
    causes = {
        (row["place"], row["reason"]): Cause(
            reason=row["reason"],
            place=str(RunIssue.Place(row["place"]).label),
            count=row["count"],
            url=""
            if row["place"] in _OF_A_PERSON
            else mending_page(row["place"], Month.of(run.month), run.rule_set, None),
        )
        for row in counted[:MOST_CAUSES]
    }
    for issue in errors.listed().select_related("opd")[:_MOST_READ]:
        cause = causes.get((issue.place, issue.reason))
        if cause is not None and len(cause.people) < MOST_PEOPLE:
            cause.people.append(issue_of(issue, run))
    return list(causes.values())


def mending_page(place: str, month: Month, rule_set: StoredRuleSet, employee: Any) -> str:
    """Where the trouble is mended, opened at the month; "" where the platform has no page. `employee` is the uid."""
    names: dict[str, tuple[str, list[Any]]] = {
        RunIssue.Place.EMPLOYEE: ("employees-employee", [employee]),
        RunIssue.Place.SALARY: ("tpp-salary", []),
        RunIssue.Place.RATING: ("skp-ratings", []),
        RunIssue.Place.MEASURE: ("measures-month", []),
        RunIssue.Place.ATTENDANCE: ("attendance-person", [employee]),
        RunIssue.Place.RULES: ("rules-set", [rule_set.uid]),
        RunIssue.Place.PRACTICE: ("tpp-practice", []),
        RunIssue.Place.HOLDS: ("tpp-holds", []),
    }
    name, arguments = names[place]
    asked = str(month) if place in _OF_A_MONTH else ""
    if place == RunIssue.Place.HOLDS:
        # It is the month before that must be settled.
        asked = str(month.previous)
    try:
        return reverse(name, args=arguments) + (f"?bulan={asked}" if asked else "")
    except NoReverseMatch:
        return ""
