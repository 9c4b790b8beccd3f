"""People of one closed month, collected and evaluated again: who differs from what stands, and who cannot be told."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, TypeVar

from django.utils.translation import gettext as _
from typing_extensions import override

from kernel.periods import Month
from tenants.arrears.codes import RECOVERY_CODE
from tenants.arrears.comparing import (
    Difference,
    FactChange,
    Side,
    Totals,
    as_of_the_lock,
    changed_facts,
    difference_of,
    values_of,
    with_taken_back,
)
from tenants.arrears.locked import LockedMonth
from tenants.arrears.models import Order
from tenants.arrears.paid_income import arrears_taxes
from tenants.arrears.standing import Standing, sides_of, standing_of
from tenants.attendance.afresh import ChangedDay, FreshMonth, absences_afresh, attendance_afresh
from tenants.attendance.months import AttendanceFacts
from tenants.rules.engine import Adjustment, EvaluationError, FactsError, MonthFacts, explain, taxes_arrears_when_paid
from tenants.rules.engine import Slip as ComputedSlip
from tenants.tpp.computing import computed_or_trouble
from tenants.tpp.facts import Attendance, Collected, Person, Trouble, collect
from tenants.tpp.kinds import SpecialPayment
from tenants.tpp.models import MonthRun, RunIssue
from tenants.tpp.nominative import chunk_size
from tenants.tpp.relating import related_facts, relates
from tenants.tpp.special_months import collect_special


@dataclass(frozen=True, slots=True)
class Fresh:
    """One person's closed month as collected now, or why it cannot be."""

    employee_id: int
    standing: Standing
    person: Person | None = None
    facts: MonthFacts | None = None
    trouble: Trouble | None = None
    # Why the person is not on the month's list any more.
    outside: str = ""
    days: tuple[ChangedDay, ...] = ()
    orders: tuple[Order, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """What the month of one person came to: a difference with its reasons, a trouble, a hold, or none of them."""

    fresh: Fresh
    difference: Difference | None = None
    trouble: Trouble | None = None
    held: str = ""
    is_rapel: bool = False
    is_koreksi: bool = False
    is_decided: bool = False
    reasons: tuple[dict[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Compared:
    """A chunk of people who were compared: how many, the key of the last, and who of them is to be told about."""

    people: int
    last: int
    found: tuple[Found, ...]


def compared_in(month: LockedMonth, after: int, run: MonthRun | None = None) -> Iterator[Compared]:
    """The people of the month behind the key `after`, in chunks, in the order of their keys; `run` pays them."""
    people = sorted(month.people)
    size = chunk_size(len(people))
    if month.payment.relates:
        # Somebody's pay depends on another's: everybody of the month is read at once and related first.
        everybody = _related(month, [fresh for part in _parts(people, size) for fresh in _collected(month, part)])
        for some in _parts([fresh for fresh in everybody if fresh.employee_id > after], size):
            yield _compared(month, some, run)
        return
    for part in _parts([employee for employee in people if employee > after], size):
        yield _compared(month, _collected(month, part), run)


One = TypeVar("One")


def _parts(many: Sequence[One], size: int) -> Iterator[Sequence[One]]:
    for start in range(0, len(many), size):
        yield many[start : start + size]


def _collected(month: LockedMonth, employee_ids: Sequence[int]) -> list[Fresh]:
    standings = standing_of(month, employee_ids)
    orders = _orders(employee_ids, month)
    listed = [employee for employee in employee_ids if employee not in month.outside]
    frozen = {employee: standings[employee].facts for employee in listed}
    read = _read_special if isinstance(month.payment, SpecialPayment) else _read_month
    collected = read(month, listed, frozen)
    people = []
    for employee in employee_ids:
        own = tuple(orders.get(employee, ()))
        if employee in month.outside:
            people.append(_off_the_list(employee, standings[employee], month.outside[employee]))
            continue
        found, days = collected[employee]
        facts = found.facts
        if facts is not None:
            facts = as_of_the_lock(facts, frozen[employee], code=RECOVERY_CODE)
            facts = replace(facts, adjustments=_adjustments(own))
        people.append(
            Fresh(
                employee,
                standings[employee],
                person=found.person,
                facts=facts,
                trouble=found.trouble,
                days=days,
                orders=own,
            )
        )
    return people


# By person: what was collected now, and the days that are judged from something else than then.
_Collected = dict[int, tuple[Collected, tuple[ChangedDay, ...]]]


def _read_month(month: LockedMonth, employee_ids: Sequence[int], frozen: Mapping[int, MonthFacts | None]) -> _Collected:
    categories = {employee: facts.unit_category for employee, facts in frozen.items() if facts is not None}
    fresh = attendance_afresh(employee_ids, month.month, categories=categories)
    found = collect(employee_ids, month=month.month, on=month.on, rule_set=month.rules, attendance=_Judged(fresh))
    return {one.person.employee_id: (one, fresh[one.person.employee_id].changed) for one in found}


def _read_special(
    month: LockedMonth, employee_ids: Sequence[int], frozen: Mapping[int, MonthFacts | None]
) -> _Collected:
    """THR or the 13th month; one that stands on what was earned takes what its base month gives now."""
    if not isinstance(month.payment, SpecialPayment):
        raise TypeError(f"{month.kind} is no payment beside the month's")
    now = {} if month.base is None else _gives_now(month.base, employee_ids)
    earned = {employee: slip for employee, slip in now.items() if not isinstance(slip, Trouble)}
    found = collect_special(
        employee_ids, month=month.month, rule_set=month.rules, pay=month.payment.pay, earned_now=earned
    )
    return {
        one.person.employee_id: (Collected(one.person, None, trouble) if isinstance(trouble, Trouble) else one, ())
        for one in found
        for trouble in [now.get(one.person.employee_id)]
    }


def _gives_now(base: LockedMonth, employee_ids: Sequence[int]) -> dict[int, Mapping[str, Decimal] | Trouble]:
    """The criteria that the closed month gives these people by the rules and facts of now, or why that is not known;
    nothing for who is off its list. Whose month is not closed has no entry."""
    closed = [employee for employee in employee_ids if employee in base.people]
    if not closed:
        return {}
    if relates(base.rules):
        everybody = sorted(base.people)
        parts = _parts(everybody, chunk_size(len(everybody)))
        people = _related(base, [fresh for part in parts for fresh in _collected(base, part)])
    else:
        people = _collected(base, closed)
    wanted = set(closed)
    found: dict[int, Mapping[str, Decimal] | Trouble] = {}
    for fresh in people:
        if fresh.employee_id not in wanted:
            continue
        if fresh.facts is None:
            found[fresh.employee_id] = fresh.trouble or {}
            continue
        slip = computed_or_trouble(base.rules, fresh.facts, fresh.employee_id)
        found[fresh.employee_id] = slip if isinstance(slip, Trouble) else slip.criteria
    return found


@dataclass(frozen=True, slots=True)
class _Judged(Attendance):
    """Attendance that is judged without being stored."""

    fresh: Mapping[int, FreshMonth]

    @override
    def of_month(self, employee_ids: Collection[int], month: Month) -> Mapping[int, AttendanceFacts]:
        return {employee: self.fresh[employee].facts for employee in employee_ids}

    @override
    def absent_in_year(self, employee_ids: Collection[int], month: Month) -> Mapping[int, int]:
        return absences_afresh(employee_ids, month)


def _off_the_list(employee: int, standing: Standing, reason: str) -> Fresh:
    """Who is off the list by a reason is due nothing for the month; without one somebody must look."""
    if reason:
        return Fresh(employee, standing, outside=reason)
    sentence = _("Tidak ada lagi pada nominatif bulan itu, tanpa alasan yang tercatat. Periksa jabatan dan statusnya.")
    return Fresh(employee, standing, trouble=Trouble(sentence, RunIssue.Place.EMPLOYEE))


def _orders(employee_ids: Collection[int], month: LockedMonth) -> dict[int, list[Order]]:
    found: dict[int, list[Order]] = {}
    standing = Order.objects.standing().of(month.month, month.kind).filter(employee__in=employee_ids)
    for order in standing.order_by("pk"):
        found.setdefault(order.employee_id, []).append(order)
    return found


def _adjustments(orders: Sequence[Order]) -> tuple[Adjustment, ...]:
    return tuple(Adjustment(order.amount, order.reason, order.reference) for order in orders)


def _related(month: LockedMonth, everybody: list[Fresh]) -> list[Fresh]:
    """Everybody with the figures of superiors or subordinates in their facts, or with why that cannot be."""
    facts = {fresh.employee_id: fresh.facts for fresh in everybody if fresh.facts is not None}
    # Who is off the list counts as a vacancy, as in the month's own run.
    failed: dict[int, EvaluationError | FactsError] = {
        fresh.employee_id: FactsError("", fresh.trouble.reason) for fresh in everybody if fresh.trouble is not None
    }
    found = related_facts(month.rules, facts, on=month.on, failed=failed)
    told = []
    for fresh in everybody:
        own = found.get(fresh.employee_id)
        if isinstance(own, EvaluationError):
            told.append(replace(fresh, facts=None, trouble=Trouble(explain(own), RunIssue.Place.RULES)))
        else:
            told.append(fresh if own is None else replace(fresh, facts=own))
    return told


def _compared(month: LockedMonth, people: Sequence[Fresh], run: MonthRun | None) -> Compared:
    """One `Found` for each person whose month differs, is in trouble or is held."""
    found: list[Found] = []
    asked: list[tuple[Fresh, ComputedSlip | None]] = []
    for fresh in people:
        if fresh.outside:
            if fresh.standing.totals != Totals():
                asked.append((fresh, None))
            continue
        if fresh.facts is None:
            found.append(Found(fresh, trouble=fresh.trouble))
            continue
        slip = computed_or_trouble(month.rules, fresh.facts, fresh.employee_id, kind=month.kind)
        if isinstance(slip, Trouble):
            found.append(Found(fresh, trouble=slip))
        elif Totals.computed(slip) != fresh.standing.totals:
            asked.append((fresh, slip))
    if run is not None and taxes_arrears_when_paid(month.rules):
        asked = list(_taxed_when_paid(month, asked, run, found))
    sides = sides_of([fresh.standing for fresh, _computed in asked])
    for fresh, computed in asked:
        one = _against(month, fresh, computed, sides.get(fresh.employee_id, Side()))
        if one is not None:
            found.append(one)
    return Compared(len(people), people[-1].employee_id, tuple(found))


def _taxed_when_paid(
    month: LockedMonth, asked: Sequence[tuple[Fresh, ComputedSlip | None]], run: MonthRun, found: list[Found]
) -> Iterator[tuple[Fresh, ComputedSlip | None]]:
    """Those who differ, with the tax of the difference in the month of payment; who cannot be taxed goes to `found`."""
    taxes = arrears_taxes(run, {fresh.employee_id: fresh.standing.totals for fresh, slip in asked if slip is not None})
    for fresh, slip in asked:
        tax = taxes.get(fresh.employee_id)
        if fresh.facts is None or tax is None:
            yield fresh, slip
        elif isinstance(tax, Trouble):
            found.append(Found(fresh, trouble=tax))
        else:
            facts = replace(fresh.facts, arrears_tax=tax)
            computed = computed_or_trouble(month.rules, facts, fresh.employee_id, kind=month.kind)
            if isinstance(computed, Trouble):
                found.append(Found(fresh, trouble=computed))
            else:
                yield replace(fresh, facts=facts), computed


def _against(month: LockedMonth, fresh: Fresh, slip: ComputedSlip | None, stands: Side) -> Found | None:
    computed = Side() if slip is None else Side(Totals.computed(slip), values_of(slip.lines))
    now = with_taken_back(computed, stands, RECOVERY_CODE)
    if now.totals == stands.totals:
        return None
    if not fresh.standing.is_paid:
        return Found(fresh, held=_("Slip bulan itu masih ditahan. Selisihnya dihitung sesudah penahanannya dilepas."))
    if slip is not None and slip.holds:
        return Found(fresh, held=" ".join(hold.reason or hold.label for hold in slip.holds))
    rules_differ = _former_digest(month, fresh) != month.stored.digest
    reasons = _reasons(fresh, rules_differ=rules_differ)
    former = fresh.standing.former
    is_decided = [str(order.uid) for order in fresh.orders] != ([] if former is None else former.orders)
    difference = difference_of(stands, now, rules_differ=rules_differ, facts_differ=bool(reasons))
    if difference is None:
        return None
    return Found(
        fresh,
        difference,
        is_rapel=rules_differ,
        is_koreksi=bool(reasons) or not (rules_differ or is_decided),
        is_decided=is_decided,
        reasons=tuple(reasons),
    )


def _former_digest(month: LockedMonth, fresh: Fresh) -> str:
    """Of the rules that what stands was computed by."""
    former = fresh.standing.former
    return month.lock_of(fresh.employee_id).run.rule_set_digest if former is None else former.rule_set.digest


def _reasons(fresh: Fresh, *, rules_differ: bool) -> list[dict[str, str]]:
    """Which facts are others than those that what stands was computed from."""
    if fresh.outside:
        return [FactChange("nominative", "", fresh.outside).to_json()]
    then, now = fresh.standing.last_facts, fresh.facts
    if now is None:
        return []
    if then is None:
        return [FactChange("slip", "", "").to_json()]
    return [
        *_days(fresh, then, now, rules_differ=rules_differ),
        *(change.to_json() for change in changed_facts(then, now)),
    ]


def _days(fresh: Fresh, then: MonthFacts, now: MonthFacts, *, rules_differ: bool) -> Iterator[dict[str, str]]:
    """The days that were judged from something else; by the same rules also those that are called otherwise."""
    told = {day.date: (day.before, day.now) for day in fresh.days} if fresh.standing.former is None else {}
    if not rules_differ:
        before, after = _codes(then), _codes(now)
        for day in sorted({*before, *after}):
            if before.get(day) != after.get(day):
                told.setdefault(day, (before.get(day, ""), after.get(day, "")))
    for day, (old, new) in sorted(told.items()):
        yield {"fact": "days", "date": day.isoformat(), "old": old, "new": new}
    if then.working_days != now.working_days:
        yield FactChange("working_days", str(then.working_days), str(now.working_days)).to_json()


def _codes(facts: MonthFacts) -> dict[Any, str]:
    found: dict[Any, list[str]] = {}
    for event in sorted(facts.days, key=lambda event: (event.date, event.code)):
        found.setdefault(event.date, []).append(event.code)
    return {day: " ".join(codes) for day, codes in found.items()}
