"""Whose months are locked, for `tenants.calendars.closing`: only an ordinary run's lock closes facts of a month."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date

from django.db.models import F

from kernel.periods import Month
from tenants.rules.models import StoredRuleSet
from tenants.tpp.models import MonthLock
from tenants.tpp.querysets import MonthLockQuerySet


def months(first: date, until: date | None, opds: Collection[int] | None) -> Iterable[Month]:
    """The months that any of these OPDs (any at all when None) has locked in the half-open period. One statement."""
    locks = _closing(first, until)
    if opds is not None:
        locks = locks.filter(opd__in=opds)
    return {Month.of(month) for month in locks.values_list("month", flat=True)}


def people(employees: Collection[int], first: date, until: date | None) -> Iterable[tuple[int, Month]]:
    """Which of these people's months are locked: frozen with a locked OPD, or placed in it on the run's reference date.

    The second covers who could not be computed, or came to the OPD after its lock. Three statements, one where nothing
    is locked.
    """
    locks = list(_closing(first, until).values_list("pk", flat=True))
    if not locks or not employees:
        return set()
    closing = MonthLock.objects.filter(pk__in=locks)
    frozen = closing.filter(run__facts__employee__in=employees, run__facts__opd=F("opd"))
    placed = closing.filter(
        opd__members__positions__placements__employee__in=employees,
        opd__members__positions__placements__kind="definitif",
        opd__members__positions__placements__period__contains=F("run__reference_date"),
    )
    found = set(frozen.values_list("run__facts__employee", "month"))
    found.update(placed.values_list("opd__members__positions__placements__employee", "month"))
    return {(employee, Month.of(month)) for employee, month in found}


def rules(employee: int, month: Month) -> StoredRuleSet | None:
    """The rule set by which the person's locked month was computed; None while it is open. One statement."""
    locks = _closing(month.first_day, month.end).filter(run__facts__employee=employee, run__facts__opd=F("opd"))
    found = locks.select_related("run__rule_set").first()
    return None if found is None else found.run.rule_set


def _closing(first: date, until: date | None) -> MonthLockQuerySet:
    locks = MonthLock.objects.standing().ordinary().filter(month__gte=first)
    return locks if until is None else locks.filter(month__lt=until)
