"""What a run lists and collects, by its kind: the month's own allowance, THR, the 13th month.

The difference run has nothing of this: it looks at person-months that are locked (`tenants.arrears`).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Final, cast
from uuid import UUID

from typing_extensions import override

from kernel.periods import Month
from tenants.rules.engine import (
    MonthFacts,
    RuleSet,
    Slip,
    SpecialKind,
    SpecialPay,
    evaluate,
    evaluate_special,
    reference_date,
    special_pay,
)
from tenants.rules.loading import loaded
from tenants.rules.models import StoredRuleSet
from tenants.tpp.errors import NotInTheRules
from tenants.tpp.facts import Collected, Trouble, collect
from tenants.tpp.holding import blocked_by_month_before
from tenants.tpp.models import MonthRun, RunIssue
from tenants.tpp.nominative import Nominative, nominative
from tenants.tpp.relating import relates
from tenants.tpp.special_months import base_month, collect_special

SPECIAL: Final = (MonthRun.Kind.THR, MonthRun.Kind.THIRTEENTH)


@dataclass(frozen=True, slots=True)
class Payment:
    """The month's own allowance. `on` is the reference date of posts and status."""

    month: Month
    on: date
    rule_set: RuleSet

    @property
    def relates(self) -> bool:
        """Whether somebody's pay depends on another's."""
        return relates(self.rule_set)

    def listed(
        self,
        *,
        leave_out: Collection[int] = (),
        opds: Collection[UUID] | None = None,
        within: Collection[UUID] | None = None,
    ) -> Nominative:
        """Who is on the list, as `nominative` says."""
        return nominative(
            month=self.month, on=self.on, rule_set=self.rule_set, leave_out=leave_out, opds=opds, within=within
        )

    def collected(self, employee_ids: Collection[int]) -> list[Collected]:
        """The facts of these people, in the order of their keys; of whose month before must be settled first, none."""
        found = collect(employee_ids, month=self.month, on=self.on, rule_set=self.rule_set)
        blocked = blocked_by_month_before(employee_ids, self.month)
        if not blocked:
            return found
        return [
            Collected(entry.person, None, Trouble(blocked[entry.person.employee_id], RunIssue.Place.HOLDS))
            if entry.person.employee_id in blocked
            else entry
            for entry in found
        ]


@dataclass(frozen=True, slots=True)
class SpecialPayment(Payment):
    """THR or the 13th month, paid in `month` on the post of the base month."""

    pay: SpecialPay

    @property
    def base(self) -> Month:
        """The month on which it stands."""
        return base_month(self.pay, self.month)

    @property
    @override
    def relates(self) -> bool:
        """A share of a pagu or of a slip asks nobody else."""
        return False

    @override
    def listed(
        self,
        *,
        leave_out: Collection[int] = (),
        opds: Collection[UUID] | None = None,
        within: Collection[UUID] | None = None,
    ) -> Nominative:
        """Who held a post on the reference date of the base month and is in service in the month of payment."""
        return nominative(
            month=self.base,
            on=self.on,
            rule_set=self.rule_set,
            leave_out=leave_out,
            opds=opds,
            within=within,
            pay=self.pay,
            paid_in=self.month,
        )

    @override
    def collected(self, employee_ids: Collection[int]) -> list[Collected]:
        """The facts of these people, in the order of their keys."""
        return collect_special(employee_ids, month=self.month, rule_set=self.rule_set, pay=self.pay)


def kinds_paid(rules: StoredRuleSet | None) -> frozenset[str]:
    """The kinds of run that a rule set pays; the month's own allowance always."""
    if rules is None:
        return frozenset({MonthRun.Kind.ORDINARY.value})
    rule_set = loaded(rules)
    paid = (kind.value for kind in SPECIAL if special_pay(rule_set, special_kind(kind)) is not None)
    return frozenset({MonthRun.Kind.ORDINARY.value, *paid})


def special_kind(kind: str) -> SpecialKind:
    """The kind as the engine calls it. Raises LookupError for a run that evaluates no month."""
    if kind not in SPECIAL:
        raise LookupError(f"a run of kind {kind} evaluates nobody's month")
    return cast("SpecialKind", kind)


def evaluated(kind: str, rule_set: RuleSet, facts: MonthFacts) -> Slip:
    """What the rules pay on these facts in a run of this kind. Raises EvaluationError."""
    if kind == MonthRun.Kind.ORDINARY:
        return evaluate(rule_set, facts)
    return evaluate_special(rule_set, facts, special_kind(kind))


def payment(kind: str, month: Month, rule_set: RuleSet) -> Payment:
    """What a run of this kind pays in the month. Raises NotInTheRules where the rule set does not know it."""
    if kind == MonthRun.Kind.ORDINARY:
        return Payment(month, reference_date(rule_set, str(month)), rule_set)
    pay = special_pay(rule_set, special_kind(kind))
    if pay is None:
        raise NotInTheRules(MonthRun.Kind(kind).label)
    base = base_month(pay, month)
    return SpecialPayment(month, reference_date(rule_set, str(base)), rule_set, pay)


def payment_of(run: MonthRun) -> Payment:
    """What this run pays, by the rules that it began with."""
    return payment(run.kind, Month.of(run.month), loaded(run.rule_set))
