"""Two computations of one person-month side by side, by node: why the pay is another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from tenants.rules.engine import EvaluationError, FactsError, MonthFacts, RuleSet, evaluate, explain
from tenants.rules.engine import Slip as ComputedSlip
from tenants.rules.loading import loaded
from tenants.tpp.explaining import ReadableLine, readable
from tenants.tpp.matching import by_key, to_net
from tenants.tpp.models import MonthFacts as FrozenFacts
from tenants.tpp.models import Slip, SlipLine
from tenants.tpp.storing import unstored_lines
from tenants.tryout.models import TryOutPerson
from tenants.tryout.translating import Translation

_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Pair:
    """One line then and now; either side may be missing. `change` is what it changes in the net, rupiah."""

    label: str
    before: ReadableLine | None
    after: ReadableLine | None
    change: Decimal
    is_changed: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    """A person's month: the totals of both, the lines that differ and how many are equal, or why there is none."""

    person: TryOutPerson
    slip: Slip | None
    pagu: tuple[Decimal, Decimal | None]
    gross: tuple[Decimal, Decimal | None]
    tax: tuple[Decimal, Decimal | None]
    taken: tuple[Decimal, Decimal | None]
    net: tuple[Decimal, Decimal | None]
    changed: tuple[Pair, ...]
    equal: tuple[Pair, ...]
    reason: str

    @property
    def totals(self) -> list[tuple[str, Decimal, Decimal | None]]:
        """Label, then, now."""
        return [
            (_("Pagu"), *self.pagu),
            (_("Bruto"), *self.gross),
            (_("Pajak"), *self.tax),
            (_("Iuran dan potongan"), *self.taken),
            (_("Bersih"), *self.net),
        ]


def compare(person: TryOutPerson, rules: RuleSet) -> Comparison:
    """Both computations of the person's month. The new one is made again from the frozen facts."""
    run = person.month.run
    slip = Slip.objects.filter(run=run, employee=person.employee_id).first()
    before = list(slip.lines.order_by("order")) if slip is not None else []
    computed, reason = _again(person, rules)
    after = unstored_lines(computed) if computed is not None else []
    pairs = pairs_of(before, after, loaded(run.rule_set), rules) if computed is not None else ()
    return Comparison(
        person=person,
        slip=slip,
        pagu=(slip.pagu if slip else _ZERO, computed.pagu if computed else None),
        gross=(slip.gross if slip else _ZERO, computed.gross if computed else None),
        tax=(slip.tax if slip else _ZERO, computed.tax if computed else None),
        taken=(
            slip.contributions + slip.other_deductions if slip else _ZERO,
            computed.contributions + computed.deductions if computed else None,
        ),
        net=(slip.net if slip else _ZERO, computed.net if computed else None),
        changed=tuple(pair for pair in pairs if pair.is_changed),
        equal=tuple(pair for pair in pairs if not pair.is_changed),
        reason=reason,
    )


def _again(person: TryOutPerson, rules: RuleSet) -> tuple[ComputedSlip | None, str]:
    if person.status == TryOutPerson.Status.ERROR:
        return None, person.reason
    run = person.month.run
    frozen = FrozenFacts.objects.filter(run=run, employee=person.employee_id).first()
    if frozen is None:
        return None, _("Fakta bulan itu sudah tidak ada.")
    try:
        facts = Translation(loaded(run.rule_set), rules).of(MonthFacts.from_json(frozen.text))
        return evaluate(rules, _related(facts, person)), ""
    except (EvaluationError, FactsError) as error:
        return None, explain(error)


def _related(facts: MonthFacts, person: TryOutPerson) -> MonthFacts:
    """The facts with what the try-out took from superiors and subordinates."""
    if not person.related:
        return facts
    return MonthFacts.from_mapping({**facts.to_mapping(), "related": person.related})


def pairs_of(
    before: Sequence[SlipLine], after: Sequence[SlipLine], old_rules: RuleSet, new_rules: RuleSet
) -> tuple[Pair, ...]:
    """The lines of both, matched by node and label, in the order of the new ones; what is gone comes last."""
    old = by_key(before)
    pairs = [_pair(old.pop(key, None), line, old_rules, new_rules) for key, line in by_key(after).items()]
    pairs += [_pair(line, None, old_rules, new_rules) for line in old.values()]
    return tuple(pairs)


def _pair(before: SlipLine | None, after: SlipLine | None, old_rules: RuleSet, new_rules: RuleSet) -> Pair:
    some = after or before
    return Pair(
        label=some.label if some else "",
        before=None if before is None else readable(before, old_rules),
        after=None if after is None else readable(after, new_rules),
        change=to_net(after) - to_net(before),
        is_changed=before is None or after is None or _figures(before) != _figures(after),
    )


def _figures(line: SlipLine) -> tuple[object, ...]:
    return (line.unrounded, line.amount, line.base, line.quantity, line.rate, line.effect)
