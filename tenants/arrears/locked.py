"""Closed person-months of a span: under which lock each stands, and what was frozen of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count, F

from kernel.periods import Month
from tenants.employees.models import Placement
from tenants.rules.engine import RuleSet, reference_date
from tenants.rules.errors import NoRulesInForce
from tenants.rules.loading import loaded
from tenants.rules.models import StoredRuleSet
from tenants.tpp.models import MonthFacts as FrozenFacts
from tenants.tpp.models import MonthLock, RunIssue
from tenants.tpp.nominative import nominative
from tenants.tpp.querysets import MonthLockQuerySet


@dataclass(frozen=True, slots=True)
class LockedMonth:
    """A month with the rules that are in force for it now, and the closed people by the lock that they stand under.

    `outside` are those of them who are not on the list of these rules, with the reason.
    """

    month: Month
    stored: StoredRuleSet
    rules: RuleSet
    on: date
    locks: Mapping[int, MonthLock]
    people: Mapping[int, int]
    outside: Mapping[int, str]

    def lock_of(self, employee: int) -> MonthLock:
        return self.locks[self.people[employee]]


def locks_between(first: Month, last: Month, opds: Collection[UUID] | None) -> MonthLockQuerySet:
    """The standing locks of ordinary months from `first` up to and with `last`, of these OPDs or of all."""
    locks = MonthLock.objects.standing().ordinary().filter(month__gte=first.first_day, month__lte=last.first_day)
    return locks if opds is None else locks.filter(opd__uid__in=opds)


def months_between(first: Month, last: Month) -> Iterable[Month]:
    """Every month from the first up to and with the last."""
    month = first
    while month <= last:
        yield month
        month = month.next


@dataclass(frozen=True, slots=True)
class Preview:
    """How much a span is: locked months, OPDs with a lock in them, people, and their months together."""

    months: int
    opds: int
    people: int
    person_months: int


def preview(first: Month, last: Month, opds: Collection[UUID] | None) -> Preview:
    """What a difference run over these months and OPDs would compare, from what was frozen. Two statements."""
    locks = locks_between(first, last, opds)
    months = locks.aggregate(months=Count("month", distinct=True), opds=Count("opd", distinct=True))
    frozen = FrozenFacts.objects.filter(run__locks__in=locks, opd=F("run__locks__opd"), is_practice=False)
    people = frozen.aggregate(people=Count("employee", distinct=True), person_months=Count("pk"))
    return Preview(**months, **people)


def locked_month(month: Month, opds: Collection[UUID] | None) -> LockedMonth | None:
    """The closed people of the month; None where none of the OPDs is locked. Raises NoRulesInForce.

    A fixed number of statements.
    """
    locks = {lock.pk: lock for lock in locks_between(month, month, opds).select_related("run__rule_set", "opd")}
    if not locks:
        return None
    stored = StoredRuleSet.objects.in_force(month.first_day)
    if stored is None:
        raise NoRulesInForce(month)
    rules = loaded(stored)
    on = reference_date(rules, str(month))
    people = _frozen_people(list(locks))
    listed = nominative(month=month, on=on, rule_set=rules)
    on_list = {employee for chunk in listed.chunks for employee in chunk.employee_ids}
    newcomers = on_list - people.keys()
    by_opd = {lock.opd_id: pk for pk, lock in locks.items()}
    if newcomers:
        # Frozen with another OPD, they are that one's.
        elsewhere = set(
            FrozenFacts.objects.filter(
                run__locks__in=MonthLock.objects.standing().ordinary().of(month),
                opd=F("run__locks__opd"),
                employee__in=newcomers,
            ).values_list("employee", flat=True)
        )
        posts = Placement.objects.on(on).definitive().filter(employee__in=newcomers - elsewhere)
        for employee, opd in posts.values_list("employee", "position__unit__opd"):
            if opd in by_opd:
                people[employee] = by_opd[opd]
    outside = {employee: listed.outside.get(employee, "") for employee in people if employee not in on_list}
    return LockedMonth(month, stored, rules, on, locks, people, outside)


def _frozen_people(locks: Sequence[int]) -> dict[int, int]:
    """By person the lock under which their month stands: with frozen facts, or with a row that says why not."""
    standing = MonthLock.objects.filter(pk__in=locks)
    found: dict[int, int] = {}
    issues = standing.filter(run__issues__opd=F("opd"), run__issues__kind=RunIssue.Kind.ERROR)
    found.update(issues.values_list("run__issues__employee", "pk"))
    facts = standing.filter(run__facts__opd=F("opd"), run__facts__is_practice=False)
    found.update(facts.values_list("run__facts__employee", "pk"))
    return found
