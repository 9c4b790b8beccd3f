"""Whose months are locked, for `tenants.calendars.closing`: only an ordinary run's lock closes facts of a month."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date

from django.db.models import F, Max

from kernel.periods import FIRST_DAY, Month
from tenants.rules.models import StoredRuleSet
from tenants.tpp.models import MonthLock
from tenants.tpp.querysets import MonthLockQuerySet


def opds(opds: Collection[int] | None, first: date, until: date | None) -> Iterable[tuple[int, Month]]:
    """Which of these OPDs (of all, when None) have locked which months of the half-open period. One statement."""
    locks = _closing(first, until)
    if opds is not None:
        locks = locks.filter(opd__in=opds)
    return {(opd, Month.of(month)) for opd, month in locks.values_list("opd_id", "month")}


def people(employees: Collection[int], first: date, until: date | None) -> Iterable[tuple[int, Month]]:
    """Which of these people's months are locked: frozen with a locked OPD, or placed in it on the run's reference date.

    The second covers who could not be computed, or came to the OPD after its lock. Three statements, one where nothing
    is locked.
    """
    locks = list(_closing(first, until).values_list("pk", flat=True))
    if not locks or not employees:
        return set()
    return {
        (employee, Month.of(month))
        for found, employee in _of_people(locks, employees)
        for employee, month in found.values_list(employee, "month")
    }


def last_of_people() -> Mapping[int, Month]:
    """The last locked month of everybody who has one. Three statements, one where nothing is locked."""
    locks = list(_closing(FIRST_DAY, None).values_list("pk", flat=True))
    last: dict[int, Month] = {}
    for found, employee in _of_people(locks) if locks else ():
        for pk, month in found.order_by().values_list(employee).annotate(last=Max("month")):
            last[pk] = max(Month.of(month), last.get(pk, Month.of(month)))
    return last


def _of_people(
    locks: Collection[int], employees: Collection[int] | None = None
) -> tuple[tuple[MonthLockQuerySet, str], ...]:
    """The locks of those frozen with their OPD, and of those placed in it, each with its path to the employee; only of
    these people where they are given."""
    closing = MonthLock.objects.filter(pk__in=locks)
    own = {} if employees is None else {"run__facts__employee__in": employees}
    frozen = closing.filter(run__facts__opd=F("opd"), **own)
    own = {} if employees is None else {"opd__members__positions__placements__employee__in": employees}
    placed = closing.filter(
        opd__members__positions__placements__kind="definitif",
        opd__members__positions__placements__period__contains=F("run__reference_date"),
        **own,
    )
    return (frozen, "run__facts__employee"), (placed, "opd__members__positions__placements__employee")


def rules(employee: int, month: Month) -> StoredRuleSet | None:
    """The rule set by which the person's locked month was computed; None while it is open. One statement."""
    locks = _closing(month.first_day, month.end).filter(run__facts__employee=employee, run__facts__opd=F("opd"))
    found = locks.select_related("run__rule_set").first()
    return None if found is None else found.run.rule_set


def _closing(first: date, until: date | None) -> MonthLockQuerySet:
    locks = MonthLock.objects.standing().ordinary().filter(month__gte=first)
    return locks if until is None else locks.filter(month__lt=until)
