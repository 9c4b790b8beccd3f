"""The facts of THR and the 13th month: post and status of the base month, sums and consents of the month of payment."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeVar

from django.db.models.functions import Lower

from kernel.money import exact
from kernel.periods import Month
from tenants.deductions.reading import consents_of
from tenants.employees.models import Placement
from tenants.employees.nip import InvalidNip, read_nip
from tenants.employees.posts import Posts
from tenants.employees.stops import StopPeriod, stops_between
from tenants.holds.reading import ordered_holds, released_holds
from tenants.rules.engine import (
    BudgetFactor,
    Consent,
    FactsError,
    FixedDeduction,
    MonthFacts,
    OrderedHold,
    ReleasedHold,
    RuleSet,
    SpecialPay,
    consent_codes,
    explain,
    listed_codes,
    reference_date,
)
from tenants.tpp.acting import Holding, acting_posts, held_by_letters
from tenants.tpp.budget_factors import factors_for
from tenants.tpp.facts import (
    Collected,
    Person,
    Trouble,
    Worker,
    heading_of,
    place_of,
    posts_of_month,
    stops_as_facts,
    unrecorded,
    workers_on,
)
from tenants.tpp.listed_deductions import listed_for
from tenants.tpp.models import RunIssue, SalaryBase, Slip


def base_month(pay: SpecialPay, month: Month) -> Month:
    """The month on whose post or slip the payment stands: the newest one of the rule's number that is not after
    `month`; the month before the payment where the rule names none.

    >>> base_month(pay_of_february, Month(2026, 3))
    Month(2026, 2)
    """
    if pay.base_month is None:
        return month.previous
    return Month(month.year if pay.base_month <= month.number else month.year - 1, pay.base_month)


@dataclass(frozen=True, slots=True)
class _Read:
    """What was read about a chunk, by employee."""

    month: Month
    base: Month
    on: date
    pay: SpecialPay
    posts: Mapping[int, Posts]
    held_by_letters: frozenset[Holding]
    stops: Mapping[int, tuple[StopPeriod, ...]]
    salaries: Mapping[int, SalaryBase]
    deductions: Mapping[int, tuple[FixedDeduction, ...]]
    consents: Mapping[int, tuple[Consent, ...]]
    ordered_holds: Mapping[int, tuple[OrderedHold, ...]]
    released_holds: Mapping[int, tuple[ReleasedHold, ...]]
    budget: Mapping[int, BudgetFactor]
    # The criteria of the base month's slip; None where the rule takes the pagu.
    earned: Mapping[int, Mapping[str, Decimal]] | None
    # The first day of the first post, of people whose number does not tell when they were appointed.
    began: Mapping[int, date]


def collect_special(
    employee_ids: Collection[int],
    *,
    month: Month,
    rule_set: RuleSet,
    pay: SpecialPay,
    earned_now: Mapping[int, Mapping[str, Decimal]] | None = None,
) -> list[Collected]:
    """The facts of a THR or 13th month that is paid in `month`, in the order of the people's keys.

    Where it takes a share of what was earned, that is what the base month's counting slip gave, or for those in
    `earned_now` what is said there. The number of statements is fixed.
    """
    base = base_month(pay, month)
    on = reference_date(rule_set, str(base))
    posts = posts_of_month(employee_ids, base, on, stops_between(employee_ids, base.first_day, base.end))
    paying = {pk: held.definitive.opd_id for pk, held in posts.items() if held.definitive}
    consented = consent_codes(rule_set, pay.pays)
    by_service = pay.full_after_months is not None or pay.least_months > 0
    read = _Read(
        month=month,
        base=base,
        on=on,
        pay=pay,
        posts=posts,
        held_by_letters=held_by_letters(posts, base),
        stops=stops_between(employee_ids, month.first_day, month.end),
        salaries={
            row.employee_id: row
            for row in SalaryBase.objects.filter(month=month.first_day, employee_id__in=employee_ids)
        },
        deductions=_taken(listed_for(employee_ids, month), listed_codes(rule_set, pay.pays)),
        consents=_taken(consents_of(employee_ids, month, codes=consented), consented),
        ordered_holds=ordered_holds(employee_ids, month),
        released_holds=released_holds(employee_ids, month, pay.pays),
        budget=factors_for(paying, month, pay.pays),
        earned={**_earned(employee_ids, base), **(earned_now or {})} if pay.base == "earned" else None,
        began=_began(employee_ids) if by_service else {},
    )
    return [_collected(worker, read) for worker in workers_on(employee_ids, on)]


Sum = TypeVar("Sum", FixedDeduction, Consent)


def _taken(found: Mapping[int, tuple[Sum, ...]], codes: Collection[str]) -> dict[int, tuple[Sum, ...]]:
    """Those that this payment takes; the others are the month's own."""
    return {employee: tuple(one for one in sums if one.code in codes) for employee, sums in found.items()}


def _earned(employee_ids: Collection[int], base: Month) -> dict[int, dict[str, Decimal]]:
    slips = Slip.objects.of_counting_runs().paid().filter(run__month=base.first_day, run__kind="ordinary")
    rows = slips.filter(employee_id__in=employee_ids).values_list("employee_id", "criteria")
    return {employee: {name: exact(text) for name, text in criteria.items()} for employee, criteria in rows}


def _began(employee_ids: Collection[int]) -> dict[int, date]:
    posts = Placement.objects.definitive().filter(employee_id__in=employee_ids)
    rows = posts.annotate(began=Lower("period")).order_by("-began").values_list("employee_id", "period")
    return {employee: period.lower for employee, period in rows}


def _collected(worker: Worker, read: _Read) -> Collected:
    posts = read.posts[worker.pk]
    post = posts.definitive
    if post is None:
        raise LookupError(f"employee {worker.pk} is on the nominative list without a definitive post")
    person = Person(worker.pk, post.opd_id, heading_of(worker, post))
    missing = unrecorded(worker, posts, read.on)
    if missing:
        return Collected(person, None, Trouble(missing, RunIssue.Place.EMPLOYEE))
    salary = read.salaries.get(worker.pk)
    kelas, category = post.terms
    try:
        facts = MonthFacts(
            month=str(read.month),
            working_days=0,
            status=worker.status,
            golongan=worker.golongan or None,
            kelas=kelas,
            position_category=category,
            unit_category=post.unit_category,
            acting=acting_posts(worker.pk, posts, read.base, read.held_by_letters),
            salary_base=None if salary is None else salary.amount,
            salary_tax=None if salary is None else salary.tax,
            ptkp=None if salary is None else salary.ptkp or None,
            deductions=read.deductions.get(worker.pk, ()),
            consents=read.consents.get(worker.pk, ()),
            ordered_holds=read.ordered_holds.get(worker.pk, ()),
            released_holds=read.released_holds.get(worker.pk, ()),
            budget_factor=read.budget.get(worker.pk),
            stops=stops_as_facts(read.stops.get(worker.pk, ())),
            service_months=_service_months(worker, read),
            base_month=str(read.base),
            base_pay={} if read.earned is None else read.earned.get(worker.pk, {}),
        )
    except FactsError as error:
        return Collected(person, None, Trouble(explain(error), place_of(error.fact)))
    return Collected(person, facts)


def _service_months(worker: Worker, read: _Read) -> int | None:
    """Whole months from the appointment, as the NIP tells it, else from the first post, to the month of payment.

    A number of PPPK tells the year alone: the first post counts within it, for people may be recorded here long after
    they began.
    """
    if worker.pk not in read.began:
        return None
    began = read.began[worker.pk]
    year, number = began.year, began.month
    try:
        nip = read_nip(worker.nip, this_year=read.month.year)
    except InvalidNip:
        pass
    else:
        within = min(max((year, number), (nip.appointed_in, 1)), (nip.appointed_in, 12))
        year, number = nip.appointed or within
    return max((read.month.year - year) * 12 + read.month.number - number, 0)
