"""Closed person-months of a span: under which lock each stands, and what was frozen of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q

from kernel import closing
from kernel.periods import Month
from tenants.arrears.payments import COMPARED
from tenants.employees.models import Placement
from tenants.rules.engine import RuleSet
from tenants.rules.errors import NoRulesInForce
from tenants.rules.loading import loaded
from tenants.rules.models import StoredRuleSet
from tenants.tpp.errors import NotInTheRules
from tenants.tpp.kinds import SPECIAL, Payment, SpecialPayment, payment, payment_of
from tenants.tpp.models import MonthFacts as FrozenFacts
from tenants.tpp.models import MonthLock, MonthRun, RunIssue
from tenants.tpp.querysets import MonthLockQuerySet

# A month and one of the kinds that are compared.
Part = tuple[Month, str]


@dataclass(frozen=True, slots=True)
class LockedMonth:
    """A payment of a month with the rules that are in force for it now, and the closed people by the lock that they
    stand under.

    `outside` are those of them who are not on the list of these rules, with the reason. `base` is the closed month that
    a THR or 13th month takes its share of what was earned from.
    """

    stored: StoredRuleSet
    payment: Payment
    kind: str
    locks: Mapping[int, MonthLock]
    people: Mapping[int, int]
    outside: Mapping[int, str]
    base: LockedMonth | None = None

    @property
    def month(self) -> Month:
        return self.payment.month

    @property
    def on(self) -> date:
        return self.payment.on

    @property
    def rules(self) -> RuleSet:
        return self.payment.rule_set

    def lock_of(self, employee: int) -> MonthLock:
        return self.locks[self.people[employee]]


def locks_between(first: Month, last: Month, opds: Collection[UUID] | None) -> MonthLockQuerySet:
    """The standing locks from `first` up to and with `last`, of these OPDs or of all: of months, and of THR and the
    13th month that were paid in one of them or stand on one. One statement before it is evaluated."""
    standing = MonthLock.objects.standing()
    if opds is not None:
        standing = standing.filter(opd__uid__in=opds)
    # A THR or 13th month stands on a month of the year before it at the most.
    until = Month(last.year + 1, last.number)
    specials = standing.filter(kind__in=SPECIAL, month__gte=first.first_day, month__lte=until.first_day)
    found = [lock.pk for lock in specials.select_related("run__rule_set") if _touches(lock.run, first, last)]
    within = Q(kind=MonthRun.Kind.ORDINARY, month__gte=first.first_day, month__lte=last.first_day)
    return standing.filter(within | Q(pk__in=found))


def _touches(run: MonthRun, first: Month, last: Month) -> bool:
    paid = payment_of(run)
    months = {paid.month, paid.base} if isinstance(paid, SpecialPayment) else {paid.month}
    return any(first <= month <= last for month in months)


def parts_between(first: Month, last: Month, opds: Collection[UUID] | None) -> list[Part]:
    """What is locked in the span, in the order in which it is compared. Two statements."""
    found = locks_between(first, last, opds).values_list("month", "kind").order_by().distinct()
    return sorted(((Month.of(month), kind) for month, kind in found), key=place_of)


def place_of(part: Part) -> tuple[Month, int]:
    """Where the part stands among all."""
    return part[0], COMPARED.index(MonthRun.Kind(part[1]))


@dataclass(frozen=True, slots=True)
class Preview:
    """How much a span is: locked months, OPDs with a lock in them, people, and their months together."""

    months: int
    opds: int
    people: int
    person_months: int


def preview(first: Month, last: Month, opds: Collection[UUID] | None) -> Preview:
    """What a difference run over these months and OPDs would compare, from what was frozen. Three statements."""
    locks = locks_between(first, last, opds)
    months = locks.aggregate(months=Count("month", distinct=True), opds=Count("opd", distinct=True))
    frozen = FrozenFacts.objects.filter(run__locks__in=locks, opd=F("run__locks__opd"), is_practice=False)
    people = frozen.aggregate(people=Count("employee", distinct=True), person_months=Count("pk"))
    return Preview(**months, **people)


def is_locked(employee_id: int, month: Month, kind: str) -> bool:
    """Whether this payment of the person's month is locked: of THR and the 13th month, with frozen facts."""
    if kind == MonthRun.Kind.ORDINARY:
        return closing.is_closed(month, employee_id)
    frozen = FrozenFacts.objects.filter(employee=employee_id, run__month=month.first_day, run__kind=kind)
    locks = MonthLock.objects.standing().filter(run=OuterRef("run"), opd=OuterRef("opd"))
    return frozen.filter(Exists(locks), is_practice=False).exists()


def locked_month(month: Month, opds: Collection[UUID] | None, kind: str = MonthRun.Kind.ORDINARY) -> LockedMonth | None:
    """The closed people of the month's payment; None where none of the OPDs is locked, and for THR and the 13th month
    where the rules of now do not speak about it: then it stays as it was paid. Raises NoRulesInForce.

    A fixed number of statements.
    """
    standing = MonthLock.objects.standing().of(month, kind)
    asked = standing if opds is None else standing.filter(opd__uid__in=opds)
    locks = {lock.pk: lock for lock in asked.select_related("run__rule_set", "opd")}
    if not locks:
        return None
    stored = StoredRuleSet.objects.in_force(month.first_day)
    if stored is None:
        raise NoRulesInForce(month)
    try:
        paid = payment(kind, month, loaded(stored))
    except NotInTheRules:
        return None
    people = _frozen_people(list(locks))
    listed = paid.listed()
    on_list = {employee for chunk in listed.chunks for employee in chunk.employee_ids}
    newcomers = on_list - people.keys()
    by_opd = {lock.opd_id: pk for pk, lock in locks.items()}
    if newcomers:
        # Frozen with another OPD, they are that one's.
        elsewhere = set(
            FrozenFacts.objects.filter(
                run__locks__in=standing, opd=F("run__locks__opd"), employee__in=newcomers
            ).values_list("employee", flat=True)
        )
        posts = Placement.objects.on(paid.on).definitive().filter(employee__in=newcomers - elsewhere)
        for employee, opd in posts.values_list("employee", "position__unit__opd"):
            if opd in by_opd:
                people[employee] = by_opd[opd]
    outside = {employee: listed.outside.get(employee, "") for employee in people if employee not in on_list}
    base = locked_month(paid.base, None) if isinstance(paid, SpecialPayment) and paid.pay.base == "earned" else None
    return LockedMonth(stored, paid, kind, locks, people, outside, base)


def _frozen_people(locks: Sequence[int]) -> dict[int, int]:
    """By person the lock under which their month stands: with frozen facts, or with a row that says why not."""
    standing = MonthLock.objects.filter(pk__in=locks)
    found: dict[int, int] = {}
    issues = standing.filter(run__issues__opd=F("opd"), run__issues__kind=RunIssue.Kind.ERROR)
    found.update(issues.values_list("run__issues__employee", "pk"))
    facts = standing.filter(run__facts__opd=F("opd"), run__facts__is_practice=False)
    found.update(facts.values_list("run__facts__employee", "pk"))
    return found
